#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/torch/cpu/cpu_level.h"

namespace linnet::engine::cpu {

// Weights lie in panels of 32 output rows. A panel is a sequence of groups of 32 inputs:
//     uint16 scale[32]          float16, one per row
//     uint8  weight[8][32][4]   [four inputs][row][input], int8 weight + 128
// 1088 bytes, so one panel is one stream of whole cache lines, and a 64-byte load holds four
// inputs of 16 rows, as the dot-product instructions (unsigned x signed) want them.
inline constexpr int panelRows = 32;
inline constexpr int groupInputs = 32;
inline constexpr std::size_t groupScaleBytes = panelRows * sizeof(std::uint16_t);
inline constexpr std::size_t groupBytes = groupScaleBytes + panelRows * groupInputs;

// Activations of several tokens (columns) in int8, a scale per group of 32, as the right operand
// of a product. values is [columns][groups * 32], scales and corrections are [columns][groups].
// corrections[g] = -128 * (sum of the group's values): undoes the weights' offset.
struct QuantisedColumns {
    std::int8_t* values = nullptr;
    float* scales = nullptr;
    std::int32_t* corrections = nullptr;
    int groups = 0;
};

// What becomes of a panel's 32 products of a column.
enum class Finish {
    Store,    // out[row] = v + bias
    Add,      // out[row] += v + bias
    SwiGlu,   // rows 0-15 of a panel are gates, 16-31 ups: out[row] = silu(gate) * up, 16 rows
    GeluTanh, // out[row] = gelu(v + bias), the tanh form
};

struct TileOutput {
    float* out = nullptr;
    std::size_t stride = 0;      // floats from column to column
    const float* bias = nullptr; // padded to whole panels; may be null
    int rows = 0;                // rows beyond are not written (in outputs: 16 a panel for SwiGlu)
    Finish finish = Finish::Store;
};

// Keys and values of one head of one layer; see KvCache for the layout.
struct HeadCache {
    const std::uint16_t* const* chunks = nullptr;
    std::size_t keyOffset = 0; // of this layer and head within a chunk, in elements
    std::size_t valueOffset = 0;
    int headDim = 0;
    int paddedHeadDim = 0; // to 16
};

inline constexpr int chunkPositions = 64;
inline constexpr int keyBlock = 16;
inline constexpr int maxQueries = 8;

// Attention of up to maxQueries query vectors over one head. Query i sees positions
// [0, visible[i]), visible is not decreasing.
struct AttentionTile {
    HeadCache cache;
    int queries = 0;
    const float* query[maxQueries] = {};
    float* out[maxQueries] = {};
    int visible[maxQueries] = {};
    float scale = 1.0F;
    float* scores = nullptr; // scratch: queries * scoreStride
    std::size_t scoreStride = 0;
    // The head that this thread most likely attends to next, to be fetched meanwhile.
    HeadCache next;
    int nextPositions = 0; // 0: not known
};

// Everything that runs per token, for one instruction set. Vectors of "padded" length are
// multiples of 32 long, with zeros behind their own length.
struct Kernels {
    CpuLevel level = CpuLevel::Scalar;
    int attentionQueries = 4; // queries a tile that the registers hold, <= maxQueries

    // tile[column][32] = panel x columns [first, first + count), count <= maxTileColumns.
    void (*panelProduct)(const std::byte* panel, const QuantisedColumns& x, int first, int count,
                         float* tile) = nullptr;
    // Applies `finish` to a tile and writes it.
    void (*finishTile)(const TileOutput& output, const float* tile, int panel, int first,
                       int count) = nullptr;
    // One column of x, padded, into q's column `column`.
    void (*quantise)(const float* x, const QuantisedColumns& q, int column) = nullptr;

    void (*rmsNorm)(const float* x, const float* weight, float epsilon, int size, int padded,
                    float* out) = nullptr;
    void (*layerNorm)(const float* x, const float* weight, const float* bias, float epsilon,
                      int size, int padded, float* out) = nullptr;
    // Rotates the pairs (i, i + half) of a head in place.
    void (*rotate)(float* head, const float* cosine, const float* sine, int half) = nullptr;
    // Keys go to every 16th element (their position in a key block), values in order.
    void (*storeKey)(const float* key, int headDim, std::uint16_t* block) = nullptr;
    void (*storeValue)(const float* value, int headDim, std::uint16_t* row) = nullptr;
    void (*attend)(const AttentionTile& tile) = nullptr;
    // The sum of a block's 32-bit floats, as fast as it can be read; bytes is a multiple of 256.
    float (*readBlock)(const float* block, std::size_t bytes) = nullptr;
    // out = x - log(sum(exp(x))).
    void (*logSoftmax)(const float* x, std::size_t size, float* out) = nullptr;
    // The largest of x's numbers; -infinity if there is none.
    float (*largest)(const float* x, std::size_t size) = nullptr;
    // out = exp((x - top) * scale), of which no x is over top; 0 where that would be under 1e-37
    // or is no number. Returns their sum, of at most some hundred.
    float (*weigh)(const float* x, std::size_t size, float top, float scale, float* out) = nullptr;
};

inline constexpr int maxTileColumns = 6;

// How far ahead of a product its weights are asked for, in bytes; 0: the hardware does it best.
extern const std::size_t weightsAhead;

// The table of a supported level.
const Kernels& kernelsFor(CpuLevel level);

} // namespace linnet::engine::cpu
