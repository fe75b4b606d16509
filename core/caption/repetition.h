#pragma once

#include <span>

#include "engine/api/tokenizer.h"

namespace linnet::caption {

// What captions should not say again. `said` are the tokens of a caption so far.

// Whether `next` would make the end of the caption say once more what stands right before it. A
// single token outside ASCII may come twice, as in 高高, but not three times.
bool saysTwiceInARow(const engine::Tokenizer& tokenizer, std::span<const engine::TokenId> said,
                     engine::TokenId next);

// Whether the caption has the last `length` tokens, `next` among them, already (Paulus et al. 2018,
// section 2.5). Never for a length of 0.
bool repeatsRun(std::span<const engine::TokenId> said, engine::TokenId next, int length);

// Whether a token spells a word that says something of the picture, or the beginning of one: not
// "with" or "一个", which sentences need as often as they come.
bool isWordOfSubstance(const engine::Tokenizer& tokenizer, engine::TokenId token);

} // namespace linnet::caption
