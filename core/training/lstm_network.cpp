#include "training/lstm_network.h"

#include <ATen/ATen.h>

#include <cmath>

namespace linnet::training {

using torch::Tensor;

namespace {

/// The decoder's 0.02 would hardly move the gates, since no norm comes before them.
constexpr double kEmbeddingDeviation = 0.1;

} // namespace

LstmNetwork::LstmNetwork(const engine::ModelConfig& config, const NamedTensors& weights)
    : m_layers(config.layers) {
    const auto tensors = lstmTensors(config);
    m_embedding = weights.at(tensors.front().first);
    for (std::size_t i = 1; i < tensors.size(); ++i) {
        m_weights.push_back(weights.at(tensors[i].first));
    }
}

Tensor LstmNetwork::hidden(const Tensor& ids) const {
    const Tensor inputs = at::embedding(m_embedding, ids);
    const Tensor zeros =
        at::zeros({m_layers, ids.size(0), m_embedding.size(1)}, m_embedding.options());
    constexpr double kDropout = 0.0;
    return std::get<0>(at::lstm(inputs, {zeros, zeros}, m_weights, /*has_biases=*/true, m_layers,
                                kDropout, /*train=*/at::GradMode::is_enabled(),
                                /*bidirectional=*/false, /*batch_first=*/true));
}

std::vector<std::pair<std::string, std::vector<std::int64_t>>>
lstmTensors(const engine::ModelConfig& config) {
    const std::int64_t width = config.hiddenSize;
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> tensors;
    tensors.emplace_back("model.embed_tokens.weight",
                         std::vector<std::int64_t>{config.vocabularySize, width});
    for (int layer = 0; layer < config.layers; ++layer) {
        const std::string end = "_l" + std::to_string(layer);
        for (const char* part : {"weight_ih", "weight_hh"}) {
            tensors.emplace_back("model.lstm." + (part + end),
                                 std::vector<std::int64_t>{4 * width, width});
        }
        for (const char* part : {"bias_ih", "bias_hh"}) {
            tensors.emplace_back("model.lstm." + (part + end),
                                 std::vector<std::int64_t>{4 * width});
        }
    }
    return tensors;
}

NamedTensors initialLstm(const engine::ModelConfig& config, std::uint64_t seed) {
    at::manual_seed(seed);
    const double bound = 1.0 / std::sqrt(static_cast<double>(config.hiddenSize));
    NamedTensors parameters;
    for (const auto& [name, shape] : lstmTensors(config)) {
        if (shape.size() == 1) {
            parameters[name] = at::zeros(shape);
            if (name.find("bias_ih") != std::string::npos) {
                parameters[name].narrow(0, config.hiddenSize, config.hiddenSize).fill_(1.0);
            }
        } else if (name.find("embed") != std::string::npos) {
            parameters[name] = at::randn(shape) * kEmbeddingDeviation;
        } else {
            parameters[name] = (at::rand(shape) * 2.0 - 1.0) * bound;
        }
    }
    return parameters;
}

} // namespace linnet::training
