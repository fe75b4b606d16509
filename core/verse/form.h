#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linnet::verse {

// What a poem of a kind must look like. A form is data: resources/forms/README.md describes the
// files that these types mirror.

enum class Language { English, Chinese };

// "en" or "zh".
std::string_view toString(Language language);

// Text in both languages of the program.
struct Names {
    std::string en;
    std::string zh;
};

// What stands at one place of a line: a tone of a character, a weight of a syllable, or anything.
enum class Place : char { Any, Level, Oblique, Weak, Strong };

// One place for each character or syllable.
using Pattern = std::vector<Place>;

// In the letters of the files: 平仄中 for Chinese, / x . for English.
std::string toString(const Pattern& pattern, Language language);

struct LineForm {
    std::vector<Pattern> patterns; // one of them must fit; empty if only the length counts
    int minLength = 0;             // characters or syllables, feminine endings not counted
    int maxLength = 0;
};

// The rhyme of one line. Lines with the same letter rhyme with each other.
struct RhymeMark {
    int letter = -1;      // 0 is A; -1: the line is free
    bool required = true; // false: by custom only (the first line of a regulated poem)

    friend bool operator==(const RhymeMark&, const RhymeMark&) = default;
};

// One way to fill a form: 平起首句入韵, or a sestet CDECDE.
struct Variant {
    std::string name; // unique in its form; "" for an only variant
    Names title;
    std::vector<LineForm> lines;   // of one block
    std::vector<RhymeMark> rhymes; // one for each line
    std::vector<int> breaks;       // a stanza ends before these lines (1 .. lines - 1)
    // How often the block may follow itself, with new rhymes; blocks are stanzas if breakBetween.
    int minBlocks = 1;
    int maxBlocks = 1;
    int defaultBlocks = 1;
    bool breakBetween = false;
};

// The lines of a whole poem: a variant with its blocks repeated.
struct Layout {
    std::vector<LineForm> lines;
    std::vector<RhymeMark> rhymes; // letters differ between blocks
    std::vector<int> breaks;
};
Layout layoutOf(const Variant& variant, int blocks);

// The number of blocks that gives so many lines; nothing if none does.
std::optional<int> blocksFor(const Variant& variant, int lines);

// 拗救 and its like: where a line's pattern ends in `usual`, the line may end in `instead`.
struct Licence {
    std::string name;
    Names title;
    Pattern usual;
    Pattern instead;
    std::vector<int> lengths; // only lines of these lengths; empty: any
};
// `pattern` with its end replaced, if its end is compatible with `usual` (Any fits everything).
std::optional<Pattern> withLicence(const Pattern& pattern, const Licence& licence);

struct RhymeRules {
    enum class Tones { Level, Any }; // Chinese: must rhymes be level?
    Tones tones = Tones::Any;
    bool neighbours = false; // Chinese: may customary neighbour groups rhyme?
    bool repeat = false;     // may a rhyme word occur twice?
};

struct MetreRules {
    bool feminineEnding = false;    // one weak syllable may follow the last strong one
    bool invertedFirstFoot = false; // strong-weak may stand for weak-strong at the start
};

// Lines that a poem of the form may open with: templates such as "There was a young {who} of
// {place}", where a name in braces stands for one of its words.
struct Openings {
    std::vector<std::string> lines; // empty: the form has none
    std::map<std::string, std::vector<std::string>> words;
};

struct Form {
    std::string name; // "qijue"
    Language language = Language::English;
    Names title;
    Names shortTitle; // the same as title where the file gives none
    Names description;
    int order = 0; // where it stands in lists
    RhymeRules rhyme;
    MetreRules metre;
    std::vector<Licence> licences;
    std::vector<std::pair<int, int>> parallel; // neighbouring lines, by custom (对仗); from 0
    Openings openings;
    // A poem of images (haiku): a dash cuts it in two, and nobody speaks of himself in it.
    bool images = false;
    std::vector<Variant> variants; // at least one; the first is the default

    const Variant* findVariant(std::string_view variantName) const;
    bool hasRhyme() const;
    bool hasPattern() const;
    // The lengths that a poem may have, ascending; for an open-ended form the first `limit` ones.
    std::vector<int> lineCounts(std::size_t limit = 16) const;
};

} // namespace linnet::verse
