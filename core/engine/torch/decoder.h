#pragma once

#include <torch/types.h>

#include <stop_token>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "engine/torch/model_config.h"

namespace linnet::engine {

using TensorMap = std::unordered_map<std::string, torch::Tensor>;

/// The weights of one layer as the forward pass uses them: query, key and value as one matrix, gate
/// and up as one. Matrices are [out, in]; undefined tensors are parts the architecture lacks.
struct LayerWeights {
    torch::Tensor attentionNorm, attentionNormBias; // [hidden]
    torch::Tensor qkv, qkvBias;                     // [(heads + 2 kvHeads) headDim, hidden]
    torch::Tensor out, outBias;                     // [hidden, heads headDim]
    torch::Tensor crossNorm, crossNormBias;         // [hidden]; cross-attention alone has these
    torch::Tensor crossQuery, crossQueryBias;       // [heads headDim, hidden]
    torch::Tensor crossKeyValue, crossKeyValueBias; // key above value: [2 heads headDim, hidden]
    torch::Tensor crossOut, crossOutBias;           // [hidden, heads headDim]
    torch::Tensor mlpNorm, mlpNormBias;             // [hidden]
    torch::Tensor up, upBias;     // gate above up: [2 ffn, hidden]; GELU: [ffn, hidden]
    torch::Tensor down, downBias; // [hidden, ffn]
};

/// Keys and values of a batch of sequences of equal length, a pair a layer:
/// [batch, kvHeads, length, headDim].
struct KvCache {
    std::vector<torch::Tensor> keys;
    std::vector<torch::Tensor> values;
    [[nodiscard]] std::int64_t length() const { return keys.empty() ? 0 : keys.front().size(2); }
};

/// Keys and values of what cross-attention looks at, a pair a layer:
/// [memories, heads, places, headDim].
struct CrossMemory {
    std::vector<torch::Tensor> keys;
    std::vector<torch::Tensor> values;

    /// Row i of the result is the memory rows[i] (int64) of this.
    [[nodiscard]] CrossMemory selected(const torch::Tensor& rows) const;
};

/// What a pass over tokens has besides them.
struct DecoderPass {
    KvCache* cache = nullptr;            // the ids continue its sequences; it grows by them
    const CrossMemory* memory = nullptr; // of a decoder with cross-attention. Its memories share
                                         // the sequences evenly: the first ones have the first
    double dropout = 0.0;      // part of every block's output that is left out, in training
    std::stop_token stop = {}; // requested: gives up between two layers
};

/// One decoder-only transformer for every architecture that ModelConfig can describe (GPT-2,
/// Llama, Qwen2), as a function of named tensors in Hugging Face's naming. Differentiable: when
/// the given tensors require gradients, gradients reach them through the fused and converted
/// copies; a trainer builds a Decoder a step, an inference engine one for good. Immutable; const
/// calls may run in parallel. Throws c10::Error on tensors of wrong shape or a missing name: check
/// checkpoints before.
class Decoder {
public:
    /// Takes the weights on their own device; matrices are converted to `computeType`.
    Decoder(ModelConfig config, const TensorMap& weights, torch::ScalarType computeType);

    /// Hidden states after the last norm, [batch, length, hidden], of the ids [batch, length]
    /// (int64). Undefined when the pass was stopped; its cache is then of no use.
    [[nodiscard]] torch::Tensor hidden(const torch::Tensor& ids, const DecoderPass& pass) const;
    [[nodiscard]] torch::Tensor hidden(const torch::Tensor& ids, KvCache* cache = nullptr) const {
        return hidden(ids, DecoderPass{cache});
    }

    /// What cross-attention needs of states [memories, places, hidden], once for all tokens.
    [[nodiscard]] CrossMemory crossMemory(const torch::Tensor& states) const;

    /// Logits [..., vocabulary] of hidden states [..., hidden], in the compute type.
    [[nodiscard]] torch::Tensor logits(const torch::Tensor& hidden) const;

    /// The output matrix [vocabulary, hidden] in the compute type.
    [[nodiscard]] const torch::Tensor& outputWeight() const { return m_output; }

    [[nodiscard]] const ModelConfig& config() const { return m_config; }

private:
    void bindLlama(const TensorMap& weights, int layer);
    void bindGpt2(const TensorMap& weights, int layer);
    void bindCrossAttention(const TensorMap& weights, int layer);
    [[nodiscard]] torch::Tensor matrix(const TensorMap& weights, const std::string& name) const;
    [[nodiscard]] std::tuple<torch::Tensor, torch::Tensor> addNorm(const torch::Tensor& x,
                                                                   const torch::Tensor& delta,
                                                                   const torch::Tensor& weight,
                                                                   const torch::Tensor& bias) const;
    [[nodiscard]] torch::Tensor attention(const LayerWeights& layer, const torch::Tensor& x,
                                          const torch::Tensor& rotation, std::size_t index,
                                          KvCache* cache) const;
    [[nodiscard]] torch::Tensor crossAttention(const LayerWeights& layer, const torch::Tensor& x,
                                               const CrossMemory& memory, std::size_t index) const;
    [[nodiscard]] torch::Tensor mlp(const LayerWeights& layer, const torch::Tensor& x) const;

    ModelConfig m_config;
    torch::ScalarType m_type;
    torch::Tensor m_embedding;          // [vocabulary, hidden]
    torch::Tensor m_positions;          // [maxPositions, hidden], learned positions only
    torch::Tensor m_inverseFrequencies; // [headDim / 2], float32, rotary only
    double m_rotaryScale = 1.0;         // of sine and cosine (YaRN's attention factor)
    std::vector<LayerWeights> m_layers;
    torch::Tensor m_finalNorm, m_finalNormBias;
    torch::Tensor m_output;
};

/// Names and shapes of the tensors that `config` needs, in Hugging Face's naming.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::int64_t>>>
expectedTensors(const ModelConfig& config);

} // namespace linnet::engine
