#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "training/captions/caption_batches.h"
#include "training/captions/caption_network.h"

namespace linnet::training {

/// Photos of an update, and how much of what people wrote of them is learned from.
struct ReferencePass {
    const std::vector<std::int64_t>& photos; // in corpus.train
    const std::vector<std::vector<engine::Subject>>& seen;
    const engine::CrossMemory& memory; // of their grids
    const torch::Tensor& grid;         // of any picture, for its shape
    std::int64_t step = 0;             // short and long captions come in turn
    std::string inFull;                // the language in which both come
    std::int64_t texts = 0;            // captions without photos
    double dropout = 0.0;
    double smoothing = 0.0;
};

/// Mean cross-entropy in nats per token of captions in all languages.
[[nodiscard]] torch::Tensor referenceLoss(const CaptionNetwork& network,
                                          const CaptionBatches& batches, const ReferencePass& pass,
                                          std::mt19937_64& random);

} // namespace linnet::training
