#include "engine/torch/cpu/kernel_tables.h"

#if defined(__x86_64__)

#include "engine/torch/cpu/kernel_attention.h"
#include "engine/torch/cpu/vector_avx2.h"

namespace linnet::engine::cpu {

namespace {

// Processors with dot products but without AVX-512 (Alder Lake and later).
struct VnniDot {
    static constexpr bool usesCorrection = true;

    static __m256i prepare(__m256i offsetWeights) { return offsetWeights; }

    static __m256i dot(__m256i sum, __m256i weights, __m256i inputs) {
        return _mm256_dpbusd_avx_epi32(sum, weights, inputs);
    }
};

} // namespace

const Kernels& avxVnniKernels() {
    static const Kernels table = makeKernels<Vector, PanelProducts256<VnniDot>>(CpuLevel::AvxVnni);
    return table;
}

} // namespace linnet::engine::cpu

#endif
