#pragma once

#include <torch/types.h>

#include <span>
#include <string>
#include <vector>

#include "engine/torch/files/caption/subject_table.h"
#include "training/captions/caption_corpus.h"
#include "training/captions/caption_features.h"
#include "training/captions/caption_network.h"
#include "training/captions/caption_vocabulary.h"
#include "training/scores/caption_scores.h"

namespace linnet::training {

/// What pictures show that are worth a hint, of log-probabilities [n, classes] in float32.
[[nodiscard]] std::vector<std::vector<engine::Subject>>
subjectsWorthAHint(const torch::Tensor& classes, const engine::SubjectTable& subjects,
                   const engine::HintFormat& format);

/// What greedy captions are written with.
struct GreedyWriter {
    const CaptionNetwork& network;
    CaptionFeatures& features;
    int stage = 0; // of the encoder, that the features enter
    const CaptionVocabulary& vocabulary;
    const engine::SubjectTable& subjects;

    /// English captions of photos, with the hints of the network's own classifier.
    [[nodiscard]] std::vector<std::string> write(std::span<const CaptionedPhoto> photos) const;
};

/// The scores of English captions of photos against what people wrote.
[[nodiscard]] CaptionScores scoresOf(const std::vector<std::string>& captions,
                                     std::span<const CaptionedPhoto> photos);

} // namespace linnet::training
