#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace linnet::suggest {

// The file ngram.bin: a lexicon and a pruned 4-gram model, little-endian, read in place.
//
// Word ids below 65536 take part in n-grams: 0 an unknown word, 1 a number, then the separators
// (what stands between two words, if it is not a plain space), then words by falling frequency.
// Words of the tail have ids from 65536 on and share the probability of the unknown word.
//
// The n-grams are one bit stream. For every last context word c, at bit contexts[c]:
//     predictions(c), then for each word b that stood before c: its id, the size of its block,
//     and after that list the blocks: predictions(b c), then for each a: its id, predictions(a b c)
// Predictions of a longer context are always among those of the shorter one and are written as
// indices into them. Probabilities are codes into a table per order. See ngram_stream.h.
inline constexpr std::array<char, 8> ngramMagic = {'L', 'I', 'N', 'N', 'G', 'R', 'M', '1'};
inline constexpr std::uint32_t ngramVersion = 1;

enum class NgramSection {
    Words,      // alphabetical, front-coded: bytes shared, bytes added, the bytes added
    Ranks,      // u16 each, in that order: the word's id; 0: a word of the tail
    Tail,       // u16 each word of the tail, in that order: share of the unknown word's mass
    Separators, // u8 length, the bytes, u16 rate of capitals after it (65535: always)
    Unigrams,   // u16 each id: probability
    Codebooks,  // float[3][64]: probabilities of orders 2, 3, 4
    Contexts,   // u32 each id: bit position in the stream
    Stream,
    Count,
};
inline constexpr std::size_t ngramSections = static_cast<std::size_t>(NgramSection::Count);

struct NgramHeader {
    std::array<char, 8> magic = ngramMagic;
    std::uint32_t version = ngramVersion;
    std::uint32_t vocabulary = 0; // ids below 65536 in use
    std::uint32_t separators = 0;
    std::uint32_t tailWords = 0;
    std::uint64_t fileBytes = 0;
    std::uint64_t checksum = 0; // of all that follows the header
    std::uint64_t streamBits = 0;
    struct Section {
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
    };
    std::array<Section, ngramSections> sections{};
};
static_assert(std::endian::native == std::endian::little, "ngram.bin is little-endian");

using WordId = std::uint32_t;
inline constexpr WordId unknownWord = 0;
inline constexpr WordId numberWord = 1;
inline constexpr WordId firstSeparator = 2;
inline constexpr WordId firstTailWord = 65536;

inline constexpr int codeBits = 6;
inline constexpr std::size_t codebookSize = std::size_t{1} << codeBits;
inline constexpr int ngramOrders = 3; // of stored predictions: 2, 3, 4
using Codebooks = std::array<std::array<float, codebookSize>, ngramOrders>;

// Probabilities from 1 down to 2^-32 in 65536 even steps of their logarithm.
inline std::uint16_t encodeProbability(double p) {
    const double bits = p > 0 ? -std::log2(p) : 32.0;
    return static_cast<std::uint16_t>(std::lround(std::fmin(std::fmax(bits, 0.0), 31.99) * 2048.0));
}
inline float decodeProbability(std::uint16_t code) {
    return std::exp2(static_cast<float>(code) / -2048.0F);
}

// The Rice parameter for `count` rising numbers below `universe`.
inline int riceParameter(std::uint32_t universe, std::uint32_t count) {
    const std::uint64_t gap = count == 0 ? 0 : std::uint64_t{universe} * 11U / 16U / count;
    return gap == 0 ? 0 : static_cast<int>(std::bit_width(gap)) - 1;
}

// Four interleaved multiply-and-rotate lanes over 8-byte words: finds damage, not tampering.
inline std::uint64_t checksum(std::span<const std::uint8_t> bytes) {
    std::array<std::uint64_t, 4> lanes = {0x9E3779B97F4A7C15U, 0xC2B2AE3D27D4EB4FU,
                                          0x165667B19E3779F9U, 0x27D4EB2F165667C5U};
    std::size_t at = 0;
    for (; at + 32U <= bytes.size(); at += 32U) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + at + lane * 8U, 8);
            lanes[lane] = std::rotl(lanes[lane] ^ word, 29) * 0x9FB21C651E98DF25U;
        }
    }
    std::uint64_t sum = bytes.size();
    for (; at < bytes.size(); ++at) {
        sum = (sum ^ bytes[at]) * 0x100000001B3U;
    }
    for (std::uint64_t lane : lanes) {
        sum = std::rotl(sum ^ lane, 31) * 0x9FB21C651E98DF25U;
    }
    return sum;
}

} // namespace linnet::suggest
