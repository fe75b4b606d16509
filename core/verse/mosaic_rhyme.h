#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "verse/en_pronouncer.h"

namespace linnet::verse {

// Rhymes over several words: poet, know it. The stressed vowel is in one word, and what follows the
// word is a little one without stress.

// A little word that can end a line unstressed, and a way to say it so. Beside what the dictionary
// has these are the weak forms of English (Wells, Longman Pronunciation Dictionary): it as "ut",
// her as "er", him as "im".
struct WeakEnding {
    std::string_view word;
    Pronunciation said; // no vowel is stressed
};
std::span<const WeakEnding> weakEndings();
// One of them that does not bear stress before another: it, not on.
bool isWeakPronoun(std::string_view word);

// Every way to say the two words as one, `last` being a weak ending; its vowels have no stress.
// None if it is not one.
std::vector<Pronunciation> saidTogether(const Sounding& first, std::string_view last);

} // namespace linnet::verse
