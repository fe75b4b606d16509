#pragma once

#include <vector>

#include <QString>

namespace linnet::services {

struct SpellWord {
    int start = 0; // UTF-16 index in the paragraph
    int length = 0;
};

// The words of a paragraph that a dictionary of a language in Latin letters can judge. Left out:
// single letters, words with digits or capitals only or a capital inside, parts of addresses, file
// names and paths, and everything in another script.
std::vector<SpellWord> spellWords(const QString& text);

// The word as dictionaries spell it: with typewriter apostrophes, without soft hyphens.
QString spellForm(const QString& word);

} // namespace linnet::services
