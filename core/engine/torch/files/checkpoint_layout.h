#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/torch/model_config.h"

namespace linnet::engine {

// Where a weight of ours is found in a checkpoint of some architecture.
struct WeightPlace {
    std::string name;   // ours, see Checkpoint
    std::string stored; // the tensor's name in the file
    std::int64_t rows = 0;
    std::optional<std::int64_t> columns; // none: a vector
    bool transposed = false;
    std::int64_t storedRows = 0; // of the stored tensor: over `rows` for a part of a fused one
    std::int64_t firstRow = 0;
};

// Every weight that a model of `config` has, except a head that may be absent because it is tied.
std::vector<WeightPlace> checkpointLayout(const ModelConfig& config);

// The output matrix, which may be stored although it is tied to the embedding.
WeightPlace headPlace(const ModelConfig& config);

// A prefix that all but the head's name may lack or have ("transformer." for gpt2), else empty.
std::string optionalPrefix(const ModelConfig& config);

} // namespace linnet::engine
