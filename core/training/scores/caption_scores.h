#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace linnet::training {

using CaptionWords = std::vector<std::string>;

/// A caption as the scores count it. English: the Penn Treebank's words in lower case, without
/// punctuation, as coco-caption has them ("don't" is do n't, "dog's" is dog 's). Chinese: its
/// characters without punctuation, runs of other letters or digits being one.
[[nodiscard]] CaptionWords captionWords(std::string_view text, std::string_view language);

/// One picture: a caption written for it and what people wrote.
struct ScoredCaption {
    CaptionWords candidate;
    std::vector<CaptionWords> references; // at least one
};

/// The figures of captions by the definitions of coco-caption (Chen et al. 2015).
struct CaptionScores {
    std::array<double, 4> bleu{}; // BLEU-1..4 of the corpus (Papineni et al. 2002), closest length
    double rougeL = 0.0;          // F of the longest common subsequence, beta 1.2 (Lin 2004)
    double cider = 0.0;           // plain CIDEr (Vedantam et al. 2015), mean of 1- to 4-grams, x 10
    double ciderD = 0.0;          // with clipping and the length penalty, sigma 6: this is what
                                  // coco-caption reports as "CIDEr"
    double meteorLike = 0.0;      // METEOR's formula of 2005 with exact and stemmed words only, no
                                  // synonyms: below the official figure
};

/// Document frequencies are those of the references given.
[[nodiscard]] CaptionScores scoreCaptions(const std::vector<ScoredCaption>& captions);

/// METEOR's 2005 score (Banerjee & Lavie) of one pair; words match when they or their stems (a
/// plural, -ing or -ed taken off) are the same.
[[nodiscard]] double meteorLikeScore(const CaptionWords& candidate, const CaptionWords& reference);

} // namespace linnet::training
