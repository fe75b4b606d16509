#include "engine/torch/log_probabilities.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace linnet::engine {

double logSumExp(std::span<const float> logits) {
    if (logits.empty()) {
        return -std::numeric_limits<double>::infinity();
    }
    const float top = *std::max_element(logits.begin(), logits.end());
    if (!std::isfinite(top)) {
        return top;
    }
    double sum = 0;
    for (const float logit : logits) {
        sum += static_cast<double>(std::exp(logit - top));
    }
    return static_cast<double>(top) + std::log(sum);
}

void logSoftmax(std::span<const float> logits, std::span<float> out) {
    assert(logits.size() == out.size());
    const double norm = logSumExp(logits);
    std::transform(logits.begin(), logits.end(), out.begin(), [norm](float logit) {
        return static_cast<float>(static_cast<double>(logit) - norm);
    });
}

} // namespace linnet::engine
