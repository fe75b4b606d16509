#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "engine/api/generator.h"
#include "verse/fake_verse_model.h"

namespace linnet::tests {

// Bytes as tokens.
class ByteTokenizer : public FakeWordTokenizer {
public:
    ByteTokenizer()
        : FakeWordTokenizer(std::vector<std::string>(256, "?")) {}
    std::vector<engine::TokenId> encode(std::string_view text, bool = false) const override {
        std::vector<engine::TokenId> ids;
        for (const char c : text) {
            ids.push_back(static_cast<unsigned char>(c));
        }
        return ids;
    }
};

// What follows a token depends on that token alone.
class PairModel : public engine::Generator {
public:
    explicit PairModel(std::unique_ptr<engine::Tokenizer> tokenizer)
        : m_tokenizer(std::move(tokenizer)) {}

    void set(engine::TokenId before, engine::TokenId next, double logProb) {
        m_pairs[{before, next}] = logProb;
    }
    void set(const char* before, const char* next, double logProb) {
        set(m_tokenizer->find(before).value(), m_tokenizer->find(next).value(), logProb);
    }

    const engine::ModelInfo& info() const override { return m_info; }
    const engine::Tokenizer& tokenizer() const override { return *m_tokenizer; }
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
        context.assign(seen.begin(), seen.end());
        if (fails) {
            return engine::Error{engine::ErrorCode::OutOfMemory, "no memory left"};
        }
        m_row = stop.stop_requested() ? std::vector<float>() : after(seen.back());
        return std::span<const float>(m_row);
    }
    engine::Result<std::vector<std::vector<float>>>
    branchLogProbs(std::span<const engine::TokenId>,
                   std::span<const std::vector<engine::TokenId>> branches,
                   std::stop_token) override {
        std::vector<std::vector<float>> rows;
        for (const std::vector<engine::TokenId>& branch : branches) {
            rows.push_back(after(branch.back()));
        }
        most = std::max(most, rows.size());
        return rows;
    }
    engine::Result<engine::ScoredTokens> score(std::span<const engine::TokenId>,
                                               std::stop_token) override {
        return engine::ScoredTokens();
    }
    void clearCache() override {}

    std::vector<engine::TokenId> context; // of the latest call
    std::size_t most = 0;                 // branches in one call
    bool fails = false;

private:
    std::vector<float> after(engine::TokenId last) const {
        std::vector<float> row(static_cast<std::size_t>(m_tokenizer->size()), -20.0F);
        for (const auto& [pair, logProb] : m_pairs) {
            if (pair.first == last) {
                row[static_cast<std::size_t>(pair.second)] = static_cast<float>(logProb);
            }
        }
        return row;
    }

    std::unique_ptr<engine::Tokenizer> m_tokenizer;
    engine::ModelInfo m_info;
    std::map<std::pair<engine::TokenId, engine::TokenId>, double> m_pairs;
    std::vector<float> m_row;
};

} // namespace linnet::tests
