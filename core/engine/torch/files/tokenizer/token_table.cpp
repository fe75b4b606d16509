#include "engine/torch/files/tokenizer/token_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace linnet::engine {

namespace {

std::size_t slotsFor(std::size_t entries) {
    return std::bit_ceil(std::max<std::size_t>(entries, 4) * 2);
}

} // namespace

std::uint64_t hashBytes(std::string_view bytes) {
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15U;
    std::uint64_t hash = bytes.size() * factor;
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t count = std::min(bytes.size(), sizeof word);
        std::memcpy(&word, bytes.data(), count);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32U;
        bytes.remove_prefix(count);
    }
    return hash;
}

// Ids may have gaps, which real vocabularies have, but not so many that memory would run out.
TokenTable::TokenTable(std::size_t tokens)
    : m_idLimit(2 * tokens + 1024)
    , m_slots(slotsFor(tokens), -1) {
    m_spans.reserve(tokens);
}

bool TokenTable::setKey(TokenId id, std::string_view key) {
    const auto position = static_cast<std::size_t>(id);
    if (id < 0 || position >= m_idLimit || has(id) || m_text.size() + key.size() >= UINT32_MAX) {
        return false;
    }
    if (position >= m_spans.size()) {
        m_spans.resize(position + 1);
    }
    m_spans[position] = {static_cast<std::uint32_t>(m_text.size()),
                         static_cast<std::uint32_t>(key.size())};
    m_text += key;
    return true;
}

bool TokenTable::index(TokenId id) {
    TokenId& slot = m_slots[slotOf(key(id))];
    if (slot >= 0) {
        return false;
    }
    slot = id;
    return true;
}

std::size_t TokenTable::slotOf(std::string_view wanted) const {
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = hashBytes(wanted) & mask;
    while (m_slots[slot] >= 0 && key(m_slots[slot]) != wanted) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

TokenId TokenTable::find(std::string_view wanted) const {
    return m_slots[slotOf(wanted)];
}

bool TokenTable::has(TokenId id) const {
    const auto position = static_cast<std::size_t>(id);
    return id >= 0 && position < m_spans.size() && m_spans[position].length != UINT32_MAX;
}

std::string_view TokenTable::key(TokenId id) const {
    if (!has(id)) {
        return {};
    }
    const Span& span = m_spans[static_cast<std::size_t>(id)];
    return std::string_view(m_text).substr(span.begin, span.length);
}

PairTable::PairTable(std::size_t pairs)
    : m_shift(64U - static_cast<unsigned>(std::countr_zero(slotsFor(pairs))))
    , m_entries(slotsFor(pairs)) {
}

void PairTable::set(TokenId left, TokenId right, std::int32_t rank, TokenId merged) {
    const std::uint64_t pair = keyOf(left, right);
    m_entries[slotOf(pair)] = {pair, rank, merged};
}

} // namespace linnet::engine
