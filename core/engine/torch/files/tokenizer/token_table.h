#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/tokenizer.h"

namespace linnet::engine {

// Mixes eight bytes at a time; for hash tables in memory, not for anything stored.
std::uint64_t hashBytes(std::string_view bytes);

// Tokens by id and by key. A key is the bytes of a byte-level token, else its spelling.
class TokenTable {
public:
    explicit TokenTable(std::size_t tokens = 0);

    // Gives `id` its key. False if it has one already, or lies so far beyond the number of tokens
    // that the file must be damaged.
    bool setKey(TokenId id, std::string_view key);
    // Makes `id` what find() gives for its key. False if another token has the same key.
    bool index(TokenId id);

    TokenId find(std::string_view key) const; // -1: none
    std::string_view key(TokenId id) const;   // empty: none
    bool has(TokenId id) const {
        const auto position = static_cast<std::size_t>(id);
        return id >= 0 && position < m_spans.size() && m_spans[position].length != UINT32_MAX;
    }
    int size() const { return static_cast<int>(m_spans.size()); } // highest id + 1

private:
    struct Span {
        std::uint32_t begin = 0;
        std::uint32_t length = UINT32_MAX; // unused
    };
    struct Slot {
        std::uint32_t hash = 0; // spares most looks at the keys themselves
        TokenId id = -1;        // -1: free
    };

    // The slot of the key, or a free one.
    std::size_t slotOf(std::string_view key, std::uint64_t hash) const;

    std::size_t m_idLimit;
    std::string m_text;
    std::vector<Span> m_spans; // by id
    std::vector<Slot> m_slots; // open addressing, a power of two
};

// What two neighbouring tokens merge into, by open addressing.
class PairTable {
public:
    struct Entry {
        std::uint64_t pair = 0;
        std::int32_t rank = -1; // -1: a free slot
        TokenId merged = -1;
    };

    explicit PairTable(std::size_t pairs = 0);

    void set(TokenId left, TokenId right, std::int32_t rank, TokenId merged);
    const Entry* find(TokenId left, TokenId right) const { // null: none
        const Entry& entry = m_entries[slotOf(keyOf(left, right))];
        return entry.rank < 0 ? nullptr : &entry;
    }

private:
    static std::uint64_t keyOf(TokenId left, TokenId right) {
        return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32U |
               static_cast<std::uint32_t>(right);
    }
    std::size_t slotOf(std::uint64_t pair) const {
        std::size_t slot = (pair * 0x9E3779B97F4A7C15U) >> m_shift;
        while (m_entries[slot].rank >= 0 && m_entries[slot].pair != pair) {
            slot = (slot + 1) & (m_entries.size() - 1);
        }
        return slot;
    }

    unsigned m_shift;
    std::vector<Entry> m_entries;
};

} // namespace linnet::engine
