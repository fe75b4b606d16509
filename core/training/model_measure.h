#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "training/evaluation.h"

namespace linnet::training {

/// What to measure models on: a folder of prepared tokens, or text files.
struct MeasureOptions {
    std::filesystem::path tokens;             // token folder; empty: `texts`
    std::vector<std::filesystem::path> texts; // files whose documents end with kEndOfDocument
    std::uint64_t maximumTokens = 0;          // a group, 0: all
    std::int64_t window = 0;                  // 0: the model's own
    std::string device = "cpu";               // auto, cpu or cuda
};

/// Scores of the model in a Hugging Face folder, or of a run's checkpoint, by group, in float32;
/// int8 weights are measured as stored. Token files must come from the model's own tokenizer; text
/// needs a build with tokenizers. Errors: NotFound, CorruptFile, UnsupportedFormat, InvalidArgument
/// (another tokenizer, nothing to measure on), Internal.
engine::Result<std::map<std::string, TextScore>> measureModel(const std::filesystem::path& folder,
                                                              const MeasureOptions& options);

/// The sum over all groups.
[[nodiscard]] TextScore total(const std::map<std::string, TextScore>& scores);

} // namespace linnet::training
