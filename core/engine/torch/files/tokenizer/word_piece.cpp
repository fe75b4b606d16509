#include "engine/torch/files/tokenizer/word_piece.h"

#include <algorithm>

#include "engine/api/utf8.h"

namespace linnet::engine {

namespace {

// Bytes of the first character; 1 for what is not UTF-8.
std::size_t firstLength(std::string_view text) {
    return std::max<std::size_t>(utf8CharacterLength(text), 1);
}

std::size_t charactersIn(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) {
        text.remove_prefix(firstLength(text));
    }
    return count;
}

} // namespace

Result<std::unique_ptr<WordPiece>> WordPiece::build(const ModelDefinition& definition,
                                                    const std::string& what) {
    std::unique_ptr<WordPiece> model(new WordPiece(definition.tokens.size()));
    for (std::size_t i = 0; i < definition.tokens.size(); ++i) {
        const TokenId id = definition.ids[i];
        const std::string_view token = definition.tokens[i];
        if (!model->m_tokens.setKey(id, token) || !model->m_tokens.index(id)) {
            return Error{ErrorCode::CorruptFile,
                         what + ": vocabulary: token '" + std::string(token) + "' (id " +
                             std::to_string(id) + ") is given twice or out of range"};
        }
        model->m_longest = std::max(model->m_longest, token.size());
    }
    model->m_unknown = model->m_tokens.find(definition.unknownToken);
    if (definition.unknownToken.empty() || model->m_unknown < 0) {
        return Error{ErrorCode::CorruptFile, what + ": unk_token '" + definition.unknownToken +
                                                 "' is not in the vocabulary"};
    }
    model->m_prefix = definition.continuingPrefix;
    model->m_maxCharacters = static_cast<std::size_t>(definition.maxCharacters);
    return model;
}

void WordPiece::encode(std::string_view piece, std::vector<TokenId>& ids,
                       EncodingMemory& memory) const {
    if (memory.recall(piece, ids)) {
        return;
    }
    const std::size_t begin = ids.size();
    std::string_view rest = piece;
    // The first look is bytes alone, so that a hostile piece is not counted through.
    if (piece.size() > 4 * m_maxCharacters || charactersIn(piece) > m_maxCharacters) {
        ids.push_back(m_unknown);
        return;
    }
    std::string wanted;
    while (!rest.empty()) {
        const std::string_view prefix =
            rest.size() < piece.size() ? std::string_view(m_prefix) : std::string_view();
        TokenId id = -1;
        std::size_t length = std::min(rest.size(), m_longest);
        for (; length > 0 && id < 0; length -= id < 0 ? 1 : 0) {
            const bool inside =
                length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U;
            if (!inside) {
                wanted.assign(prefix).append(rest.substr(0, length));
                id = m_tokens.find(wanted);
            }
        }
        if (id < 0) {
            ids.resize(begin);
            ids.push_back(m_unknown);
            break;
        }
        ids.push_back(id);
        rest.remove_prefix(length);
    }
    memory.keep(piece, ids, begin);
}

void addBertSplits(std::vector<SplitStep>& splits) {
    splits.push_back({SplitStep::Kind::Pattern, "\\S+", true});
    splits.push_back({SplitStep::Kind::Pattern, "[\\p{P}$+<=>^`|~]", false});
}

void setWordPieceDecoding(TokenizerDefinition& definition, const std::string& prefix,
                          bool cleanup) {
    definition.spaceBetween = true;
    definition.joinedPrefix = prefix;
    if (cleanup) {
        for (const char* const text : {".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"}) {
            definition.decoding.emplace_back(" " + std::string(text), text);
        }
    }
}

} // namespace linnet::engine
