#include "engine/torch/text_rules.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/torch/sampler.h"

namespace linnet::engine {

TextRules::TextRules(std::shared_ptr<const Tokenizer> tokenizer, const ModelConfig& config)
    : m_tokenizer(std::move(tokenizer))
    , m_contextLength(static_cast<std::size_t>(config.maxPositions))
    , m_vocabularySize(config.vocabularySize)
    , m_ends(config.endOfText) {
}

std::size_t TextRules::branchRoom() const {
    return std::min<std::size_t>(32, m_contextLength / 8);
}

std::size_t TextRules::room() const {
    const std::size_t all = std::max<std::size_t>(m_contextLength - branchRoom(), 2);
    return leadToken() ? all - 1 : all;
}

std::optional<TokenId> TextRules::leadToken() const {
    return m_tokenizer->addsBeginOfText() ? m_tokenizer->beginOfText() : std::nullopt;
}

std::vector<TokenId> TextRules::window(std::span<const TokenId> context) const {
    std::vector<TokenId> result;
    if (const auto lead = leadToken()) {
        result.push_back(*lead);
        if (!context.empty() && context.front() == *lead) {
            context = context.subspan(1);
        }
    }
    if (context.size() > room()) {
        const std::size_t half = std::max<std::size_t>(m_contextLength / 2, 1);
        const std::size_t drops = (context.size() - room() + half - 1) / half;
        context = context.subspan(std::min(drops * half, context.size() - 1));
    }
    result.insert(result.end(), context.begin(), context.end());
    return result;
}

Result<std::vector<TokenId>> TextRules::started(std::vector<TokenId> context) const {
    for (const TokenId id : context) {
        if (id < 0 || id >= m_vocabularySize) {
            return Error{ErrorCode::InvalidArgument, "token " + std::to_string(id) +
                                                         " is not in the model's vocabulary of " +
                                                         std::to_string(m_vocabularySize)};
        }
    }
    if (context.empty() && !leadToken()) {
        const auto start =
            m_tokenizer->endOfText() ? m_tokenizer->endOfText() : m_tokenizer->beginOfText();
        if (!start) {
            return Error{ErrorCode::InvalidArgument,
                         "the text is empty and the model has no token to begin one with"};
        }
        context.push_back(*start);
    }
    return context;
}

bool TextRules::endsText(TokenId id) const {
    return std::find(m_ends.begin(), m_ends.end(), id) != m_ends.end() ||
           m_tokenizer->endOfText() == id;
}

Result<void> TextRules::check(const CompletionRequest& request) {
    if (request.maxTokens < 0) {
        return Error{ErrorCode::InvalidArgument, "the number of tokens must be 0 or more"};
    }
    if (const char* problem = Sampler::problem(request.sampling)) {
        return Error{ErrorCode::InvalidArgument, problem};
    }
    return {};
}

} // namespace linnet::engine
