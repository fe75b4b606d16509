#include "engine/torch/files/tokenizer/word_level.h"

namespace linnet::engine {

Result<std::unique_ptr<WordLevel>> WordLevel::build(const ModelDefinition& definition,
                                                    const std::string& what) {
    std::unique_ptr<WordLevel> model(new WordLevel(definition.tokens.size()));
    for (std::size_t i = 0; i < definition.tokens.size(); ++i) {
        const TokenId id = definition.ids[i];
        if (!model->m_tokens.setKey(id, definition.tokens[i]) || !model->m_tokens.index(id)) {
            return Error{ErrorCode::CorruptFile,
                         what + ": vocabulary: token '" + std::string(definition.tokens[i]) +
                             "' (id " + std::to_string(id) + ") is given twice or out of range"};
        }
    }
    model->m_unknown = model->m_tokens.find(definition.unknownToken);
    if (definition.unknownToken.empty() || model->m_unknown < 0) {
        return Error{ErrorCode::CorruptFile, what + ": unk_token '" + definition.unknownToken +
                                                 "' is not in the vocabulary"};
    }
    return model;
}

void WordLevel::encode(std::string_view piece, std::vector<TokenId>& ids,
                       EncodingMemory& /*memory*/) const {
    const TokenId id = m_tokens.find(piece);
    ids.push_back(id < 0 ? m_unknown : id);
}

} // namespace linnet::engine
