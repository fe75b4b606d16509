#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/torch/cpu/cpu_level.h"
#include "engine/torch/cpu/decoder_weights.h"
#include "engine/torch/cpu/forward_pass.h"
#include "engine/torch/cpu/kv_cache.h"
#include "engine/torch/cpu/thread_team.h"
#include "engine/torch/cpu/weight_source.h"
#include "engine/torch/decoder_backend.h"

namespace linnet::engine::cpu {

struct CpuOptions {
    int threads = 1; // the calling thread is one of them
    CpuLevel level = defaultLevel();
    std::optional<Terms> terms = std::nullopt; // none: by the size of the model
    bool fewAlone = false; // tokens too few for each thread to have some are the caller's alone
};

// The decoder in int8 on the CPU: weights with a float16 scale per row and 32 inputs, activations
// quantised likewise before each product (both in two terms in small models), keys and values in
// float16, all else in float32. One packed copy of the weights serves single tokens, batches and
// prompts. Used by one thread at a time; its other threads sleep between calls.
class CpuDecoder final : public DecoderBackend {
public:
    // A null pointer when `stop` was requested. Errors as loadWeights(), and UnsupportedFormat for
    // an architecture other than llama, qwen2 and gpt2.
    static Result<std::unique_ptr<CpuDecoder>> create(const ModelConfig& config,
                                                      const WeightSource& source,
                                                      const CpuOptions& options,
                                                      std::stop_token stop = {});

    const ModelConfig& config() const override { return m_config; }
    std::unique_ptr<KvSequence> newSequence() override;

    // A second sequence with the same content, at the price of a few pointers: branches of one
    // context need not compute it again. `sequence` must be of this decoder.
    std::unique_ptr<KvSequence> forkSequence(const KvSequence& sequence) override;

    // Also InvalidArgument: a token out of range, a sequence that is not this decoder's or occurs
    // twice, more than maxPositions tokens with learned positions.
    Result<std::span<const float>> forward(std::span<const DecoderStep> steps,
                                           const std::stop_token& stop = {}) override;

    void forEach(int count, const std::function<void(int)>& body) override;

    // With weights in a cache, a product is as fast with some columns as with many, and the keys
    // and values of few texts stay in that cache from one token to the next.
    int fullBatch() const override;

    std::string device() const override { return "cpu"; }
    std::string precision() const override { return "int8"; }
    std::int64_t weightBytes() const override { return m_weights.bytesPerToken(); }

    CpuLevel level() const { return m_level; }
    int threads() const { return m_team.size(); }
    Terms terms() const { return m_weights.terms; }

    // log-softmax of `logits`, with the same instructions as the rest.
    void logSoftmax(std::span<const float> logits, std::span<float> out) const;

private:
    CpuDecoder(const ModelConfig& config, const CpuOptions& options);

    Result<void> check(std::span<const DecoderStep> steps) const;
    std::size_t plan(std::span<const DecoderStep> steps); // may throw std::bad_alloc

    ModelConfig m_config;
    CpuLevel m_level;
    const bool m_fewAlone;
    ThreadTeam m_team;
    KvLayout m_layout;
    std::shared_ptr<KvPool> m_pool;
    DecoderWeights m_weights;
    std::unique_ptr<ForwardPass> m_pass;
    std::vector<Column> m_columns;
    std::unique_ptr<float[]> m_logits;
    std::size_t m_logitsSize = 0;
};

} // namespace linnet::engine::cpu
