#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "training/captions/caption_corpus.h"
#include "training/scores/caption_references.h"

namespace linnet::training {

/// What a caption of a photo is worth by what people wrote of it: CIDEr-D, with the document
/// frequencies of the photos, and `bleuWeight` times BLEU-4 of the sentence. The end counts as a
/// word, without which "a dog on a" would be worth as much as the whole sentence.
class CaptionReward {
public:
    CaptionReward(const std::vector<CaptionedPhoto>& photos, std::string language,
                  double bleuWeight);

    /// `ended`: the caption has its end and was not cut off.
    [[nodiscard]] double of(std::size_t photo, const std::string& caption, bool ended) const;

private:
    std::string m_language;
    double m_bleuWeight;
    CaptionReferences m_references;
};

/// By how much each reward is above the mean of the others of its group (Luo 2020); the groups are
/// `group` rewards in a row, at least two.
[[nodiscard]] std::vector<double> advantages(const std::vector<double>& rewards, std::size_t group);

} // namespace linnet::training
