#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "training/language_network.h"
#include "training/token_files.h"

namespace linnet::training {

/// How well a model predicts a text.
struct TextScore {
    double nats = 0.0; // sum of the negative log-likelihoods
    std::uint64_t tokens = 0;
    std::uint64_t words = 0;
    std::uint64_t bytes = 0;

    [[nodiscard]] double lossPerToken() const;
    [[nodiscard]] double perplexityPerWord() const; // exp of nats per word of the text
    [[nodiscard]] double bitsPerByte() const;
    TextScore& operator+=(const TextScore& other);
};

struct EvaluationOptions {
    std::int64_t window = 256;       // tokens the model sees at once
    std::int64_t stride = 128;       // tokens newly scored by each window after the first
    std::int64_t batch = 16;         // windows at a time
    std::uint64_t maximumTokens = 0; // a group, from evenly spaced stretches; 0: all
};

/// Scores one group: every token, except a stretch's first, is predicted once, from at least
/// window - stride tokens of context where the stretch has them. Where documents are shorter than a
/// window on average, each is seen from its beginning instead. When only part of a group is
/// scored, words and bytes count in proportion to the tokens.
TextScore scoreGroup(const LanguageNetwork& model, const TokenStream& stream,
                     const TokenGroup& group, const EvaluationOptions& options);

} // namespace linnet::training
