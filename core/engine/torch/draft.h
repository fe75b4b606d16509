#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/torch/sampler.h"
#include "engine/torch/text_rules.h"
#include "engine/torch/text_stream.h"

namespace linnet::engine {

// One text in the making: how its tokens are drawn, what of it is final, and when it ends.
class Draft {
public:
    // Draws with `seed` in place of the request's; a request for no tokens is done at once.
    Draft(const CompletionRequest& request, std::uint64_t seed, std::vector<TokenId> prompt);

    // The next token by `logits`; it still has to be taken.
    TokenId draw(std::span<const float> logits);

    // Takes a drawn token. False, and done, if it ends the text and is no part of it.
    bool take(TokenId id, const TextRules& rules);
    // The text that the last token taken made final; may be empty.
    const std::string& fresh() const { return m_fresh; }

    // Ends it; the last reason counts. What is held back is dropped unless `wanted`.
    void end(FinishReason reason, bool wanted);
    // The text that was held back; call once, when done.
    std::string rest();

    bool done() const { return m_done; }
    FinishReason finish() const { return m_finish; }
    const std::string& text() const { return m_stream.text(); }
    const std::vector<TokenId>& tokens() const { return m_tokens; } // prompt and output
    std::size_t promptTokens() const { return m_promptTokens; }
    std::size_t drawnTokens() const { return m_tokens.size() - m_promptTokens; }

private:
    Sampler m_sampler;
    TextStream m_stream;
    std::vector<TokenId> m_tokens;
    std::size_t m_promptTokens;
    std::size_t m_maxTokens;
    bool m_ignoreEnd;
    std::string m_fresh;
    FinishReason m_finish = FinishReason::Length;
    bool m_done;
    bool m_wanted = true;
};

} // namespace linnet::engine
