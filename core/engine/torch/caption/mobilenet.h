#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "engine/torch/decoder.h"
#include "engine/torch/files/caption/mobilenet_layout.h"

namespace linnet::engine {

/// The network as a function of named tensors, differentiable like Decoder. Padding is
/// TensorFlow's `same`: at stride 2 the odd pixel goes right and below. Immutable; const calls may
/// run in parallel. Throws c10::Error on tensors that are missing or misshapen.
class MobileNet {
public:
    /// Takes the weights, whose names begin with `prefix`, on their own device; products are
    /// computed in `computeType`.
    MobileNet(const MobileNetConfig& config, const TensorMap& weights, const std::string& prefix,
              torch::ScalarType computeType);

    /// What enters `stage`, of pictures [n, 3, height, width] in -1..1: all stages before it.
    [[nodiscard]] torch::Tensor before(int stage, const torch::Tensor& pixels) const;

    /// The grid [n, hidden, height / 32, width / 32] of what enters `stage`.
    [[nodiscard]] torch::Tensor from(int stage, const torch::Tensor& entering) const;

    [[nodiscard]] torch::Tensor grid(const torch::Tensor& pixels) const {
        return from(0, before(0, pixels));
    }

    /// Logits [n, classes] of a grid, float32.
    [[nodiscard]] torch::Tensor classLogits(const torch::Tensor& grid) const;

    [[nodiscard]] const MobileNetConfig& config() const { return m_config; }

private:
    [[nodiscard]] torch::Tensor run(const MobileNetStep& step, const torch::Tensor& x) const;
    [[nodiscard]] torch::Tensor runSteps(int firstStage, int endStage, torch::Tensor x) const;

    MobileNetConfig m_config;
    torch::ScalarType m_type;
    std::vector<MobileNetStep> m_steps;
    std::vector<torch::Tensor> m_weights, m_biases; // by step
};

} // namespace linnet::engine
