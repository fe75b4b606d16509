#include "verse/rhyme_finder.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <unordered_set>

#include "engine/api/fnv1a.h"
#include "verse/mosaic_rhyme.h"

namespace linnet::verse {

namespace {

// A consonant stands for its family: voiced and voiceless stops, voiced and voiceless fricatives
// (with the affricates), nasals. Liquids and glides stand for themselves.
std::uint8_t familyOf(Phone phone) {
    struct Families {
        std::array<std::uint8_t, consonantCount> of{};
        Families() {
            for (std::uint8_t i = 0; i < consonantCount; ++i) {
                of[i] = i;
            }
            const auto join = [&](std::initializer_list<std::string_view> names) {
                const std::uint8_t first = *parsePhone(*names.begin());
                for (const std::string_view name : names) {
                    of[*parsePhone(name)] = first;
                }
            };
            join({"B", "D", "G"});
            join({"P", "T", "K"});
            join({"V", "DH", "Z", "ZH", "JH"});
            join({"F", "TH", "S", "SH", "CH"});
            join({"M", "N", "NG"});
        }
    };
    static const Families families;
    return isVowel(phone) ? phonemeOf(phone) : families.of[phone];
}

// What words of a kind have in common, as a hash of the rhyme part.
std::uint64_t keyOf(std::span<const Phone> rhymePart, RhymeKind kind) {
    engine::Fnv1a hash;
    bool first = true;
    for (const Phone phone : rhymePart) {
        const bool anyVowel = kind == RhymeKind::Slant && first;
        const auto part = anyVowel                    ? 63
                          : kind == RhymeKind::Family ? familyOf(phone)
                                                      : phonemeOf(phone);
        hash.add(static_cast<std::uint8_t>(part));
        first = false;
    }
    return hash.value();
}

// Without a consonant after the vowel every open word would be a slant rhyme.
bool hasKind(std::span<const Phone> rhymePart, RhymeKind kind) {
    return kind == RhymeKind::Perfect ||
           std::any_of(rhymePart.begin(), rhymePart.end(), [](Phone p) { return !isVowel(p); });
}

bool isPlainWord(std::string_view word) {
    return (word.size() > 1 || word == "a" || word == "i" || word == "o") &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

// Those of one word.
constexpr std::array<RhymeKind, 3> kinds{RhymeKind::Perfect, RhymeKind::Family, RhymeKind::Slant};

void order(std::vector<RhymingWord>& words, std::size_t limit) {
    const auto before = [](const RhymingWord& a, const RhymingWord& b) {
        if (a.score != b.score) {
            return a.score > b.score;
        }
        return a.syllables != b.syllables ? a.syllables < b.syllables : a.word < b.word;
    };
    const std::size_t kept = std::min(limit, words.size());
    std::partial_sort(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(kept), words.end(),
                      before);
    words.resize(kept);
}

} // namespace

std::string_view toString(RhymeKind kind) {
    switch (kind) {
    case RhymeKind::Perfect:
        return "perfect";
    case RhymeKind::Family:
        return "family";
    case RhymeKind::Slant:
        return "slant";
    case RhymeKind::Mosaic:
        return "mosaic";
    }
    return "perfect";
}

RhymeFinder::RhymeFinder(const EnPronouncer& pronouncer)
    : m_pronouncer(pronouncer) {
    m_entries.reserve(140000);
    pronouncer.lexicon().forEach(
        [this](std::string_view word, std::span<const Pronunciation> pronunciations) {
            if (isPlainWord(word)) {
                add(word, pronunciations);
            }
        });
    m_words.push_back(static_cast<std::uint32_t>(m_text.size()));
    for (Index& index : m_indices) {
        std::sort(index.begin(), index.end());
    }
}

void RhymeFinder::add(std::string_view word, std::span<const Pronunciation> pronunciations) {
    const auto number = static_cast<std::uint32_t>(m_words.size());
    m_words.push_back(static_cast<std::uint32_t>(m_text.size()));
    m_text += word;
    for (const Pronunciation& pronunciation : pronunciations) {
        const auto part = pronunciation.rhymePart();
        if (part.empty()) {
            continue;
        }
        const auto entry = static_cast<std::uint32_t>(m_entries.size());
        const auto phones = pronunciation.phones();
        m_entries.push_back({number, static_cast<std::uint32_t>(m_phones.size()),
                             static_cast<std::uint8_t>(phones.size()),
                             static_cast<std::uint8_t>(pronunciation.syllables())});
        m_phones.insert(m_phones.end(), phones.begin(), phones.end());
        for (const RhymeKind kind : kinds) {
            if (hasKind(part, kind)) {
                m_indices[static_cast<std::size_t>(kind)].emplace_back(keyOf(part, kind), entry);
            }
        }
    }
}

std::string_view RhymeFinder::wordOf(const Entry& entry) const {
    const std::uint32_t begin = m_words[entry.word];
    return std::string_view(m_text).substr(begin, m_words[entry.word + 1] - begin);
}

std::span<const Phone> RhymeFinder::phonesOf(const Entry& entry) const {
    return std::span(m_phones).subspan(entry.phones, entry.length);
}

void RhymeFinder::forEachMatch(const Sounding& sounding, RhymeKind kind,
                               const std::function<void(const Entry&)>& visit) const {
    const Index& index = m_indices[static_cast<std::size_t>(kind)];
    for (const Pronunciation& pronunciation : sounding.pronunciations) {
        const auto part = pronunciation.rhymePart();
        if (part.empty() || !hasKind(part, kind)) {
            continue;
        }
        const std::uint64_t key = keyOf(part, kind);
        auto at = std::lower_bound(index.begin(), index.end(), std::pair(key, 0U));
        for (; at != index.end() && at->first == key; ++at) {
            visit(m_entries[at->second]);
        }
    }
}

Sounding RhymeFinder::soundingOf(std::string_view words) const {
    const auto takeLast = [&] {
        words = words.substr(0, words.find_last_not_of(' ') + 1);
        const std::size_t space = words.rfind(' ');
        const std::string_view last = words.substr(space + 1); // npos + 1 is 0
        words = words.substr(0, space == std::string_view::npos ? 0 : space);
        return last;
    };
    const std::string_view last = takeLast();
    const std::string_view before = takeLast();
    Sounding sounding = m_pronouncer.sounding(last);
    if (!before.empty()) {
        const Sounding first = m_pronouncer.sounding(before);
        auto together = saidTogether(first, EnLexicon::normalised(last));
        if (!together.empty()) {
            sounding.pronunciations = std::move(together);
            sounding.how = first.how;
        }
    }
    return sounding;
}

// Words whose rhyme part the rhyme begins with, before endings that make up the rest of it.
std::vector<RhymingWord> RhymeFinder::findMosaics(const Sounding& sounding,
                                                  const RhymeQuery& query) const {
    const Index& index = m_indices[static_cast<std::size_t>(RhymeKind::Perfect)];
    std::vector<RhymingWord> found;
    std::unordered_set<std::string> taken;
    for (const Pronunciation& own : sounding.pronunciations) {
        const auto part = own.rhymePart();
        for (const WeakEnding& ending : weakEndings()) {
            const auto weak = ending.said.phones();
            if (weak.size() >= part.size() || !samePhonemes(part.last(weak.size()), weak)) {
                continue;
            }
            const auto rest = part.first(part.size() - weak.size());
            const std::uint64_t key = keyOf(rest, RhymeKind::Perfect);
            auto at = std::lower_bound(index.begin(), index.end(), std::pair(key, 0U));
            for (; at != index.end() && at->first == key; ++at) {
                const Entry& entry = m_entries[at->second];
                const int syllables = entry.syllables + ending.said.syllables();
                const std::string_view word = wordOf(entry);
                // The same sounds before the rhyme, too, make it no rhyme.
                const auto ahead = own.phones().first(own.phones().size() - weak.size());
                const auto phones = phonesOf(entry);
                const bool stressed =
                    stressOf(phones[phones.size() - rest.size()]) == Stress::Primary;
                const std::string both = std::string(word) + ' ' + std::string(ending.word);
                if (!stressed || samePhonemes(ahead, phones) || isWeakPronoun(word) ||
                    (query.syllables != 0 && query.syllables != syllables) ||
                    !taken.insert(both).second) {
                    continue;
                }
                found.push_back(
                    {both, RhymeKind::Mosaic, syllables, query.score ? query.score(word) : 0.0});
            }
        }
    }
    order(found, query.limit);
    return found;
}

std::vector<RhymingWord> RhymeFinder::find(std::string_view word, const RhymeQuery& query) const {
    const Sounding sounding = soundingOf(word);
    const auto isHomophone = [&](const Entry& entry) {
        return std::any_of(
            sounding.pronunciations.begin(), sounding.pronunciations.end(),
            [&](const Pronunciation& own) { return samePhonemes(own.phones(), phonesOf(entry)); });
    };
    // The word itself and its homophones are among its perfect rhymes; they are out for every kind.
    std::unordered_set<std::uint32_t> taken;
    const std::string self = EnLexicon::normalised(word);
    forEachMatch(sounding, RhymeKind::Perfect, [&](const Entry& entry) {
        if (wordOf(entry) == self || isHomophone(entry)) {
            taken.insert(entry.word);
        }
    });
    std::vector<RhymingWord> all;
    for (const RhymeKind kind : kinds) {
        std::vector<RhymingWord> found;
        forEachMatch(sounding, kind, [&](const Entry& entry) {
            if ((query.syllables == 0 || query.syllables == entry.syllables) &&
                taken.insert(entry.word).second) {
                const std::string_view other = wordOf(entry);
                found.push_back({std::string(other), kind, entry.syllables,
                                 query.score ? query.score(other) : 0.0});
            }
        });
        order(found, query.limit);
        all.insert(all.end(), std::make_move_iterator(found.begin()),
                   std::make_move_iterator(found.end()));
    }
    auto mosaics = findMosaics(sounding, query);
    all.insert(all.end(), std::make_move_iterator(mosaics.begin()),
               std::make_move_iterator(mosaics.end()));
    return all;
}

namespace {

// The best characters first, at most `limit`.
void order(std::vector<char32_t>& characters, std::size_t limit, const CharacterScore& score) {
    std::vector<std::pair<double, char32_t>> ranked;
    ranked.reserve(characters.size());
    for (const char32_t character : characters) {
        ranked.emplace_back(-score(character), character);
    }
    std::sort(ranked.begin(), ranked.end());
    characters.clear();
    for (std::size_t i = 0; i < std::min(limit, ranked.size()); ++i) {
        characters.push_back(ranked[i].second);
    }
}

CharacterScore scoreOr(const ZhLexicon& lexicon, const CharacterScore& score) {
    return score ? score
                 : [&lexicon](char32_t c) { return static_cast<double>(lexicon.frequency(c)); };
}

} // namespace

std::vector<RhymingCharacters> rhymesOf(const ZhLexicon& lexicon, char32_t character, Script script,
                                        std::size_t limit, const CharacterScore& score) {
    const CharacterScore rank = scoreOr(lexicon, score);
    const auto charactersOf = [&](RhymeGroupId group) {
        const auto members = lexicon.characters(group, script);
        std::vector<char32_t> characters;
        std::copy_if(members.begin(), members.end(), std::back_inserter(characters),
                     [&](char32_t c) { return c != character && lexicon.belongsTo(c, script); });
        order(characters, limit, rank);
        return characters;
    };
    std::vector<RhymingCharacters> all;
    for (const ZhReading reading : lexicon.readings(character, script)) {
        RhymingCharacters entry;
        entry.reading = reading;
        entry.characters = charactersOf(reading.group);
        for (std::size_t i = 0; i < lexicon.groups().size(); ++i) {
            const auto other = static_cast<RhymeGroupId>(i);
            if (lexicon.areNeighbours(reading.group, other)) {
                entry.neighbours.emplace_back(other, charactersOf(other));
            }
        }
        all.push_back(std::move(entry));
    }
    return all;
}

std::vector<char32_t> charactersOfTone(const ZhLexicon& lexicon, bool oblique, Script script,
                                       std::size_t limit, const CharacterScore& score) {
    std::vector<char32_t> characters;
    for (std::size_t i = 0; i < lexicon.groups().size(); ++i) {
        if (isOblique(lexicon.groups()[i].tone) == oblique) {
            const auto members = lexicon.characters(static_cast<RhymeGroupId>(i), script);
            std::copy_if(members.begin(), members.end(), std::back_inserter(characters),
                         [&](char32_t c) { return lexicon.belongsTo(c, script); });
        }
    }
    std::sort(characters.begin(), characters.end());
    characters.erase(std::unique(characters.begin(), characters.end()), characters.end());
    order(characters, limit, scoreOr(lexicon, score));
    return characters;
}

} // namespace linnet::verse
