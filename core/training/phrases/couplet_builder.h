#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/api/tokenizer.h"
#include "training/phrases/phrase_builder.h"
#include "verse/couplet_model.h"

namespace linnet::training {

struct CoupletOptions {
    std::size_t classes = 120; // at most 255
    int rounds = 12;           // of the exchange algorithm
    unsigned leastCount = 8;   // occurrences in couplets of a character that gets a class
};

/// A place of a couplet: the character of the first line, and the one that faces it.
struct Facing {
    std::uint16_t above = 0;
    std::uint16_t below = 0;
};

/// All places of the middle couplets of Chinese poems of eight lines (对仗).
std::vector<Facing> facingCharacters(const std::vector<PoemTokens>& poems,
                                     const engine::Tokenizer& tokenizer);

/// Divides characters into kinds by what faces them in those couplets, and counts how the kinds
/// face each other.
verse::CoupletClasses classifyCouplets(const std::vector<Facing>& couplets, std::size_t vocabulary,
                                       const CoupletOptions& options);

} // namespace linnet::training
