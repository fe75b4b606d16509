#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"
#include "engine/torch/files/tokenizer/added_tokens.h"
#include "engine/torch/files/tokenizer/definition.h"
#include "engine/torch/files/tokenizer/splitter.h"
#include "engine/torch/files/tokenizer/token_model.h"

namespace linnet::engine {

// The tokens that frame a text. The definition's template, if it has one, comes before these.
struct TextFrame {
    std::optional<TokenId> begin;
    std::optional<TokenId> end;
    bool addsBegin = false;
};

// A tokenizer after Hugging Face's pipeline: added tokens, normalizers, pre-tokenizer, model. Added
// tokens that are not special (a few vocabularies have words among them) are recognised always.
class PipelineTokenizer : public Tokenizer {
public:
    // Errors: CorruptFile, UnsupportedFormat. `what` names the source in messages.
    static Result<std::unique_ptr<PipelineTokenizer>> build(TokenizerDefinition definition,
                                                            const std::string& what);

    // Before the tokenizer is shared. Ids must be in range.
    void setFrame(const TextFrame& frame) { m_frame = frame; }
    // The token that the post-processor puts in front of a text.
    std::optional<TokenId> templateBegin() const { return m_templateBegin; }
    // A token by its spelling in the file, added or not.
    std::optional<TokenId> findSpelling(std::string_view spelling) const;

    std::vector<TokenId> encode(std::string_view text, bool special) const override;
    std::string_view bytes(TokenId id) const override;
    // Hugging Face puts spaces between word-level tokens; here the space is before a token's bytes,
    // and left out where a text begins.
    std::string decode(const std::vector<TokenId>& ids) const override;
    int size() const override { return m_size; }
    bool isSpecial(TokenId id) const override;
    // By the bytes in running text, or the content of an added token.
    std::optional<TokenId> find(std::string_view token) const override;
    std::optional<TokenId> beginOfText() const override { return m_frame.begin; }
    std::optional<TokenId> endOfText() const override { return m_frame.end; }
    bool addsBeginOfText() const override { return m_frame.addsBegin; }

private:
    struct Encoding; // the state of one call of encode

    PipelineTokenizer(TokenizerDefinition definition, std::unique_ptr<TokenModel> model,
                      Splitter splitter);
    Result<void> addTokens(const std::string& what);
    void spellBytes();
    void encodeSegment(std::string_view segment, Encoding& encoding) const;
    void encodePiece(std::string_view piece, bool first, Encoding& encoding) const;

    TokenizerDefinition m_definition; // without the model
    std::unique_ptr<TokenModel> m_model;
    Splitter m_splitter;
    AddedTokenFinder m_rawFinder;
    AddedTokenFinder m_normalizedFinder;
    std::unordered_map<std::string, TokenId> m_added;
    std::vector<const std::string*> m_addedById; // content, null: not an added token
    std::vector<bool> m_special;
    std::vector<std::string> m_decoded; // by id, where a token's bytes are not its key
    std::optional<TokenId> m_templateBegin;
    TextFrame m_frame;
    int m_size = 0;
};

} // namespace linnet::engine
