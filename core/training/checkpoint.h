#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/model_config.h"
#include "training/optimizer.h"

namespace linnet::training {

/// Everything a run needs to go on to the bit: what the weights and the optimizer hold, and where
/// the run stood.
struct Checkpoint {
    engine::ModelConfig config;
    NamedTensors tensors; // parameters and Optimizer::state()
    std::int64_t step = 0;
    std::uint64_t tokens = 0; // trained on
    double seconds = 0.0;     // spent training
    std::uint64_t seed = 0;
    std::map<std::string, std::uint64_t> drawn;       // windows from each group
    std::map<std::string, std::uint64_t> drawnBefore; // of them, with another mixture
    std::map<std::string, double> mixture;            // weight of each group
    std::string optimizer;                            // "adamw" or "muon"
    std::string tokenizerSha256;
    std::string recipe;     // command lines of this run, one a line
    double validLoss = 0.0; // nats per token when last measured, 0: never
};

/// Writes `folder`/NAME, whole or not at all: weights.safetensors, optimizer.safetensors,
/// config.json, state.json. Errors: Io.
engine::Result<void> writeCheckpoint(const Checkpoint& checkpoint,
                                     const std::filesystem::path& folder, const std::string& name);

/// Errors: NotFound, CorruptFile naming file and field.
engine::Result<Checkpoint> readCheckpoint(const std::filesystem::path& path);

/// The periodic checkpoints ("step-NNNNNNNN") in a run's folder, oldest first.
[[nodiscard]] std::vector<std::filesystem::path>
listCheckpoints(const std::filesystem::path& folder);

/// Name of the periodic checkpoint of a step.
[[nodiscard]] std::string checkpointName(std::int64_t step);

/// Deletes all but the `keep` newest periodic checkpoints.
void pruneCheckpoints(const std::filesystem::path& folder, std::size_t keep);

} // namespace linnet::training
