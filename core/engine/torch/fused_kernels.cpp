#include "engine/torch/fused_kernels.h"

#include <bit>
#include <cmath>

// Every kernel is compiled for several instruction sets and the best is bound at load time, where
// the compiler and the C library can do that.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__linux__) &&       \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define LINNET_CLONES                                                                              \
    __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define LINNET_CLONES
#endif
#if defined(__GNUC__)
#define LINNET_INLINE inline __attribute__((always_inline))
#else
#define LINNET_INLINE inline
#endif

namespace linnet::engine::fused {

namespace {

LINNET_INLINE float widen(Bf16 bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

LINNET_INLINE Bf16 narrow(float value) { // to nearest, ties to even
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<Bf16>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

/// e^x for x in [-87, 87] to within two units in the last place of bfloat16's eight bits and then
/// some (relative error below 1e-6): Taylor's series of 2^f on [-1/2, 1/2].
LINNET_INLINE float exponential(float x) {
    const float limited = x < -87.0F ? -87.0F : (x > 87.0F ? 87.0F : x);
    const float t = limited * 1.44269504F;
    const float shifted = t + 12582912.0F; // rounds to an integer in the low bits
    const float f = t - (shifted - 12582912.0F);
    float p = 1.54035304e-4F;
    p = p * f + 1.33335581e-3F;
    p = p * f + 9.61812911e-3F;
    p = p * f + 5.55041087e-2F;
    p = p * f + 2.40226507e-1F;
    p = p * f + 6.93147181e-1F;
    p = p * f + 1.0F;
    const auto exponent = std::bit_cast<std::uint32_t>(shifted) << 23U;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) + exponent);
}

LINNET_INLINE float sigmoid(float x) {
    return 1.0F / (1.0F + exponential(-x));
}

} // namespace

LINNET_CLONES void rmsNorm(const RmsNormRows& task) {
    const std::int64_t width = task.width;
    for (std::int64_t row = 0; row < task.rows; ++row) {
        const float* x = task.x + row * width;
        float squares = 0.0F;
        if (task.delta != nullptr) {
            const Bf16* delta = task.delta + row * width;
            float* sum = task.sum + row * width;
#pragma omp simd reduction(+ : squares)
            for (std::int64_t i = 0; i < width; ++i) {
                const float value = x[i] + widen(delta[i]);
                sum[i] = value;
                squares += value * value;
            }
            x = sum;
        } else {
#pragma omp simd reduction(+ : squares)
            for (std::int64_t i = 0; i < width; ++i) {
                squares += x[i] * x[i];
            }
        }
        const float inverse = 1.0F / std::sqrt(squares / static_cast<float>(width) + task.epsilon);
        task.inverse[row] = inverse;
        Bf16* y = task.y + row * width;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            y[i] = narrow(x[i] * inverse * task.weight[i]);
        }
    }
}

LINNET_CLONES void rmsNormGradient(const RmsNormGradientRows& task) {
    const std::int64_t width = task.width;
    for (std::int64_t row = 0; row < task.rows; ++row) {
        const float* x = task.x + row * width;
        const Bf16* dy = task.dy + row * width;
        const float inverse = task.inverse[row];
        float dot = 0.0F;
#pragma omp simd reduction(+ : dot)
        for (std::int64_t i = 0; i < width; ++i) {
            dot += widen(dy[i]) * task.weight[i] * x[i];
        }
        const float correction = dot * inverse * inverse * inverse / static_cast<float>(width);
        float* dx = task.dx + row * width;
        float* weightGradient = task.weightGradient;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float gradient = widen(dy[i]);
            weightGradient[i] += gradient * x[i] * inverse;
            dx[i] = gradient * task.weight[i] * inverse - x[i] * correction;
        }
        if (task.outer != nullptr) {
            const float* outer = task.outer + row * width;
#pragma omp simd
            for (std::int64_t i = 0; i < width; ++i) {
                dx[i] += outer[i];
            }
        }
        if (task.delta != nullptr) {
            Bf16* delta = task.delta + row * width;
#pragma omp simd
            for (std::int64_t i = 0; i < width; ++i) {
                delta[i] = narrow(dx[i]);
            }
        }
    }
}

LINNET_CLONES void swiGlu(const Bf16* gateUp, Bf16* out, std::int64_t rows, std::int64_t width) {
    for (std::int64_t row = 0; row < rows; ++row) {
        const Bf16* gate = gateUp + row * 2 * width;
        const Bf16* up = gate + width;
        Bf16* y = out + row * width;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float g = widen(gate[i]);
            y[i] = narrow(g * sigmoid(g) * widen(up[i]));
        }
    }
}

LINNET_CLONES void swiGluGradient(const Bf16* gateUp, const Bf16* dOut, Bf16* dGateUp,
                                  std::int64_t rows, std::int64_t width) {
    for (std::int64_t row = 0; row < rows; ++row) {
        const Bf16* gate = gateUp + row * 2 * width;
        const Bf16* up = gate + width;
        const Bf16* dy = dOut + row * width;
        Bf16* dGate = dGateUp + row * 2 * width;
        Bf16* dUp = dGate + width;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float g = widen(gate[i]);
            const float gradient = widen(dy[i]);
            const float s = sigmoid(g);
            dUp[i] = narrow(gradient * g * s);
            dGate[i] = narrow(gradient * widen(up[i]) * s * (1.0F + g * (1.0F - s)));
        }
    }
}

namespace {

/// Copies or rotates one row of a head.
LINNET_INLINE void rotateRow(const HeadRows& task, std::int64_t row, const Bf16* from, Bf16* to) {
    if (task.direction == 0.0F) {
#pragma omp simd
        for (std::int64_t i = 0; i < task.headDim; ++i) {
            to[i] = from[i];
        }
        return;
    }
    const std::int64_t half = task.headDim / 2;
    const float* cosine = task.cosine + row * half;
    const float* sine = task.sine + row * half;
#pragma omp simd
    for (std::int64_t i = 0; i < half; ++i) {
        const float a = widen(from[i]);
        const float b = widen(from[i + half]);
        const float s = sine[i] * task.direction;
        to[i] = narrow(a * cosine[i] - b * s);
        to[i + half] = narrow(b * cosine[i] + a * s);
    }
}

} // namespace

LINNET_CLONES void gatherHead(const HeadRows& task) {
    for (std::int64_t row = 0; row < task.length; ++row) {
        rotateRow(task, row, task.fused + row * task.stride, task.head + row * task.headDim);
    }
}

LINNET_CLONES void scatterHead(const HeadRows& task) {
    for (std::int64_t row = 0; row < task.length; ++row) {
        rotateRow(task, row, task.head + row * task.headDim, task.fused + row * task.stride);
    }
}

LINNET_CLONES void causalSoftmax(Bf16* scores, std::int64_t length, float scale) {
    for (std::int64_t row = 0; row < length; ++row) {
        Bf16* p = scores + row * length;
        const std::int64_t seen = row + 1;
        float largest = -3.0e38F;
#pragma omp simd reduction(max : largest)
        for (std::int64_t i = 0; i < seen; ++i) {
            const float value = widen(p[i]);
            largest = value > largest ? value : largest;
        }
        float total = 0.0F;
#pragma omp simd reduction(+ : total)
        for (std::int64_t i = 0; i < seen; ++i) {
            const float e = exponential((widen(p[i]) - largest) * scale);
            total += e;
            p[i] = narrow(e);
        }
        const float inverse = 1.0F / total;
#pragma omp simd
        for (std::int64_t i = 0; i < seen; ++i) {
            p[i] = narrow(widen(p[i]) * inverse);
        }
        for (std::int64_t i = seen; i < length; ++i) {
            p[i] = 0;
        }
    }
}

LINNET_CLONES void causalSoftmaxGradient(const Bf16* probabilities, Bf16* gradient,
                                         std::int64_t length, float scale) {
    for (std::int64_t row = 0; row < length; ++row) {
        const Bf16* p = probabilities + row * length;
        Bf16* g = gradient + row * length;
        const std::int64_t seen = row + 1;
        float dot = 0.0F;
#pragma omp simd reduction(+ : dot)
        for (std::int64_t i = 0; i < seen; ++i) {
            dot += widen(p[i]) * widen(g[i]);
        }
#pragma omp simd
        for (std::int64_t i = 0; i < seen; ++i) {
            g[i] = narrow(widen(p[i]) * (widen(g[i]) - dot) * scale);
        }
        for (std::int64_t i = seen; i < length; ++i) {
            g[i] = 0;
        }
    }
}

LINNET_CLONES void crossEntropy(Bf16* logits, const std::int64_t* targets, float* losses,
                                float* scratch, std::int64_t rows, std::int64_t width,
                                float scale) {
    for (std::int64_t row = 0; row < rows; ++row) {
        Bf16* x = logits + row * width;
        float largest = -3.0e38F;
#pragma omp simd reduction(max : largest)
        for (std::int64_t i = 0; i < width; ++i) {
            const float value = widen(x[i]);
            largest = value > largest ? value : largest;
        }
        float total = 0.0F;
#pragma omp simd reduction(+ : total)
        for (std::int64_t i = 0; i < width; ++i) {
            const float e = exponential(widen(x[i]) - largest);
            scratch[i] = e;
            total += e;
        }
        const float factor = scale / total;
        const std::int64_t target = targets[row];
        losses[row] = largest + std::log(total) - widen(x[target]);
        const float hit = scratch[target] * factor - scale;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            x[i] = narrow(scratch[i] * factor);
        }
        x[target] = narrow(hit);
    }
}

} // namespace linnet::engine::fused
