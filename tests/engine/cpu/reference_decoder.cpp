#include "reference_decoder.h"

#include <cmath>
#include <numbers>

namespace linnet::test {

namespace {

using Row = std::vector<double>;

class Reference {
public:
    explicit Reference(const RandomModel& model)
        : m_model(model)
        , m_config(model.config()) {}

    std::vector<Row> run(const std::vector<int>& tokens) {
        std::vector<Row> x;
        const auto hidden = static_cast<std::size_t>(m_config.hiddenSize);
        const Row& embedding = m_model.values("embedding.weight");
        for (std::size_t t = 0; t < tokens.size(); ++t) {
            Row row(hidden);
            for (std::size_t i = 0; i < hidden; ++i) {
                row[i] = embedding[static_cast<std::size_t>(tokens[t]) * hidden + i];
                if (m_config.position == engine::PositionKind::Learned) {
                    row[i] += m_model.values("positions.weight")[t * hidden + i];
                }
            }
            x.push_back(row);
        }
        for (int layer = 0; layer < m_config.layers; ++layer) {
            const std::string at = "layers." + std::to_string(layer) + ".";
            attention(x, at);
            for (Row& row : x) {
                mlp(row, at);
            }
        }
        std::vector<Row> logits;
        for (const Row& row : x) {
            logits.push_back(linear(m_config.tiedEmbeddings ? "embedding" : "head",
                                    norm(row, "final_norm"), false));
        }
        return logits;
    }

private:
    Row linear(const std::string& name, const Row& x, bool bias) const {
        const Row& weight = m_model.values(name + ".weight");
        Row y(weight.size() / x.size());
        for (std::size_t r = 0; r < y.size(); ++r) {
            y[r] = bias ? m_model.values(name + ".bias")[r] : 0.0;
            for (std::size_t k = 0; k < x.size(); ++k) {
                y[r] += weight[r * x.size() + k] * x[k];
            }
        }
        return y;
    }

    Row norm(const Row& x, const std::string& name) const {
        const auto size = static_cast<double>(x.size());
        const bool centred = m_config.norm == engine::NormKind::LayerNorm;
        double mean = 0.0;
        for (const double v : x) {
            mean += centred ? v / size : 0.0;
        }
        double variance = 0.0;
        for (const double v : x) {
            variance += (v - mean) * (v - mean) / size;
        }
        Row y(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            y[i] = (x[i] - mean) / std::sqrt(variance + static_cast<double>(m_config.normEpsilon)) *
                   m_model.values(name + ".weight")[i];
            y[i] += centred ? m_model.values(name + ".bias")[i] : 0.0;
        }
        return y;
    }

    void rotate(double* head, std::size_t position) const {
        const int half = m_config.headDim / 2;
        for (int i = 0; i < half; ++i) {
            const double angle =
                static_cast<double>(position) *
                std::pow(m_config.rope.theta, -2.0 * i / static_cast<double>(m_config.headDim));
            const double a = head[i];
            const double b = head[i + half];
            head[i] = a * std::cos(angle) - b * std::sin(angle);
            head[i + half] = a * std::sin(angle) + b * std::cos(angle);
        }
    }

    void attention(std::vector<Row>& x, const std::string& at) const {
        const auto headDim = static_cast<std::size_t>(m_config.headDim);
        std::vector<Row> keys;
        std::vector<Row> values;
        for (std::size_t t = 0; t < x.size(); ++t) {
            const Row normed = norm(x[t], at + "attention_norm");
            Row query = linear(at + "query", normed, m_config.qkvBias);
            keys.push_back(linear(at + "key", normed, m_config.qkvBias));
            values.push_back(linear(at + "value", normed, m_config.qkvBias));
            if (m_config.position == engine::PositionKind::Rotary) {
                for (std::size_t i = 0; i < query.size(); i += headDim) {
                    rotate(query.data() + i, t);
                }
                for (std::size_t i = 0; i < keys[t].size(); i += headDim) {
                    rotate(keys[t].data() + i, t);
                }
            }
            Row mixed(query.size());
            for (std::size_t head = 0; head < query.size() / headDim; ++head) {
                const std::size_t shared =
                    head / static_cast<std::size_t>(m_config.heads / m_config.kvHeads);
                attendHead(query.data() + head * headDim, keys, values, shared * headDim,
                           mixed.data() + head * headDim);
            }
            const Row out = linear(at + "output", mixed, m_config.outputBias);
            for (std::size_t i = 0; i < out.size(); ++i) {
                x[t][i] += out[i];
            }
        }
    }

    void attendHead(const double* query, const std::vector<Row>& keys,
                    const std::vector<Row>& values, std::size_t offset, double* out) const {
        const auto headDim = static_cast<std::size_t>(m_config.headDim);
        Row weights;
        double sum = 0.0;
        for (const Row& key : keys) {
            double score = 0.0;
            for (std::size_t i = 0; i < headDim; ++i) {
                score += query[i] * key[offset + i];
            }
            weights.push_back(std::exp(score / std::sqrt(static_cast<double>(headDim))));
            sum += weights.back();
        }
        for (std::size_t t = 0; t < keys.size(); ++t) {
            for (std::size_t i = 0; i < headDim; ++i) {
                out[i] += weights[t] / sum * values[t][offset + i];
            }
        }
    }

    void mlp(Row& x, const std::string& at) const {
        const Row normed = norm(x, at + "mlp_norm");
        Row middle = linear(at + "up", normed, m_config.mlpBias);
        if (m_config.mlp == engine::MlpKind::SwiGlu) {
            const Row gate = linear(at + "gate", normed, m_config.mlpBias);
            for (std::size_t i = 0; i < middle.size(); ++i) {
                middle[i] *= gate[i] / (1.0 + std::exp(-gate[i]));
            }
        } else {
            for (double& v : middle) {
                v = 0.5 * v *
                    (1.0 +
                     std::tanh(std::sqrt(2.0 / std::numbers::pi) * (v + 0.044715 * v * v * v)));
            }
        }
        const Row out = linear(at + "down", middle, m_config.mlpBias);
        for (std::size_t i = 0; i < out.size(); ++i) {
            x[i] += out[i];
        }
    }

    const RandomModel& m_model;
    const engine::ModelConfig& m_config;
};

} // namespace

std::vector<std::vector<double>> referenceLogits(const RandomModel& model,
                                                 const std::vector<int>& tokens) {
    return Reference(model).run(tokens);
}

} // namespace linnet::test
