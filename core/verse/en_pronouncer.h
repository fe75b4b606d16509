#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verse/en_lexicon.h"

namespace linnet::verse {

// How the pronunciations of a word were found.
enum class SoundSource : std::uint8_t {
    Dictionary, // listed
    Poetic,     // one of the short forms of verse: o'er, 'twas
    Elision,    // a listed word with a vowel left out: heav'n, ev'ry
    Possessive, // 's and s'
    Inflection, // -'d -ed -eth -est -ing -s and the like
    Affix,      // un- -less -ness and the like
    Spelling,   // another spelling of a listed word: honour, realise
    Compound,   // two or more listed words
    Letters,    // a guess from the letters
    None,       // nothing to say: no letters
};

// "dictionary", "letters", ...
std::string_view toString(SoundSource source);

struct Sounding {
    std::vector<Pronunciation> pronunciations; // the most usual one first
    SoundSource how = SoundSource::None;
    std::string from; // what it was derived from: "walk + -eth"; empty if listed
};

// Finds how any English word is said: the dictionary first, then the word forms of older verse, the
// usual endings, compounds, and letter-to-sound rules as the last resort. Const, any thread.
class EnPronouncer {
public:
    // `lexicon` must outlive the pronouncer.
    explicit EnPronouncer(const EnLexicon& lexicon)
        : m_lexicon(&lexicon) {}

    // `word` in any case, with ' or ’. About a microsecond for a listed word, ten to fifty for
    // others.
    Sounding sounding(std::string_view word) const;

    const EnLexicon& lexicon() const { return *m_lexicon; }

private:
    const EnLexicon* m_lexicon;
};

} // namespace linnet::verse
