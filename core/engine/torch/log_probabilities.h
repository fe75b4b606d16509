#pragma once

#include <span>

namespace linnet::engine {

// The natural logarithm of the sum of exponentials, without overflow. Empty: minus infinity.
double logSumExp(std::span<const float> logits);

// Logits to natural-log probabilities; `out` has the length of `logits` and may be the same.
void logSoftmax(std::span<const float> logits, std::span<float> out);

} // namespace linnet::engine
