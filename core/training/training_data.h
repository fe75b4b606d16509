#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "training/token_files.h"
#include "training/window_sampler.h"

namespace linnet::training {

/// A group held out for validation.
struct ValidationGroup {
    TokenGroup group;
    TokenStream stream;
};

/// What a run reads: a mixture of windows to train on and groups to validate on.
struct TrainingData {
    TokenIndex index; // of the tokens to train on
    WindowSampler sampler;
    std::vector<ValidationGroup> validation;

    /// `mixture` weighs the groups; empty: all, by tokens. `valid` may be empty. `length`: tokens a
    /// window. Errors: NotFound, CorruptFile, InvalidArgument (an unknown group, one that is
    /// shorter than a window, folders of different tokenizers).
    static engine::Result<TrainingData> open(const std::filesystem::path& train,
                                             const std::filesystem::path& valid,
                                             const std::map<std::string, double>& mixture,
                                             std::int64_t length, std::uint64_t seed);
};

} // namespace linnet::training
