#include "verse/en_letters.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <string>

namespace linnet::verse {

namespace {

// One grapheme. `before` and `after` say what must stand beside it: a letter stands for itself, and
//   #  the edge of the word         V  a vowel letter (aeiouy)     C  a consonant letter
//   E  e, i or y
//   L  alone: one consonant and then e, es, ed or ing at the word's end, which make a vowel long
// Phones of vowels are written without stress; - is silence.
struct Rule {
    std::string_view before;
    std::string_view letters;
    std::string_view after;
    std::string_view phones;
};

// The first one that fits is used.
// clang-format off
constexpr Rule rules[] = {
    {"", "augh", "t", "AO"}, {"", "augh", "", "AE F"}, {"", "aigh", "", "EY"},
    {"", "air", "", "EH R"}, {"", "ai", "n#", "EY"}, {"", "ai", "", "EY"}, {"", "ay", "", "EY"},
    {"", "au", "", "AO"}, {"", "aw", "", "AO"}, {"", "a", "lk", "AO"}, {"", "al", "l", "AO L"},
    {"", "alm", "", "AA M"}, {"", "are", "#", "EH R"}, {"", "ar", "r", "AE"},
    {"#w", "ar", "", "AO R"}, {"qu", "ar", "", "AO R"}, {"", "ar", "d#", "ER"},
    {"", "ar", "V", "EH R"}, {"", "ar", "", "AA R"}, {"", "able", "#", "AH B AH L"},
    {"", "age", "#", "IH JH"}, {"", "ace", "#", "EY S"}, {"", "ate", "#", "EY T"},
    {"", "a", "tion", "EY"}, {"", "a", "L", "EY"}, {"", "a", "cious", "EY"},
    {"", "a", "sion", "EY"}, {"#w", "a", "C", "AA"}, {"w", "a", "t", "AA"}, {"", "ah", "#", "AA"},
    {"", "a", "#", "AH"}, {"", "aa", "", "AA"}, {"", "ae", "", "IY"}, {"", "a", "", "AE"},
    {"", "bb", "", "B"}, {"m", "b", "#", "-"}, {"", "b", "", "B"}, {"", "cious", "", "SH AH S"},
    {"", "ciate", "", "SH IY EY T"}, {"i", "cally", "#", "K L IY"}, {"", "cial", "", "SH AH L"}, {"", "cian", "", "SH AH N"},
    {"", "chr", "", "K R"}, {"", "ch", "", "CH"}, {"", "ck", "", "K"}, {"", "cc", "E", "K S"},
    {"", "cc", "", "K"}, {"s", "c", "E", "-"}, {"", "cqu", "", "K W"}, {"", "c", "E", "S"},
    {"", "c", "", "K"}, {"", "dge", "", "JH"}, {"", "dg", "E", "JH"}, {"", "dd", "", "D"},
    {"", "d", "", "D"}, {"", "ear", "C", "ER"}, {"", "ear", "", "IH R"}, {"", "eau", "", "OW"},
    {"", "ea", "d#", "EH"}, {"", "ea", "th", "EH"}, {"", "ea", "sure", "EH"},
    {"", "eer", "", "IH R"}, {"", "ee", "", "IY"}, {"", "ea", "", "IY"}, {"", "eigh", "", "EY"},
    {"c", "ei", "", "IY"}, {"", "ei", "n", "EY"}, {"", "ei", "", "AY"}, {"", "eye", "", "AY"},
    {"", "ey", "#", "IY"}, {"", "ey", "", "EY"}, {"", "ew", "", "UW"}, {"", "eu", "", "UW"},
    {"", "ere", "#", "IH R"}, {"", "err", "", "EH R"}, {"", "er", "#", "ER"},
    {"", "ers", "#", "ER Z"}, {"", "er", "C", "ER"}, {"", "er", "V", "ER"},
    {"t", "ed", "#", "IH D"}, {"d", "ed", "#", "IH D"}, {"p", "ed", "#", "T"},
    {"k", "ed", "#", "T"}, {"s", "ed", "#", "T"}, {"sh", "ed", "#", "T"}, {"ch", "ed", "#", "T"},
    {"f", "ed", "#", "T"}, {"C", "ed", "#", "D"}, {"V", "ed", "#", "D"}, {"s", "es", "#", "IH Z"},
    {"z", "es", "#", "IH Z"}, {"x", "es", "#", "IH Z"}, {"c", "es", "#", "IH Z"},
    {"g", "es", "#", "IH Z"}, {"sh", "es", "#", "IH Z"}, {"ch", "es", "#", "IH Z"},
    {"C", "es", "#", "Z"}, {"", "e", "nce#", "AH"}, {"", "e", "nt#", "AH"}, {"Cl", "e", "#", "-"},
    {"C", "ely", "#", "L IY"}, {"C", "eness", "#", "N AH S"}, {"C", "eless", "#", "L AH S"},
    {"C", "eful", "#", "F AH L"}, {"C", "ement", "#", "M AH N T"}, {"#C", "e", "#", "IY"},
    {"#CC", "e", "#", "IY"}, {"#", "e", "#", "IY"}, {"C", "e", "#", "-"}, {"V", "e", "#", "-"},
    {"", "e", "L", "IY"}, {"", "e", "o", "IY"}, {"", "e", "", "EH"}, {"", "ff", "", "F"},
    {"", "f", "", "F"}, {"", "gh", "t", "-"}, {"#", "gh", "", "G"}, {"", "gh", "", "-"},
    {"#", "gn", "", "N"}, {"", "gn", "#", "N"}, {"", "gg", "", "G"}, {"", "gue", "#", "G"},
    {"", "gu", "E", "G"}, {"", "ge", "o", "JH"}, {"", "g", "E", "JH"}, {"", "g", "", "G"},
    {"V", "h", "C", "-"}, {"V", "h", "#", "-"}, {"", "h", "", "HH"}, {"", "igh", "", "AY"},
    {"", "ign", "#", "AY N"}, {"", "ind", "#", "AY N D"}, {"", "ild", "#", "AY L D"},
    {"", "ied", "#", "IY D"}, {"", "ies", "#", "IY Z"}, {"#C", "ie", "#", "AY"},
    {"#CC", "ie", "#", "AY"}, {"", "ie", "#", "IY"}, {"", "ier", "#", "IY ER"},
    {"", "iest", "#", "IY AH S T"}, {"", "ie", "t", "AY AH"}, {"", "ie", "", "IY"},
    {"", "ious", "", "IY AH S"}, {"", "ia", "te", "IY EY"}, {"", "ia", "", "IY AH"}, {"", "io", "", "IY OW"},
    {"", "iu", "", "IY AH"}, {"", "ire", "#", "AY ER"}, {"", "ir", "V", "IH R"},
    {"", "ir", "", "ER"}, {"", "ing", "#", "IH NG"}, {"", "ine", "#", "AY N"},
    {"", "ive", "#", "IH V"}, {"", "ite", "#", "AY T"}, {"", "ise", "#", "AY Z"},
    {"", "ize", "#", "AY Z"}, {"", "ique", "#", "IY K"}, {"", "i", "L", "AY"}, {"", "i", "#", "IY"},
    {"", "i", "", "IH"}, {"", "j", "", "JH"}, {"#", "kn", "", "N"}, {"", "k", "", "K"},
    {"C", "le", "#", "AH L"}, {"C", "les", "#", "AH L Z"}, {"C", "led", "#", "AH L D"},
    {"", "ll", "", "L"}, {"", "l", "", "L"}, {"", "mm", "", "M"}, {"", "mn", "#", "M"},
    {"", "m", "", "M"}, {"", "ng", "#", "NG"}, {"", "ngs", "#", "NG Z"}, {"", "ng", "th", "NG K"},
    {"", "ng", "E", "N JH"}, {"", "ng", "", "NG G"}, {"", "nk", "", "NG K"}, {"", "nn", "", "N"},
    {"", "n", "", "N"}, {"", "ough", "t", "AO"}, {"", "ough", "", "OW"}, {"", "ould", "", "UH D"},
    {"", "oar", "", "AO R"}, {"", "oor", "", "AO R"}, {"", "our", "#", "ER"},
    {"", "our", "", "AO R"}, {"", "ous", "#", "AH S"}, {"", "ou", "", "AW"}, {"", "oo", "k", "UH"},
    {"", "oo", "d#", "UH"}, {"", "oo", "", "UW"}, {"", "oa", "", "OW"}, {"", "oe", "#", "OW"},
    {"", "oi", "", "OY"}, {"", "oy", "", "OY"}, {"", "ow", "n", "AW"}, {"", "ow", "l", "AW"},
    {"", "ow", "#", "OW"}, {"", "ow", "", "OW"}, {"", "ore", "#", "AO R"}, {"w", "or", "C", "ER"},
    {"", "or", "#", "ER"}, {"", "or", "", "AO R"}, {"", "o", "ld", "OW"}, {"", "o", "lt", "OW"},
    {"", "oll", "#", "OW L"}, {"", "o", "st#", "OW"}, {"", "ome", "#", "AH M"},
    {"", "o", "L", "OW"}, {"", "o", "#", "OW"}, {"", "on", "#", "AH N"}, {"", "o", "tion", "OW"},
    {"", "o", "", "AA"}, {"", "ph", "", "F"}, {"#", "ps", "", "S"}, {"", "pp", "", "P"},
    {"", "p", "", "P"}, {"", "que", "#", "K"}, {"", "qu", "", "K W"}, {"", "q", "", "K"},
    {"", "rrh", "", "R"}, {"", "rr", "", "R"}, {"", "rh", "", "R"}, {"", "r", "", "R"},
    {"", "ssion", "", "SH AH N"}, {"V", "sion", "", "ZH AH N"}, {"", "sion", "", "SH AH N"},
    {"", "sch", "", "SH"}, {"", "sh", "", "SH"}, {"", "ss", "", "S"}, {"", "sm", "#", "Z AH M"}, {"", "sms", "#", "Z AH M Z"},
    {"V", "s", "V", "Z"}, {"V", "s", "#", "Z"}, {"", "s", "", "S"}, {"", "tious", "", "SH AH S"},
    {"", "tial", "", "SH AH L"}, {"", "tion", "", "SH AH N"}, {"", "ture", "#", "CH ER"},
    {"", "tch", "", "CH"}, {"", "th", "", "TH"}, {"", "tt", "", "T"}, {"s", "t", "le#", "-"},
    {"s", "t", "en#", "-"}, {"", "t", "", "T"}, {"", "ue", "#", "UW"}, {"", "ui", "", "UW"},
    {"", "ure", "#", "UH R"}, {"", "ur", "", "ER"}, {"", "u", "L", "UW"}, {"q", "u", "", "W"},
    {"#", "u", "n", "AH"}, {"", "u", "#", "UW"}, {"", "u", "CV", "UW"}, {"", "u", "V", "UW"},
    {"", "u", "", "AH"}, {"", "v", "", "V"}, {"#", "wr", "", "R"}, {"#", "who", "", "HH UW"},
    {"", "wh", "", "W"}, {"V", "w", "C", "-"}, {"V", "w", "#", "-"}, {"", "w", "", "W"},
    {"#", "x", "", "Z"}, {"", "x", "", "K S"}, {"#C", "y", "#", "AY"}, {"#CC", "y", "#", "AY"},
    {"#CCC", "y", "#", "AY"}, {"#", "y", "", "Y"}, {"", "yr", "C", "ER"}, {"", "y", "L", "AY"},
    {"f", "y", "#", "AY"}, {"", "y", "#", "IY"}, {"V", "y", "V", "Y"}, {"", "y", "", "IH"},
    {"", "zz", "", "Z"}, {"t", "z", "", "S"}, {"", "z", "", "Z"}, {"", "'", "", "-"},
};
// clang-format on

bool isVowelLetter(char c) {
    return std::string_view("aeiouy").find(c) != std::string_view::npos;
}

bool isLetter(char c) {
    return c >= 'a' && c <= 'z';
}

// Does `c` (0 at the word's edge) match the class?
bool matchesClass(char kind, char c) {
    switch (kind) {
    case '#':
        return c == 0;
    case 'V':
        return c != 0 && isVowelLetter(c);
    case 'C':
        return isLetter(c) && !isVowelLetter(c);
    case 'E':
        return c == 'e' || c == 'i' || c == 'y';
    default:
        return kind == c;
    }
}

// The silent ending L: consonant(s), then e, es or ed, then the edge.
bool matchesSilentEnding(std::string_view rest) {
    std::size_t consonants = 0;
    while (consonants < rest.size() && matchesClass('C', rest[consonants])) {
        ++consonants;
    }
    const bool single = consonants == 1 || rest.substr(0, 2) == "th" || rest.substr(0, 2) == "ng" ||
                        rest.substr(0, 2) == "st";
    const std::string_view ending = rest.substr(consonants);
    return single && rest[0] != 'x' &&
           (ending == "e" || ending == "es" || ending == "ed" || ending == "ing");
}

bool matchesAfter(std::string_view context, std::string_view rest) {
    if (context == "L") {
        return matchesSilentEnding(rest);
    }
    std::size_t at = 0;
    for (const char kind : context) {
        if (!matchesClass(kind, at < rest.size() ? rest[at] : '\0')) {
            return false;
        }
        ++at;
    }
    return true;
}

bool matchesBefore(std::string_view context, std::string_view done) {
    for (std::size_t i = 0; i < context.size(); ++i) {
        const char kind = context[context.size() - 1 - i];
        const char c = i < done.size() ? done[done.size() - 1 - i] : '\0';
        if (!matchesClass(kind, c)) {
            return false;
        }
    }
    return true;
}

const Rule* findRule(std::string_view word, std::size_t at) {
    const auto applies = [&](const Rule& rule) {
        return word.substr(at).starts_with(rule.letters) &&
               matchesBefore(rule.before, word.substr(0, at)) &&
               matchesAfter(rule.after, word.substr(at + rule.letters.size()));
    };
    const auto found = std::find_if(std::begin(rules), std::end(rules), applies);
    return found != std::end(rules) ? &*found : nullptr;
}

void appendPhones(std::string_view names, std::vector<Phone>& phones) {
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(' '), names.size());
        const std::string name(names.substr(0, end));
        auto phone = parsePhone(name);
        phone = phone ? phone : parsePhone(name + "0");
        if (phone) {
            phones.push_back(*phone);
        }
        names.remove_prefix(std::min(end + 1, names.size()));
    }
}

// The stressed syllable, from 0: before certain endings, after certain prefixes, else the third
// from the end, or the first of two.
std::size_t stressedSyllable(std::string_view word, std::size_t syllables) {
    const auto ends = [&](std::initializer_list<std::string_view> endings) {
        return std::any_of(endings.begin(), endings.end(),
                           [&](std::string_view ending) { return word.ends_with(ending); });
    };
    if (syllables < 2) {
        return 0;
    }
    if (ends({"ee", "eer", "ese", "ette", "oon", "ique", "esque"})) {
        return syllables - 1;
    }
    if (ends({"ic", "ics", "tion", "sion", "cian", "tial", "cial", "cious", "tious"})) {
        return syllables - 2;
    }
    if (syllables > 2 && ends({"ity", "ical", "ian", "ious", "ial", "ify", "ogy", "graphy"})) {
        return syllables - 3;
    }
    static constexpr std::array<std::string_view, 18> prefixes{
        "be",  "de",  "re", "un", "dis", "mis", "con", "com", "per",
        "pre", "pro", "en", "em", "ex",  "ad",  "ab",  "im",  "for"};
    const bool prefixed = std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view p) {
        return word.size() > p.size() + 2 && word.starts_with(p) && !isVowelLetter(word[p.size()]);
    });
    if (syllables == 2) {
        return prefixed && !ends({"er", "y", "le", "en", "ing", "ish", "or", "ow"}) ? 1 : 0;
    }
    if (ends({"ing", "ed", "er", "ers", "ly", "ness", "less", "able", "ings"})) {
        return prefixed ? 1 : 0;
    }
    return syllables - 3;
}

// Short vowels fade after the stress.
bool isReduced(Phone phone) {
    static const std::array<Phone, 3> shortVowels{*parsePhone("AE0"), *parsePhone("EH0"),
                                                  *parsePhone("AA0")};
    return std::find(shortVowels.begin(), shortVowels.end(), phone) != shortVowels.end();
}

} // namespace

Pronunciation pronounceLetters(std::string_view word) {
    std::vector<Phone> phones;
    for (std::size_t at = 0; at < word.size();) {
        const Rule* rule = findRule(word, at);
        if (rule != nullptr) {
            appendPhones(rule->phones, phones);
        }
        at += rule != nullptr ? rule->letters.size() : 1;
    }
    const auto syllables =
        static_cast<std::size_t>(std::count_if(phones.begin(), phones.end(), isVowel));
    const std::size_t stressed = stressedSyllable(word, syllables);
    static const Phone schwa = *parsePhone("AH0");
    std::size_t syllable = 0;
    for (std::size_t i = 0; i < phones.size(); ++i) {
        if (!isVowel(phones[i])) {
            continue;
        }
        if (syllable == stressed) {
            phones[i] = withStress(phones[i], Stress::Primary);
        } else if (syllable > stressed && isReduced(phones[i])) {
            phones[i] = schwa;
        }
        ++syllable;
    }
    return Pronunciation(std::move(phones));
}

} // namespace linnet::verse
