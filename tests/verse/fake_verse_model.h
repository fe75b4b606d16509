#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/api/generator.h"

namespace linnet::tests {

// Whole words, or whole characters, as tokens.
class FakeWordTokenizer : public engine::Tokenizer {
public:
    explicit FakeWordTokenizer(std::vector<std::string> tokens)
        : m_tokens(std::move(tokens)) {
        for (std::size_t i = 0; i < m_tokens.size(); ++i) {
            m_ids.emplace(m_tokens[i], static_cast<engine::TokenId>(i));
        }
    }
    std::vector<engine::TokenId> encode(std::string_view, bool = false) const override {
        return {};
    }
    std::string_view bytes(engine::TokenId id) const override {
        return isSpecial(id) ? std::string_view() : m_tokens[static_cast<std::size_t>(id)];
    }
    std::string decode(const std::vector<engine::TokenId>&) const override { return {}; }
    int size() const override { return static_cast<int>(m_tokens.size()); }
    bool isSpecial(engine::TokenId id) const override {
        return m_tokens[static_cast<std::size_t>(id)].starts_with("<|");
    }
    std::optional<engine::TokenId> find(std::string_view token) const override {
        const auto found = m_ids.find(std::string(token));
        return found == m_ids.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<engine::TokenId> beginOfText() const override { return std::nullopt; }
    std::optional<engine::TokenId> endOfText() const override { return std::nullopt; }
    bool addsBeginOfText() const override { return false; }

private:
    std::vector<std::string> m_tokens;
    std::unordered_map<std::string, engine::TokenId> m_ids;
};

// A model that likes and dislikes tokens by a hash of the two before: as far from a trained one as
// the constraints will ever have to cope with, and the same every time. Its log-probabilities do
// not quite sum to one.
class FakeVerseModel : public engine::Generator {
public:
    explicit FakeVerseModel(std::vector<std::string> tokens)
        : m_tokenizer(std::move(tokens)) {
        m_info.vocabularySize = m_tokenizer.size();
        for (std::size_t i = 0; i < m_weights.size(); ++i) { // the quantiles of a Gumbel law
            const double unit = (static_cast<double>(i) + 0.5) / static_cast<double>(4096);
            m_weights[i] = static_cast<float>(-std::log(-std::log(unit)) - 10.0);
        }
    }

    const engine::ModelInfo& info() const override { return m_info; }
    const engine::Tokenizer& tokenizer() const override { return m_tokenizer; }
    engine::Result<engine::Completion> complete(const engine::CompletionRequest&,
                                                const engine::TextSink&, std::stop_token) override {
        return engine::Completion();
    }
    engine::Result<std::vector<engine::Completion>> completeBatch(const engine::CompletionRequest&,
                                                                  int, std::stop_token) override {
        return std::vector<engine::Completion>();
    }
    engine::Result<std::span<const float>> nextTokenLogProbs(std::span<const engine::TokenId> seen,
                                                             std::stop_token stop) override {
        ++steps;
        if (steps == failAt) {
            return engine::Error{engine::ErrorCode::OutOfMemory, "no memory left"};
        }
        if (onStep) {
            onStep(steps);
        }
        if (stop.stop_requested()) {
            return std::span<const float>();
        }
        std::uint64_t state = 0;
        for (const engine::TokenId token : seen.last(std::min<std::size_t>(2, seen.size()))) {
            state = mixed(state ^ (static_cast<std::uint64_t>(token) + 1));
        }
        m_logProbs.resize(static_cast<std::size_t>(m_tokenizer.size()));
        for (std::size_t i = 0; i < m_logProbs.size(); ++i) {
            m_logProbs[i] = m_weights[mixed(state + i) % m_weights.size()];
        }
        return std::span<const float>(m_logProbs);
    }
    engine::Result<std::vector<std::vector<float>>>
    branchLogProbs(std::span<const engine::TokenId>, std::span<const std::vector<engine::TokenId>>,
                   std::stop_token) override {
        return std::vector<std::vector<float>>();
    }
    engine::Result<engine::ScoredTokens> score(std::span<const engine::TokenId>,
                                               std::stop_token) override {
        return engine::ScoredTokens();
    }
    void clearCache() override {}

    int steps = 0;
    int failAt = -1;
    std::function<void(int step)> onStep;

private:
    static std::uint64_t mixed(std::uint64_t z) {
        z += 0x9E3779B97F4A7C15ULL;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }

    FakeWordTokenizer m_tokenizer;
    engine::ModelInfo m_info;
    std::array<float, 4096> m_weights{};
    std::vector<float> m_logProbs;
};

} // namespace linnet::tests
