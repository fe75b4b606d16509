#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/files/tokenizer/definition.h"
#include "engine/torch/files/tokenizer/token_model.h"

namespace linnet::engine {

// WordPiece (Wu et al. 2016) as BERT uses it: a piece is cut into the longest tokens from its
// front, of which all but the first are spelled with a prefix; a piece with an unknown part is the
// unknown token as a whole.
class WordPiece : public TokenModel {
public:
    // Errors: CorruptFile (a token given twice, no unk_token in the vocabulary).
    static Result<std::unique_ptr<WordPiece>> build(const ModelDefinition& definition,
                                                    const std::string& what);

    const TokenTable& tokens() const override { return m_tokens; }
    TokenId findSpelling(std::string_view spelling) const override {
        return m_tokens.find(spelling);
    }
    TokenId fallbackToken(unsigned char) const override { return -1; }
    void encode(std::string_view piece, std::vector<TokenId>& ids,
                EncodingMemory& memory) const override;

private:
    explicit WordPiece(std::size_t tokens)
        : m_tokens(tokens) {}

    TokenTable m_tokens;
    TokenId m_unknown = -1;
    std::string m_prefix;
    std::size_t m_maxCharacters = 0;
    std::size_t m_longest = 0; // bytes of a token
};

// BERT's pre-tokenizer: white space goes, and every punctuation mark is a piece of its own.
void addBertSplits(std::vector<SplitStep>& splits);

// Tokens are joined with spaces but where one begins with `prefix`; `cleanup` takes the space
// before punctuation and contracted words.
void setWordPieceDecoding(TokenizerDefinition& definition, const std::string& prefix, bool cleanup);

} // namespace linnet::engine
