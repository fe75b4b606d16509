#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "training/captions/caption_network.h"

namespace linnet::training {

struct CaptionSampling {
    std::int64_t perMemory = 5; // captions of each prompt and memory
    double temperature = 1.0;   // logits count 1 / temperature times
    std::int64_t end = 0;
    std::vector<std::int64_t> forbidden; // tokens that no caption contains
    std::int64_t maxTokens = 28;         // the end included
};

/// Captions drawn from the network, `perMemory` of each prompt and memory in order. The end is the
/// last token of those that were not cut off.
[[nodiscard]] std::vector<std::vector<std::int64_t>>
sampledCaptions(const CaptionNetwork& network, const torch::Tensor& prompts,
                const engine::CrossMemory& memory, const CaptionSampling& sampling,
                std::mt19937_64& random);

} // namespace linnet::training
