#pragma once

#include <immintrin.h>

#include <cstdint>

// Sixteen floats in an AVX-512 register and the panel products over it, for kernels_avx512.cpp and
// kernels_avx512vnni.cpp only, each in an anonymous namespace of its own: see kernel_ops.h.

namespace linnet::engine::cpu {

namespace {

struct Vector {
    static constexpr int attentionQueries = 8;

    __m512 a;

    static Vector load(const float* p) { return {_mm512_loadu_ps(p)}; }
    static Vector loadHalf(const std::uint16_t* p) {
        return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
    }
    static Vector set(float x) { return {_mm512_set1_ps(x)}; }
    static Vector zero() { return {_mm512_setzero_ps()}; }
    void store(float* p) const { _mm512_storeu_ps(p, a); }
    void storeHalf(std::uint16_t* p) const {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtps_ph(a, 0));
    }
    void storeInt8(std::int8_t* p) const {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                         _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(a)));
    }

    friend Vector operator+(Vector x, Vector y) { return {_mm512_add_ps(x.a, y.a)}; }
    friend Vector operator-(Vector x, Vector y) { return {_mm512_sub_ps(x.a, y.a)}; }
    friend Vector operator*(Vector x, Vector y) { return {_mm512_mul_ps(x.a, y.a)}; }
    friend Vector operator/(Vector x, Vector y) { return {_mm512_div_ps(x.a, y.a)}; }
    static Vector fma(Vector x, Vector y, Vector z) { return {_mm512_fmadd_ps(x.a, y.a, z.a)}; }
    static Vector max(Vector x, Vector y) { return {_mm512_max_ps(x.a, y.a)}; }
    static Vector min(Vector x, Vector y) { return {_mm512_min_ps(x.a, y.a)}; }
    static Vector abs(Vector x) { return {_mm512_abs_ps(x.a)}; }
    static Vector round(Vector x) {
        return {_mm512_roundscale_ps(x.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
    }
    static Vector powerOfTwo(Vector n) {
        const __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(n.a), _mm512_set1_epi32(127));
        return {_mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23))};
    }
    static float reduceAdd(Vector x) { return _mm512_reduce_add_ps(x.a); }
    static float reduceMax(Vector x) { return _mm512_reduce_max_ps(x.a); }
};

// Panel products over Dot, which multiplies 64 weight bytes (16 rows of 4 inputs) with 4 inputs;
// as PanelProducts256 in vector_avx2.h. Whole panels of 32 rows, up to six columns: 12 integer and
// 12 float sums leave 8 of the 32 registers for weights, inputs and scales. Panels are one stream,
// which the hardware prefetches by itself, 5 to 20 % faster on Zen 4 than software did; on Zen 5
// weights in the third-level cache come 20 % faster when asked for (weightsAhead).
template <class Dot>
struct PanelProducts512 {
    static void panelProduct(const std::byte* panel, const QuantisedColumns& x, int first,
                             int count, float* tile) {
        switch (count) {
        case 1:
            return block<1>(panel, x, first, tile);
        case 2:
            return block<2>(panel, x, first, tile);
        case 3:
            return block<3>(panel, x, first, tile);
        case 4:
            return block<4>(panel, x, first, tile);
        case 5:
            return block<5>(panel, x, first, tile);
        default:
            return block<6>(panel, x, first, tile);
        }
    }

private:
    static void fetchAhead(const std::byte* panel) {
        if (weightsAhead != 0) {
            const char* next = reinterpret_cast<const char*>(panel) + weightsAhead;
#pragma GCC unroll 17
            for (std::size_t line = 0; line < groupBytes; line += 64) {
                _mm_prefetch(next + line, _MM_HINT_T1);
            }
        }
    }

    template <int C>
    static void block(const std::byte* panel, const QuantisedColumns& x, int column, float* tile) {
        const std::size_t groups = static_cast<std::size_t>(x.groups);
        const std::size_t start = static_cast<std::size_t>(column) * groups;
        __m512 low[C];
        __m512 high[C];
        for (int c = 0; c < C; ++c) {
            low[c] = _mm512_setzero_ps();
            high[c] = _mm512_setzero_ps();
        }
        for (std::size_t g = 0; g < groups; ++g, panel += groupBytes) {
            const std::int8_t* values = x.values + (start + g) * groupInputs;
            __m512i dotLow[C];
            __m512i dotHigh[C];
            for (int c = 0; c < C; ++c) {
                const std::size_t at = start + static_cast<std::size_t>(c) * groups + g;
                dotLow[c] = Dot::usesCorrection ? _mm512_set1_epi32(x.corrections[at])
                                                : _mm512_setzero_si512();
                dotHigh[c] = dotLow[c];
            }
            if constexpr (C <= 2) {
                fetchAhead(panel);
            }
            const std::byte* weights = panel + groupScaleBytes;
#pragma GCC unroll 8
            for (int k = 0; k < groupInputs / 4; ++k) {
                const auto w0 = Dot::prepare(_mm512_load_si512(weights + k * 128));
                const auto w1 = Dot::prepare(_mm512_load_si512(weights + k * 128 + 64));
                for (int c = 0; c < C; ++c) {
                    std::int32_t four;
                    std::memcpy(&four,
                                values + static_cast<std::size_t>(c) * groups * groupInputs + k * 4,
                                sizeof(four));
                    const __m512i inputs = _mm512_set1_epi32(four);
                    dotLow[c] = Dot::dot(dotLow[c], w0, inputs);
                    dotHigh[c] = Dot::dot(dotHigh[c], w1, inputs);
                }
            }
            const __m512i scales = _mm512_load_si512(panel);
            const __m512 scaleLow = _mm512_cvtph_ps(_mm512_castsi512_si256(scales));
            const __m512 scaleHigh = _mm512_cvtph_ps(_mm512_extracti64x4_epi64(scales, 1));
            for (int c = 0; c < C; ++c) {
                const std::size_t at = start + static_cast<std::size_t>(c) * groups + g;
                const __m512 scale = _mm512_set1_ps(x.scales[at]);
                low[c] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dotLow[c]),
                                         _mm512_mul_ps(scaleLow, scale), low[c]);
                high[c] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dotHigh[c]),
                                          _mm512_mul_ps(scaleHigh, scale), high[c]);
            }
        }
        for (int c = 0; c < C; ++c) {
            _mm512_storeu_ps(tile + c * panelRows, low[c]);
            _mm512_storeu_ps(tile + c * panelRows + panelRows / 2, high[c]);
        }
    }
};

} // namespace

} // namespace linnet::engine::cpu
