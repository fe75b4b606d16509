#pragma once

#include <string>
#include <string_view>

namespace linnet::suggest {

// What the text before the caret says about the word that is being written.
struct Caret {
    std::string context;     // normalised text before that word
    std::string typed;       // what is typed of it, apostrophes straight; empty: nothing yet
    bool curly = false;      // this writer's apostrophes are curly
    bool suppressed = false; // no place for suggestions: a URL, an address, code, other scripts
};

// Only the end of `before`, some thousand bytes, is looked at.
Caret analyseCaret(std::string_view before);

// `word` with the apostrophes of the writer.
std::string withApostrophes(std::string word, bool curly);

} // namespace linnet::suggest
