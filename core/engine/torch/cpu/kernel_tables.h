#pragma once

#include "engine/torch/cpu/kernels.h"

namespace linnet::engine::cpu {

// One function per kernels_*.cpp file. Call only what supportedLevels() lists.
const Kernels& scalarKernels();
const Kernels& neonKernels();
const Kernels& avx2Kernels();
const Kernels& avxVnniKernels();
const Kernels& avx512Kernels();
const Kernels& avx512VnniKernels();

} // namespace linnet::engine::cpu
