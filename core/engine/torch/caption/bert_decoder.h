#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "engine/torch/decoder.h"
#include "engine/torch/model_config.h"

namespace linnet::engine {

/// BLIP's text decoder (Li et al. 2022): BERT (Devlin et al. 2019) with causal self-attention and a
/// cross-attention in every layer. Unlike Decoder it has its norms after each sum. Immutable; const
/// calls may run in parallel. Throws c10::Error on tensors that are missing or misshapen.
class BertDecoder {
public:
    /// Takes the weights on their own device; the network computes in `computeType`.
    BertDecoder(const ModelConfig& config, const TensorMap& weights, torch::ScalarType computeType);

    /// What cross-attention needs of states [memories, places, width], once for all tokens.
    [[nodiscard]] CrossMemory crossMemory(const torch::Tensor& states) const;

    /// Hidden states [batch, length, hidden] of the ids [batch, length] (int64). The pass must have
    /// a cache and a memory.
    [[nodiscard]] torch::Tensor hidden(const torch::Tensor& ids, const DecoderPass& pass) const;

    /// Logits [..., vocabulary] of hidden states [..., hidden].
    [[nodiscard]] torch::Tensor logits(const torch::Tensor& hidden) const;

private:
    /// A linear layer, and the norm of its sum with what bypasses it, if it has one.
    struct Linear {
        torch::Tensor weight, bias, norm, normBias;
    };
    struct Layer {
        Linear qkv, out;
        Linear crossQuery, crossKeyValue, crossOut;
        Linear up, down;
    };

    [[nodiscard]] torch::Tensor normed(const torch::Tensor& x, const Linear& layer) const;
    [[nodiscard]] torch::Tensor attention(const Layer& layer, const torch::Tensor& x,
                                          std::size_t index, KvCache& cache) const;
    [[nodiscard]] torch::Tensor crossAttention(const Layer& layer, const torch::Tensor& x,
                                               std::size_t index, const CrossMemory& memory) const;

    ModelConfig m_config;
    torch::ScalarType m_type;
    torch::Tensor m_embedding; // [vocabulary, hidden], the output matrix too
    torch::Tensor m_positions; // [maxPositions, hidden]
    Linear m_embeddingNorm;    // a norm alone
    std::vector<Layer> m_layers;
    Linear m_transform;         // before the output matrix
    torch::Tensor m_outputBias; // [vocabulary]
};

} // namespace linnet::engine
