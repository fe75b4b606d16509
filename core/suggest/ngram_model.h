#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "engine/api/result.h"
#include "suggest/lexicon.h"
#include "suggest/mapped_file.h"
#include "suggest/ngram_format.h"

namespace linnet::suggest {

// The ids before a word, the nearest first. Separators other than a plain space count as one.
using History = std::array<WordId, 3>;

// What the model knew of a context: the share of probability that its own counts of order
// 2, 3, 4 kept from the order below (0: context never seen).
struct NgramEvidence {
    std::array<float, ngramOrders> kept{};
    int order = 1; // of the longest context found
};

// A pruned, interpolated 4-gram model over words (modified Kneser-Ney discounts, Chen and Goodman
// 1999), memory-mapped. Immutable after loading and safe to use from several threads.
class NgramModel {
public:
    // Errors: NotFound, Io, UnsupportedFormat, CorruptFile. Reads every byte once (checksum).
    static engine::Result<std::shared_ptr<const NgramModel>>
    load(const std::filesystem::path& file);

    const Lexicon& lexicon() const { return m_lexicon; }

    // Fills p[vocabulary()] with the probability of each id as the next word; sums to one. The
    // mass of unknownWord is shared by the tail, names and everything else.
    NgramEvidence distribution(const History& history, std::vector<float>& p) const;

    const std::vector<float>& unigrams() const { return m_unigrams; }

    // The history of the end of `text`, which begins a document or a paragraph.
    static History startOfText(const Lexicon& lexicon);

private:
    explicit NgramModel(MappedFile file);

    MappedFile m_file;
    Lexicon m_lexicon;
    std::vector<float> m_unigrams;
    Codebooks m_codebooks{};
    std::span<const std::uint8_t> m_stream;
    std::vector<std::uint32_t> m_contexts;
};

// `history` with one more id in front.
inline History extend(const History& history, WordId id) {
    return {id, history[0], history[1]};
}

} // namespace linnet::suggest
