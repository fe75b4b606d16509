#include "engine/torch/caption/bert_decoder.h"

#include <cmath>
#include <limits>

namespace linnet::engine {

using torch::Tensor;

namespace {

/// softmax(q k^T / sqrt(d)) v over [batch, heads, length, d]; `hidden` is where nothing is seen.
Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& hidden = {}) {
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
    Tensor scores = torch::matmul(q * scale, k.transpose(2, 3));
    if (hidden.defined()) {
        scores = scores.masked_fill(hidden, -std::numeric_limits<float>::infinity());
    }
    return torch::matmul(torch::softmax(scores, -1), v);
}

} // namespace

BertDecoder::BertDecoder(const ModelConfig& config, const TensorMap& weights,
                         torch::ScalarType computeType)
    : m_config(config)
    , m_type(computeType)
    , m_layers(static_cast<std::size_t>(config.layers)) {
    const auto take = [&](const std::string& name) {
        return weights.at("text_decoder." + name).to(m_type);
    };
    const auto fused = [&](const std::string& prefix, std::initializer_list<const char*> parts) {
        std::vector<Tensor> matrices;
        std::vector<Tensor> biases;
        for (const char* const part : parts) {
            matrices.push_back(take(prefix + part + ".weight"));
            biases.push_back(take(prefix + part + ".bias"));
        }
        return Linear{torch::cat(matrices, 0), torch::cat(biases, 0), {}, {}};
    };
    const auto single = [&](const std::string& name) {
        return Linear{take(name + ".weight"), take(name + ".bias"), {}, {}};
    };
    const auto withNorm = [&](const std::string& name, const std::string& norm) {
        return Linear{take(name + ".weight"), take(name + ".bias"), take(norm + ".weight"),
                      take(norm + ".bias")};
    };
    m_embedding = take("bert.embeddings.word_embeddings.weight");
    m_positions = take("bert.embeddings.position_embeddings.weight");
    m_embeddingNorm = {
        {}, {}, take("bert.embeddings.LayerNorm.weight"), take("bert.embeddings.LayerNorm.bias")};
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const std::string prefix = "bert.encoder.layer." + std::to_string(i) + ".";
        const auto attentionOut = [&](const std::string& kind) {
            return withNorm(prefix + kind + ".output.dense", prefix + kind + ".output.LayerNorm");
        };
        Layer& layer = m_layers[i];
        layer.qkv = fused(prefix + "attention.self.", {"query", "key", "value"});
        layer.out = attentionOut("attention");
        layer.crossQuery = single(prefix + "crossattention.self.query");
        layer.crossKeyValue = fused(prefix + "crossattention.self.", {"key", "value"});
        layer.crossOut = attentionOut("crossattention");
        layer.up = single(prefix + "intermediate.dense");
        layer.down = withNorm(prefix + "output.dense", prefix + "output.LayerNorm");
    }
    const std::string head = "cls.predictions.";
    m_transform = withNorm(head + "transform.dense", head + "transform.LayerNorm");
    m_outputBias = take(head + "bias");
}

Tensor BertDecoder::normed(const Tensor& x, const Linear& layer) const {
    return torch::layer_norm(x, {m_config.hiddenSize}, layer.norm, layer.normBias,
                             static_cast<double>(m_config.normEpsilon));
}

CrossMemory BertDecoder::crossMemory(const Tensor& states) const {
    CrossMemory memory;
    const Tensor narrow = states.to(m_type);
    for (const Layer& layer : m_layers) {
        const Tensor fused =
            torch::linear(narrow, layer.crossKeyValue.weight, layer.crossKeyValue.bias)
                .view({states.size(0), states.size(1), 2, m_config.heads, m_config.headDim})
                .permute({2, 0, 3, 1, 4})
                .contiguous();
        memory.keys.push_back(fused[0]);
        memory.values.push_back(fused[1]);
    }
    return memory;
}

Tensor BertDecoder::attention(const Layer& layer, const Tensor& x, std::size_t index,
                              KvCache& cache) const {
    const auto length = x.size(1);
    const Tensor qkv = torch::linear(x, layer.qkv.weight, layer.qkv.bias)
                           .view({x.size(0), length, 3, m_config.heads, m_config.headDim})
                           .permute({2, 0, 3, 1, 4});
    Tensor k = qkv[1];
    Tensor v = qkv[2];
    if (cache.keys.size() > index) {
        k = torch::cat({cache.keys[index], k}, 2);
        v = torch::cat({cache.values[index], v}, 2);
        cache.keys[index] = k;
        cache.values[index] = v;
    } else {
        cache.keys.push_back(k);
        cache.values.push_back(v);
    }
    Tensor hidden;
    if (length > 1) {
        const auto options = torch::TensorOptions().dtype(torch::kBool).device(x.device());
        hidden = torch::ones({length, k.size(2)}, options).triu(k.size(2) - length + 1);
    }
    const Tensor mixed = attend(qkv[0], k, v, hidden).transpose(1, 2).reshape(x.sizes());
    return normed(x + torch::linear(mixed, layer.out.weight, layer.out.bias), layer.out);
}

/// Sequences that share a memory are one long query: nothing hides a place from a token.
Tensor BertDecoder::crossAttention(const Layer& layer, const Tensor& x, std::size_t index,
                                   const CrossMemory& memory) const {
    const Tensor& keys = memory.keys[index];
    const Tensor q = torch::linear(x, layer.crossQuery.weight, layer.crossQuery.bias)
                         .view({keys.size(0), -1, m_config.heads, m_config.headDim})
                         .transpose(1, 2);
    const Tensor mixed = attend(q, keys, memory.values[index]).transpose(1, 2).reshape(x.sizes());
    return normed(x + torch::linear(mixed, layer.crossOut.weight, layer.crossOut.bias),
                  layer.crossOut);
}

Tensor BertDecoder::hidden(const Tensor& ids, const DecoderPass& pass) const {
    const Tensor positions = m_positions.narrow(0, pass.cache->length(), ids.size(1));
    Tensor x = normed(torch::embedding(m_embedding, ids) + positions, m_embeddingNorm);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Layer& layer = m_layers[i];
        x = attention(layer, x, i, *pass.cache);
        x = crossAttention(layer, x, i, *pass.memory);
        const Tensor inner = torch::gelu(torch::linear(x, layer.up.weight, layer.up.bias));
        x = normed(x + torch::linear(inner, layer.down.weight, layer.down.bias), layer.down);
    }
    return x;
}

Tensor BertDecoder::logits(const Tensor& hidden) const {
    const Tensor transformed = normed(
        torch::gelu(torch::linear(hidden, m_transform.weight, m_transform.bias)), m_transform);
    return torch::linear(transformed, m_embedding, m_outputBias);
}

} // namespace linnet::engine
