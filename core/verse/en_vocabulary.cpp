#include "verse/en_vocabulary.h"

#include <algorithm>
#include <array>

#include "verse/english_words.h"
#include "verse/poem_record.h"
#include "verse/token_spelling.h"

namespace linnet::verse {

using engine::TokenId;

namespace {

constexpr std::array<std::string_view, 8> wantedMarks = {",", ".", ";",   ":",
                                                         "!", "?", "...", "\u2014"};
constexpr std::array<std::string_view, 3> wantedStops = {".", "!", "?"};

// Words that are usually said without stress (closed classes of English). Sorted.
constexpr auto functionWords = std::to_array<std::string_view>(
    {"a",      "am",    "an",    "and",   "are",   "as",    "at",     "be",    "been",  "but",
     "by",     "can",   "could", "did",   "do",    "does",  "for",    "from",  "had",   "has",
     "hath",   "have",  "he",    "her",   "him",   "his",   "i",      "if",    "in",    "is",
     "it",     "its",   "may",   "me",    "might", "mine",  "must",   "my",    "nor",   "o",
     "of",     "on",    "or",    "our",   "shall", "she",   "should", "so",    "some",  "than",
     "that",   "the",   "thee",  "their", "them",  "then",  "they",   "thine", "this",  "thou",
     "though", "thy",   "till",  "to",    "unto",  "up",    "upon",   "us",    "was",   "we",
     "were",   "what",  "when",  "where", "which", "while", "who",    "whom",  "whose", "will",
     "with",   "would", "ye",    "yet",   "you",   "your"});

// Words that nothing but a noun or its attributes can follow.
constexpr auto determiners = std::to_array<std::string_view>(
    {"a", "an", "every", "my", "our", "the", "their", "thy", "your"});

// Words that tell and argue where images should only show.
constexpr auto personals = std::to_array<std::string_view>(
    {"and",   "am",   "are",  "art",   "as",   "be",     "but",   "did",  "do",   "for",
     "hast",  "hath", "he",   "he's",  "her",  "him",    "his",   "i",    "i'll", "i'm",
     "if",    "is",   "it",   "lord",  "man",  "me",     "mine",  "must", "my",   "nor",
     "o",     "oh",   "or",   "our",   "say",  "shall",  "she",   "so",   "that", "thee",
     "their", "them", "then", "they",  "thou", "though", "thy",   "upon", "us",   "was",
     "we",    "were", "when", "which", "who",  "will",   "would", "ye",   "you",  "your"});

struct Pronoun {
    std::string_view text;
    EnPerson person = EnPerson::None;
};
constexpr auto pronouns = std::to_array<Pronoun>(
    {{"i", EnPerson::I},          {"me", EnPerson::I},         {"my", EnPerson::I},
     {"mine", EnPerson::I},       {"myself", EnPerson::I},     {"i'm", EnPerson::I},
     {"i'll", EnPerson::I},       {"i've", EnPerson::I},       {"we", EnPerson::We},
     {"us", EnPerson::We},        {"our", EnPerson::We},       {"ours", EnPerson::We},
     {"thou", EnPerson::Thou},    {"thee", EnPerson::Thou},    {"thy", EnPerson::Thou},
     {"thine", EnPerson::Thou},   {"thyself", EnPerson::Thou}, {"ye", EnPerson::You},
     {"you", EnPerson::You},      {"your", EnPerson::You},     {"yours", EnPerson::You},
     {"yourself", EnPerson::You}, {"he", EnPerson::He},        {"him", EnPerson::He},
     {"his", EnPerson::He},       {"himself", EnPerson::He},   {"he's", EnPerson::He},
     {"she", EnPerson::She},      {"her", EnPerson::She},      {"hers", EnPerson::She},
     {"herself", EnPerson::She},  {"she's", EnPerson::She},    {"they", EnPerson::They},
     {"them", EnPerson::They},    {"their", EnPerson::They}});

constexpr auto pasts = std::to_array<std::string_view>(
    {"was",   "were",  "had",   "did",    "came",   "went", "saw",  "said", "stood", "sat",
     "knew",  "heard", "felt",  "took",   "gave",   "told", "fell", "grew", "began", "thought",
     "spoke", "lay",   "found", "seemed", "looked", "ran",  "rose", "made", "cried", "turned"});
constexpr auto presents = std::to_array<std::string_view>(
    {"am",    "is",   "are",  "has",   "have", "do",   "does",  "will",  "shall",
     "can",   "may",  "hath", "doth",  "art",  "hast", "dost",  "wilt",  "shalt",
     "comes", "goes", "says", "knows", "sees", "know", "seems", "makes", "stands",
     "it's",  "i'm",  "he's", "she's", "i'll", "i've", "lies",  "falls", "gives"});

// "That" and "as" do so much else that they say nothing.
constexpr auto hanging = std::to_array<std::string_view>(
    {"when", "while", "till", "until", "where", "though", "although", "because", "if", "ere", "who",
     "whom", "whose", "which", "unless", "lest", "what", "whence", "whither"});
constexpr auto asking = std::to_array<std::string_view>({"who", "whom", "whose", "what"});

template <typename List>
bool isIn(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

EnPerson personOf(std::string_view word) {
    const auto found = std::find_if(pronouns.begin(), pronouns.end(),
                                    [&](const Pronoun& one) { return one.text == word; });
    return found != pronouns.end() ? found->person : EnPerson::None;
}

} // namespace

bool isFunctionWord(std::string_view word) {
    return isIn(functionWords, word);
}

EnShape shapeOf(const Pronunciation& pronunciation) {
    const std::vector<Stress> stresses = pronunciation.stresses();
    EnShape shape{static_cast<int>(stresses.size()), 0};
    for (std::size_t i = 0; i < stresses.size() && stresses.size() > 1; ++i) {
        shape.primaries |= stresses[i] == Stress::Primary ? 1U << i : 0U;
    }
    return shape;
}

std::string phonemeKey(std::span<const Phone> phones) {
    std::string key;
    for (const Phone phone : phones) {
        key += static_cast<char>(phonemeOf(phone) + 1);
    }
    return key;
}

EnVocabulary::EnVocabulary(const engine::Tokenizer& tokenizer, const EnLexicon& lexicon)
    : m_tokenizer(tokenizer)
    , m_byToken(static_cast<std::size_t>(tokenizer.size()), -1)
    , m_unknown(tokenizer.find(record_token::unknown).value_or(0)) {
    for (TokenId token = 0; token < tokenizer.size(); ++token) {
        const std::string_view text = spellingOf(tokenizer, token);
        if (tokenizer.isSpecial(token) || text.empty()) {
            continue;
        }
        if (std::find(wantedMarks.begin(), wantedMarks.end(), text) != wantedMarks.end()) {
            m_marks.push_back(token);
        }
        if (std::find(wantedStops.begin(), wantedStops.end(), text) != wantedStops.end()) {
            m_stops.push_back(token);
        }
        if (!verse::isMark(text)) {
            addWord(token, text, lexicon);
        }
    }
}

void EnVocabulary::addWord(TokenId token, std::string_view text, const EnLexicon& lexicon) {
    EnWord word;
    word.token = token;
    word.text = text;
    const std::string lower = lowerCase(text);
    const bool letter = lower.size() == 1 && lower != "a" && lower != "i" && lower != "o";
    if (letter || lower == "st") {
        return; // said as the name of a letter, or short for a word that is said otherwise
    }
    for (const Pronunciation& pronunciation : lexicon.pronunciations(lower)) {
        if (pronunciation.syllables() > 0) {
            word.sounds.push_back(describe(pronunciation));
            (isVowel(pronunciation.phones().front()) ? word.startsWithVowel
                                                     : word.startsWithConsonant) = true;
        }
    }
    if (word.sounds.empty()) {
        return;
    }
    word.shapeSet = shapeSetOf(word);
    word.function = isFunctionWord(lower);
    word.personal = isIn(personals, lower);
    word.determiner = isIn(determiners, lower);
    word.person = personOf(lower);
    word.tense = isIn(pasts, lower)      ? EnTense::Past
                 : isIn(presents, lower) ? EnTense::Present
                                         : EnTense::None;
    word.hangs = isIn(hanging, lower);
    word.asks = isIn(asking, lower);
    const auto first =
        std::find_if(lower.begin(), lower.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    word.initial = first != lower.end() ? *first : '\0';
    const auto index = static_cast<std::int32_t>(m_words.size());
    for (const EnSound& sound : word.sounds) {
        if (sound.key == noRhyme) {
            continue;
        }
        m_rhyming.resize(std::max(m_rhyming.size(), static_cast<std::size_t>(sound.key) + 1));
        auto& same = m_rhyming[static_cast<std::size_t>(sound.key)];
        if (same.empty() || same.back() != index) {
            same.push_back(index);
        }
    }
    m_byToken[static_cast<std::size_t>(token)] = index;
    m_byText.emplace(lower, index);
    m_words.push_back(std::move(word));
}

std::uint16_t EnVocabulary::shapeSetOf(const EnWord& word) {
    std::vector<std::uint16_t> shapes;
    for (const EnSound& sound : word.sounds) {
        if (std::find(shapes.begin(), shapes.end(), sound.shape) == shapes.end()) {
            shapes.push_back(sound.shape);
        }
    }
    std::sort(shapes.begin(), shapes.end());
    const auto known = std::find(m_shapeSets.begin(), m_shapeSets.end(), shapes);
    const auto index = static_cast<std::uint16_t>(known - m_shapeSets.begin());
    if (known == m_shapeSets.end()) {
        m_shapeSets.push_back(std::move(shapes));
    }
    return index;
}

EnSound EnVocabulary::describe(const Pronunciation& pronunciation) {
    EnSound sound;
    const EnShape shape = shapeOf(pronunciation);
    const auto known = std::find(m_shapes.begin(), m_shapes.end(), shape);
    sound.shape = static_cast<std::uint16_t>(known - m_shapes.begin());
    if (known == m_shapes.end()) {
        m_shapes.push_back(shape);
    }
    sound.phonemes = m_phonemes
                         .emplace(phonemeKey(pronunciation.phones()),
                                  static_cast<std::int32_t>(m_phonemes.size()))
                         .first->second;
    const std::span<const Phone> rhyme = pronunciation.rhymePart();
    if (!rhyme.empty()) {
        sound.key =
            m_keys.emplace(phonemeKey(rhyme), static_cast<RhymeKey>(m_keys.size())).first->second;
        sound.keySyllables =
            static_cast<std::uint8_t>(std::count_if(rhyme.begin(), rhyme.end(), isVowel));
        sound.plainRhyme = stressOf(rhyme.front()) == Stress::Primary;
    }
    return sound;
}

const EnWord* EnVocabulary::word(TokenId token) const {
    const auto at = static_cast<std::size_t>(token);
    return at < m_byToken.size() && m_byToken[at] >= 0
               ? &m_words[static_cast<std::size_t>(m_byToken[at])]
               : nullptr;
}

const EnWord* EnVocabulary::find(std::string_view text) const {
    const auto found = m_byText.find(lowerCase(text));
    return found != m_byText.end() ? &m_words[static_cast<std::size_t>(found->second)] : nullptr;
}

std::span<const std::int32_t> EnVocabulary::rhyming(RhymeKey key) const {
    const auto at = static_cast<std::size_t>(key);
    return key >= 0 && at < m_rhyming.size() ? std::span<const std::int32_t>(m_rhyming[at])
                                             : std::span<const std::int32_t>();
}

bool EnVocabulary::isMark(TokenId token) const {
    return std::find(m_marks.begin(), m_marks.end(), token) != m_marks.end();
}

TokenId EnVocabulary::control(std::string_view name) const {
    return m_tokenizer.find(name).value_or(m_unknown);
}

std::string_view EnVocabulary::text(TokenId token) const {
    return spellingOf(m_tokenizer, token);
}

TokenId EnVocabulary::token(std::string_view text) const {
    if (const EnWord* known = find(text)) {
        return known->token;
    }
    return m_tokenizer.find(text).value_or(m_unknown);
}

std::optional<std::int32_t> EnVocabulary::phonemesOf(const Pronunciation& pronunciation) const {
    const auto found = m_phonemes.find(phonemeKey(pronunciation.phones()));
    return found != m_phonemes.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<RhymeKey> EnVocabulary::keyOf(const Pronunciation& pronunciation) const {
    const auto found = m_keys.find(phonemeKey(pronunciation.rhymePart()));
    return found != m_keys.end() && !pronunciation.rhymePart().empty()
               ? std::optional(found->second)
               : std::nullopt;
}

} // namespace linnet::verse
