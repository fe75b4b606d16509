#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/api/generator.h"
#include "engine/torch/model_config.h"

namespace linnet::engine {

// How texts look to a model: what begins and ends them, and what it sees of a long one. Immutable.
class TextRules {
public:
    TextRules(std::shared_ptr<const Tokenizer> tokenizer, const ModelConfig& config);

    const Tokenizer& tokenizer() const { return *m_tokenizer; }
    std::size_t contextLength() const { return m_contextLength; }

    // Tokens at the window's end that only branches use: so a branch sees what its context saw.
    std::size_t branchRoom() const;
    // Tokens of a text that are seen before it loses its oldest ones.
    std::size_t room() const;

    // The token that the model expects before all others.
    std::optional<TokenId> leadToken() const;

    // What the network sees of `context`: its end, after the beginning-of-text token if the model
    // has one. A context over the length loses half a window at once, so that the next tokens find
    // their predecessors in the cache. Depends on the context alone, never on what is cached.
    std::vector<TokenId> window(std::span<const TokenId> context) const;

    // `context`, checked, with something to begin with: an empty one begins after an end of text.
    Result<std::vector<TokenId>> started(std::vector<TokenId> context) const;

    bool endsText(TokenId id) const;

    // What is wrong with a request, if anything: InvalidArgument.
    static Result<void> check(const CompletionRequest& request);

private:
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::size_t m_contextLength;
    int m_vocabularySize;
    std::vector<int> m_ends;
};

} // namespace linnet::engine
