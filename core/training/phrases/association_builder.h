#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"
#include "training/phrases/couplet_builder.h"
#include "training/phrases/phrase_builder.h"
#include "verse/associations.h"

namespace linnet::training {

struct AssociationOptions {
    int window = 24;         // tokens apart in a poem
    int proseWindow = 12;    // words apart in prose
    unsigned leastPairs = 6; // times that two must have met
    std::size_t most = 48;   // associates a word
    unsigned leastWord = 80; // occurrences in prose of a word that the verse model lacks
};

/// The associates of every word (or character) of the poems, by pointwise mutual information
/// (Church and Hanks 1990), damped for pairs that met rarely. A poem's theme counts as
/// near to all of it. Function words have none and are none. Needs vocabulary squared
/// times two bytes of memory.
std::map<std::string, std::vector<verse::Associate>>
associateVerse(const std::vector<PoemTokens>& poems, const engine::Tokenizer& tokenizer,
               const AssociationOptions& options);

/// For every character what stands in the same place of the line beside it.
std::map<std::string, std::vector<verse::Associate>>
associateCouplets(const std::vector<Facing>& couplets, const engine::Tokenizer& tokenizer,
                  const AssociationOptions& options);

/// Adds the associates of words of English prose that `tokenizer` lacks: those of its words that
/// stand near them there. Errors: NotFound, Io.
engine::Result<void> associateProse(const std::vector<std::filesystem::path>& files,
                                    const engine::Tokenizer& tokenizer,
                                    const AssociationOptions& options,
                                    std::map<std::string, std::vector<verse::Associate>>& words);

} // namespace linnet::training
