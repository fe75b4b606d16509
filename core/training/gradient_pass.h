#pragma once

#include <torch/types.h>

#include "engine/torch/model_config.h"
#include "training/optimizer.h"

namespace linnet::training {

/// What a forward and backward pass needs besides the windows.
struct PassSettings {
    const engine::ModelConfig* config = nullptr;
    torch::ScalarType type = torch::kFloat; // of the matrix products
    torch::Device device{torch::kCPU};
    int workers = 1; // CPU threads that each take a share of the windows; divides their number
};

/// Runs the model on windows [n, length + 1] of tokens (int64, on the CPU), adds the gradients of
/// `share` times the mean loss to the parameters' and returns that value. With several workers
/// each has one thread and gradients of its own, which are added in a fixed order: the result does
/// not depend on their speed. Throws what libtorch throws.
double addGradients(const PassSettings& settings, NamedTensors& parameters,
                    const torch::Tensor& windows, double share);

} // namespace linnet::training
