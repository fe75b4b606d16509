#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/api/tokenizer.h"

namespace linnet::engine {

// How a caption's decoder is told what the classifier sees: its prompt is `width` tokens of hint
// words, each behind the token `hint`, filled up with `padding`, then the token of the language.
struct HintFormat {
    int width = 8;
    int words = 3;            // at most
    double probability = 0.2; // of a Subject that is worth a hint
    TokenId hint = 0;
    TokenId padding = 0;
};

// The prompt for words in a language: those that fit whole, in order. Always width + 1 tokens.
std::vector<TokenId> hintPrompt(const HintFormat& format, const Tokenizer& tokenizer,
                                const std::vector<std::string>& words, std::string_view language,
                                TokenId languageToken);

// The words worth a hint of what a picture shows (most probable first).
std::vector<std::string> hintWords(const HintFormat& format, const std::vector<Subject>& subjects,
                                   const std::string& language);

} // namespace linnet::engine
