#pragma once

#include <atomic>
#include <memory>
#include <semaphore>
#include <string>
#include <utility>

#include "engine/api/generator.h"

namespace linnet::tests {

// A tokenizer of single bytes.
class FakeTokenizer : public engine::Tokenizer {
public:
    std::vector<engine::TokenId> encode(std::string_view text, bool) const override {
        return {text.begin(), text.end()};
    }
    std::string_view bytes(engine::TokenId) const override { return "x"; }
    std::string decode(const std::vector<engine::TokenId>& ids) const override {
        return std::string(ids.size(), 'x');
    }
    int size() const override { return 256; }
    bool isSpecial(engine::TokenId) const override { return false; }
    std::optional<engine::TokenId> find(std::string_view) const override { return std::nullopt; }
    std::optional<engine::TokenId> beginOfText() const override { return std::nullopt; }
    std::optional<engine::TokenId> endOfText() const override { return std::nullopt; }
    bool addsBeginOfText() const override { return false; }
};

// Lets a test hold a generation between two tokens: the generator announces each step and waits
// until the test grants it.
struct Gate {
    std::counting_semaphore<> stepReached{0};
    std::counting_semaphore<> stepGranted{0};
};

// Produces "x" per step. Without a gate it runs freely. Counts itself, so that a test can see
// when a model was freed.
class FakeGenerator : public engine::Generator {
public:
    explicit FakeGenerator(std::string name, std::shared_ptr<Gate> gate = {},
                           std::shared_ptr<std::atomic<int>> alive = {})
        : m_gate(std::move(gate))
        , m_alive(std::move(alive)) {
        m_info.name = std::move(name);
        if (m_alive) {
            ++*m_alive;
        }
    }
    ~FakeGenerator() override {
        if (m_alive) {
            --*m_alive;
        }
    }
    FakeGenerator(const FakeGenerator&) = delete;
    FakeGenerator& operator=(const FakeGenerator&) = delete;

    const engine::ModelInfo& info() const override { return m_info; }
    const engine::Tokenizer& tokenizer() const override { return m_tokenizer; }

    engine::Result<engine::Completion> complete(const engine::CompletionRequest& request,
                                                const engine::TextSink& sink,
                                                std::stop_token stop) override {
        engine::Completion completion;
        for (int i = 0; i < request.maxTokens; ++i) {
            if (m_gate) {
                m_gate->stepReached.release();
                m_gate->stepGranted.acquire();
            }
            if (stop.stop_requested()) {
                completion.finish = engine::FinishReason::Cancelled;
                return completion;
            }
            completion.text += "x";
            if (sink && sink("x") == engine::Flow::Stop) {
                completion.finish = engine::FinishReason::Stop;
                return completion;
            }
        }
        return completion;
    }
    engine::Result<std::vector<engine::Completion>> completeBatch(const engine::CompletionRequest&,
                                                                  int, std::stop_token) override {
        return std::vector<engine::Completion>{};
    }
    engine::Result<std::span<const float>> nextTokenLogProbs(std::span<const engine::TokenId>,
                                                             std::stop_token) override {
        return std::span<const float>{};
    }
    engine::Result<std::vector<std::vector<float>>>
    branchLogProbs(std::span<const engine::TokenId>, std::span<const std::vector<engine::TokenId>>,
                   std::stop_token) override {
        return std::vector<std::vector<float>>{};
    }
    engine::Result<engine::ScoredTokens> score(std::span<const engine::TokenId>,
                                               std::stop_token) override {
        return engine::ScoredTokens{};
    }
    void clearCache() override {}

private:
    engine::ModelInfo m_info;
    FakeTokenizer m_tokenizer;
    std::shared_ptr<Gate> m_gate;
    std::shared_ptr<std::atomic<int>> m_alive;
};

} // namespace linnet::tests
