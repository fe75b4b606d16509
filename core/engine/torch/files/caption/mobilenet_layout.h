#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace linnet::engine {

// One row of the table that defines a MobileNetV2: `repeats` inverted residual blocks, of which
// the first has the stride.
struct MobileNetStage {
    int expansion = 6;
    int channels = 0;
    int repeats = 1;
    int stride = 1;
};

// A MobileNetV2 (Sandler et al. 2018) with its batch norms folded into the convolutions.
struct MobileNetConfig {
    int imageSize = 224;
    int stemChannels = 32;
    std::vector<MobileNetStage> stages = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2},
                                          {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2},
                                          {6, 320, 1, 1}};
    int hiddenSize = 1280; // channels of the grid
    int classes = 1001;    // the first is the background
};

// One convolution of the network, or the sum that closes a block.
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

// The steps in their order. Names count steps as TensorFlow Lite's converter leaves them; the last
// is the classifier, which has one pooling step before it in that count.
std::vector<MobileNetStep> mobileNetSteps(const MobileNetConfig& config);

// Names and shapes of the tensors: weights [out, in / groups, k, k], biases [out].
std::vector<std::pair<std::string, std::vector<std::int64_t>>>
mobileNetTensors(const MobileNetConfig& config);

} // namespace linnet::engine
