#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"
#include "engine/torch/files/tokenizer/definition.h"
#include "engine/torch/files/tokenizer/token_model.h"

namespace linnet::engine {

// Byte-pair encoding (Sennrich et al. 2016) of pieces of text: the pair of neighbours with the
// lowest rank is merged, the leftmost one first, until none can be. Immutable after build().
class Bpe : public TokenModel {
public:
    // Errors: CorruptFile (a merge of tokens that are not there, and the like).
    static Result<std::unique_ptr<Bpe>> build(const ModelDefinition& definition, bool byteLevel,
                                              const std::string& what);

    const TokenTable& tokens() const override { return m_tokens; }
    // The <0xNN> of byte fallback; -1: none.
    TokenId fallbackToken(unsigned char byte) const override {
        return m_byteFallback && !m_byteLevel ? m_bytes[byte] : -1;
    }
    TokenId findSpelling(std::string_view spelling) const override {
        return m_tokens.find(keyOf(spelling));
    }

    void encode(std::string_view piece, std::vector<TokenId>& ids,
                EncodingMemory& memory) const override;

private:
    Result<void> addTokens(const ModelDefinition& definition, const std::string& what);
    Result<void> addMerges(const ModelDefinition& definition, const std::string& what);
    Result<void> findBytes(const ModelDefinition& definition, const std::string& what);
    void findJoints(const ModelDefinition& definition);
    std::string keyOf(std::string_view spelling) const;

    void encodeWord(std::string_view word, std::vector<TokenId>& ids, EncodingMemory& memory) const;
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
