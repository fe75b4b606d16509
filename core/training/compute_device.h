#pragma once

#include <torch/types.h>

#include <string>

#include "engine/api/result.h"

namespace linnet::training {

/// The device called `name`: cpu, cuda, or auto for CUDA where there is such a device. Errors:
/// InvalidArgument, DeviceUnavailable.
engine::Result<torch::Device> chooseDevice(const std::string& name);

/// Whether the device has instructions for bfloat16 matrix products; emulation is slow.
[[nodiscard]] bool multipliesBfloat16Fast(const torch::Device& device);

} // namespace linnet::training
