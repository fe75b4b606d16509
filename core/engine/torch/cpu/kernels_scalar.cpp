#include <cmath>

#include "engine/torch/cpu/float16.h"
#include "engine/torch/cpu/kernel_attention.h"
#include "engine/torch/cpu/kernel_tables.h"

// Plain C++: what runs where nothing better is known, and what the others are compared with.

namespace linnet::engine::cpu {

namespace {

struct Vector {
    static constexpr int attentionQueries = 4;

    float v[16];

    template <typename F>
    static Vector each(F f) {
        Vector r;
        for (int i = 0; i < 16; ++i) {
            r.v[i] = f(i);
        }
        return r;
    }

    static Vector load(const float* p) {
        return each([&](int i) { return p[i]; });
    }
    static Vector loadHalf(const std::uint16_t* p) {
        return each([&](int i) { return halfToFloat(p[i]); });
    }
    static Vector set(float x) {
        return each([&](int) { return x; });
    }
    static Vector zero() { return set(0.0F); }
    void store(float* p) const { std::memcpy(p, v, sizeof(v)); }
    void storeHalf(std::uint16_t* p) const {
        for (int i = 0; i < 16; ++i) {
            p[i] = floatToHalf(v[i]);
        }
    }
    void storeInt8(std::int8_t* p) const {
        for (int i = 0; i < 16; ++i) {
            p[i] = static_cast<std::int8_t>(v[i]);
        }
    }

    friend Vector operator+(const Vector& a, const Vector& b) {
        return each([&](int i) { return a.v[i] + b.v[i]; });
    }
    friend Vector operator-(const Vector& a, const Vector& b) {
        return each([&](int i) { return a.v[i] - b.v[i]; });
    }
    friend Vector operator*(const Vector& a, const Vector& b) {
        return each([&](int i) { return a.v[i] * b.v[i]; });
    }
    friend Vector operator/(const Vector& a, const Vector& b) {
        return each([&](int i) { return a.v[i] / b.v[i]; });
    }
    static Vector fma(const Vector& a, const Vector& b, const Vector& c) {
        return each([&](int i) { return a.v[i] * b.v[i] + c.v[i]; });
    }
    static Vector max(const Vector& a, const Vector& b) {
        return each([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
    }
    static Vector min(const Vector& a, const Vector& b) {
        return each([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
    }
    static Vector abs(const Vector& a) {
        return each([&](int i) { return a.v[i] < 0.0F ? -a.v[i] : a.v[i]; });
    }
    static Vector round(const Vector& a) {
        return each([&](int i) { return std::nearbyint(a.v[i]); });
    }
    static Vector powerOfTwo(const Vector& n) {
        return each([&](int i) {
            return std::bit_cast<float>(static_cast<std::int32_t>(n.v[i]) * (1 << 23) + 0x3F800000);
        });
    }
    static float reduceAdd(const Vector& a) {
        float sum = 0.0F;
        for (float x : a.v) {
            sum += x;
        }
        return sum;
    }
    static float reduceMax(const Vector& a) {
        float top = a.v[0];
        for (float x : a.v) {
            top = x > top ? x : top;
        }
        return top;
    }
};

struct Products {
    static void panelProduct(const std::byte* panel, const QuantisedColumns& x, int first,
                             int count, float* tile) {
        for (int i = 0; i < count * panelRows; ++i) {
            tile[i] = 0.0F;
        }
        for (int g = 0; g < x.groups; ++g, panel += groupBytes) {
            std::uint16_t scales[panelRows];
            std::memcpy(scales, panel, sizeof(scales));
            const auto* weights = reinterpret_cast<const std::uint8_t*>(panel + groupScaleBytes);
            for (int c = 0; c < count; ++c) {
                const std::size_t group =
                    static_cast<std::size_t>(first + c) * static_cast<std::size_t>(x.groups) +
                    static_cast<std::size_t>(g);
                const std::int8_t* values = x.values + group * groupInputs;
                std::int32_t sums[panelRows];
                for (std::int32_t& sum : sums) {
                    sum = x.corrections[group];
                }
                for (int k = 0; k < groupInputs; ++k) {
                    const std::uint8_t* w = weights + k / 4 * 4 * panelRows + k % 4;
                    for (int r = 0; r < panelRows; ++r) {
                        sums[r] += w[r * 4] * values[k];
                    }
                }
                for (int r = 0; r < panelRows; ++r) {
                    tile[c * panelRows + r] +=
                        static_cast<float>(sums[r]) * (halfToFloat(scales[r]) * x.scales[group]);
                }
            }
        }
    }
};

} // namespace

const Kernels& scalarKernels() {
    static const Kernels table = makeKernels<Vector, Products>(CpuLevel::Scalar);
    return table;
}

} // namespace linnet::engine::cpu
