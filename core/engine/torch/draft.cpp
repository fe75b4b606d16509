#include "engine/torch/draft.h"

#include <utility>

namespace linnet::engine {

Draft::Draft(const CompletionRequest& request, std::uint64_t seed, std::vector<TokenId> prompt)
    : m_sampler(request.sampling, seed)
    , m_stream(request.stop)
    , m_tokens(std::move(prompt))
    , m_promptTokens(m_tokens.size())
    , m_maxTokens(static_cast<std::size_t>(request.maxTokens))
    , m_ignoreEnd(request.ignoreEndOfText)
    , m_done(request.maxTokens == 0) {
}

TokenId Draft::draw(std::span<const float> logits) {
    return m_sampler.sample(logits, m_tokens);
}

bool Draft::take(TokenId id, const TextRules& rules) {
    m_fresh.clear();
    if (!m_ignoreEnd && rules.endsText(id)) {
        end(FinishReason::Stop, true);
        return false;
    }
    m_tokens.push_back(id);
    m_fresh = m_stream.append(rules.tokenizer().bytes(id));
    if (m_stream.stopped()) {
        end(FinishReason::Stop, true);
    } else if (drawnTokens() >= m_maxTokens) {
        end(FinishReason::Length, true);
    }
    return true;
}

void Draft::end(FinishReason reason, bool wanted) {
    m_done = true;
    m_finish = reason;
    m_wanted = m_wanted && wanted;
}

std::string Draft::rest() {
    return m_wanted ? m_stream.finish() : std::string();
}

} // namespace linnet::engine
