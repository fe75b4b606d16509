#include "engine/torch/caption/vision_transformer.h"

#include <cmath>

namespace linnet::engine {

using torch::Tensor;

VisionTransformer::VisionTransformer(const VisionConfig& config, const TensorMap& weights,
                                     torch::ScalarType computeType)
    : m_config(config)
    , m_type(computeType)
    , m_layers(static_cast<std::size_t>(config.layers)) {
    if (config.kind == VisionConfig::Kind::Blip) {
        bindBlip(weights);
    } else {
        bindVit(weights);
    }
}

void VisionTransformer::bindVit(const TensorMap& weights) {
    const auto take = [&](const std::string& name) { return weights.at(name).to(m_type); };
    m_first = take("encoder.embeddings.cls_token");
    if (m_config.distilled) {
        m_first = torch::cat({m_first, take("encoder.embeddings.distillation_token")}, 1);
    }
    m_positions = take("encoder.embeddings.position_embeddings");
    m_patches = take("encoder.embeddings.patch_embeddings.projection.weight");
    m_patchesBias = take("encoder.embeddings.patch_embeddings.projection.bias");
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const std::string prefix = "encoder.encoder.layer." + std::to_string(i) + ".";
        Layer& layer = m_layers[i];
        const auto fused = [&](const char* kind) {
            std::vector<Tensor> parts;
            for (const char* const part : {"query", "key", "value"}) {
                parts.push_back(take(prefix + "attention.attention." + part + kind));
            }
            return torch::cat(parts, 0);
        };
        layer.attentionNorm = take(prefix + "layernorm_before.weight");
        layer.attentionNormBias = take(prefix + "layernorm_before.bias");
        layer.qkv = fused(".weight");
        if (m_config.qkvBias) {
            layer.qkvBias = fused(".bias");
        }
        layer.out = take(prefix + "attention.output.dense.weight");
        layer.outBias = take(prefix + "attention.output.dense.bias");
        layer.mlpNorm = take(prefix + "layernorm_after.weight");
        layer.mlpNormBias = take(prefix + "layernorm_after.bias");
        layer.up = take(prefix + "intermediate.dense.weight");
        layer.upBias = take(prefix + "intermediate.dense.bias");
        layer.down = take(prefix + "output.dense.weight");
        layer.downBias = take(prefix + "output.dense.bias");
    }
    m_norm = take("encoder.layernorm.weight");
    m_normBias = take("encoder.layernorm.bias");
}

void VisionTransformer::bindBlip(const TensorMap& weights) {
    const auto take = [&](const std::string& name) {
        return weights.at("vision_model." + name).to(m_type);
    };
    m_first = take("embeddings.class_embedding");
    m_positions = take("embeddings.position_embedding");
    m_patches = take("embeddings.patch_embedding.weight");
    m_patchesBias = take("embeddings.patch_embedding.bias");
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const std::string prefix = "encoder.layers." + std::to_string(i) + ".";
        Layer& layer = m_layers[i];
        layer.attentionNorm = take(prefix + "layer_norm1.weight");
        layer.attentionNormBias = take(prefix + "layer_norm1.bias");
        layer.qkv = take(prefix + "self_attn.qkv.weight");
        layer.qkvBias = take(prefix + "self_attn.qkv.bias");
        layer.out = take(prefix + "self_attn.projection.weight");
        layer.outBias = take(prefix + "self_attn.projection.bias");
        layer.mlpNorm = take(prefix + "layer_norm2.weight");
        layer.mlpNormBias = take(prefix + "layer_norm2.bias");
        layer.up = take(prefix + "mlp.fc1.weight");
        layer.upBias = take(prefix + "mlp.fc1.bias");
        layer.down = take(prefix + "mlp.fc2.weight");
        layer.downBias = take(prefix + "mlp.fc2.bias");
    }
    m_norm = take("post_layernorm.weight");
    m_normBias = take("post_layernorm.bias");
}

Tensor VisionTransformer::norm(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
    return torch::layer_norm(x, {m_config.hiddenSize}, weight, bias,
                             static_cast<double>(m_config.normEpsilon));
}

Tensor VisionTransformer::attention(const Layer& layer, const Tensor& x) const {
    const auto batch = x.size(0);
    const auto length = x.size(1);
    const std::int64_t width = m_config.hiddenSize / m_config.heads;
    const Tensor qkv = torch::linear(x, layer.qkv, layer.qkvBias)
                           .view({batch, length, 3, m_config.heads, width})
                           .permute({2, 0, 3, 1, 4});
    const double scale = 1.0 / std::sqrt(static_cast<double>(width));
    const Tensor scores = torch::matmul(qkv[0] * scale, qkv[1].transpose(2, 3));
    const Tensor mixed = torch::matmul(torch::softmax(scores, -1), qkv[2]);
    return torch::linear(mixed.transpose(1, 2).reshape(x.sizes()), layer.out, layer.outBias);
}

Tensor VisionTransformer::states(const Tensor& pixels) const {
    const Tensor patches =
        at::conv2d(pixels.to(m_type), m_patches, m_patchesBias, m_config.patchSize)
            .flatten(2)
            .transpose(1, 2);
    const Tensor first = m_first.expand({pixels.size(0), -1, -1});
    Tensor x = torch::cat({first, patches}, 1) + m_positions;
    for (const Layer& layer : m_layers) {
        x = x + attention(layer, norm(x, layer.attentionNorm, layer.attentionNormBias));
        const Tensor inner = torch::gelu(
            torch::linear(norm(x, layer.mlpNorm, layer.mlpNormBias), layer.up, layer.upBias));
        x = x + torch::linear(inner, layer.down, layer.downBias);
    }
    return norm(x, m_norm, m_normBias);
}

} // namespace linnet::engine
