#include "engine/torch/cpu/kernel_tables.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#include "engine/torch/cpu/kernel_attention.h"

namespace linnet::engine::cpu {

namespace {

struct Vector {
    static constexpr int attentionQueries = 4;

    float32x4_t v[4];

    template <typename F>
    static Vector each(F f) {
        return {{f(0), f(1), f(2), f(3)}};
    }

    static Vector load(const float* p) {
        return each([&](int i) { return vld1q_f32(p + 4 * i); });
    }
    static Vector loadHalf(const std::uint16_t* p) {
        return each([&](int i) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p + 4 * i))); });
    }
    static Vector set(float x) {
        return each([&](int) { return vdupq_n_f32(x); });
    }
    static Vector zero() { return set(0.0F); }
    void store(float* p) const {
        for (int i = 0; i < 4; ++i) {
            vst1q_f32(p + 4 * i, v[i]);
        }
    }
    void storeHalf(std::uint16_t* p) const {
        for (int i = 0; i < 4; ++i) {
            vst1_u16(p + 4 * i, vreinterpret_u16_f16(vcvt_f16_f32(v[i])));
        }
    }
    void storeInt8(std::int8_t* p) const {
        const int16x8_t low =
            vcombine_s16(vqmovn_s32(vcvtnq_s32_f32(v[0])), vqmovn_s32(vcvtnq_s32_f32(v[1])));
        const int16x8_t high =
            vcombine_s16(vqmovn_s32(vcvtnq_s32_f32(v[2])), vqmovn_s32(vcvtnq_s32_f32(v[3])));
        vst1q_s8(p, vcombine_s8(vqmovn_s16(low), vqmovn_s16(high)));
    }

    friend Vector operator+(const Vector& a, const Vector& b) {
        return each([&](int i) { return vaddq_f32(a.v[i], b.v[i]); });
    }
    friend Vector operator-(const Vector& a, const Vector& b) {
        return each([&](int i) { return vsubq_f32(a.v[i], b.v[i]); });
    }
    friend Vector operator*(const Vector& a, const Vector& b) {
        return each([&](int i) { return vmulq_f32(a.v[i], b.v[i]); });
    }
    friend Vector operator/(const Vector& a, const Vector& b) {
        return each([&](int i) { return vdivq_f32(a.v[i], b.v[i]); });
    }
    static Vector fma(const Vector& a, const Vector& b, const Vector& c) {
        return each([&](int i) { return vfmaq_f32(c.v[i], a.v[i], b.v[i]); });
    }
    static Vector max(const Vector& a, const Vector& b) {
        return each([&](int i) { return vmaxq_f32(a.v[i], b.v[i]); });
    }
    static Vector min(const Vector& a, const Vector& b) {
        return each([&](int i) { return vminq_f32(a.v[i], b.v[i]); });
    }
    static Vector abs(const Vector& a) {
        return each([&](int i) { return vabsq_f32(a.v[i]); });
    }
    static Vector round(const Vector& a) {
        return each([&](int i) { return vrndnq_f32(a.v[i]); });
    }
    static Vector powerOfTwo(const Vector& n) {
        return each([&](int i) {
            const int32x4_t exponent = vaddq_s32(vcvtnq_s32_f32(n.v[i]), vdupq_n_s32(127));
            return vreinterpretq_f32_s32(vshlq_n_s32(exponent, 23));
        });
    }
    static float reduceAdd(const Vector& a) {
        return vaddvq_f32(vaddq_f32(vaddq_f32(a.v[0], a.v[1]), vaddq_f32(a.v[2], a.v[3])));
    }
    static float reduceMax(const Vector& a) {
        return vmaxvq_f32(vmaxq_f32(vmaxq_f32(a.v[0], a.v[1]), vmaxq_f32(a.v[2], a.v[3])));
    }
};

// SDOT multiplies signed with signed bytes, so the weights' offset is taken off by flipping their
// top bit. Eight registers of sums cover the 32 rows; columns go one by one.
struct Products {
    static void panelProduct(const std::byte* panel, const QuantisedColumns& x, int first,
                             int count, float* tile) {
        for (int c = 0; c < count; ++c) {
            column(panel, x, static_cast<std::size_t>(first + c), tile + c * panelRows);
        }
    }

private:
    static constexpr int parts = panelRows / 4;

    static void column(const std::byte* panel, const QuantisedColumns& x, std::size_t index,
                       float* tile) {
        const std::size_t groups = static_cast<std::size_t>(x.groups);
        float32x4_t sums[parts];
        for (float32x4_t& sum : sums) {
            sum = vdupq_n_f32(0.0F);
        }
        for (std::size_t g = 0; g < groups; ++g, panel += groupBytes) {
            const std::size_t at = index * groups + g;
            int32x4_t dots[parts];
            for (int32x4_t& dot : dots) {
                dot = vdupq_n_s32(0);
            }
            const auto* weights = reinterpret_cast<const std::uint8_t*>(panel + groupScaleBytes);
            for (int k = 0; k < groupInputs / 4; ++k) {
                std::int32_t four;
                std::memcpy(&four, x.values + at * groupInputs + k * 4, sizeof(four));
                const int8x16_t inputs = vreinterpretq_s8_s32(vdupq_n_s32(four));
                for (int r = 0; r < parts; ++r) {
                    const uint8x16_t w = vld1q_u8(weights + k * 128 + r * 16);
                    dots[r] = vdotq_s32(dots[r], vreinterpretq_s8_u8(veorq_u8(w, vdupq_n_u8(128))),
                                        inputs);
                }
            }
            const auto* scales = reinterpret_cast<const std::uint16_t*>(panel);
            for (int r = 0; r < parts; ++r) {
                const float32x4_t scale =
                    vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(scales + r * 4)));
                sums[r] =
                    vfmaq_f32(sums[r], vcvtq_f32_s32(dots[r]), vmulq_n_f32(scale, x.scales[at]));
            }
        }
        for (int r = 0; r < parts; ++r) {
            vst1q_f32(tile + r * 4, sums[r]);
        }
    }
};

} // namespace

const Kernels& neonKernels() {
    static const Kernels table = makeKernels<Vector, Products>(CpuLevel::Neon);
    return table;
}

} // namespace linnet::engine::cpu

#endif
