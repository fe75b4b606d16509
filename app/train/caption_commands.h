#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "engine/api/result.h"
#include "training/captions/caption_measure.h"

namespace CLI {
class App;
}

namespace linnet::train {

/// What captions are measured on.
struct CaptionMeasureInputs {
    std::filesystem::path data;
    std::filesystem::path photos;
    std::string split = "test";
    std::size_t outside = 43; // as the captioner command's --outside
    std::size_t limit = 0;    // photos of the split, 0: all
    training::CaptionMeasureOptions options;
};

/// Loads a model folder and measures its captions.
engine::Result<training::CaptionMeasurement> measureCaptions(const std::filesystem::path& model,
                                                             const CaptionMeasureInputs& inputs);

/// Scores of a model folder's captions, by the languages that the corpus has.
/// `inputs.options.language` does not matter.
engine::Result<std::map<std::string, training::CaptionScores>>
measureLanguages(const std::filesystem::path& model, CaptionMeasureInputs inputs);

/// Declares the options of `inputs`: --captions, --photos, --split and so on.
void addCaptionInputs(CLI::App& command, CaptionMeasureInputs& inputs);

/// Declares "photos". `fail` is told of errors.
void addPhotosCommand(CLI::App& app, const std::function<void(const std::string&)>& fail);

} // namespace linnet::train
