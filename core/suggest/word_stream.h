#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "suggest/unicode_words.h"

namespace linnet::suggest {

// Running text in the spelling of the training corpus: straight quotes, "..." for an ellipsis, an
// em dash without spaces, LF and no blank lines, no no-break spaces. Words keep their letters.
std::string normaliseText(std::string_view text);

// The word that begins at or after byte `from`: letters and digits, joined inside by single
// apostrophes (straight or curly) or hyphens. `begin` is the text's size when there is none.
struct WordSpan {
    std::size_t begin = 0;
    std::size_t end = 0;
};
WordSpan nextWord(std::string_view text, std::size_t from);

// Calls visit(separator, word) for every word of `text`; the separator is what lies between the
// word and the one before it (or the beginning of the text).
template <typename Visit>
void forEachWord(std::string_view text, Visit&& visit) {
    std::size_t from = 0;
    for (;;) {
        const WordSpan word = nextWord(text, from);
        if (word.begin == text.size()) {
            return;
        }
        visit(text.substr(from, word.begin - from), text.substr(word.begin, word.end - word.begin));
        from = word.end;
    }
}

// A separator with its white space made canonical: a run with a line feed becomes one line feed,
// any other run one space. " " is the plain gap between two words.
std::string separatorKey(std::string_view separator);

// True if a word after this separator is capitalised because of its place: after a full stop, a
// question or exclamation mark, a paragraph's start, an opening quote or bracket.
bool startsSentence(std::string_view key);

// Digits only.
bool isNumber(std::string_view word);

} // namespace linnet::suggest
