#pragma once

#include <memory>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "engine/torch/decoder_backend.h"
#include "engine/torch/files/checkpoint.h"

namespace linnet::engine {

// The checkpoint's network on libtorch, on the first CUDA device or the CPU, in Float32, BFloat16
// or Float16. On the CPU, weights of that very type are used where they lie in the mapped file,
// except those that are fused (query, key and value; gate and up); int8 weights are dequantised.
// `threads` (at least 1) is set for the whole process. Errors: OutOfMemory, DeviceUnavailable,
// UnsupportedFormat (Float16 on a CPU for which libtorch lacks it), Internal.
Result<std::unique_ptr<DecoderBackend>> makeTorchBackend(const Checkpoint& checkpoint, bool cuda,
                                                         Precision precision, int threads);

} // namespace linnet::engine
