#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/api/result.h"

namespace linnet::training {

/// A byte-level byte-pair vocabulary. Ids 0..255 are the bytes in GPT-2's order (the order of the
/// characters that stand for them), then one id a merge, then the special tokens.
struct BpeModel {
    std::vector<std::string> tokens;                             // raw bytes of each ordinary id
    std::vector<std::pair<std::uint32_t, std::uint32_t>> merges; // ids joined, in rank order
    std::vector<std::string> specials;                           // follow the ordinary ids
    std::string pattern;                                         // pre-tokenizer split pattern

    [[nodiscard]] std::size_t vocabularySize() const { return tokens.size() + specials.size(); }
};

/// GPT-2's map of a byte to the printable code point that stands for it in vocabulary files.
[[nodiscard]] std::uint32_t byteLevelCodePoint(unsigned char byte);

/// `bytes` in GPT-2's printable alphabet, as UTF-8.
[[nodiscard]] std::string toByteLevel(std::string_view bytes);

/// Counts pre-token pieces, then learns merges (Sennrich et al. 2016, on bytes).
class BpeTrainer {
public:
    /// Adds `count` occurrences of a piece.
    void add(std::string_view piece, std::uint64_t count = 1);

    [[nodiscard]] std::size_t distinctPieces() const { return m_counts.size(); }

    /// Learns merges until the vocabulary, special tokens included, has `vocabularySize` entries,
    /// or no pair occurs twice. Ties go to the pair with the lower ids, so that the result depends
    /// on the counts alone. Fails if the size leaves no room for 256 bytes and the special tokens.
    [[nodiscard]] engine::Result<BpeModel>
    train(std::size_t vocabularySize, std::vector<std::string> specials, std::string pattern) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view s) const {
            return std::hash<std::string_view>{}(s);
        }
    };
    std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>> m_counts;
};

} // namespace linnet::training
