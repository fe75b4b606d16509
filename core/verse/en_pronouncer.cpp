#include "verse/en_pronouncer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "verse/en_letters.h"
#include "verse/en_word_forms.h"

namespace linnet::verse {

namespace {

// So many ways to say one word are enough.
constexpr std::size_t maxPronunciations = 8;

bool isWordLetter(char c) {
    return (c >= 'a' && c <= 'z') || c == '\'';
}

Sounding derived(std::vector<Pronunciation> pronunciations, SoundSource how, std::string from) {
    std::vector<Pronunciation> all;
    for (Pronunciation& pronunciation : pronunciations) {
        if (std::find(all.begin(), all.end(), pronunciation) == all.end() &&
            all.size() < maxPronunciations) {
            all.push_back(std::move(pronunciation));
        }
    }
    return {std::move(all), how, std::move(from)};
}

// Finds one word; `depth` bounds how many steps a derivation takes.
class Search {
public:
    explicit Search(const EnLexicon& lexicon)
        : m_lexicon(lexicon) {}

    std::optional<Sounding> find(const std::string& word, int depth) const {
        if (auto listed = m_lexicon.pronunciations(word); !listed.empty()) {
            return Sounding{std::move(listed), SoundSource::Dictionary, {}};
        }
        if (depth == 0 || word.empty()) {
            return std::nullopt;
        }
        using Step = std::optional<Sounding> (Search::*)(const std::string&, int) const;
        static constexpr std::array<Step, 7> steps{
            &Search::poetic,  &Search::hyphenated, &Search::elided,  &Search::inflected,
            &Search::affixed, &Search::respelt,    &Search::compound};
        for (const Step step : steps) {
            if (auto found = (this->*step)(word, depth)) {
                return found;
            }
        }
        return std::nullopt;
    }

private:
    std::optional<Sounding> poetic(const std::string& word, int) const {
        const auto phones = poeticPronunciation(word);
        if (!phones) {
            return std::nullopt;
        }
        return derived({*phones}, SoundSource::Poetic, {});
    }

    // Parts that are known one by one.
    std::optional<Sounding> hyphenated(const std::string& word, int depth) const {
        const std::size_t hyphen = word.find('-');
        if (hyphen == std::string::npos) {
            return std::nullopt;
        }
        const std::string first = word.substr(0, hyphen);
        const std::string second = word.substr(hyphen + 1);
        return joined(find(first, depth), find(second, depth), first, second);
    }

    // heav'n, ev'ry: the listed word with the vowel, said without it.
    std::optional<Sounding> elided(const std::string& word, int) const {
        const std::size_t mark = word.find('\'', 1);
        if (mark == std::string::npos || mark + 1 >= word.size()) {
            return std::nullopt;
        }
        for (const char vowel : std::string_view("eoia")) {
            std::string full = word;
            full[mark] = vowel;
            const auto listed = m_lexicon.pronunciations(full);
            int most = 0;
            for (const Pronunciation& pronunciation : listed) {
                most = std::max(most, pronunciation.syllables());
            }
            std::vector<Pronunciation> shorter;
            for (const Pronunciation& pronunciation : listed) {
                if (pronunciation.syllables() < most) { // listed without the vowel
                    shorter.push_back(pronunciation);
                } else if (auto without = withoutVowel(pronunciation, word.substr(0, mark))) {
                    shorter.push_back(std::move(*without));
                }
            }
            if (!shorter.empty()) {
                return derived(std::move(shorter), SoundSource::Elision, full);
            }
        }
        return std::nullopt;
    }

    // The first ending that leaves a known word. Letters are no ground for a derivation.
    std::optional<Sounding> inflected(const std::string& word, int depth) const {
        for (const Ending& ending : endings()) {
            const std::size_t least = ending.letters.size() == 1 ? 3 : 2; // letters of a base
            if (word.size() < ending.letters.size() + least || !word.ends_with(ending.letters)) {
                continue;
            }
            const std::string stem = word.substr(0, word.size() - ending.letters.size());
            for (const std::string& base : basesOf(stem, ending)) {
                const auto found = find(base, depth - 1);
                if (!found) {
                    continue;
                }
                std::vector<Pronunciation> all;
                for (const Pronunciation& pronunciation : found->pronunciations) {
                    all.push_back(withEnding(pronunciation, ending));
                }
                return derived(std::move(all), ending.how,
                               base + " + -" + std::string(ending.letters));
            }
        }
        return std::nullopt;
    }

    std::optional<Sounding> affixed(const std::string& word, int depth) const {
        for (const Prefix& prefix : prefixes()) {
            if (word.size() < prefix.letters.size() + 3 || !word.starts_with(prefix.letters)) {
                continue;
            }
            const std::string base = word.substr(prefix.letters.size());
            if (const auto found = find(base, depth - 1)) {
                std::vector<Pronunciation> all;
                for (const Pronunciation& pronunciation : found->pronunciations) {
                    std::vector<Phone> phones = *parsePhones(prefix.phones);
                    const auto rest = pronunciation.phones();
                    phones.insert(phones.end(), rest.begin(), rest.end());
                    all.emplace_back(std::move(phones));
                }
                return derived(std::move(all), SoundSource::Affix,
                               std::string(prefix.letters) + "- + " + base);
            }
        }
        return std::nullopt;
    }

    // British for American spelling, and some older ones.
    std::optional<Sounding> respelt(const std::string& word, int) const {
        for (const Respelling& respelling : respellings()) {
            const std::size_t at = word.find(respelling.from);
            if (at == std::string::npos || at == 0) {
                continue;
            }
            std::string other = word;
            other.replace(at, respelling.from.size(), respelling.to);
            if (auto found = find(other, 1); found && (found->how == SoundSource::Dictionary ||
                                                       found->how == SoundSource::Inflection)) {
                return derived(std::move(found->pronunciations), SoundSource::Spelling, other);
            }
        }
        return std::nullopt;
    }

    // Two listed words of three letters or more, as even as possible.
    std::optional<Sounding> compound(const std::string& word, int) const {
        // Whereon, thereto: the second part may be short.
        if (word.size() >= 6 && (word.starts_with("where") || word.starts_with("there"))) {
            const std::string first = word.substr(0, 5);
            if (auto found =
                    joined(find(first, 0), find(word.substr(5), 0), first, word.substr(5))) {
                return found;
            }
        }
        if (word.size() < 6 || word.find('\'') != std::string::npos) {
            return std::nullopt;
        }
        std::vector<std::size_t> cuts;
        for (std::size_t cut = 3; cut + 3 <= word.size(); ++cut) {
            cuts.push_back(cut);
        }
        const auto shorterPart = [&](std::size_t cut) { return std::min(cut, word.size() - cut); };
        std::stable_sort(cuts.begin(), cuts.end(), [&](std::size_t a, std::size_t b) {
            return shorterPart(a) > shorterPart(b);
        });
        for (const std::size_t cut : cuts) {
            const std::string first = word.substr(0, cut);
            const std::string second = word.substr(cut);
            if (auto found = joined(find(first, 0), find(second, 0), first, second)) {
                return found;
            }
        }
        return std::nullopt;
    }

    // The second part keeps a secondary stress, as in "moonlight".
    static std::optional<Sounding> joined(const std::optional<Sounding>& first,
                                          const std::optional<Sounding>& second,
                                          const std::string& firstWord,
                                          const std::string& secondWord) {
        if (!first || !second) {
            return std::nullopt;
        }
        std::vector<Pronunciation> all;
        for (const Pronunciation& one : first->pronunciations) {
            for (const Pronunciation& other : second->pronunciations) {
                std::vector<Phone> phones(one.phones().begin(), one.phones().end());
                for (const Phone phone : other.phones()) {
                    phones.push_back(stressOf(phone) == Stress::Primary
                                         ? withStress(phone, Stress::Secondary)
                                         : phone);
                }
                all.emplace_back(std::move(phones));
            }
        }
        return derived(std::move(all), SoundSource::Compound, firstWord + " + " + secondWord);
    }

    const EnLexicon& m_lexicon;
};

} // namespace

std::string_view toString(SoundSource source) {
    switch (source) {
    case SoundSource::Dictionary:
        return "dictionary";
    case SoundSource::Poetic:
        return "poetic form";
    case SoundSource::Elision:
        return "elision";
    case SoundSource::Possessive:
        return "possessive";
    case SoundSource::Inflection:
        return "inflection";
    case SoundSource::Affix:
        return "affix";
    case SoundSource::Spelling:
        return "spelling";
    case SoundSource::Compound:
        return "compound";
    case SoundSource::Letters:
        return "letters";
    case SoundSource::None:
        return "none";
    }
    return "none";
}

Sounding EnPronouncer::sounding(std::string_view word) const {
    if (word.ends_with("\u00E8d")) { // blessèd: the ending is a syllable
        const std::string stem(word.substr(0, word.size() - 3));
        Sounding base = sounding(stem + "ed");
        for (Pronunciation& pronunciation : base.pronunciations) {
            pronunciation = withSyllabicEd(pronunciation);
        }
        return derived(std::move(base.pronunciations), SoundSource::Inflection, stem + " + -ed");
    }
    std::string plain = EnLexicon::normalised(foldAccents(word));
    if (auto found = Search(*m_lexicon).find(plain, 2)) {
        return *found;
    }
    // Quotation marks may have come along with the word.
    const std::size_t first = plain.find_first_not_of('\'');
    const std::size_t last = plain.find_last_not_of('\'');
    if (first == std::string::npos) {
        return {};
    }
    if (const std::string bare = plain.substr(first, last - first + 1); bare != plain) {
        return sounding(bare);
    }
    plain.erase(std::remove_if(plain.begin(), plain.end(), [](char c) { return !isWordLetter(c); }),
                plain.end());
    Pronunciation guess = pronounceLetters(plain);
    if (guess.phones().empty()) {
        return {};
    }
    return {{std::move(guess)}, SoundSource::Letters, {}};
}

} // namespace linnet::verse
