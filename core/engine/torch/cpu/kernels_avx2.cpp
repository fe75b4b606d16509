#include "engine/torch/cpu/kernel_tables.h"

#if defined(__x86_64__)

#include "engine/torch/cpu/kernel_attention.h"
#include "engine/torch/cpu/vector_avx2.h"

namespace linnet::engine::cpu {

namespace {

// AVX2 multiplies unsigned with signed bytes into saturating 16-bit pairs. |weight| <= 128 and
// |input| <= 127 keep a pair within 32512, so the sign moves from the weight to the input.
struct SignedDot {
    static constexpr bool usesCorrection = false;

    struct Weights {
        __m256i magnitude;
        __m256i sign;
    };

    static Weights prepare(__m256i offsetWeights) {
        const __m256i w = _mm256_xor_si256(offsetWeights, _mm256_set1_epi8(-128));
        return {_mm256_abs_epi8(w), w};
    }

    static __m256i dot(__m256i sum, Weights w, __m256i inputs) {
        const __m256i pairs = _mm256_maddubs_epi16(w.magnitude, _mm256_sign_epi8(inputs, w.sign));
        return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
    }
};

} // namespace

const Kernels& avx2Kernels() {
    static const Kernels table = makeKernels<Vector, PanelProducts256<SignedDot>>(CpuLevel::Avx2);
    return table;
}

} // namespace linnet::engine::cpu

#endif
