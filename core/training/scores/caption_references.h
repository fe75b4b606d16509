#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "training/scores/caption_scores.h"

namespace linnet::training {

/// What people wrote of a fixed set of pictures, counted once, so that many captions can be scored
/// against it one by one. Immutable.
class CaptionReferences {
public:
    /// The references of each picture; a picture may have none. Document frequencies are those of
    /// the pictures that have some.
    explicit CaptionReferences(const std::vector<std::vector<CaptionWords>>& pictures);

    struct Cider {
        double plain = 0.0;
        double clipped = 0.0; // CIDEr-D
    };
    /// As CaptionScores has them, of one caption of a picture.
    [[nodiscard]] Cider cider(std::size_t picture, const CaptionWords& caption) const;

    /// BLEU-4 of one caption, with one added to the counts of pairs and longer runs (Lin & Och
    /// 2004): a single sentence often has no run of four right.
    [[nodiscard]] double sentenceBleu(std::size_t picture, const CaptionWords& caption) const;

private:
    static constexpr std::size_t kOrders = 4;
    using Gram = std::array<std::uint32_t, kOrders>; // numbers of words from 1; 0: no word
    struct GramHash {
        std::size_t operator()(const Gram& gram) const;
    };
    struct Counted {
        std::uint32_t gram = 0; // its number; kUnknown: no reference has it
        float count = 0.0F;
    };
    using Counts = std::array<std::vector<Counted>, kOrders>; // each sorted by gram
    struct Reference {
        Counts counts;
        std::array<double, kOrders> norms{};
        double length = 0.0;
    };
    static constexpr std::uint32_t kUnknown = 0xFFFFFFFFU;

    template <typename Number, typename Find>
    [[nodiscard]] static Counts countsOf(const CaptionWords& words, const Number& number,
                                         const Find& find);
    [[nodiscard]] Counts countsOf(const CaptionWords& caption) const;
    [[nodiscard]] std::array<double, kOrders> normsOf(const Counts& counts) const;
    [[nodiscard]] double weightOf(const Counted& counted) const;

    std::unordered_map<std::string, std::uint32_t> m_words;
    std::unordered_map<Gram, std::uint32_t, GramHash> m_grams;
    std::vector<double> m_documents; // pictures whose references have a gram; then ln(all / those)
    double m_logPictures = 0.0;
    std::vector<std::vector<Reference>> m_pictures;
};

} // namespace linnet::training
