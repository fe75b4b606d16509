#pragma once

#include <stop_token>
#include <string_view>
#include <vector>

#include "engine/api/captioner.h"

namespace linnet::caption {

struct BeamOptions {
    int beams = 3; // hypotheses kept for each picture, and captions returned at most
    // A hypothesis of n tokens (the end included) scores log p / n^lengthPower; 0: plain log p,
    // which favours short captions. Wu et al. 2016, section 7, in its simplest form.
    double lengthPower = 1.0;
};

// A caption as the model's tokens, without the end.
struct Hypothesis {
    std::vector<engine::TokenId> tokens;
    double logProbability = 0; // natural, of all tokens and the end
    double score = 0;
};

// Captions in `language` for each of the `pictures` that the captioner encoded last, best score
// first. None contains a forbidden token, is empty, or says the same words twice in a row. A
// caption that reaches maxTokens() ends there. `stop` is tested at each step. No list at all:
// cancelled.
engine::Result<std::vector<std::vector<Hypothesis>>>
searchCaptions(engine::Captioner& captioner, int pictures, std::string_view language,
               const BeamOptions& options, const std::stop_token& stop);

} // namespace linnet::caption
