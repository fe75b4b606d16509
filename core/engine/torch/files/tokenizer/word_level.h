#pragma once

#include <memory>
#include <string>

#include "engine/api/result.h"
#include "engine/torch/files/tokenizer/definition.h"
#include "engine/torch/files/tokenizer/token_model.h"

namespace linnet::engine {

// Every piece is one token, or the unknown one.
class WordLevel : public TokenModel {
public:
    // Errors: CorruptFile (a token given twice, no unk_token in the vocabulary).
    static Result<std::unique_ptr<WordLevel>> build(const ModelDefinition& definition,
                                                    const std::string& what);

    const TokenTable& tokens() const override { return m_tokens; }
    TokenId findSpelling(std::string_view spelling) const override {
        return m_tokens.find(spelling);
    }
    TokenId fallbackToken(unsigned char) const override { return -1; }
    void encode(std::string_view piece, std::vector<TokenId>& ids,
                EncodingMemory& memory) const override;

private:
    explicit WordLevel(std::size_t tokens)
        : m_tokens(tokens) {}

    TokenTable m_tokens;
    TokenId m_unknown = -1;
};

} // namespace linnet::engine
