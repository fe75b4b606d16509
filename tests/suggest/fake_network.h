#pragma once

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/api/generator.h"

namespace linnet::tests {

// Tokens are the given strings and, behind them, all single bytes; the longest match wins.
class FakeTokenizer : public engine::Tokenizer {
public:
    explicit FakeTokenizer(std::vector<std::string> tokens)
        : m_tokens(std::move(tokens)) {
        for (int byte = 0; byte < 256; ++byte) {
            m_tokens.emplace_back(1, static_cast<char>(byte));
        }
        for (std::size_t i = m_tokens.size(); i-- > 0;) {
            m_ids[m_tokens[i]] = static_cast<engine::TokenId>(i);
        }
    }

    std::vector<engine::TokenId> encode(std::string_view text, bool = false) const override {
        std::vector<engine::TokenId> ids;
        encodedBytes += text.size();
        while (!text.empty()) {
            std::size_t length = std::min<std::size_t>(text.size(), 24);
            while (m_ids.find(std::string(text.substr(0, length))) == m_ids.end()) {
                --length;
            }
            ids.push_back(m_ids.at(std::string(text.substr(0, length))));
            text.remove_prefix(length);
        }
        return ids;
    }
    std::string_view bytes(engine::TokenId id) const override {
        return m_tokens[static_cast<std::size_t>(id)];
    }
    std::string decode(const std::vector<engine::TokenId>& ids) const override {
        std::string text;
        for (engine::TokenId id : ids) {
            text += bytes(id);
        }
        return text;
    }
    int size() const override { return static_cast<int>(m_tokens.size()); }
    bool isSpecial(engine::TokenId) const override { return false; }
    std::optional<engine::TokenId> find(std::string_view token) const override {
        const auto found = m_ids.find(std::string(token));
        return found == m_ids.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<engine::TokenId> beginOfText() const override { return std::nullopt; }
    std::optional<engine::TokenId> endOfText() const override { return 0; }
    bool addsBeginOfText() const override { return false; }

    mutable std::size_t encodedBytes = 0;

private:
    std::vector<std::string> m_tokens;
    std::map<std::string, engine::TokenId> m_ids;
};

// Says what it is told to, whatever the context, and counts how often it was asked.
class FakeNetwork : public engine::Generator {
public:
    FakeNetwork(std::vector<std::string> tokens, std::map<std::string, double> likely)
        : m_tokenizer(std::move(tokens)) {
        m_info.name = "fake";
        m_logs.assign(static_cast<std::size_t>(m_tokenizer.size()), std::log(1e-6F));
        for (const auto& [token, p] : likely) {
            m_logs[static_cast<std::size_t>(m_tokenizer.find(token).value())] =
                static_cast<float>(std::log(p));
        }
    }

    const engine::ModelInfo& info() const override { return m_info; }
    const engine::Tokenizer& tokenizer() const override { return m_tokenizer; }
    engine::Result<engine::Completion> complete(const engine::CompletionRequest&,
                                                const engine::TextSink&, std::stop_token) override {
        return unused();
    }
    engine::Result<std::vector<engine::Completion>> completeBatch(const engine::CompletionRequest&,
                                                                  int, std::stop_token) override {
        return unused();
    }
    engine::Result<std::span<const float>>
    nextTokenLogProbs(std::span<const engine::TokenId> context, std::stop_token stop) override {
        if (stop.stop_requested()) {
            return std::span<const float>();
        }
        if (fails) {
            return unused();
        }
        ++asked;
        contexts.emplace_back(context.begin(), context.end());
        return std::span<const float>(m_logs);
    }
    engine::Result<std::vector<std::vector<float>>>
    branchLogProbs(std::span<const engine::TokenId>, std::span<const std::vector<engine::TokenId>>,
                   std::stop_token) override {
        return unused();
    }
    engine::Result<engine::ScoredTokens> score(std::span<const engine::TokenId>,
                                               std::stop_token) override {
        return unused();
    }
    void clearCache() override {}

    int asked = 0;
    bool fails = false;
    std::vector<std::vector<engine::TokenId>> contexts;

private:
    static engine::Error unused() {
        return {engine::ErrorCode::Internal, "the fake was asked this"};
    }

    FakeTokenizer m_tokenizer;
    engine::ModelInfo m_info;
    std::vector<float> m_logs;
};

} // namespace linnet::tests
