#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/api/tokenizer.h"
#include "verse/phrase_model.h"

namespace linnet::training {

/// A poem as its record has it, apart from its prompt.
struct PoemTokens {
    std::vector<std::uint16_t> theme; // what the prompt says it is about
    std::vector<std::uint16_t> body;  // the lines, with the tokens that end them
};

/// Cuts the tokens of a group of records (verse/poem_record.h) into poems. Tokens that are no
/// record are left out.
std::vector<PoemTokens> cutRecords(std::span<const std::int64_t> tokens,
                                   const engine::Tokenizer& tokenizer);

/// Each token's part of the poems' lines.
std::vector<float> tokenShares(const std::vector<PoemTokens>& poems, std::size_t vocabulary);

/// The phrases of two, three and four tokens that are worth `threshold` (occurrences times nats).
/// About 100 bytes of memory a token. `progress` is told what is being done.
std::array<std::vector<verse::Phrase>, 3>
countPhrases(const std::vector<PoemTokens>& poems, const engine::Tokenizer& tokenizer,
             double threshold, const std::function<void(const std::string&)>& progress);

} // namespace linnet::training
