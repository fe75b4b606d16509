#include "engine/torch/cpu/kernels.h"

#include "engine/torch/cpu/kernel_tables.h"

namespace linnet::engine::cpu {

// One and a half panels of a matrix with 1376 inputs: measured best of 2 to 64 groups.
const std::size_t weightsAhead = isZen5OrLater() ? 64 * groupBytes : 0;

const Kernels& kernelsFor(CpuLevel level) {
    switch (level) {
#if defined(__x86_64__)
    case CpuLevel::Avx2:
        return avx2Kernels();
    case CpuLevel::AvxVnni:
        return avxVnniKernels();
    case CpuLevel::Avx512:
        return avx512Kernels();
    case CpuLevel::Avx512Vnni:
        return avx512VnniKernels();
#elif defined(__aarch64__)
    case CpuLevel::Neon:
        return neonKernels();
#endif
    default:
        return scalarKernels();
    }
}

} // namespace linnet::engine::cpu
