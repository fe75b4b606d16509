#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "engine/torch/decoder_backend.h"
#include "engine/torch/log_probabilities.h"

namespace linnet::tests {

class FakeSequence : public engine::KvSequence {
public:
    explicit FakeSequence(std::shared_ptr<int> held)
        : m_held(std::move(held)) {}
    FakeSequence(const FakeSequence& other)
        : tokens(other.tokens)
        , m_held(other.m_held) {
        *m_held += length();
    }
    FakeSequence& operator=(const FakeSequence&) = delete;
    ~FakeSequence() override { *m_held -= length(); }

    int length() const override { return static_cast<int>(tokens.size()); }
    void truncate(int length) override {
        *m_held -= static_cast<int>(tokens.size()) - length;
        tokens.resize(static_cast<std::size_t>(length));
    }
    void append(engine::TokenId token) {
        tokens.push_back(token);
        ++*m_held;
    }

    std::vector<engine::TokenId> tokens;

private:
    std::shared_ptr<int> m_held; // tokens in all sequences of the backend
};

// A "network" whose logits are a hash of all tokens of the sequence: one token lost, doubled or
// out of place and every number differs. Counts what it runs and fails where a test wants it to.
class FakeBackend : public engine::DecoderBackend {
public:
    FakeBackend(int vocabulary, int maxPositions, std::string device = "cpu") {
        m_config.architecture = "llama";
        m_config.vocabularySize = vocabulary;
        m_config.maxPositions = maxPositions;
        m_device = std::move(device);
    }

    // The logits after `tokens`, from -2 to 2.
    static std::vector<float> logitsAfter(const std::vector<engine::TokenId>& tokens,
                                          int vocabulary) {
        std::uint64_t hash = 1469598103934665603ULL;
        for (const engine::TokenId token : tokens) {
            hash = (hash ^ static_cast<std::uint64_t>(token + 1)) * 1099511628211ULL;
        }
        std::vector<float> logits;
        for (int i = 0; i < vocabulary; ++i) {
            std::uint64_t x = hash + 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(i + 1);
            x = (x ^ (x >> 31)) * 0xBF58476D1CE4E5B9ULL;
            logits.push_back(static_cast<float>(x >> 40) * 0x1p-22F - 2.0F);
        }
        return logits;
    }

    const engine::ModelConfig& config() const override { return m_config; }
    engine::ModelConfig& config() { return m_config; }
    std::unique_ptr<engine::KvSequence> newSequence() override {
        return std::make_unique<FakeSequence>(m_held);
    }
    std::unique_ptr<engine::KvSequence> forkSequence(const engine::KvSequence& sequence) override {
        return canFork ? std::make_unique<FakeSequence>(static_cast<const FakeSequence&>(sequence))
                       : nullptr;
    }

    engine::Result<std::span<const float>> forward(std::span<const engine::DecoderStep> steps,
                                                   const std::stop_token& stop) override {
        ++calls;
        int tokens = 0;
        for (const engine::DecoderStep& step : steps) {
            tokens += static_cast<int>(step.tokens.size());
        }
        longestCall = std::max(longestCall, tokens);
        if (beforeForward) {
            if (const auto allowed = beforeForward(tokens); !allowed) {
                return allowed.error();
            }
        }
        if (givesUp && stop.stop_requested()) {
            m_logits.clear();
            return std::span<const float>(m_logits);
        }
        if (*m_held + tokens > tokensInMemory) {
            return engine::Error{engine::ErrorCode::OutOfMemory, "no room for the tokens"};
        }
        tokensRun += tokens;
        m_logits.clear();
        for (const engine::DecoderStep& step : steps) {
            auto& sequence = *static_cast<FakeSequence*>(step.sequence);
            const auto& held = sequence.tokens;
            for (std::size_t i = 0; i < step.tokens.size(); ++i) {
                sequence.append(step.tokens[i]);
                longestSequence = std::max(longestSequence, static_cast<int>(held.size()));
                if (step.rows == engine::LogitRows::All ||
                    (step.rows == engine::LogitRows::Last && i + 1 == step.tokens.size())) {
                    const auto row = logitsAfter(held, m_config.vocabularySize);
                    m_logits.insert(m_logits.end(), row.begin(), row.end());
                }
            }
        }
        return std::span<const float>(m_logits);
    }

    void logSoftmax(std::span<const float> logits, std::span<float> out) const override {
        engine::logSoftmax(logits, out);
    }

    int fullBatch() const override { return full; }

    std::string device() const override { return m_device; }
    std::string precision() const override { return "float32"; }
    std::int64_t weightBytes() const override { return 1; }

    int calls = 0;
    int tokensRun = 0;
    int longestCall = 0;                                  // tokens
    int longestSequence = 0;                              // tokens
    int tokensInMemory = std::numeric_limits<int>::max(); // of all sequences together
    int full = std::numeric_limits<int>::max();           // batch
    bool canFork = true;
    bool givesUp = false; // within a call, when it is asked to stop
    std::function<engine::Result<void>(int tokens)> beforeForward;

private:
    engine::ModelConfig m_config;
    std::string m_device;
    std::vector<float> m_logits;
    std::shared_ptr<int> m_held = std::make_shared<int>(0);
};

} // namespace linnet::tests
