#pragma once

#include <torch/types.h>

namespace linnet::training {

/// Mean cross-entropy in nats of predicting `targets` [n] (int64) from hidden states [n, hidden]
/// through the output matrix [vocabulary, hidden], without ever holding more than a slice of the
/// logits: each slice's gradients are formed at once. Differentiable once, with respect to both
/// `hidden` and `output`.
[[nodiscard]] torch::Tensor tokenLoss(const torch::Tensor& hidden, const torch::Tensor& output,
                                      const torch::Tensor& targets);

/// The same, but the sum of each token's cross-entropy times its weight, `weights` [n] in float32,
/// which may be negative: what a policy gradient needs.
[[nodiscard]] torch::Tensor weightedTokenLoss(const torch::Tensor& hidden,
                                              const torch::Tensor& output,
                                              const torch::Tensor& targets,
                                              const torch::Tensor& weights);

/// Negative log-likelihoods in nats, float32 [n]; no gradients.
[[nodiscard]] torch::Tensor tokenSurprisals(const torch::Tensor& hidden,
                                            const torch::Tensor& output,
                                            const torch::Tensor& targets);

} // namespace linnet::training
