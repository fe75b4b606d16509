#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/files/caption/caption_checkpoint.h"
#include "training/captions/caption_corpus.h"
#include "training/captions/photo_file.h"

namespace linnet::training {

struct PeopleFitOptions {
    std::filesystem::path table; // of which the words for people are taken
    double ridge = 3000;         // half of it times the squared weights is part of the loss
    std::function<void(std::size_t done, std::size_t total)> progress;
};

/// The text of an engine::PeopleTable: weights for the log-odds of a photo's classes, the mean of
/// the plain and the mirrored photo, by logistic regression on how many of the photo's English
/// captions speak of people. Photos of other kinds, which have English captions only, weigh as much
/// in sum as the rest. `captioner` is the one whose classifier looks at the photos. Errors:
/// NotFound (a split without English captions, too), Io, CorruptFile, Internal.
engine::Result<std::string> fitPeople(const engine::CaptionCheckpoint& captioner,
                                      const PhotoFile& photos,
                                      const std::vector<CaptionedPhoto>& split,
                                      const PeopleFitOptions& options);

/// Weights [width], a bias last, that make sigmoid(features * weights + bias) nearest to the
/// targets 0..1, by Newton's method. Features [n, width - 1], targets and importances [n], float64.
[[nodiscard]] torch::Tensor fitLogistic(const torch::Tensor& features, const torch::Tensor& targets,
                                        const torch::Tensor& importances, double ridge);

} // namespace linnet::training
