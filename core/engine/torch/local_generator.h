#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/api/generator.h"
#include "engine/torch/sequence_runner.h"
#include "engine/torch/text_rules.h"

namespace linnet::engine {

// A Generator over any DecoderBackend: context window, KV cache reuse, sampling, stop strings.
// Needs no libtorch. One thread.
class LocalGenerator : public Generator {
public:
    // `info` gives the name and the number of parameters; the rest is taken from the backend.
    // `fallback` makes a backend on the CPU when the device's memory runs out; may be empty.
    LocalGenerator(ModelInfo info, std::shared_ptr<const Tokenizer> tokenizer,
                   std::unique_ptr<DecoderBackend> backend, SequenceRunner::Fallback fallback = {});

    const ModelInfo& info() const override { return m_info; }
    const Tokenizer& tokenizer() const override { return m_rules.tokenizer(); }

    Result<Completion> complete(const CompletionRequest& request, const TextSink& sink,
                                std::stop_token stop) override;
    Result<std::vector<Completion>> completeBatch(const CompletionRequest& request, int count,
                                                  std::stop_token stop) override;
    Result<std::span<const float>> nextTokenLogProbs(std::span<const TokenId> context,
                                                     std::stop_token stop) override;
    Result<std::vector<std::vector<float>>>
    branchLogProbs(std::span<const TokenId> context, std::span<const std::vector<TokenId>> branches,
                   std::stop_token stop) override;
    Result<ScoredTokens> score(std::span<const TokenId> tokens, std::stop_token stop) override;
    void clearCache() override;

private:
    struct Sample;

    Result<std::vector<TokenId>> startOf(const CompletionRequest& request) const;
    void accept(Sample& sample, std::span<const float> logits, const TextSink& sink);
    static Completion finished(Sample& sample, const TextSink& sink);
    float logProb(std::span<const float> logits, TokenId id);
    Result<bool> startBatch(std::vector<Sample>& samples, const std::stop_token& stop);
    Result<bool> prepareStep(std::span<Sample* const> samples, const std::stop_token& stop);
    Result<bool> step(std::span<Sample* const> samples, const std::stop_token& stop);
    Result<bool> runBranches(std::span<const TokenId> seen,
                             std::span<const std::vector<TokenId>> branches,
                             std::vector<std::vector<float>>& result, const std::stop_token& stop);
    Result<std::vector<Completion>> completeOneByOne(const CompletionRequest& request, int count,
                                                     const std::stop_token& stop);

    ModelInfo m_info;
    TextRules m_rules;
    SequenceRunner m_runner;
    CachedSequence m_cache;
    std::vector<TokenId> m_knownContext; // the window that m_logProbs follows
    std::vector<float> m_logProbs;
    std::vector<float> m_scratch; // [vocabulary]
};

} // namespace linnet::engine
