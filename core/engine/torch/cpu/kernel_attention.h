#pragma once

#include "engine/torch/cpu/kernel_ops.h"

namespace linnet::engine::cpu {

// Attention over V, see kernel_ops.h. Keys of 16 positions lie side by side for each dimension, so
// a load gives 16 scores' terms and nothing is summed across lanes; values lie by position. Each
// key and value is converted from float16 once for all queries of the tile. Every sum runs in the
// order of its dimensions or positions, whatever is in the tile: what a query gets does not depend
// on its neighbours, so neither does a text on how it is cut into passes.
template <class V>
struct KernelAttention {
    static constexpr int lanes = 16;

    static void attend(const AttentionTile& tile) {
        switch (tile.queries) {
        case 1:
            return attendTo<1>(tile);
        case 2:
            return attendTo<2>(tile);
        case 3:
            return attendTo<3>(tile);
        case 4:
            return attendTo<4>(tile);
        case maxQueries:
            return attendTo<maxQueries>(tile);
        default:
            attendTo<4>(tile);
            return attend(withoutFirst(tile, 4));
        }
    }

private:
    static AttentionTile withoutFirst(const AttentionTile& tile, int count) {
        AttentionTile rest = tile;
        rest.queries = tile.queries - count;
        for (int i = 0; i < rest.queries; ++i) {
            rest.query[i] = tile.query[i + count];
            rest.out[i] = tile.out[i + count];
            rest.visible[i] = tile.visible[i + count];
        }
        return rest;
    }

    template <int Q>
    static void attendTo(const AttentionTile& tile) {
        const int positions = tile.visible[Q - 1];
        const HeadCache& cache = tile.cache;
        // Several blocks at a time for few queries, so that enough sums are in flight to hide the
        // latency of each.
        constexpr int blocks = Q >= 4 ? 1 : (Q >= 2 ? 2 : 4);
        for (int begin = 0; begin < positions; begin += blocks * keyBlock) {
            const int rest = (positions - begin + keyBlock - 1) / keyBlock;
            for (int b = 0; b < blocks && b < rest && Q <= 4; ++b) {
                prefetch(tile, begin + b * keyBlock, positions);
            }
            if (rest >= blocks) {
                scoreBlocks<Q, blocks>(tile, begin);
            } else if (blocks > 2 && rest == 3) {
                scoreBlocks<Q, (blocks > 2 ? 3 : 1)>(tile, begin);
            } else if (blocks > 2 && rest == 2) {
                scoreBlocks<Q, (blocks > 2 ? 2 : 1)>(tile, begin);
            } else {
                scoreBlocks<Q, 1>(tile, begin);
            }
        }
        V inverse[Q];
        for (int q = 0; q < Q; ++q) {
            float* scores = tile.scores + static_cast<std::size_t>(q) * tile.scoreStride;
            inverse[q] = V::set(1.0F / softmax(scores, tile.visible[q], positions));
        }
        // As many vectors of the head at a time as the registers hold sums for.
        int d = 0;
        if constexpr (Q <= 4) {
            for (; d + 4 * lanes <= cache.paddedHeadDim; d += 4 * lanes) {
                mix<Q, 4>(tile, positions, d, inverse);
            }
            for (; d + 3 * lanes <= cache.paddedHeadDim; d += 3 * lanes) {
                mix<Q, 3>(tile, positions, d, inverse);
            }
        }
        for (; d + 2 * lanes <= cache.paddedHeadDim; d += 2 * lanes) {
            mix<Q, 2>(tile, positions, d, inverse);
        }
        for (; d < cache.paddedHeadDim; d += lanes) {
            mix<Q, 1>(tile, positions, d, inverse);
        }
    }

    static const std::uint16_t* keys(const HeadCache& cache, int begin) {
        return cache.chunks[begin / chunkPositions] + cache.keyOffset +
               static_cast<std::size_t>(begin % chunkPositions * cache.headDim);
    }

    // A head's keys and values are short runs far apart, which the hardware does not foresee; the
    // weights have meanwhile driven them out of the cache. Asks for the keys some blocks on, the
    // values of this block and, of the next head, the same block of the first chunk.
    static void prefetch(const AttentionTile& tile, int begin, int positions) {
        constexpr int ahead = 4 * keyBlock;
        const HeadCache& cache = tile.cache;
        if (begin + ahead < positions) {
            fetchKeys(cache, begin + ahead);
        }
        fetchValues(cache, begin);
        if (begin < tile.nextPositions && begin < chunkPositions) {
            fetchKeys(tile.next, begin);
            fetchValues(tile.next, begin);
        }
    }

    static void fetchKeys(const HeadCache& cache, int begin) {
        fetch(keys(cache, begin), keyBlock * cache.headDim);
    }

    static void fetchValues(const HeadCache& cache, int begin) {
        fetch(cache.chunks[begin / chunkPositions] + cache.valueOffset +
                  static_cast<std::size_t>(begin % chunkPositions * cache.paddedHeadDim),
              keyBlock * cache.paddedHeadDim);
    }

    static void fetch(const std::uint16_t* from, int count) {
        constexpr int line = 64 / sizeof(std::uint16_t);
        for (int i = 0; i < count; i += line) {
            __builtin_prefetch(from + i);
        }
    }

    // scores[q][begin .. begin + 16 * B - 1] = scale * query . key
    template <int Q, int B>
    static void scoreBlocks(const AttentionTile& tile, int begin) {
        V sums[Q][B];
        const std::uint16_t* block[B];
        for (int b = 0; b < B; ++b) {
            block[b] = keys(tile.cache, begin + b * keyBlock);
            for (int q = 0; q < Q; ++q) {
                sums[q][b] = V::zero();
            }
        }
        const int headDim = tile.cache.headDim;
        for (int d = 0; d < headDim; ++d) {
            V query[Q];
            for (int q = 0; q < Q; ++q) {
                query[q] = V::set(tile.query[q][d]);
            }
            for (int b = 0; b < B; ++b) {
                const V key = V::loadHalf(block[b] + d * keyBlock);
                for (int q = 0; q < Q; ++q) {
                    sums[q][b] = V::fma(query[q], key, sums[q][b]);
                }
            }
        }
        const V scale = V::set(tile.scale);
        for (int q = 0; q < Q; ++q) {
            float* scores = tile.scores + static_cast<std::size_t>(q) * tile.scoreStride + begin;
            for (int b = 0; b < B; ++b) {
                (sums[q][b] * scale).store(scores + b * keyBlock);
            }
        }
    }

    // Turns the first `visible` scores into exp(score - max), the rest up to `positions` (rounded
    // up to whole vectors) into zeros; returns their sum.
    static float softmax(float* scores, int visible, int positions) {
        float largest = scores[0];
        int i = 0;
        if (visible >= lanes) {
            V top = V::load(scores);
            for (i = lanes; i + lanes <= visible; i += lanes) {
                top = V::max(top, V::load(scores + i));
            }
            largest = V::reduceMax(top);
        }
        for (; i < visible; ++i) {
            largest = scores[i] > largest ? scores[i] : largest;
        }
        const V shift = V::set(largest);
        V sum = V::zero();
        const int whole = visible / lanes * lanes;
        for (i = 0; i < whole; i += lanes) {
            const V e = exponential(V::load(scores + i) - shift);
            e.store(scores + i);
            sum = sum + e;
        }
        const int end = (positions + lanes - 1) / lanes * lanes;
        if (i < end) {
            // The vector that straddles the limit; hidden scores become zeros.
            float part[lanes];
            for (int j = 0; j < lanes; ++j) {
                part[j] = i + j < visible ? scores[i + j] : largest;
            }
            exponential(V::load(part) - shift).store(part);
            for (int j = visible - i; j < lanes; ++j) {
                part[j] = 0.0F;
            }
            const V e = V::load(part);
            e.store(scores + i);
            sum = sum + e;
            for (i += lanes; i < end; i += lanes) {
                V::zero().store(scores + i);
            }
        }
        return V::reduceAdd(sum);
    }

    static V exponential(V x) { return KernelOps<V>::exponential(x); }

    // out[q][d .. d + 16 * D) = sum over positions of probability * value
    template <int Q, int D>
    static void mix(const AttentionTile& tile, int positions, int d, const V* inverse) {
        V sums[Q][D];
        for (int q = 0; q < Q; ++q) {
            for (int j = 0; j < D; ++j) {
                sums[q][j] = V::zero();
            }
        }
        const HeadCache& cache = tile.cache;
        for (int begin = 0; begin < positions; begin += chunkPositions) {
            const std::uint16_t* value =
                cache.chunks[begin / chunkPositions] + cache.valueOffset + d;
            const int count =
                positions - begin < chunkPositions ? positions - begin : chunkPositions;
            const float* scores = tile.scores + begin;
            for (int i = 0; i < count; ++i, value += cache.paddedHeadDim) {
                addValue<Q, D>(tile, scores + i, value, sums);
            }
        }
        for (int q = 0; q < Q; ++q) {
            for (int j = 0; j < D; ++j) {
                storePart(sums[q][j] * inverse[q], tile.out[q] + d + j * lanes,
                          cache.headDim - d - j * lanes);
            }
        }
    }

    template <int Q, int D>
    static void addValue(const AttentionTile& tile, const float* scores, const std::uint16_t* value,
                         V (&sums)[Q][D]) {
        V v[D];
        for (int j = 0; j < D; ++j) {
            v[j] = V::loadHalf(value + j * lanes);
        }
        for (int q = 0; q < Q; ++q) {
            const V weight = V::set(scores[static_cast<std::size_t>(q) * tile.scoreStride]);
            for (int j = 0; j < D; ++j) {
                sums[q][j] = V::fma(weight, v[j], sums[q][j]);
            }
        }
    }

    static void storePart(V v, float* out, int count) {
        if (count >= lanes) {
            v.store(out);
        } else if (count > 0) {
            float part[lanes];
            v.store(part);
            std::memcpy(out, part, static_cast<std::size_t>(count) * sizeof(float));
        }
    }
};

// The table of V's operations with the products of P.
template <class V, class P>
Kernels makeKernels(CpuLevel level) {
    Kernels table;
    table.level = level;
    table.attentionQueries = V::attentionQueries;
    table.panelProduct = &P::panelProduct;
    table.finishTile = &KernelOps<V>::finishTile;
    table.quantise = &KernelOps<V>::quantise;
    table.rmsNorm = &KernelOps<V>::rmsNorm;
    table.layerNorm = &KernelOps<V>::layerNorm;
    table.rotate = &KernelOps<V>::rotate;
    table.storeKey = &KernelOps<V>::storeKey;
    table.storeValue = &KernelOps<V>::storeValue;
    table.attend = &KernelAttention<V>::attend;
    table.readBlock = &KernelOps<V>::readBlock;
    table.logSoftmax = &KernelOps<V>::logSoftmax;
    table.largest = &KernelOps<V>::largest;
    table.weigh = &KernelOps<V>::weigh;
    return table;
}

} // namespace linnet::engine::cpu
