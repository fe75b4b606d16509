#include "engine/torch/decoder.h"

#include <torch/version.h>

#include <cmath>
#include <numbers>

#include "engine/torch/fused_ops.h"

namespace linnet::engine {

using torch::Tensor;

namespace {

/// Concatenates the tensors that are defined; undefined if none is.
Tensor join(const std::vector<Tensor>& parts) {
    std::vector<Tensor> defined;
    for (const Tensor& part : parts) {
        if (part.defined()) {
            defined.push_back(part);
        }
    }
    if (defined.empty()) {
        return {};
    }
    return defined.size() == 1 ? defined.front() : torch::cat(defined, 0);
}

/// Frequencies after Llama 3's rule: long waves are slowed by `factor`, short ones kept, those
/// between interpolated.
double llama3Frequency(const RopeConfig& rope, double frequency) {
    const double wavelength = 2.0 * std::numbers::pi / frequency;
    const double original = rope.originalMaxPositions;
    if (wavelength < original / rope.highFrequencyFactor) {
        return frequency;
    }
    if (wavelength > original / rope.lowFrequencyFactor) {
        return frequency / rope.factor;
    }
    const double smooth = (original / wavelength - rope.lowFrequencyFactor) /
                          (rope.highFrequencyFactor - rope.lowFrequencyFactor);
    return (1.0 - smooth) * frequency / rope.factor + smooth * frequency;
}

/// YaRN (Peng et al. 2023): dimensions that turn often enough within the original context keep
/// their frequency, slow ones are interpolated, with a linear ramp between the two.
double yarnFrequency(const RopeConfig& rope, double frequency, int index, int headDim) {
    const auto dimensionOf = [&](double rotations) {
        return headDim *
               std::log(rope.originalMaxPositions / (rotations * 2.0 * std::numbers::pi)) /
               (2.0 * std::log(rope.theta));
    };
    const double low = std::max(std::floor(dimensionOf(rope.betaFast)), 0.0);
    double high = std::min(std::ceil(dimensionOf(rope.betaSlow)), headDim - 1.0);
    high = high <= low ? low + 0.001 : high;
    const double ramp = std::clamp((index - low) / (high - low), 0.0, 1.0);
    return frequency / rope.factor * ramp + frequency * (1.0 - ramp);
}

Tensor inverseFrequencies(const ModelConfig& config) {
    const RopeConfig& rope = config.rope;
    double theta = rope.theta;
    if (rope.scaling == RopeConfig::Scaling::Dynamic && rope.originalMaxPositions > 0 &&
        config.maxPositions > rope.originalMaxPositions) {
        const double stretch = rope.factor * config.maxPositions / rope.originalMaxPositions;
        theta *= std::pow(stretch - (rope.factor - 1.0), config.headDim / (config.headDim - 2.0));
    }
    std::vector<float> values;
    for (int i = 0; i < config.headDim / 2; ++i) {
        double frequency = std::pow(theta, -2.0 * i / config.headDim);
        switch (rope.scaling) {
        case RopeConfig::Scaling::Linear:
            frequency /= rope.factor;
            break;
        case RopeConfig::Scaling::Llama3:
            frequency = llama3Frequency(rope, frequency);
            break;
        case RopeConfig::Scaling::Yarn:
            frequency = yarnFrequency(rope, frequency, i, config.headDim);
            break;
        case RopeConfig::Scaling::None:
        case RopeConfig::Scaling::Dynamic:
            break;
        }
        values.push_back(static_cast<float>(frequency));
    }
    return torch::tensor(values);
}

/// Rotates pairs (i, i + headDim / 2) of x [batch, heads, length, headDim]; `rotation` holds cosine
/// and sine [2, length, headDim / 2] in x's type.
Tensor rotate(const Tensor& x, const Tensor& rotation) {
    const auto halves = x.chunk(2, -1);
    const Tensor cosine = rotation[0];
    const Tensor sine = rotation[1];
    return torch::cat(
        {halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine}, -1);
}

/// Causal attention of q [batch, heads, length, d] over k, v [batch, kvHeads, past + length, d].
Tensor causalAttention(const Tensor& q, const Tensor& k, const Tensor& v) {
    const auto length = q.size(2);
    const auto total = k.size(2);
    const auto group = q.size(1) / k.size(1);
#if TORCH_VERSION_MAJOR >= 2
    if (length == total || length == 1) {
        const Tensor keys = group == 1 ? k : k.repeat_interleave(group, 1);
        const Tensor values = group == 1 ? v : v.repeat_interleave(group, 1);
        return at::scaled_dot_product_attention(q, keys, values, {}, 0.0,
                                                length == total && length > 1);
    }
#endif
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
    const Tensor grouped = (q * scale).reshape({q.size(0), k.size(1), group * length, q.size(3)});
    Tensor scores = torch::matmul(grouped, k.transpose(2, 3));
    if (length > 1) {
        const auto options = torch::TensorOptions().dtype(torch::kBool).device(q.device());
        const Tensor hidden = torch::ones({length, total}, options).triu(total - length + 1);
        scores = scores.view({q.size(0), k.size(1), group, length, total})
                     .masked_fill(hidden, -std::numeric_limits<float>::infinity())
                     .view({q.size(0), k.size(1), group * length, total});
    }
    return torch::matmul(torch::softmax(scores, -1), v)
        .view({q.size(0), q.size(1), length, q.size(3)});
}

Tensor transposedMatrix(const Tensor& matrix) { // GPT-2 stores matrices as [in, out]
    return matrix.t().contiguous();
}

} // namespace

CrossMemory CrossMemory::selected(const Tensor& rows) const {
    CrossMemory result;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        result.keys.push_back(keys[i].index_select(0, rows));
        result.values.push_back(values[i].index_select(0, rows));
    }
    return result;
}

Decoder::Decoder(ModelConfig config, const TensorMap& weights, torch::ScalarType computeType)
    : m_config(std::move(config))
    , m_type(computeType) {
    const bool gpt2 = m_config.architecture == "gpt2";
    const std::string prefix = gpt2 ? "transformer." : "model.";
    m_embedding = weights.at(prefix + (gpt2 ? "wte.weight" : "embed_tokens.weight"));
    m_finalNorm = weights.at(prefix + (gpt2 ? "ln_f.weight" : "norm.weight"));
    if (m_config.norm == NormKind::LayerNorm) {
        m_finalNormBias = weights.at(prefix + "ln_f.bias");
    }
    if (m_config.position == PositionKind::Learned) {
        m_positions = weights.at(prefix + "wpe.weight");
    } else {
        m_inverseFrequencies = inverseFrequencies(m_config).to(m_embedding.device());
        if (m_config.rope.scaling == RopeConfig::Scaling::Yarn) {
            m_rotaryScale =
                m_config.rope.attentionFactor.value_or(0.1 * std::log(m_config.rope.factor) + 1.0);
        }
    }
    m_layers.resize(static_cast<std::size_t>(m_config.layers));
    for (int layer = 0; layer < m_config.layers; ++layer) {
        gpt2 ? bindGpt2(weights, layer) : bindLlama(weights, layer);
        if (m_config.crossAttention) {
            bindCrossAttention(weights, layer);
        }
    }
    m_output = (m_config.tiedEmbeddings ? m_embedding : weights.at("lm_head.weight")).to(m_type);
}

Tensor Decoder::matrix(const TensorMap& weights, const std::string& name) const {
    const auto found = weights.find(name);
    return found == weights.end() ? Tensor() : found->second.to(m_type);
}

void Decoder::bindLlama(const TensorMap& weights, int layer) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    LayerWeights& w = m_layers[static_cast<std::size_t>(layer)];
    const auto joined = [&](const std::string& part, std::initializer_list<const char*> names,
                            const char* kind) {
        std::vector<Tensor> parts;
        for (const char* name : names) {
            parts.push_back(matrix(weights, prefix + part + name + kind));
        }
        return join(parts);
    };
    w.attentionNorm = weights.at(prefix + "input_layernorm.weight");
    w.mlpNorm = weights.at(prefix + "post_attention_layernorm.weight");
    w.qkv = joined("self_attn.", {"q_proj", "k_proj", "v_proj"}, ".weight");
    w.out = joined("self_attn.", {"o_proj"}, ".weight");
    w.up = joined("mlp.", {"gate_proj", "up_proj"}, ".weight");
    w.down = joined("mlp.", {"down_proj"}, ".weight");
    if (m_config.qkvBias) {
        w.qkvBias = joined("self_attn.", {"q_proj", "k_proj", "v_proj"}, ".bias");
    }
    if (m_config.outputBias) {
        w.outBias = joined("self_attn.", {"o_proj"}, ".bias");
    }
    if (m_config.mlpBias) {
        w.upBias = joined("mlp.", {"gate_proj", "up_proj"}, ".bias");
        w.downBias = joined("mlp.", {"down_proj"}, ".bias");
    }
}

void Decoder::bindGpt2(const TensorMap& weights, int layer) {
    const std::string prefix = "transformer.h." + std::to_string(layer) + ".";
    LayerWeights& w = m_layers[static_cast<std::size_t>(layer)];
    const auto transposed = [&](const char* name) {
        return transposedMatrix(matrix(weights, prefix + name));
    };
    w.attentionNorm = weights.at(prefix + "ln_1.weight");
    w.attentionNormBias = weights.at(prefix + "ln_1.bias");
    w.mlpNorm = weights.at(prefix + "ln_2.weight");
    w.mlpNormBias = weights.at(prefix + "ln_2.bias");
    w.qkv = transposed("attn.c_attn.weight");
    w.qkvBias = matrix(weights, prefix + "attn.c_attn.bias");
    w.out = transposed("attn.c_proj.weight");
    w.outBias = matrix(weights, prefix + "attn.c_proj.bias");
    w.up = transposed("mlp.c_fc.weight");
    w.upBias = matrix(weights, prefix + "mlp.c_fc.bias");
    w.down = transposed("mlp.c_proj.weight");
    w.downBias = matrix(weights, prefix + "mlp.c_proj.bias");
}

void Decoder::bindCrossAttention(const TensorMap& weights, int layer) {
    const std::string prefix = "transformer.h." + std::to_string(layer) + ".";
    LayerWeights& w = m_layers[static_cast<std::size_t>(layer)];
    const auto transposed = [&](const char* name) {
        return transposedMatrix(matrix(weights, prefix + name));
    };
    w.crossNorm = weights.at(prefix + "ln_cross_attn.weight");
    w.crossNormBias = weights.at(prefix + "ln_cross_attn.bias");
    w.crossQuery = transposed("crossattention.q_attn.weight");
    w.crossQueryBias = matrix(weights, prefix + "crossattention.q_attn.bias");
    w.crossKeyValue = transposed("crossattention.c_attn.weight");
    w.crossKeyValueBias = matrix(weights, prefix + "crossattention.c_attn.bias");
    w.crossOut = transposed("crossattention.c_proj.weight");
    w.crossOutBias = matrix(weights, prefix + "crossattention.c_proj.bias");
}

std::tuple<Tensor, Tensor> Decoder::addNorm(const Tensor& x, const Tensor& delta,
                                            const Tensor& weight, const Tensor& bias) const {
    if (m_config.norm == NormKind::RmsNorm) {
        return addRmsNorm(x, delta, weight, m_config.normEpsilon, m_type);
    }
    const Tensor sum = delta.defined() ? x + delta : x;
    const Tensor normed =
        torch::layer_norm(sum.to(torch::kFloat), {sum.size(-1)}, weight.to(torch::kFloat),
                          bias.to(torch::kFloat), m_config.normEpsilon);
    return {sum, normed.to(m_type)};
}

Tensor Decoder::attention(const LayerWeights& layer, const Tensor& x, const Tensor& rotation,
                          std::size_t index, KvCache* cache) const {
    const auto batch = x.size(0);
    const auto length = x.size(1);
    const std::int64_t heads = m_config.heads;
    const std::int64_t kvHeads = m_config.kvHeads;
    const Tensor fused = torch::linear(x, layer.qkv, layer.qkvBias);
    if (cache == nullptr && hasFusedAttention(fused)) {
        return torch::linear(causalSelfAttention(fused, rotation, heads, kvHeads), layer.out,
                             layer.outBias);
    }
    const Tensor qkv =
        fused.view({batch, length, heads + 2 * kvHeads, m_config.headDim}).transpose(1, 2);
    Tensor q = qkv.narrow(1, 0, heads);
    Tensor k = qkv.narrow(1, heads, kvHeads);
    Tensor v = qkv.narrow(1, heads + kvHeads, kvHeads);
    if (rotation.defined()) {
        const Tensor turn = rotation.to(m_type);
        q = rotate(q, turn);
        k = rotate(k, turn);
    }
    if (cache != nullptr) {
        if (cache->keys.size() > index) {
            k = torch::cat({cache->keys[index], k}, 2);
            v = torch::cat({cache->values[index], v}, 2);
            cache->keys[index] = k;
            cache->values[index] = v;
        } else {
            cache->keys.push_back(k);
            cache->values.push_back(v);
        }
    }
    const Tensor mixed =
        causalAttention(q, k, v).transpose(1, 2).reshape({batch, length, heads * m_config.headDim});
    return torch::linear(mixed, layer.out, layer.outBias);
}

CrossMemory Decoder::crossMemory(const Tensor& states) const {
    const auto memories = states.size(0);
    const auto places = states.size(1);
    const Tensor narrow = states.to(m_type);
    CrossMemory memory;
    for (const LayerWeights& layer : m_layers) {
        const Tensor fused = torch::linear(narrow, layer.crossKeyValue, layer.crossKeyValueBias)
                                 .view({memories, places, 2, m_config.heads, m_config.headDim})
                                 .permute({2, 0, 3, 1, 4})
                                 .contiguous();
        memory.keys.push_back(fused[0]);
        memory.values.push_back(fused[1]);
    }
    return memory;
}

/// Sequences that share a memory are one long query: nothing hides a place from a token.
Tensor Decoder::crossAttention(const LayerWeights& layer, const Tensor& x,
                               const CrossMemory& memory, std::size_t index) const {
    const Tensor& keys = memory.keys[index];
    const auto memories = keys.size(0);
    const std::int64_t heads = m_config.heads;
    const std::int64_t width = m_config.headDim;
    const double scale = 1.0 / std::sqrt(static_cast<double>(width));
    const Tensor q = (torch::linear(x, layer.crossQuery, layer.crossQueryBias) * scale)
                         .view({memories, -1, heads, width})
                         .transpose(1, 2);
    const Tensor shares = torch::softmax(torch::matmul(q, keys.transpose(2, 3)), -1);
    const Tensor mixed =
        torch::matmul(shares, memory.values[index]).transpose(1, 2).reshape(x.sizes());
    return torch::linear(mixed, layer.crossOut, layer.crossOutBias);
}

Tensor Decoder::mlp(const LayerWeights& layer, const Tensor& x) const {
    const Tensor up = torch::linear(x, layer.up, layer.upBias);
    if (m_config.mlp == MlpKind::GeluTanh) {
        return torch::linear(torch::gelu(up, "tanh"), layer.down, layer.downBias);
    }
    return torch::linear(swiGlu(up), layer.down, layer.downBias);
}

Tensor Decoder::hidden(const Tensor& ids, const DecoderPass& pass) const {
    KvCache* const cache = pass.cache;
    const std::int64_t past = cache == nullptr ? 0 : cache->length();
    Tensor x = torch::embedding(m_embedding, ids);
    const Tensor positions = torch::arange(
        past, past + ids.size(1), torch::TensorOptions().dtype(torch::kLong).device(ids.device()));
    Tensor rotation;
    if (m_config.position == PositionKind::Learned) {
        x = x + torch::embedding(m_positions, positions);
    } else {
        const Tensor angles = torch::outer(positions.to(torch::kFloat), m_inverseFrequencies);
        rotation = torch::stack({angles.cos(), angles.sin()}) * m_rotaryScale;
    }
    const auto thinned = [&](const Tensor& output) {
        return pass.dropout > 0.0 ? torch::dropout(output, pass.dropout, true) : output;
    };
    x = thinned(x);
    Tensor delta; // the last block's output, not yet added to x
    Tensor y;
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        if (pass.stop.stop_requested()) {
            return {};
        }
        const LayerWeights& layer = m_layers[i];
        std::tie(x, y) = addNorm(x, delta, layer.attentionNorm, layer.attentionNormBias);
        delta = thinned(attention(layer, y, rotation, i, cache));
        if (pass.memory != nullptr) {
            std::tie(x, y) = addNorm(x, delta, layer.crossNorm, layer.crossNormBias);
            delta = thinned(crossAttention(layer, y, *pass.memory, i));
        }
        std::tie(x, y) = addNorm(x, delta, layer.mlpNorm, layer.mlpNormBias);
        delta = thinned(mlp(layer, y));
    }
    return std::get<1>(addNorm(x, delta, m_finalNorm, m_finalNormBias));
}

Tensor Decoder::logits(const Tensor& hidden) const {
    return torch::linear(hidden, m_output);
}

std::vector<std::pair<std::string, std::vector<std::int64_t>>>
expectedTensors(const ModelConfig& config) {
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> list;
    const std::int64_t hidden = config.hiddenSize;
    const std::int64_t ffn = config.intermediateSize;
    const std::int64_t q = static_cast<std::int64_t>(config.heads) * config.headDim;
    const std::int64_t kv = static_cast<std::int64_t>(config.kvHeads) * config.headDim;
    if (config.architecture == "gpt2") {
        list = {{"transformer.wte.weight", {config.vocabularySize, hidden}},
                {"transformer.wpe.weight", {config.maxPositions, hidden}},
                {"transformer.ln_f.weight", {hidden}},
                {"transformer.ln_f.bias", {hidden}}};
        std::vector<std::tuple<const char*, std::int64_t, std::int64_t>> matrices = {
            {"attn.c_attn", hidden, 3 * q},
            {"attn.c_proj", q, hidden},
            {"mlp.c_fc", hidden, ffn},
            {"mlp.c_proj", ffn, hidden}};
        std::vector<const char*> norms = {"ln_1", "ln_2"};
        if (config.crossAttention) {
            norms.push_back("ln_cross_attn");
            matrices.insert(matrices.end(), {{"crossattention.q_attn", hidden, q},
                                             {"crossattention.c_attn", hidden, 2 * q},
                                             {"crossattention.c_proj", q, hidden}});
        }
        for (int layer = 0; layer < config.layers; ++layer) {
            const std::string prefix = "transformer.h." + std::to_string(layer) + ".";
            for (const char* name : norms) {
                list.push_back({prefix + name + ".weight", {hidden}});
                list.push_back({prefix + name + ".bias", {hidden}});
            }
            for (const auto& [name, in, out] : matrices) {
                list.push_back({prefix + name + ".weight", {in, out}});
                list.push_back({prefix + name + ".bias", {out}});
            }
        }
        return list;
    }
    list = {{"model.embed_tokens.weight", {config.vocabularySize, hidden}},
            {"model.norm.weight", {hidden}}};
    if (!config.tiedEmbeddings) {
        list.push_back({"lm_head.weight", {config.vocabularySize, hidden}});
    }
    const std::vector<std::tuple<const char*, std::int64_t, std::int64_t, bool>> matrices = {
        {"self_attn.q_proj", q, hidden, config.qkvBias},
        {"self_attn.k_proj", kv, hidden, config.qkvBias},
        {"self_attn.v_proj", kv, hidden, config.qkvBias},
        {"self_attn.o_proj", hidden, q, config.outputBias},
        {"mlp.gate_proj", ffn, hidden, config.mlpBias},
        {"mlp.up_proj", ffn, hidden, config.mlpBias},
        {"mlp.down_proj", hidden, ffn, config.mlpBias}};
    for (int layer = 0; layer < config.layers; ++layer) {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        list.push_back({prefix + "input_layernorm.weight", {hidden}});
        list.push_back({prefix + "post_attention_layernorm.weight", {hidden}});
        for (const auto& [name, out, in, bias] : matrices) {
            list.push_back({prefix + name + ".weight", {out, in}});
            if (bias) {
                list.push_back({prefix + name + ".bias", {out}});
            }
        }
    }
    return list;
}

} // namespace linnet::engine
