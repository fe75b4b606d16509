#pragma once

#include <torch/types.h>

#include <tuple>

namespace linnet::engine {

/// Differentiable operations of the decoder. On the CPU in bfloat16 they run as single passes of
/// own kernels with hand-written gradients, several times faster than chains of library calls;
/// elsewhere they are such chains. Gradients can be taken once.

/// (x + delta, RMSNorm(x + delta) * weight); x is float32 [..., width], delta and the norm have
/// `type`. An undefined delta counts as zero and the first result is then x itself.
[[nodiscard]] std::tuple<torch::Tensor, torch::Tensor>
addRmsNorm(const torch::Tensor& x, const torch::Tensor& delta, const torch::Tensor& weight,
           double epsilon, torch::ScalarType type);

/// silu(gate) * up of [..., gate | up].
[[nodiscard]] torch::Tensor swiGlu(const torch::Tensor& gateUp);

/// Whether causalSelfAttention() has a kernel for this projection: bfloat16 on the CPU.
[[nodiscard]] bool hasFusedAttention(const torch::Tensor& qkv);

/// Causal attention of whole sequences on themselves, from the fused projection
/// [batch, length, (heads + 2 kvHeads) headDim] to [batch, length, heads headDim]. `rotation` is
/// float32 [2, length, headDim / 2], cosine and sine, or undefined: no rotary positions.
[[nodiscard]] torch::Tensor causalSelfAttention(const torch::Tensor& qkv,
                                                const torch::Tensor& rotation, std::int64_t heads,
                                                std::int64_t kvHeads);

/// Cross-entropies in nats, float32 [n], of bfloat16 CPU logits [n, vocabulary] against int64
/// targets; the logits are overwritten with `scale` times their gradient.
[[nodiscard]] torch::Tensor crossEntropyInPlace(torch::Tensor& logits, const torch::Tensor& targets,
                                                double scale);

} // namespace linnet::engine
