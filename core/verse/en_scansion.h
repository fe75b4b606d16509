#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verse/analysis.h"
#include "verse/form.h"

namespace linnet::verse {

// One reading of a line: a pronunciation for each word, and where it breaks the pattern.
struct Scansion {
    bool found = false; // false: no choice of pronunciations has a length that the form allows
    Pattern pattern;    // as used: with the first foot inverted, with a feminine ending
    std::vector<std::size_t> chosen; // pronunciation of each word
    std::vector<int> misses;         // syllables, from 0, whose stress stands at a weak place
    bool feminine = false;
    int syllables = 0;
};

// One word of a line, said in one of its ways.
struct SaidAs {
    std::size_t word = 0;
    std::size_t pronunciation = 0;
};

// The best reading of the words as a line of the form: no stress faults before few, then what a
// speaker would choose; where `said` is given, of the readings that say its word so. Dynamic
// programming over words and syllables.
Scansion scan(const std::vector<WordAnalysis>& words, const LineForm& form, const MetreRules& rules,
              const std::optional<SaidAs>& said = {});

// Every number of syllables that some choice of pronunciations gives, ascending.
std::vector<int> possibleLengths(const std::vector<WordAnalysis>& words);

// A monosyllable that is mostly unstressed in speech: articles, prepositions, pronouns.
bool isWeakWord(std::string_view word);

// The marks of a line as read: / and x. Monosyllables take the weight of their place.
std::string stressMarks(const std::vector<WordAnalysis>& words, const Scansion& scansion);

} // namespace linnet::verse
