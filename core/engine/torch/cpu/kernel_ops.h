#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/torch/cpu/kernels.h"

// The operations around the products, written once over V, a vector of 16 floats that each
// kernels_*.cpp defines in its anonymous namespace for its instruction set. That gives every
// instantiation internal linkage: no code compiled for a newer processor can be merged into code
// that runs on an older one. For the same reason nothing here calls library templates.

namespace linnet::engine::cpu {

template <class V>
struct KernelOps {
    static constexpr int lanes = 16;

    // exp(x) for x <= 88: 2^n * e^r with |r| <= ln(2)/2 and a Taylor polynomial of degree 6;
    // relative error under 2e-7. Below -87 it gives about 1e-38.
    static V exponential(V x) {
        x = V::max(V::min(x, V::set(88.0F)), V::set(-87.0F));
        const V n = V::round(x * V::set(1.44269504F));
        const V r = V::fma(n, V::set(2.12194440e-4F), V::fma(n, V::set(-0.693359375F), x));
        V p = V::set(1.0F / 720.0F);
        p = V::fma(p, r, V::set(1.0F / 120.0F));
        p = V::fma(p, r, V::set(1.0F / 24.0F));
        p = V::fma(p, r, V::set(1.0F / 6.0F));
        p = V::fma(p, r, V::set(0.5F));
        p = V::fma(p, r, V::set(1.0F));
        p = V::fma(p, r, V::set(1.0F));
        return p * V::powerOfTwo(n);
    }

    static V sigmoid(V x) { return V::set(1.0F) / (V::set(1.0F) + exponential(V::zero() - x)); }

    static V silu(V x) { return x * sigmoid(x); }

    // 0.5 x (1 + tanh(u)) = x sigmoid(2u), u = sqrt(2 / pi) (x + 0.044715 x^3).
    static V gelu(V x) {
        const V cubic = V::fma(V::set(0.044715F) * x * x, x, x);
        return x * sigmoid(V::set(1.5957691216F) * cubic);
    }

    static void quantise(const float* x, const QuantisedColumns& q, int column) {
        const std::size_t first =
            static_cast<std::size_t>(column) * static_cast<std::size_t>(q.groups);
        for (int g = 0; g < q.groups; ++g) {
            const std::size_t group = first + static_cast<std::size_t>(g);
            const float* source = x + g * groupInputs;
            const V low = V::load(source);
            const V high = V::load(source + lanes);
            const float largest = V::reduceMax(V::max(V::abs(low), V::abs(high)));
            const V inverse = V::set(largest > 0.0F ? 127.0F / largest : 0.0F);
            const V a = V::round(low * inverse);
            const V b = V::round(high * inverse);
            std::int8_t* values = q.values + group * groupInputs;
            a.storeInt8(values);
            b.storeInt8(values + lanes);
            q.scales[group] = largest * (1.0F / 127.0F);
            q.corrections[group] = -128 * static_cast<std::int32_t>(V::reduceAdd(a + b));
        }
    }

    static void rmsNorm(const float* x, const float* weight, float epsilon, int size, int padded,
                        float* out) {
        V sum = V::zero();
        for (int i = 0; i < padded; i += lanes) {
            const V v = V::load(x + i);
            sum = V::fma(v, v, sum);
        }
        const float mean = V::reduceAdd(sum) / static_cast<float>(size);
        const V factor = V::set(1.0F / std::sqrt(mean + epsilon));
        for (int i = 0; i < padded; i += lanes) {
            (V::load(x + i) * factor * V::load(weight + i)).store(out + i);
        }
    }

    static void layerNorm(const float* x, const float* weight, const float* bias, float epsilon,
                          int size, int padded, float* out) {
        V sum = V::zero();
        for (int j = 0; j < padded; j += lanes) {
            sum = sum + V::load(x + j);
        }
        const float mean = V::reduceAdd(sum) / static_cast<float>(size);
        const V centre = V::set(mean);
        V squares = V::zero();
        int i = 0;
        for (; i + lanes <= size; i += lanes) {
            const V v = V::load(x + i) - centre;
            squares = V::fma(v, v, squares);
        }
        float total = V::reduceAdd(squares);
        for (; i < size; ++i) { // the padding's zeros do not count
            total += (x[i] - mean) * (x[i] - mean);
        }
        const V factor = V::set(1.0F / std::sqrt(total / static_cast<float>(size) + epsilon));
        for (i = 0; i < padded; i += lanes) {
            const V v = (V::load(x + i) - centre) * factor;
            V::fma(v, V::load(weight + i), V::load(bias + i)).store(out + i);
        }
    }

    static void rotate(float* head, const float* cosine, const float* sine, int half) {
        int i = 0;
        for (; i + lanes <= half; i += lanes) {
            const V a = V::load(head + i);
            const V b = V::load(head + half + i);
            const V c = V::load(cosine + i);
            const V s = V::load(sine + i);
            (a * c - b * s).store(head + i);
            (b * c + a * s).store(head + half + i);
        }
        for (; i < half; ++i) {
            const float a = head[i];
            const float b = head[half + i];
            head[i] = a * cosine[i] - b * sine[i];
            head[half + i] = b * cosine[i] + a * sine[i];
        }
    }

    static void storeValue(const float* value, int headDim, std::uint16_t* row) {
        int i = 0;
        for (; i + lanes <= headDim; i += lanes) {
            V::load(value + i).storeHalf(row + i);
        }
        if (i < headDim) {
            float tail[lanes] = {};
            std::memcpy(tail, value + i, static_cast<std::size_t>(headDim - i) * sizeof(float));
            V::load(tail).storeHalf(row + i);
        }
    }

    static void storeKey(const float* key, int headDim, std::uint16_t* block) {
        for (int i = 0; i < headDim; i += lanes) {
            const int count = headDim - i < lanes ? headDim - i : lanes;
            float part[lanes] = {};
            std::memcpy(part, key + i, static_cast<std::size_t>(count) * sizeof(float));
            std::uint16_t half[lanes];
            V::load(part).storeHalf(half);
            for (int j = 0; j < count; ++j) {
                block[(i + j) * keyBlock] = half[j];
            }
        }
    }

    static void finishTile(const TileOutput& output, const float* tile, int panel, int first,
                           int count) {
        const bool swiGlu = output.finish == Finish::SwiGlu;
        const int width = swiGlu ? panelRows / 2 : panelRows;
        const int begin = panel * width;
        const int rows = output.rows - begin < width ? output.rows - begin : width;
        const float* bias = output.bias == nullptr ? nullptr : output.bias + panel * panelRows;
        for (int c = 0; c < count; ++c) {
            const float* products = tile + c * panelRows;
            V low = V::load(products);
            V high = V::load(products + lanes);
            if (bias != nullptr) {
                low = low + V::load(bias);
                high = high + V::load(bias + lanes);
            }
            float* out = output.out + static_cast<std::size_t>(first + c) * output.stride + begin;
            if (rows == width) {
                writeWhole(output.finish, low, high, out);
            } else {
                float part[panelRows] = {};
                std::memcpy(part, out, static_cast<std::size_t>(rows) * sizeof(float));
                writeWhole(output.finish, low, high, part);
                std::memcpy(out, part, static_cast<std::size_t>(rows) * sizeof(float));
            }
        }
    }

    static float readBlock(const float* block, std::size_t bytes) {
        V sums[4] = {V::zero(), V::zero(), V::zero(), V::zero()};
        for (const float* end = block + bytes / sizeof(float); block < end; block += 4 * lanes) {
            for (int i = 0; i < 4; ++i) {
                sums[i] = sums[i] + V::load(block + i * lanes);
            }
        }
        return V::reduceAdd((sums[0] + sums[1]) + (sums[2] + sums[3]));
    }

    static void logSoftmax(const float* x, std::size_t size, float* out) {
        const std::size_t whole = size / lanes * lanes;
        V top = V::set(x[0]);
        for (std::size_t i = 0; i < whole; i += lanes) {
            top = V::max(top, V::load(x + i));
        }
        float largest = V::reduceMax(top);
        for (std::size_t i = whole; i < size; ++i) {
            largest = x[i] > largest ? x[i] : largest;
        }
        const V shift = V::set(largest);
        double sum = 0.0;
        for (std::size_t i = 0; i < whole;) {
            // Partial sums of some thousand terms keep float's rounding away from the result.
            const std::size_t end = whole - i < 4096 ? whole : i + 4096;
            V part = V::zero();
            for (; i < end; i += lanes) {
                part = part + exponential(V::load(x + i) - shift);
            }
            sum += static_cast<double>(V::reduceAdd(part));
        }
        for (std::size_t i = whole; i < size; ++i) {
            sum += std::exp(static_cast<double>(x[i] - largest));
        }
        const float total = largest + static_cast<float>(std::log(sum));
        const V offset = V::set(total);
        for (std::size_t i = 0; i < whole; i += lanes) {
            (V::load(x + i) - offset).store(out + i);
        }
        for (std::size_t i = whole; i < size; ++i) {
            out[i] = x[i] - total;
        }
    }

    static float largest(const float* x, std::size_t size) {
        // In this order the maxima are of numbers, whatever x is.
        const float lowest = -__builtin_inff();
        V tops[4] = {V::set(lowest), V::set(lowest), V::set(lowest), V::set(lowest)};
        std::size_t i = 0;
        for (; i + 4 * lanes <= size; i += 4 * lanes) {
            for (std::size_t j = 0; j < 4; ++j) {
                tops[j] = V::max(V::load(x + i + j * lanes), tops[j]);
            }
        }
        for (; i + lanes <= size; i += lanes) {
            tops[0] = V::max(V::load(x + i), tops[0]);
        }
        float top = V::reduceMax(V::max(V::max(tops[0], tops[1]), V::max(tops[2], tops[3])));
        for (; i < size; ++i) {
            top = x[i] > top ? x[i] : top;
        }
        return top;
    }

    static float weigh(const float* x, std::size_t size, float top, float scale, float* out) {
        const V shift = V::set(top);
        const V factor = V::set(scale);
        const V least = V::set(-87.0F);
        const V nothing = V::set(2e-38F); // more than exponential(least)
        V sum = V::zero();
        std::size_t i = 0;
        for (; i + lanes <= size; i += lanes) {
            // In this order the maxima are of numbers, whatever x is.
            const V power = V::max((V::load(x + i) - shift) * factor, least);
            const V weight = V::max(exponential(power) - nothing, V::zero());
            weight.store(out + i);
            sum = sum + weight;
        }
        float total = V::reduceAdd(sum);
        for (; i < size; ++i) {
            const float power = (x[i] - top) * scale;
            out[i] = power > -86.0F ? std::exp(power) : 0.0F;
            total += out[i];
        }
        return total;
    }

private:
    static void writeWhole(Finish finish, V low, V high, float* out) {
        switch (finish) {
        case Finish::Store:
            break;
        case Finish::Add:
            low = low + V::load(out);
            high = high + V::load(out + lanes);
            break;
        case Finish::GeluTanh:
            low = gelu(low);
            high = gelu(high);
            break;
        case Finish::SwiGlu:
            (silu(low) * high).store(out);
            return;
        }
        low.store(out);
        high.store(out + lanes);
    }
};

} // namespace linnet::engine::cpu
