#include "engine/torch/cpu/kernel_tables.h"

#if defined(__x86_64__)

#include "engine/torch/cpu/kernel_attention.h"
#include "engine/torch/cpu/vector_avx512.h"

namespace linnet::engine::cpu {

namespace {

// AVX-512 without dot products (Skylake-X): as in kernels_avx2.cpp, the sign moves to the input,
// here with a mask for want of a sign instruction.
struct SignedDot {
    static constexpr bool usesCorrection = false;

    struct Weights {
        __m512i magnitude;
        __mmask64 negative;
    };

    static Weights prepare(__m512i offsetWeights) {
        const __m512i w = _mm512_xor_si512(offsetWeights, _mm512_set1_epi8(-128));
        return {_mm512_abs_epi8(w), _mm512_movepi8_mask(w)};
    }

    static __m512i dot(__m512i sum, Weights w, __m512i inputs) {
        const __m512i turned =
            _mm512_mask_sub_epi8(inputs, w.negative, _mm512_setzero_si512(), inputs);
        const __m512i pairs = _mm512_maddubs_epi16(w.magnitude, turned);
        return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
    }
};

} // namespace

const Kernels& avx512Kernels() {
    static const Kernels table = makeKernels<Vector, PanelProducts512<SignedDot>>(CpuLevel::Avx512);
    return table;
}

} // namespace linnet::engine::cpu

#endif
