#pragma once

#include <cstdint>

namespace linnet::engine::fused {

/// Row kernels of the training forward and backward pass on the CPU. Matrices are row-major and
/// contiguous; bfloat16 values are passed as their bits. Each call works on the rows given, so that
/// callers split work over threads by rows. No kernel allocates.
using Bf16 = std::uint16_t;

/// RMSNorm (Zhang & Sennrich 2019) of `rows` rows of `width`. With `delta`, x + delta is first
/// written to `sum` and normalised; else x is, and `sum` is unused. `inverse` receives 1 / rms.
struct RmsNormRows {
    const float* x = nullptr;
    const Bf16* delta = nullptr;
    const float* weight = nullptr;
    float* sum = nullptr;
    Bf16* y = nullptr;
    float* inverse = nullptr;
    std::int64_t rows = 0;
    std::int64_t width = 0;
    float epsilon = 0.0F;
};
void rmsNorm(const RmsNormRows& task);

/// Gradients of the above: of the normalised input (plus `outer`, the gradient that reaches the sum
/// by other ways, if not null) as float32 and, if `delta` is not null, as bfloat16. Adds to
/// `weightGradient`.
struct RmsNormGradientRows {
    const float* x = nullptr; // what was normalised
    const float* weight = nullptr;
    const float* inverse = nullptr;
    const Bf16* dy = nullptr;
    const float* outer = nullptr;
    float* dx = nullptr;
    Bf16* delta = nullptr;
    float* weightGradient = nullptr; // [width]
    std::int64_t rows = 0;
    std::int64_t width = 0;
};
void rmsNormGradient(const RmsNormGradientRows& task);

/// silu(gate) * up of rows [gate | up] of 2 * width (Shazeer 2020).
void swiGlu(const Bf16* gateUp, Bf16* out, std::int64_t rows, std::int64_t width);
void swiGluGradient(const Bf16* gateUp, const Bf16* dOut, Bf16* dGateUp, std::int64_t rows,
                    std::int64_t width);

/// One matrix of heads per sequence: rows of [length, headDim] from row `position` of a fused
/// projection, or back. Rotary position embedding (Su et al. 2021) on pairs (i, i + headDim / 2);
/// `direction` is 1 to rotate, -1 to rotate back (the gradient), 0 to copy.
struct HeadRows {
    Bf16* fused = nullptr;         // [length, stride]: first element of the head in the first row
    Bf16* head = nullptr;          // [length, headDim]
    const float* cosine = nullptr; // [length, headDim / 2]
    const float* sine = nullptr;
    std::int64_t length = 0;
    std::int64_t stride = 0;
    std::int64_t headDim = 0;
    float direction = 0.0F;
};
void gatherHead(const HeadRows& task);  // fused to head
void scatterHead(const HeadRows& task); // head to fused

/// Causal softmax, in place, of one matrix of scores [length, length] times `scale`; entries right
/// of the diagonal become 0.
void causalSoftmax(Bf16* scores, std::int64_t length, float scale);
/// In place: gradient of the scores from that of the probabilities.
void causalSoftmaxGradient(const Bf16* probabilities, Bf16* gradient, std::int64_t length,
                           float scale);

/// Cross-entropy in nats of each row of logits [rows, width] against `targets`; the logits become
/// the gradient times `scale`. `scratch` holds `width` values.
void crossEntropy(Bf16* logits, const std::int64_t* targets, float* losses, float* scratch,
                  std::int64_t rows, std::int64_t width, float scale);

} // namespace linnet::engine::fused
