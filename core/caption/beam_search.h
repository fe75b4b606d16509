#pragma once

#include <stop_token>
#include <string_view>
#include <vector>

#include "engine/api/captioner.h"

namespace linnet::caption {

// A caption as the model's tokens, without the end.
struct Hypothesis {
    std::vector<engine::TokenId> tokens;
    double logProbability = 0; // natural, of all tokens and the end
    double score = 0;          // what it is ranked by: see CaptionSearch
};

// Captions in `language` for each of the `pictures` that the captioner encoded last, best score
// first. None contains a forbidden token, is empty, or says the same words twice in a row. A
// caption that reaches maxTokens() ends there. `stop` is tested at each step. No list at all:
// cancelled. The mirror image is not this function's concern: see MirroredCaptioner.
engine::Result<std::vector<std::vector<Hypothesis>>>
searchCaptions(engine::Captioner& captioner, int pictures, std::string_view language,
               const engine::CaptionSearch& options, const std::stop_token& stop);

} // namespace linnet::caption
