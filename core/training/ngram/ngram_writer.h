#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "suggest/bit_stream.h"
#include "suggest/ngram_format.h"
#include "training/ngram/ngram_corpus.h"
#include "training/ngram/ngram_counts.h"

namespace linnet::training {

// Writes ngram.bin (suggest/ngram_format.h): quantises the probabilities and packs the stream.
class NgramWriter {
public:
    explicit NgramWriter(const NgramCorpus& corpus);

    // The stored n-grams of order 4, 3 or 2. Returns how many there are.
    std::size_t add(const NgramLevel& level);

    // The lowest order: entries and the probability of each.
    void setUnigrams(const std::vector<NgramEntry>& entries, const std::vector<float>& p);

    // Returns the file's size. Error: Io.
    engine::Result<std::uint64_t> write(const std::filesystem::path& path);

private:
    struct Order {
        std::vector<std::uint64_t> keys;
        std::vector<std::uint8_t> codes;
    };
    struct Slice {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    void quantise(const std::vector<float>& values, const std::vector<float>& masses, Order& order,
                  std::array<float, suggest::codebookSize>& book);
    void packStream();
    void packBlock(Slice bigrams, Slice trigrams, std::size_t& fourth);
    suggest::BitWriter packInner(Slice trigrams, std::uint32_t universe, Slice fourGrams);
    std::string packWords(std::string& ranks, std::string& tail) const;
    std::string packSeparators() const;

    const NgramCorpus& m_corpus;
    std::array<Order, suggest::ngramOrders> m_orders; // 2, 3, 4
    suggest::Codebooks m_codebooks{};
    std::vector<std::uint16_t> m_unigrams;
    std::vector<std::uint32_t> m_contexts;
    suggest::BitWriter m_stream;
    std::vector<std::uint32_t> m_position;      // of a word in the list of c
    std::vector<std::uint32_t> m_innerPosition; // of a position of c in the list of b c
};

} // namespace linnet::training
