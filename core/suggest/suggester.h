#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"

namespace linnet::suggest {

struct SuggestOptions {
    int count = 5;               // words in the bar
    bool ghost = true;           // ask for ghost text too
    double ghostThreshold = -1;  // least confidence; negative: the model's calibrated value
    int ghostWords = 4;          // at most
};

struct WordSuggestion {
    std::string word;  // the whole word, also when part of it is typed already
    double p = 0;
};

struct GhostText {
    std::string text;  // what follows the caret, with its leading space if one belongs there
    double p = 0;      // calibrated probability that its first word is the writer's
};

struct Suggestions {
    std::vector<WordSuggestion> words;  // most probable first
    std::optional<GhostText> ghost;
    bool cancelled = false;
};

}  // namespace linnet::suggest
