#include "support/reference_decoder.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <stdexcept>

namespace linnet::test {

namespace {

using Json = nlohmann::json;
using Vector = std::vector<double>;

std::size_t number(const Json& config, const char* key) {
    return config.at(key).get<std::size_t>();
}

// W x with W [rows][x.size()].
Vector multiply(const ReferenceTensor& matrix, const Vector& x) {
    Vector y(matrix.shape.at(0), 0.0);
    for (std::size_t row = 0; row < y.size(); ++row) {
        for (std::size_t column = 0; column < x.size(); ++column) {
            y[row] += matrix.values.at(row * x.size() + column) * x[column];
        }
    }
    return y;
}

// x W with W [x.size()][columns], as GPT-2 stores its layers.
Vector multiplyTransposed(const ReferenceTensor& matrix, const Vector& x) {
    Vector y(matrix.shape.at(1), 0.0);
    for (std::size_t row = 0; row < x.size(); ++row) {
        for (std::size_t column = 0; column < y.size(); ++column) {
            y[column] += matrix.values.at(row * y.size() + column) * x[row];
        }
    }
    return y;
}

void addTo(Vector& sum, const Vector& part) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] += part.at(i);
    }
}

Vector rowOf(const ReferenceTensor& matrix, std::size_t row) {
    const std::size_t width = matrix.shape.at(1);
    Vector values(width);
    for (std::size_t i = 0; i < width; ++i) {
        values[i] = matrix.values.at(row * width + i);
    }
    return values;
}

// Zhang and Sennrich 2019.
Vector rmsNorm(const Vector& x, const ReferenceTensor& weight, double epsilon) {
    double squares = 0.0;
    for (const double value : x) {
        squares += value * value;
    }
    const double scale = 1.0 / std::sqrt(squares / static_cast<double>(x.size()) + epsilon);
    Vector y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        y[i] = x[i] * scale * weight.values.at(i);
    }
    return y;
}

// Ba et al. 2016.
Vector layerNorm(const Vector& x, const ReferenceTensor& weight, const ReferenceTensor& bias,
                 double epsilon) {
    const auto count = static_cast<double>(x.size());
    double mean = 0.0;
    for (const double value : x) {
        mean += value / count;
    }
    double variance = 0.0;
    for (const double value : x) {
        variance += (value - mean) * (value - mean) / count;
    }
    Vector y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        y[i] =
            (x[i] - mean) / std::sqrt(variance + epsilon) * weight.values.at(i) + bias.values.at(i);
    }
    return y;
}

struct Rotation {
    Vector frequencies; // of each pair of dimensions
    double scale = 1.0; // of sine and cosine
};

// Llama 3: waves that turn fewer than `low` times in the original context are slowed by `factor`,
// those over `high` times are kept.
void scaleLlama3(Vector& frequencies, const Json& scaling) {
    const double original = scaling.at("original_max_position_embeddings").get<double>();
    const double low = scaling.at("low_freq_factor").get<double>();
    const double high = scaling.at("high_freq_factor").get<double>();
    const double factor = scaling.at("factor").get<double>();
    for (double& frequency : frequencies) {
        const double turns = original * frequency / (2.0 * std::numbers::pi);
        if (turns < low) {
            frequency /= factor;
        } else if (turns <= high) {
            const double kept = (turns - low) / (high - low);
            frequency = kept * frequency + (1.0 - kept) * frequency / factor;
        }
    }
}

// Peng et al. 2023, section 3.2 and 3.4.
void scaleYarn(Rotation& rotation, const Json& scaling, double theta) {
    const double original = scaling.at("original_max_position_embeddings").get<double>();
    const double factor = scaling.at("factor").get<double>();
    const auto size = static_cast<double>(2 * rotation.frequencies.size());
    const auto dimension = [&](double turns) {
        return size * std::log(original / (turns * 2.0 * std::numbers::pi)) /
               (2.0 * std::log(theta));
    };
    const double low = std::max(std::floor(dimension(scaling.value("beta_fast", 32.0))), 0.0);
    const double high = std::min(std::ceil(dimension(scaling.value("beta_slow", 1.0))), size - 1.0);
    for (std::size_t i = 0; i < rotation.frequencies.size(); ++i) {
        const double width = std::max(high - low, 0.001);
        const double ramp = std::min(std::max((static_cast<double>(i) - low) / width, 0.0), 1.0);
        const double frequency = rotation.frequencies[i];
        rotation.frequencies[i] = frequency * (1.0 - ramp) + frequency / factor * ramp;
    }
    rotation.scale = scaling.value("attention_factor", 0.1 * std::log(factor) + 1.0);
}

Rotation rotationOf(const Json& config, std::size_t size) {
    const double theta = config.value("rope_theta", 10000.0);
    Rotation rotation;
    for (std::size_t i = 0; i < size / 2; ++i) {
        rotation.frequencies.push_back(
            std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(size)));
    }
    if (!config.contains("rope_scaling") || config["rope_scaling"].is_null()) {
        return rotation;
    }
    const Json& scaling = config["rope_scaling"];
    const std::string type = scaling.contains("rope_type") ? scaling["rope_type"] : scaling["type"];
    if (type == "linear") {
        for (double& frequency : rotation.frequencies) {
            frequency /= scaling.at("factor").get<double>();
        }
    } else if (type == "llama3") {
        scaleLlama3(rotation.frequencies, scaling);
    } else if (type == "yarn") {
        scaleYarn(rotation, scaling, theta);
    } else {
        throw std::runtime_error("rope type " + type);
    }
    return rotation;
}

// Rotates each head of x, in which dimension i turns with dimension i + half.
void rotate(Vector& x, const Rotation& rotation, std::size_t position) {
    const std::size_t half = rotation.frequencies.size();
    for (std::size_t head = 0; head < x.size(); head += 2 * half) {
        for (std::size_t i = 0; i < half; ++i) {
            const double angle = static_cast<double>(position) * rotation.frequencies[i];
            const double cosine = std::cos(angle) * rotation.scale;
            const double sine = std::sin(angle) * rotation.scale;
            const double first = x[head + i];
            const double second = x[head + half + i];
            x[head + i] = first * cosine - second * sine;
            x[head + half + i] = second * cosine + first * sine;
        }
    }
}

// What one layer remembers of the positions so far.
struct Memory {
    std::vector<Vector> keys;
    std::vector<Vector> values;
};

// Softmax attention of one position over those so far; `groups` key heads serve `heads` queries.
Vector attend(const Vector& query, const Memory& memory, std::size_t heads, std::size_t groups) {
    const std::size_t size = query.size() / heads;
    Vector out(query.size(), 0.0);
    for (std::size_t head = 0; head < heads; ++head) {
        const std::size_t from = head / (heads / groups) * size;
        Vector scores;
        double largest = -INFINITY;
        for (const Vector& key : memory.keys) {
            double dot = 0.0;
            for (std::size_t i = 0; i < size; ++i) {
                dot += query[head * size + i] * key[from + i];
            }
            scores.push_back(dot / std::sqrt(static_cast<double>(size)));
            largest = std::max(largest, scores.back());
        }
        double total = 0.0;
        for (double& score : scores) {
            score = std::exp(score - largest);
            total += score;
        }
        for (std::size_t at = 0; at < scores.size(); ++at) {
            for (std::size_t i = 0; i < size; ++i) {
                out[head * size + i] += scores[at] / total * memory.values[at][from + i];
            }
        }
    }
    return out;
}

class Network {
public:
    Network(const Json& config, const ReferenceTensors& tensors)
        : m_config(config)
        , m_tensors(tensors)
        , m_gpt2(config.at("model_type") == "gpt2")
        , m_memories(number(config, m_gpt2 ? "n_layer" : "num_hidden_layers")) {
        if (!m_gpt2) {
            m_heads = number(config, "num_attention_heads");
            m_groups = config.value("num_key_value_heads", m_heads);
            m_rotation = rotationOf(
                config, config.value("head_dim", number(config, "hidden_size") / m_heads));
        }
    }

    // Logits after one more token.
    Vector step(int token) {
        Vector x =
            m_gpt2 ? gpt2(static_cast<std::size_t>(token)) : llama(static_cast<std::size_t>(token));
        ++m_position;
        const char* const embedding =
            m_gpt2 ? "transformer.wte.weight" : "model.embed_tokens.weight";
        return multiply(at(m_tensors.contains("lm_head.weight") ? "lm_head.weight" : embedding), x);
    }

private:
    const ReferenceTensor& at(const std::string& name) const {
        const auto found = m_tensors.find(name);
        if (found == m_tensors.end()) {
            throw std::runtime_error("no tensor " + name);
        }
        return found->second;
    }

    Vector linear(const std::string& name, const Vector& x) const {
        const ReferenceTensor& weight = at(name + ".weight");
        Vector y = m_gpt2 ? multiplyTransposed(weight, x) : multiply(weight, x);
        if (m_tensors.contains(name + ".bias")) {
            addTo(y, at(name + ".bias").values);
        }
        return y;
    }

    Vector llama(std::size_t token) {
        const double epsilon = m_config.at("rms_norm_eps").get<double>();
        Vector x = rowOf(at("model.embed_tokens.weight"), token);
        for (std::size_t i = 0; i < m_memories.size(); ++i) {
            const std::string layer = "model.layers." + std::to_string(i) + ".";
            Vector h = rmsNorm(x, at(layer + "input_layernorm.weight"), epsilon);
            Vector query = linear(layer + "self_attn.q_proj", h);
            Vector key = linear(layer + "self_attn.k_proj", h);
            rotate(query, m_rotation, m_position);
            rotate(key, m_rotation, m_position);
            m_memories[i].keys.push_back(key);
            m_memories[i].values.push_back(linear(layer + "self_attn.v_proj", h));
            addTo(x, linear(layer + "self_attn.o_proj",
                            attend(query, m_memories[i], m_heads, m_groups)));
            h = rmsNorm(x, at(layer + "post_attention_layernorm.weight"), epsilon);
            const Vector gate = linear(layer + "mlp.gate_proj", h);
            Vector up = linear(layer + "mlp.up_proj", h);
            for (std::size_t j = 0; j < up.size(); ++j) { // SwiGLU, Shazeer 2020
                up[j] *= gate[j] / (1.0 + std::exp(-gate[j]));
            }
            addTo(x, linear(layer + "mlp.down_proj", up));
        }
        return rmsNorm(x, at("model.norm.weight"), epsilon);
    }

    Vector normed(const std::string& name, const Vector& x) const {
        return layerNorm(x, at(name + ".weight"), at(name + ".bias"),
                         m_config.at("layer_norm_epsilon").get<double>());
    }

    Vector gpt2(std::size_t token) {
        const std::size_t heads = number(m_config, "n_head");
        Vector x = rowOf(at("transformer.wte.weight"), token);
        addTo(x, rowOf(at("transformer.wpe.weight"), m_position));
        for (std::size_t i = 0; i < m_memories.size(); ++i) {
            const std::string layer = "transformer.h." + std::to_string(i) + ".";
            const Vector fused = linear(layer + "attn.c_attn", normed(layer + "ln_1", x));
            const auto third = static_cast<std::ptrdiff_t>(fused.size() / 3);
            m_memories[i].keys.emplace_back(fused.begin() + third, fused.begin() + 2 * third);
            m_memories[i].values.emplace_back(fused.begin() + 2 * third, fused.end());
            const Vector query(fused.begin(), fused.begin() + third);
            addTo(x, linear(layer + "attn.c_proj", attend(query, m_memories[i], heads, heads)));
            Vector inner = linear(layer + "mlp.c_fc", normed(layer + "ln_2", x));
            for (double& value : inner) { // Hendrycks and Gimpel 2016, by the hyperbolic tangent
                value *= 0.5 * (1.0 + std::tanh(std::sqrt(2.0 / std::numbers::pi) *
                                                (value + 0.044715 * value * value * value)));
            }
            addTo(x, linear(layer + "mlp.c_proj", inner));
        }
        return normed("transformer.ln_f", x);
    }

    const Json& m_config;
    const ReferenceTensors& m_tensors;
    bool m_gpt2;
    std::vector<Memory> m_memories;
    std::size_t m_heads = 0;
    std::size_t m_groups = 0;
    Rotation m_rotation;
    std::size_t m_position = 0;
};

double logSumExp(const Vector& values) {
    double largest = -INFINITY;
    for (const double value : values) {
        largest = std::max(largest, value);
    }
    double sum = 0.0;
    for (const double value : values) {
        sum += std::exp(value - largest);
    }
    return largest + std::log(sum);
}

Json readConfig(const std::string& path) {
    std::ifstream file(path);
    return Json::parse(file);
}

} // namespace

std::vector<std::optional<double>> referenceLogProbs(const std::string& configPath,
                                                     const ReferenceTensors& tensors,
                                                     const std::vector<int>& tokens) {
    const Json config = readConfig(configPath);
    Network network(config, tensors);
    std::vector<std::optional<double>> logProbs;
    Vector logits;
    for (const int token : tokens) {
        if (logits.empty()) {
            logProbs.emplace_back();
        } else {
            logProbs.emplace_back(logits.at(static_cast<std::size_t>(token)) - logSumExp(logits));
        }
        logits = network.step(token);
    }
    return logProbs;
}

std::vector<double> referenceLogits(const std::string& configPath, const ReferenceTensors& tensors,
                                    const std::vector<int>& tokens) {
    const Json config = readConfig(configPath);
    Network network(config, tensors);
    Vector logits;
    for (const int token : tokens) {
        logits = network.step(token);
    }
    return logits;
}

} // namespace linnet::test
