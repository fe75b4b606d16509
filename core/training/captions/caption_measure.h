#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/api/result.h"
#include "training/captions/caption_corpus.h"
#include "training/captions/photo_file.h"
#include "training/scores/caption_scores.h"

namespace linnet::training {

struct CaptionMeasureOptions {
    std::string language = "en";
    int beams = 3;
    std::function<void(std::size_t done, std::size_t total)> progress;
};

struct CaptionMeasurement {
    CaptionScores scores;
    std::vector<std::string> captions; // the best of each photo, in order
};

/// The best captions of photos by beam search, without sentences that name a subject, and their
/// scores against what people wrote; photos without captions in the language are left out. Errors:
/// those of the captioner, InvalidArgument (a language it does not write, nothing to measure on).
engine::Result<CaptionMeasurement> measureCaptioner(engine::Captioner& captioner,
                                                    const PhotoFile& photos,
                                                    const std::vector<CaptionedPhoto>& split,
                                                    const CaptionMeasureOptions& options);

/// The photos of a split by its name: train, valid, test or outside. Null: there is no such.
[[nodiscard]] const std::vector<CaptionedPhoto>* splitOf(const CaptionCorpus& corpus,
                                                         const std::string& name);

} // namespace linnet::training
