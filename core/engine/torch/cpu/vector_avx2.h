#pragma once

#include <immintrin.h>

#include <cstdint>

// Sixteen floats in two AVX2 registers, for kernels_avx2.cpp and kernels_avxvnni.cpp only, each in
// an anonymous namespace of its own: see kernel_ops.h.

namespace linnet::engine::cpu {

namespace {

struct Vector {
    static constexpr int attentionQueries = 4;

    __m256 a;
    __m256 b;

    static Vector load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
    static Vector loadHalf(const std::uint16_t* p) {
        return {_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
                _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 8)))};
    }
    static Vector set(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
    static Vector zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
    void store(float* p) const {
        _mm256_storeu_ps(p, a);
        _mm256_storeu_ps(p + 8, b);
    }
    void storeHalf(std::uint16_t* p) const {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvtps_ph(a, 0));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(p + 8), _mm256_cvtps_ph(b, 0));
    }
    void storeInt8(std::int8_t* p) const {
        const __m256i words = _mm256_permute4x64_epi64(
            _mm256_packs_epi32(_mm256_cvtps_epi32(a), _mm256_cvtps_epi32(b)), 0xD8);
        const __m128i bytes =
            _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(p), bytes);
    }

    friend Vector operator+(Vector x, Vector y) {
        return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)};
    }
    friend Vector operator-(Vector x, Vector y) {
        return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)};
    }
    friend Vector operator*(Vector x, Vector y) {
        return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)};
    }
    friend Vector operator/(Vector x, Vector y) {
        return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)};
    }
    static Vector fma(Vector x, Vector y, Vector z) {
        return {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)};
    }
    static Vector max(Vector x, Vector y) {
        return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)};
    }
    static Vector min(Vector x, Vector y) {
        return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)};
    }
    static Vector abs(Vector x) {
        const __m256 sign = _mm256_set1_ps(-0.0F);
        return {_mm256_andnot_ps(sign, x.a), _mm256_andnot_ps(sign, x.b)};
    }
    static Vector round(Vector x) {
        constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        return {_mm256_round_ps(x.a, nearest), _mm256_round_ps(x.b, nearest)};
    }
    static __m256 powerOfTwo(__m256 n) {
        const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
        return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
    }
    static Vector powerOfTwo(Vector n) { return {powerOfTwo(n.a), powerOfTwo(n.b)}; }
    static float reduceAdd(Vector x) {
        const __m256 s = _mm256_add_ps(x.a, x.b);
        __m128 t = _mm_add_ps(_mm256_castps256_ps128(s), _mm256_extractf128_ps(s, 1));
        t = _mm_add_ps(t, _mm_movehl_ps(t, t));
        t = _mm_add_ss(t, _mm_movehdup_ps(t));
        return _mm_cvtss_f32(t);
    }
    static float reduceMax(Vector x) {
        const __m256 s = _mm256_max_ps(x.a, x.b);
        __m128 t = _mm_max_ps(_mm256_castps256_ps128(s), _mm256_extractf128_ps(s, 1));
        t = _mm_max_ps(t, _mm_movehl_ps(t, t));
        t = _mm_max_ss(t, _mm_movehdup_ps(t));
        return _mm_cvtss_f32(t);
    }
};

// Panel products over Dot, which multiplies 32 weight bytes (8 rows of 4 inputs) with 4 inputs:
//     Weights prepare(__m256i offsetWeights);  __m256i dot(sum, weights, inputs);
//     usesCorrection: whether dot multiplies the weights with their offset.
template <class Dot>
struct PanelProducts256 {
    static void panelProduct(const std::byte* panel, const QuantisedColumns& x, int first,
                             int count, float* tile) {
        int c = 0;
        for (; c + 2 <= count; c += 2) {
            block<2, 2>(panel, 0, x, first + c, tile + c * panelRows);
            block<2, 2>(panel, panelRows / 2, x, first + c, tile + c * panelRows);
        }
        if (c < count) {
            block<4, 1>(panel, 0, x, first + c, tile + c * panelRows);
        }
    }

private:
    // 8 * R rows from `row` on, C columns.
    template <int R, int C>
    static void block(const std::byte* panel, int row, const QuantisedColumns& x, int column,
                      float* tile) {
        const std::byte* scaleBytes = panel + row * 2;
        const std::byte* weights = panel + groupScaleBytes + row * 4;
        const std::size_t groups = static_cast<std::size_t>(x.groups);
        const std::size_t start = static_cast<std::size_t>(column) * groups;
        __m256 sums[R][C];
        for (int r = 0; r < R; ++r) {
            for (int c = 0; c < C; ++c) {
                sums[r][c] = _mm256_setzero_ps();
            }
        }
        for (std::size_t g = 0; g < groups; ++g) {
            __m256i dots[R][C];
            for (int c = 0; c < C; ++c) {
                const std::size_t at = start + static_cast<std::size_t>(c) * groups + g;
                for (int r = 0; r < R; ++r) {
                    dots[r][c] = Dot::usesCorrection ? _mm256_set1_epi32(x.corrections[at])
                                                     : _mm256_setzero_si256();
                }
            }
            for (int k = 0; k < groupInputs / 4; ++k) {
                __m256i inputs[C];
                for (int c = 0; c < C; ++c) {
                    const std::size_t at = start + static_cast<std::size_t>(c) * groups + g;
                    std::int32_t four;
                    std::memcpy(&four, x.values + at * groupInputs + k * 4, sizeof(four));
                    inputs[c] = _mm256_set1_epi32(four);
                }
                for (int r = 0; r < R; ++r) {
                    const auto w = Dot::prepare(_mm256_loadu_si256(
                        reinterpret_cast<const __m256i*>(weights + k * 128 + r * 32)));
                    for (int c = 0; c < C; ++c) {
                        dots[r][c] = Dot::dot(dots[r][c], w, inputs[c]);
                    }
                }
            }
            for (int r = 0; r < R; ++r) {
                const __m256 scale = _mm256_cvtph_ps(
                    _mm_loadu_si128(reinterpret_cast<const __m128i*>(scaleBytes + r * 16)));
                for (int c = 0; c < C; ++c) {
                    const std::size_t at = start + static_cast<std::size_t>(c) * groups + g;
                    const __m256 both = _mm256_mul_ps(scale, _mm256_set1_ps(x.scales[at]));
                    sums[r][c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots[r][c]), both, sums[r][c]);
                }
            }
            weights += groupBytes;
            scaleBytes += groupBytes;
        }
        for (int r = 0; r < R; ++r) {
            for (int c = 0; c < C; ++c) {
                _mm256_storeu_ps(tile + c * panelRows + row + r * 8, sums[r][c]);
            }
        }
    }
};

} // namespace

} // namespace linnet::engine::cpu
