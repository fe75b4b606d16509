#pragma once

#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/torch/decoder.h"

namespace linnet::engine {

/// One row of the table that defines a MobileNetV2: `repeats` inverted residual blocks, of which
/// the first has the stride.
struct MobileNetStage {
    int expansion = 6;
    int channels = 0;
    int repeats = 1;
    int stride = 1;
};

/// A MobileNetV2 (Sandler et al. 2018) with its batch norms folded into the convolutions.
struct MobileNetConfig {
    int imageSize = 224;
    int stemChannels = 32;
    std::vector<MobileNetStage> stages = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2},
                                          {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2},
                                          {6, 320, 1, 1}};
    int hiddenSize = 1280; // channels of the grid
    int classes = 1001;    // the first is the background
};

/// One convolution of the network, or the sum that closes a block.
struct MobileNetStep {
    enum class Kind { Convolution, Depthwise, Sum, Head };
    Kind kind = Kind::Convolution;
    std::string name; // of its tensors, "l00" and so on: NAME.weight and NAME.bias
    int inputs = 0;
    int outputs = 0;
    int kernel = 1;
    int stride = 1;
    bool relu6 = false;
    int stage = 0; // index of its stage; stages.size() for what follows them, -1 before
};

/// The steps in their order. Names count steps as TensorFlow Lite's converter leaves them; the last
/// is the classifier, which has one pooling step before it in that count.
[[nodiscard]] std::vector<MobileNetStep> mobileNetSteps(const MobileNetConfig& config);

/// Names and shapes of the tensors: weights [out, in / groups, k, k], biases [out].
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::int64_t>>>
mobileNetTensors(const MobileNetConfig& config);

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
