#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/api/tokenizer.h"
#include "verse/en_lexicon.h"

namespace linnet::verse {

// The stresses of a word: bit i stands for syllable i. Monosyllables bear what their place wants,
// so none of theirs count.
struct EnShape {
    int syllables = 1;
    std::uint32_t primaries = 0;

    friend bool operator==(const EnShape&, const EnShape&) = default;
};

using RhymeKey = std::int32_t; // index of a sequence of phonemes, from the last stressed vowel on
constexpr RhymeKey noRhyme = -1;

// One way to say a word, reduced to what a form asks about.
struct EnSound {
    std::uint16_t shape = 0; // index into EnVocabulary::shapes()
    RhymeKey key = noRhyme;
    std::uint8_t keySyllables = 0; // 1: a masculine ending, 2: a feminine one
    std::int32_t phonemes = 0;     // the same for homophones
    // The vowel that the rhyme begins with bears the primary stress, so that nobody can hear the
    // rhyme begin earlier. Only such words are put at the ends of lines.
    bool plainRhyme = false;
};

// Whom a pronoun speaks of or to. "It" is nobody.
enum class EnPerson : std::uint8_t { None, I, We, Thou, You, He, She, They };
constexpr std::size_t enPersonCount = 8;
// The time of a verb, of those that show it without doubt.
enum class EnTense : std::uint8_t { None, Past, Present };
constexpr std::size_t enTenseCount = 3;

struct EnWord {
    engine::TokenId token = 0;
    std::string text;
    std::vector<EnSound> sounds;
    std::uint16_t shapeSet = 0; // index into EnVocabulary::shapeSets()
    bool function = false;      // an article, pronoun, preposition or the like: usually unstressed
    char initial = 0;           // first letter in lower case
    bool startsWithVowel = false; // in some pronunciation: "an" may stand before it
    bool startsWithConsonant = false;
    bool personal = false;   // a pronoun of a person, or a conjunction that argues
    bool determiner = false; // a noun has to follow: "the", "my"
    EnPerson person = EnPerson::None;
    EnTense tense = EnTense::None;
    bool hangs = false; // begins a clause that hangs on another one: "when", "who", "because"
    bool asks = false;  // may ask a question: "who"
};

// The words that an English verse model can write and the dictionary can say. Immutable.
class EnVocabulary {
public:
    EnVocabulary(const engine::Tokenizer& tokenizer, const EnLexicon& lexicon);

    std::span<const EnWord> words() const { return m_words; } // in token order
    const EnWord* word(engine::TokenId token) const;          // null: no word of the vocabulary
    const EnWord* find(std::string_view word) const;          // in any case
    std::span<const EnShape> shapes() const { return m_shapes; }
    // The sets of shapes that words have, for those with several pronunciations.
    std::span<const std::vector<std::uint16_t>> shapeSets() const { return m_shapeSets; }
    std::size_t tokenCount() const { return m_byToken.size(); }
    // The words whose rhyme is `key`.
    std::span<const std::int32_t> rhyming(RhymeKey key) const;
    std::size_t keyCount() const { return m_rhyming.size(); }

    // Marks that may stand in a line; all may end one, too.
    std::span<const engine::TokenId> marks() const { return m_marks; }
    // Those that end a sentence.
    std::span<const engine::TokenId> stops() const { return m_stops; }
    bool isMark(engine::TokenId token) const;
    engine::TokenId control(std::string_view name) const;
    std::string_view text(engine::TokenId token) const;
    // The token of any word or mark; the unknown token for others.
    engine::TokenId token(std::string_view text) const;

    // The number that its homophones share, if the vocabulary has one.
    std::optional<std::int32_t> phonemesOf(const Pronunciation& pronunciation) const;
    // The rhyme keys of any pronunciations, those of the vocabulary only.
    std::optional<RhymeKey> keyOf(const Pronunciation& pronunciation) const;

private:
    void addWord(engine::TokenId token, std::string_view text, const EnLexicon& lexicon);
    EnSound describe(const Pronunciation& pronunciation);
    std::uint16_t shapeSetOf(const EnWord& word);

    const engine::Tokenizer& m_tokenizer;
    std::vector<EnWord> m_words;
    std::vector<std::int32_t> m_byToken;
    std::unordered_map<std::string, std::int32_t> m_byText;
    std::vector<EnShape> m_shapes;
    std::vector<std::vector<std::uint16_t>> m_shapeSets;
    std::unordered_map<std::string, RhymeKey> m_keys;
    std::unordered_map<std::string, std::int32_t> m_phonemes;
    std::vector<std::vector<std::int32_t>> m_rhyming;
    std::vector<engine::TokenId> m_marks;
    std::vector<engine::TokenId> m_stops;
    engine::TokenId m_unknown = 0;
};

EnShape shapeOf(const Pronunciation& pronunciation);
// The phonemes without stress, as a key for maps.
std::string phonemeKey(std::span<const Phone> phones);
bool isFunctionWord(std::string_view word);

} // namespace linnet::verse
