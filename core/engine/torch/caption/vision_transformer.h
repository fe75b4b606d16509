#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "engine/torch/decoder.h"
#include "engine/torch/files/caption/caption_config.h"

namespace linnet::engine {

/// The encoder of pictures as a sequence of patches (Dosovitskiy et al. 2021), with the names of
/// ViT and DeiT, or of BLIP's vision part. Immutable; const calls may run in parallel. Throws
/// c10::Error on tensors that are missing or misshapen: check checkpoints before.
class VisionTransformer {
public:
    /// Takes the weights on their own device; the network computes in `computeType`.
    VisionTransformer(const VisionConfig& config, const TensorMap& weights,
                      torch::ScalarType computeType);

    /// States [n, positions, hidden] after the last norm, of pictures [n, 3, size, size].
    [[nodiscard]] torch::Tensor states(const torch::Tensor& pixels) const;

private:
    struct Layer {
        torch::Tensor attentionNorm, attentionNormBias; // [hidden]
        torch::Tensor qkv, qkvBias;                     // [3 hidden, hidden]
        torch::Tensor out, outBias;                     // [hidden, hidden]
        torch::Tensor mlpNorm, mlpNormBias;             // [hidden]
        torch::Tensor up, upBias;                       // [ffn, hidden]
        torch::Tensor down, downBias;                   // [hidden, ffn]
    };

    void bindVit(const TensorMap& weights);
    void bindBlip(const TensorMap& weights);
    [[nodiscard]] torch::Tensor norm(const torch::Tensor& x, const torch::Tensor& weight,
                                     const torch::Tensor& bias) const;
    [[nodiscard]] torch::Tensor attention(const Layer& layer, const torch::Tensor& x) const;

    VisionConfig m_config;
    torch::ScalarType m_type;
    torch::Tensor m_first;       // [1, 1 or 2, hidden], in front of the patches
    torch::Tensor m_positions;   // [1, positions, hidden]
    torch::Tensor m_patches;     // [hidden, 3, patch, patch]
    torch::Tensor m_patchesBias; // [hidden]
    std::vector<Layer> m_layers;
    torch::Tensor m_norm, m_normBias; // [hidden]
};

} // namespace linnet::engine
