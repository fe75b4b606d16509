#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace linnet::protocol {

// A token and how probable the model found it.
struct TokenInfo {
    std::string bytes;             // may be part of a character
    std::optional<double> logProb; // natural; none for a first token without a predecessor
    std::vector<std::pair<std::string, double>> top; // bytes and log-probability, best first
    int offset = 0; // characters of the choice's text before it; completions only
};

struct Usage {
    int promptTokens = 0;
    int completionTokens = 0;
    int cachedTokens = 0; // of the prompt's, not computed anew
};

} // namespace linnet::protocol
