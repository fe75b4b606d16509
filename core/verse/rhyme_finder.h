#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verse/en_pronouncer.h"
#include "verse/zh_lexicon.h"

namespace linnet::verse {

// How close two English words come from the last stressed vowel on.
enum class RhymeKind : std::uint8_t {
    Perfect, // the same sounds: night, delight
    Family,  // the same vowels, consonants of the same family: night, ripe (Pattison 1991)
    Slant,   // the same consonants, another stressed vowel: love, move
    Mosaic,  // the same sounds, over two words: poet, know it
};

// "perfect", "family", "slant", "mosaic".
std::string_view toString(RhymeKind kind);

struct RhymingWord {
    std::string word; // of Mosaic, two with a space between them
    RhymeKind kind = RhymeKind::Perfect;
    int syllables = 0;
    double score = 0;
};

// How welcome a word is, for example its probability where it is to stand; more is better.
using WordScore = std::function<double(std::string_view word)>;

struct RhymeQuery {
    int syllables = 0;       // only words of so many; 0: of any number
    std::size_t limit = 100; // of each kind
    WordScore score;         // without it the shorter word comes first
};

// Finds the rhymes of a word among all words of the dictionary. Making one indexes the dictionary
// (about 0.1 s); a look-up then takes a millisecond or two. Const afterwards, any thread.
class RhymeFinder {
public:
    // `pronouncer` must outlive the finder.
    explicit RhymeFinder(const EnPronouncer& pronouncer);

    // By kind, then by score, then the shorter and the alphabetically first one. Any pronunciation
    // of the word counts; a word is named once, with its closest kind. The word itself and its
    // homophones do not rhyme; names of letters and possessives are left out. Of several words the
    // last counts, with the one before it when it is a weak ending (know it).
    std::vector<RhymingWord> find(std::string_view word, const RhymeQuery& query = {}) const;
    // How that word, or the last ones of several, are said.
    Sounding soundingOf(std::string_view words) const;

private:
    struct Entry {
        std::uint32_t word = 0;   // into m_words
        std::uint32_t phones = 0; // into m_phones, with its length
        std::uint8_t length = 0;
        std::uint8_t syllables = 0;
    };
    using Index = std::vector<std::pair<std::uint64_t, std::uint32_t>>; // key, entry; sorted

    // Calls `visit` for every entry whose rhyme part has the key of one of the pronunciations.
    void forEachMatch(const Sounding& sounding, RhymeKind kind,
                      const std::function<void(const Entry&)>& visit) const;
    std::vector<RhymingWord> findMosaics(const Sounding& sounding, const RhymeQuery& query) const;
    void add(std::string_view word, std::span<const Pronunciation> pronunciations);
    std::string_view wordOf(const Entry& entry) const;
    std::span<const Phone> phonesOf(const Entry& entry) const;

    const EnPronouncer& m_pronouncer;
    std::string m_text;
    std::vector<std::uint32_t> m_words; // where each word begins; one more for the end
    std::vector<Phone> m_phones;
    std::vector<Entry> m_entries;
    std::array<Index, 3> m_indices; // by RhymeKind
};

// The characters that share a rhyme group with one reading of a character.
struct RhymingCharacters {
    ZhReading reading;
    std::vector<char32_t> characters; // of the group, without the character itself
    std::vector<std::pair<RhymeGroupId, std::vector<char32_t>>> neighbours; // 邻韵
};

using CharacterScore = std::function<double(char32_t character)>;

// One entry for each reading, with characters of the script only. Ordered by score; without one the
// more frequent character of the classical poems comes first. `limit` holds for each list.
std::vector<RhymingCharacters> rhymesOf(const ZhLexicon& lexicon, char32_t character, Script script,
                                        std::size_t limit = 200, const CharacterScore& score = {});

// Characters that can be level, or oblique, in the same order.
std::vector<char32_t> charactersOfTone(const ZhLexicon& lexicon, bool oblique, Script script,
                                       std::size_t limit = 200, const CharacterScore& score = {});

} // namespace linnet::verse
