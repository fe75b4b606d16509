#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/cpu/huge_arena.h"
#include "engine/torch/cpu/packed_matrix.h"
#include "engine/torch/model_config.h"

namespace linnet::engine::cpu {

// Padded to a multiple of 32 with zeros; bias empty for RMSNorm.
struct NormWeights {
    std::vector<float> weight;
    std::vector<float> bias;
};

struct LayerWeights {
    NormWeights attentionNorm;
    PackedMatrix qkv; // queries, keys, values
    PackedMatrix attentionOut;
    NormWeights mlpNorm;
    PackedMatrix mlpIn; // SwiGlu: gate and up interleaved
    PackedMatrix mlpOut;
};

// A decoder's weights, packed. Matrices lie in the arena in the order in which they are read.
struct DecoderWeights {
    HugeArena arena;
    PackedMatrix embedding;       // the same memory as head when they are tied
    std::vector<float> positions; // learned ones [maxPositions][hidden], or empty
    std::vector<LayerWeights> layers;
    NormWeights finalNorm;
    PackedMatrix head;
    Terms terms = Terms::One; // of every matrix

    std::int64_t bytesPerToken() const;
};

// Reads and packs all weights: in `terms`; if none is given, in two where that still is a small
// model, whose rounding would show and whose speed is no matter, else in one. An empty arena in the
// result means that `stop` was requested. Errors: NotFound (a tensor), CorruptFile (a shape,
// weights that are not finite), OutOfMemory, InvalidArgument (a configuration without meaning).
Result<DecoderWeights> loadWeights(const ModelConfig& config, const WeightSource& source,
                                   ThreadTeam& team, std::optional<Terms> terms,
                                   std::stop_token stop);

} // namespace linnet::engine::cpu
