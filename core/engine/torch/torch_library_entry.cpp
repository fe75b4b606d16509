// The one exported symbol of liblinnet_torch.
#include "engine/torch/torch_library.h"
#include "engine/torch/torch_runtime.h"

extern "C" __attribute__((visibility("default"))) const linnet::engine::TorchLibrary*
linnetTorchLibrary() {
    static const linnet::engine::TorchLibrary library{&linnet::engine::torchCudaAvailable,
                                                      &linnet::engine::makeTorchBackend,
                                                      &linnet::engine::makeTorchCaptionNetwork};
    return &library;
}
