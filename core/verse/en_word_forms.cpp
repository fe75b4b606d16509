#include "verse/en_word_forms.h"

#include <algorithm>
#include <array>

#include "verse/utf8.h"

namespace linnet::verse {

namespace {

struct PoeticForm {
    std::string_view word;
    std::string_view phones;
};

constexpr std::array<PoeticForm, 64> poeticForms{{
    {"o'er", "AO1 R"},
    {"e'er", "EH1 R"},
    {"ne'er", "N EH1 R"},
    {"whate'er", "W AH0 T EH1 R"},
    {"where'er", "W EH0 R EH1 R"},
    {"whene'er", "W EH0 N EH1 R"},
    {"howe'er", "HH AW0 EH1 R"},
    {"whoe'er", "HH UW0 EH1 R"},
    {"e'en", "IY1 N"},
    {"'tis", "T IH1 Z"},
    {"'twas", "T W AA1 Z"},
    {"'twere", "T W ER1"},
    {"'twill", "T W IH1 L"},
    {"'twould", "T W UH1 D"},
    {"'twixt", "T W IH1 K S T"},
    {"'gainst", "G EH1 N S T"},
    {"'mongst", "M AH1 NG S T"},
    {"'mong", "M AH1 NG"},
    {"'neath", "N IY1 TH"},
    {"'midst", "M IH1 D S T"},
    {"'mid", "M IH1 D"},
    {"'scape", "S K EY1 P"},
    {"'gan", "G AE1 N"},
    {"o'", "AH0"},
    {"i'", "IH0"},
    {"th'", "DH"},
    {"t'", "T"},
    {"wi'", "W IH1"},
    {"ta'en", "T EY1 N"},
    {"thou'rt", "DH AW1 R T"},
    {"thou'lt", "DH AW1 L T"},
    {"thou'st", "DH AW1 S T"},
    {"thou'dst", "DH AW1 D S T"},
    {"is't", "IH1 Z T"},
    {"was't", "W AA1 Z T"},
    {"on't", "AA1 N T"},
    {"in't", "IH1 N T"},
    {"for't", "F AO1 R T"},
    {"to't", "T UW1 T"},
    {"do't", "D UW1 T"},
    {"were't", "W ER1 T"},
    {"ha'", "HH AA1"},
    {"canst", "K AE1 N S T"},
    {"wouldst", "W UH1 D S T"},
    {"shouldst", "SH UH1 D S T"},
    {"couldst", "K UH1 D S T"},
    {"didst", "D IH1 D S T"},
    {"hadst", "HH AE1 D S T"},
    {"saith", "S EH1 TH"},
    {"nought", "N AO1 T"},
    {"beauteous", "B Y UW1 T IY0 AH0 S"},
    {"duteous", "D UW1 T IY0 AH0 S"},
    {"bounteous", "B AW1 N T IY0 AH0 S"},
    {"plenteous", "P L EH1 N T IY0 AH0 S"},
    {"piteous", "P IH1 T IY0 AH0 S"},
    {"covetous", "K AH1 V AH0 T AH0 S"},
    {"tyrannous", "T IH1 R AH0 N AH0 S"},
    {"timorous", "T IH1 M ER0 AH0 S"},
    {"foison", "F OY1 Z AH0 N"},
    {"forsooth", "F ER0 S UW1 TH"},
    {"methinks", "M IY0 TH IH1 NG K S"},
    {"methought", "M IY0 TH AO1 T"},
    {"withal", "W IH0 DH AO1 L"},
    {"'cide", "S AY1 D"},
}};

using Sound = Ending::Sound;

// Longer endings first where one ends in another.
constexpr std::array<Ending, 33> endingTable{{
    {"'s", Sound::S, "", SoundSource::Possessive},
    {"s'", Sound::S, "", SoundSource::Possessive},
    {"'d", Sound::D, "", SoundSource::Inflection},
    {"'st", Sound::Fixed, "S T", SoundSource::Inflection},
    {"'ll", Sound::Fixed, "AH0 L", SoundSource::Inflection},
    {"'ve", Sound::Fixed, "AH0 V", SoundSource::Inflection},
    {"'re", Sound::Fixed, "ER0", SoundSource::Inflection},
    {"in'", Sound::Fixed, "IH0 N", SoundSource::Inflection},
    {"edst", Sound::Fixed, "IH0 D S T", SoundSource::Inflection},
    {"eth", Sound::Fixed, "IH0 TH", SoundSource::Inflection},
    {"est", Sound::Fixed, "AH0 S T", SoundSource::Inflection},
    {"ing", Sound::Fixed, "IH0 NG", SoundSource::Inflection},
    {"ings", Sound::Fixed, "IH0 NG Z", SoundSource::Inflection},
    {"ed", Sound::D, "", SoundSource::Inflection},
    {"es", Sound::S, "", SoundSource::Inflection},
    {"s", Sound::S, "", SoundSource::Inflection},
    {"t", Sound::T, "", SoundSource::Inflection},
    {"ers", Sound::Fixed, "ER0 Z", SoundSource::Affix},
    {"er", Sound::Fixed, "ER0", SoundSource::Affix},
    {"ly", Sound::Fixed, "L IY0", SoundSource::Affix},
    {"nesses", Sound::Fixed, "N AH0 S IH0 Z", SoundSource::Affix},
    {"ness", Sound::Fixed, "N AH0 S", SoundSource::Affix},
    {"less", Sound::Fixed, "L AH0 S", SoundSource::Affix},
    {"ful", Sound::Fixed, "F AH0 L", SoundSource::Affix},
    {"ish", Sound::Fixed, "IH0 SH", SoundSource::Affix},
    {"ship", Sound::Fixed, "SH IH2 P", SoundSource::Affix},
    {"hood", Sound::Fixed, "HH UH2 D", SoundSource::Affix},
    {"like", Sound::Fixed, "L AY2 K", SoundSource::Affix},
    {"ward", Sound::Fixed, "W ER0 D", SoundSource::Affix},
    {"wards", Sound::Fixed, "W ER0 D Z", SoundSource::Affix},
    {"some", Sound::Fixed, "S AH0 M", SoundSource::Affix},
    {"able", Sound::Fixed, "AH0 B AH0 L", SoundSource::Affix},
    {"y", Sound::Fixed, "IY0", SoundSource::Affix},
}};

constexpr std::array<Prefix, 15> prefixTable{{
    {"o'er", "AO2 R"},
    {"un", "AH0 N"},
    {"re", "R IY0"},
    {"over", "OW2 V ER0"},
    {"out", "AW2 T"},
    {"fore", "F AO2 R"},
    {"mis", "M IH0 S"},
    {"dis", "D IH0 S"},
    {"non", "N AA2 N"},
    {"under", "AH2 N D ER0"},
    {"up", "AH2 P"},
    {"be", "B IH0"},
    {"en", "EH0 N"},
    {"in", "IH0 N"},
    {"a", "AH0"},
}};

constexpr std::array<Respelling, 18> respellingTable{{
    {"our", "or"},
    {"isa", "iza"},
    {"ise", "ize"},
    {"isi", "izi"},
    {"yse", "yze"},
    {"lle", "le"},
    {"lli", "li"},
    {"tre", "ter"},
    {"aes", "es"},
    {"ae", "e"},
    {"oe", "e"},
    {"ence", "ense"},
    {"ogue", "og"},
    {"grey", "gray"},
    {"burthen", "burden"},
    {"murther", "murder"},
    {"ck", "c"},
    {"ph", "f"},
}};

bool isVowelLetter(char c) {
    return std::string_view("aeiouy").find(c) != std::string_view::npos;
}

bool isOneOf(Phone phone, std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return parsePhone(name) == phone; });
}

// Does a stem more likely come from a word with a silent e (lov, danc, pleas) than from the same
// letters (grow, walk, wander)?
bool losesE(std::string_view stem) {
    const std::size_t size = stem.size();
    if (size < 2) {
        return false;
    }
    const char last = stem[size - 1];
    const bool afterVowel = isVowelLetter(stem[size - 2]);
    if (std::string_view("vcszu").find(last) != std::string_view::npos && last != stem[size - 2]) {
        return true; // English words hardly end in these letters
    }
    if (isVowelLetter(last) || std::string_view("wxh").find(last) != std::string_view::npos) {
        return false;
    }
    if (!afterVowel) {
        return last == 'g' && stem[size - 2] != 'g'; // chang, but not hang: both are tried
    }
    const bool longVowel = size >= 3 && isVowelLetter(stem[size - 3]);
    const auto groups = std::count_if(stem.begin(), stem.end(), isVowelLetter);
    const bool weakEnding = stem.ends_with("er") || stem.ends_with("en") || stem.ends_with("on") ||
                            stem.ends_with("or") || stem.ends_with("el") || stem.ends_with("om");
    return !longVowel && !(groups > 1 && weakEnding);
}

// What -s and -ed sound like after a last phone.
std::string_view soundOf(Sound sound, Phone last) {
    const bool voiceless = isOneOf(last, {"P", "T", "K", "F", "TH", "S", "SH", "CH"});
    if (sound == Sound::S) {
        const bool sibilant = isOneOf(last, {"S", "Z", "SH", "ZH", "CH", "JH"});
        return sibilant ? "IH0 Z" : voiceless ? "S" : "Z";
    }
    if (sound == Sound::T) {
        return "T";
    }
    return isOneOf(last, {"T", "D"}) ? "IH0 D" : voiceless ? "T" : "D";
}

} // namespace

std::optional<std::vector<Phone>> parsePhones(std::string_view phones) {
    const auto parsed = Pronunciation::parse(phones);
    if (!parsed) {
        return std::nullopt;
    }
    return std::vector<Phone>(parsed->phones().begin(), parsed->phones().end());
}

std::optional<Pronunciation> poeticPronunciation(std::string_view word) {
    const auto found = std::find_if(poeticForms.begin(), poeticForms.end(),
                                    [&](const PoeticForm& form) { return form.word == word; });
    return found != poeticForms.end() ? Pronunciation::parse(found->phones) : std::nullopt;
}

std::span<const Ending> endings() {
    return endingTable;
}

std::span<const Prefix> prefixes() {
    return prefixTable;
}

std::span<const Respelling> respellings() {
    return respellingTable;
}

std::vector<std::string> basesOf(const std::string& stem, const Ending& ending) {
    if (ending.letters == "s'") {
        return {stem + "s", stem};
    }
    if (ending.letters == "in'") {
        return {stem + "e", stem};
    }
    const char first = ending.letters.front() == '\'' ? 'e' : ending.letters.front();
    const bool possessive = ending.how == SoundSource::Possessive;
    if (possessive || ending.letters == "s" || ending.letters == "'ll" || !isVowelLetter(first)) {
        std::vector<std::string> bases{stem};
        if (!possessive && stem.back() == 'i') { // happi(ness)
            bases.push_back(stem.substr(0, stem.size() - 1) + "y");
        }
        return bases;
    }
    std::vector<std::string> bases{stem, stem + "e"};
    if (losesE(stem)) {
        std::swap(bases[0], bases[1]);
    }
    const std::size_t size = stem.size();
    if (size > 2 && stem[size - 1] == stem[size - 2]) {
        bases.push_back(stem.substr(0, size - 1));
    }
    if (stem.back() == 'i') {
        bases.push_back(stem.substr(0, size - 1) + "y");
    }
    return bases;
}

Pronunciation withEnding(const Pronunciation& base, const Ending& ending) {
    const auto old = base.phones();
    std::vector<Phone> phones(old.begin(), old.end());
    const std::string_view sound =
        ending.sound == Sound::Fixed ? ending.phones : soundOf(ending.sound, phones.back());
    // The plural possessive of a word that has its s already sounds the same.
    if (ending.letters == "s'" && isOneOf(phones.back(), {"S", "Z"})) {
        return base;
    }
    const auto more = *parsePhones(sound);
    phones.insert(phones.end(), more.begin(), more.end());
    return Pronunciation(std::move(phones));
}

Pronunciation withSyllabicEd(const Pronunciation& pronunciation) {
    const auto old = pronunciation.phones();
    std::vector<Phone> phones(old.begin(), old.end());
    const bool syllabic = phones.size() >= 2 && isVowel(phones[phones.size() - 2]) &&
                          phones.back() == *parsePhone("D") && phones.size() >= 3 &&
                          isOneOf(phones[phones.size() - 3], {"T", "D"});
    if (syllabic || phones.empty() || !isOneOf(phones.back(), {"T", "D"})) {
        return pronunciation;
    }
    phones.pop_back();
    const auto more = *parsePhones("IH0 D");
    phones.insert(phones.end(), more.begin(), more.end());
    return Pronunciation(std::move(phones));
}

std::string foldAccents(std::string_view word) {
    struct Folding {
        std::u32string_view letters;
        std::string_view plain;
    };
    static constexpr std::array<Folding, 9> foldings{{{U"àáâäãåÀÁÂÄ", "a"},
                                                      {U"èéêëÈÉÊË", "e"},
                                                      {U"ìíîïÌÍÎÏ", "i"},
                                                      {U"òóôöõÒÓÔÖ", "o"},
                                                      {U"ùúûüÙÚÛÜ", "u"},
                                                      {U"çÇ", "c"},
                                                      {U"ñÑ", "n"},
                                                      {U"æÆ", "ae"},
                                                      {U"œŒ", "oe"}}};
    std::string plain;
    for (const char32_t value : toCodePoints(word)) {
        const auto found =
            std::find_if(foldings.begin(), foldings.end(), [&](const Folding& folding) {
                return folding.letters.find(value) != std::u32string_view::npos;
            });
        if (found != foldings.end()) {
            plain += found->plain;
        } else {
            appendUtf8(plain, value);
        }
    }
    return plain;
}

std::optional<Pronunciation> withoutVowel(const Pronunciation& pronunciation,
                                          std::string_view before) {
    int syllables = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const bool starts = isVowelLetter(before[i]) && (i == 0 || !isVowelLetter(before[i - 1]));
        syllables += starts ? 1 : 0;
    }
    const auto old = pronunciation.phones();
    std::vector<Phone> phones;
    int seen = 0;
    bool removed = false;
    for (const Phone phone : old) {
        const bool here = isVowel(phone) && seen++ == syllables && stressOf(phone) == Stress::None;
        if (!here) {
            phones.push_back(phone);
            continue;
        }
        removed = true;
        if (phonemeOf(phone) == phonemeOf(*parsePhone("ER0"))) { // the r remains
            phones.push_back(*parsePhone("R"));
        }
    }
    if (!removed) {
        return std::nullopt;
    }
    return Pronunciation(std::move(phones));
}

} // namespace linnet::verse
