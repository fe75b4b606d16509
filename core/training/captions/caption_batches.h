#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "engine/torch/files/caption/subject_table.h"
#include "training/captions/caption_corpus.h"
#include "training/captions/caption_network.h"
#include "training/captions/caption_vocabulary.h"

namespace linnet::training {

/// The photos of one update, and which variation of each.
struct PhotoViews {
    std::vector<std::int64_t> photos;
    std::vector<int> views;
};

/// Every pass takes the `count` photos in an order of its own and each photo in another of its
/// `views`. `step` counts updates of `batch` photos from 0.
[[nodiscard]] PhotoViews photosOfUpdate(std::int64_t step, std::int64_t batch, std::int64_t count,
                                        int views, std::uint64_t seed);

/// The training captions as tokens, and the batches made of them.
class CaptionBatches {
public:
    static constexpr std::size_t kCaptions = 5; // of a photo and language
    static constexpr std::size_t kLongest = 28; // tokens of a caption, the end included

    /// All of these must outlive the object.
    CaptionBatches(const CaptionCorpus& corpus, const CaptionVocabulary& vocabulary,
                   const engine::SubjectTable& subjects);

    /// The rows for photos (indices in corpus.train) in a language: the short captions of each,
    /// then the long ones. Photos without captions in it are left out; `kept` gets the places in
    /// `photos` of those that have some. `seen` is what the classifier says of each photo: prompts
    /// have its words, or words of the captions themselves, or none.
    [[nodiscard]] std::vector<CaptionRows>
    rows(const std::vector<std::int64_t>& photos,
         const std::vector<std::vector<engine::Subject>>& seen, const std::string& language,
         std::mt19937_64& random, std::vector<std::int64_t>& kept) const;

    /// `count` captions without photos, which share one memory.
    [[nodiscard]] CaptionRows texts(std::int64_t count, std::mt19937_64& random) const;
    [[nodiscard]] bool hasTexts() const { return !m_texts.empty(); }

    /// The languages of the vocabulary in the order of their names.
    [[nodiscard]] std::vector<std::string> languages() const;

private:
    struct Photo {
        std::vector<std::vector<std::int64_t>> captions; // kCaptions, by length; or none
        std::vector<std::string> named;                  // subjects that the captions mention
    };
    [[nodiscard]] std::vector<std::string> hintsFor(const Photo& photo,
                                                    const std::vector<engine::Subject>& seen,
                                                    const std::string& language,
                                                    std::mt19937_64& random) const;
    [[nodiscard]] std::vector<std::string> namedIn(const std::vector<std::string>& captions,
                                                   const std::string& language,
                                                   std::size_t least) const;

    const CaptionVocabulary& m_vocabulary;
    const engine::SubjectTable& m_subjects;
    std::map<std::string, std::vector<Photo>> m_photos; // by language, as corpus.train
    struct Text {
        std::vector<std::int64_t> caption;
        std::vector<std::string> named;
    };
    std::vector<Text> m_texts;
};

/// Lists of ids as one tensor, filled up at the end.
[[nodiscard]] torch::Tensor paddedRows(const std::vector<std::vector<std::int64_t>>& rows,
                                       std::int64_t filler);

} // namespace linnet::training
