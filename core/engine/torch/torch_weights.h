#pragma once

#include <torch/types.h>

#include <cstdint>

#include "engine/torch/decoder.h"
#include "engine/torch/files/checkpoint.h"

namespace linnet::engine {

// The stored tensor itself, of a floating type, on the CPU: without a copy if it is aligned, and
// then valid as long as its file is open, and not to be written to. Throws c10::Error.
torch::Tensor viewOf(const TensorView& stored);

// The tensors that a Decoder of checkpoint.config() needs, in `type` on `device`. On the CPU those
// stored in `type` and aligned are views of the mapped file, valid as long as the checkpoint and
// not to be written to. Throws c10::Error.
TensorMap torchWeights(const Checkpoint& checkpoint, torch::Device device, torch::ScalarType type);

// Bytes of weights that are read to decode one token: all but those looked up by row.
std::int64_t bytesPerToken(const ModelConfig& config, const TensorMap& weights);

} // namespace linnet::engine
