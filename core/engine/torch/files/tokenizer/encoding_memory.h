#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/api/tokenizer.h"

namespace linnet::engine {

// What one call of encode has already worked out: words repeat. Not thread-safe.
class EncodingMemory {
public:
    // Nothing is kept for a short text, where filling the memory costs more than it saves.
    explicit EncodingMemory(std::size_t textBytes);

    // Appends the ids of `word` to `ids` if they are known.
    bool recall(std::string_view word, std::vector<TokenId>& ids) const;
    // `word` must stay in place, and so must what is in `ids` from position `begin` on.
    void keep(std::string_view word, const std::vector<TokenId>& ids, std::size_t begin);

    std::vector<TokenId> symbols; // working space

private:
    struct Entry {
        std::string_view word;
        std::size_t begin = 0;
        std::size_t count = 0;
    };

    std::size_t slotOf(std::string_view word) const;

    std::vector<Entry> m_entries; // empty, or a power of two
};

} // namespace linnet::engine
