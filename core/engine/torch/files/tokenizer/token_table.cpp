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
    const auto mix = [&hash](std::uint64_t word) {
        hash = (hash ^ word) * factor;
        hash ^= hash >> 29U;
    };
    while (bytes.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        mix(word);
        bytes.remove_prefix(sizeof word);
    }
    std::uint64_t rest = 0;
    for (const char byte : bytes) {
        rest = rest << 8U | static_cast<unsigned char>(byte);
    }
    mix(rest);
    return hash * factor;
}

// Ids may have gaps, which real vocabularies have, but not so many that memory would run out.
TokenTable::TokenTable(std::size_t tokens)
    : m_idLimit(2 * tokens + 1024)
    , m_slots(slotsFor(tokens)) {
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
    const std::uint64_t hash = hashBytes(key(id));
    Slot& slot = m_slots[slotOf(key(id), hash)];
    if (slot.id >= 0) {
        return false;
    }
    slot = {static_cast<std::uint32_t>(hash), id};
    return true;
}

std::size_t TokenTable::slotOf(std::string_view wanted, std::uint64_t hash) const {
    const std::size_t mask = m_slots.size() - 1;
    std::size_t at = (hash >> 32U) & mask;
    while (m_slots[at].id >= 0 && (m_slots[at].hash != static_cast<std::uint32_t>(hash) ||
                                   key(m_slots[at].id) != wanted)) {
        at = (at + 1) & mask;
    }
    return at;
}

TokenId TokenTable::find(std::string_view wanted) const {
    return m_slots[slotOf(wanted, hashBytes(wanted))].id;
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
