#include "engine/torch/cpu/kernel_tables.h"

#if defined(__x86_64__)

#include "engine/torch/cpu/kernel_attention.h"
#include "engine/torch/cpu/vector_avx512.h"

namespace linnet::engine::cpu {

namespace {

struct VnniDot {
    static constexpr bool usesCorrection = true;

    static __m512i prepare(__m512i offsetWeights) { return offsetWeights; }

    static __m512i dot(__m512i sum, __m512i weights, __m512i inputs) {
        return _mm512_dpbusd_epi32(sum, weights, inputs);
    }
};

} // namespace

const Kernels& avx512VnniKernels() {
    static const Kernels table =
        makeKernels<Vector, PanelProducts512<VnniDot>>(CpuLevel::Avx512Vnni);
    return table;
}

} // namespace linnet::engine::cpu

#endif
