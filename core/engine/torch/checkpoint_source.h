#pragma once

#include "engine/torch/cpu/weight_source.h"
#include "engine/torch/files/checkpoint.h"

namespace linnet::engine {

// The checkpoint's tensors as the int8 decoder asks for them. The result refers to `checkpoint`.
cpu::WeightSource cpuWeightSource(const Checkpoint& checkpoint);

} // namespace linnet::engine
