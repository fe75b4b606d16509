#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verse/en_pronouncer.h"
#include "verse/form.h"
#include "verse/zh_lexicon.h"

namespace linnet::verse {

// What may be said against a line. The first group breaks a form (a fault); the second is custom,
// and a poem is correct with it (a remark).
enum class FaultKind {
    LineCount,      // too few or too many lines
    Length,         // characters or syllables
    Tone,           // 平仄 inside a line
    Opposition,     // 失对: the line's tones do not oppose those of the line before
    Adhesion,       // 失粘: the line's tones do not follow those of the line before
    Ending,         // the tone of a line's last character
    Stress,         // a primary stress at a weak place
    Rhyme,          // 落韵
    RepeatedRhyme,  // the same rhyme word twice
    HomophoneRhyme, // rhyme words that sound alike
    UnknownWord,    // neither listed nor derived from a listed word
    NotAWord,       // something that cannot be read as verse of the language
    Acrostic,       // the first characters or letters are not those asked for

    LoneLevel,         // 孤平
    ThreeLevel,        // 三平调
    ThreeOblique,      // 三仄尾
    RepeatedCharacter, // 重字
    Licence,           // 拗救 was used
    FirstLineRhyme,    // the first line ends level without rhyming
    NeighbourRhyme,    // 邻韵 was used
    ObliqueRhyme,      // 仄韵, in a form that allows it
    UnknownCharacter,  // not in the rhyme table; taken as fitting
    DerivedWord,       // derived from a listed word
    ExtraRhyme,        // lines rhyme that should not
    Stanza,            // stanzas end elsewhere
};

// A stable name for machines: "line-count", "tone".
std::string_view toString(FaultKind kind);

struct Fault {
    FaultKind kind = FaultKind::Length;
    int line = 0;        // from 1; 0: the poem
    int position = 0;    // character or syllable of the line, from 1; 0: the line
    std::string message; // English
};

// A character with every reading it has; the form does not choose among them.
struct CharacterAnalysis {
    std::size_t begin = 0; // bytes of the text
    std::size_t end = 0;
    char32_t character = 0;
    std::vector<ZhReading> readings; // none: not in the table
};

struct WordAnalysis {
    std::size_t begin = 0; // bytes of the text
    std::size_t end = 0;
    std::string text;
    Sounding sounding;      // every way to say it, and how that was found
    std::size_t chosen = 0; // the pronunciation that the scansion of the line uses
};

// Names the rhymes of a poem, counted from 0: A to Z, A2 ...
std::string rhymeLetter(int rhyme);

struct LineAnalysis {
    std::size_t begin = 0; // bytes of the text
    std::size_t end = 0;
    std::string text;          // without the punctuation around it
    bool startsStanza = false; // a blank line stands before it
    int length = 0;            // characters, or syllables as scanned
    std::vector<int> lengths;  // every number of syllables that its words allow
    // Chinese: 平, 仄, 多 (has both), ? (not in the table) for each character. English: / for a
    // stressed and x for an unstressed syllable as scanned.
    std::string marks;
    std::string pattern;   // of the form, in the letters of form.h; empty if it has none
    std::string rhyme;     // "A"; empty if the line neither has to rhyme nor does
    std::string rhymeWith; // rhyme group, or the sounds from the last stress on
    std::vector<CharacterAnalysis> characters; // Chinese
    std::vector<WordAnalysis> words;           // English
};

struct Analysis {
    std::string form;
    std::string variant;
    Language language = Language::English;
    Script script = Script::Simplified; // Chinese: which readings counted
    std::string title;                  // a heading before the poem, not part of it
    std::vector<Fault> faults;
    std::vector<Fault> remarks;
    std::vector<LineAnalysis> lines;

    bool ok() const { return faults.empty(); }
};

} // namespace linnet::verse
