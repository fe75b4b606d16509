#include "training/compute_device.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

Result<torch::Device> chooseDevice(const std::string& name) {
    if (name == "cpu" || (name == "auto" && !at::hasCUDA())) {
        return torch::Device(torch::kCPU);
    }
    if (name != "auto" && name != "cuda") {
        return Error{ErrorCode::InvalidArgument, "unknown device \"" + name + "\""};
    }
    if (!at::hasCUDA()) {
        return Error{ErrorCode::DeviceUnavailable, "this machine has no CUDA device"};
    }
    return torch::Device(torch::kCUDA);
}

bool multipliesBfloat16Fast(const torch::Device& device) {
#if defined(__GNUC__) && defined(__x86_64__)
    return !device.is_cpu() || __builtin_cpu_supports("avx512bf16");
#else
    return !device.is_cpu();
#endif
}

} // namespace linnet::training
