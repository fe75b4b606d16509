#pragma once

#include <string_view>

#include "verse/en_phones.h"

namespace linnet::verse {

// Guesses how a word is said from its letters (a-z in lower case; others are skipped): graphemes in
// context, then stress by ending and length. A guess, right about the number of syllables for nine
// words in ten. Empty if there is no letter.
Pronunciation pronounceLetters(std::string_view word);

} // namespace linnet::verse
