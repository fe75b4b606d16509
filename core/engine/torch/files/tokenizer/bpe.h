#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"
#include "engine/torch/files/tokenizer/definition.h"
#include "engine/torch/files/tokenizer/token_table.h"

namespace linnet::engine {

// What one call of encode has already worked out: words repeat. Not thread-safe.
class BpeMemory {
public:
    // Nothing is kept for a short text, where filling the memory costs more than it saves.
    explicit BpeMemory(std::size_t textBytes);

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

// Byte-pair encoding (Sennrich et al. 2016) of pieces of text: the pair of neighbours with the
// lowest rank is merged, the leftmost one first, until none can be. Immutable after build().
class Bpe {
public:
    // Errors: CorruptFile (a merge of tokens that are not there, and the like).
    static Result<Bpe> build(const BpeDefinition& definition, bool byteLevel,
                             const std::string& what);

    const TokenTable& tokens() const { return m_tokens; }
    // The <0xNN> of byte fallback; -1: none.
    TokenId fallbackToken(unsigned char byte) const {
        return m_byteFallback && !m_byteLevel ? m_bytes[byte] : -1;
    }
    TokenId findSpelling(std::string_view spelling) const { return m_tokens.find(keyOf(spelling)); }

    // Appends the ids of one piece. `memory` must see one growing `ids` only.
    void encode(std::string_view piece, std::vector<TokenId>& ids, BpeMemory& memory) const;

private:
    Result<void> addTokens(const BpeDefinition& definition, const std::string& what);
    Result<void> addMerges(const BpeDefinition& definition, const std::string& what);
    Result<void> findBytes(const BpeDefinition& definition, const std::string& what);
    void findJoints(const BpeDefinition& definition);
    std::string keyOf(std::string_view spelling) const;

    void encodeWord(std::string_view word, std::vector<TokenId>& ids, BpeMemory& memory) const;
    void appendByteSymbols(std::string_view word, std::vector<TokenId>& symbols) const;
    void appendCharacterSymbols(std::string_view word, std::vector<TokenId>& symbols) const;
    // Both merge in place and give the number of tokens that are left.
    std::size_t mergeShort(std::span<TokenId> symbols) const;
    std::size_t mergeLong(std::span<TokenId> symbols) const;

    TokenTable m_tokens;
    PairTable m_merges;
    PairTable m_joints;                 // characters' tokens that some merge joins
    bool m_hasJoints = false;           // else every boundary may be crossed
    std::array<TokenId, 256> m_bytes{}; // token of each byte; -1: none
    bool m_byteLevel = false;
    bool m_byteFallback = false;
    bool m_fuseUnknown = false;
    bool m_ignoreMerges = false;
    TokenId m_unknown = -1;
};

} // namespace linnet::engine
