#include "engine/torch/files/tokenizer/encoding_memory.h"

#include <algorithm>
#include <bit>

#include "engine/torch/files/tokenizer/token_table.h"

namespace linnet::engine {

EncodingMemory::EncodingMemory(std::size_t textBytes)
    : m_entries(
          textBytes < 2048 ? 0 : std::bit_ceil(std::min<std::size_t>(textBytes / 16, 1U << 14U))) {
}

std::size_t EncodingMemory::slotOf(std::string_view word) const {
    return hashBytes(word) & (m_entries.size() - 1);
}

bool EncodingMemory::recall(std::string_view word, std::vector<TokenId>& ids) const {
    if (m_entries.empty()) {
        return false;
    }
    const Entry& entry = m_entries[slotOf(word)];
    if (entry.word != word || entry.word.empty()) {
        return false;
    }
    for (std::size_t i = 0; i < entry.count; ++i) {
        ids.push_back(ids[entry.begin + i]);
    }
    return true;
}

void EncodingMemory::keep(std::string_view word, const std::vector<TokenId>& ids,
                          std::size_t begin) {
    if (!m_entries.empty()) {
        m_entries[slotOf(word)] = {word, begin, ids.size() - begin};
    }
}

} // namespace linnet::engine
