#include <algorithm>
#include <cstdlib>
#include <optional>
#include <unordered_set>

#include "training/verse_records.h"
#include "verse/english_words.h"

namespace linnet::training {

namespace {

constexpr double kTitleTheme = 0.45;
constexpr double kWordTheme = 0.35;
constexpr double kMeasureGiven = 0.8;
constexpr double kRegular = 0.6;           // share of lines near the measure
constexpr std::size_t kWholePoem = 20;     // lines of a poem that is not cut
constexpr std::size_t kLeastPiece = 12;    // lines; a piece ends at the next stanza break
constexpr std::size_t kSentencePiece = 16; // lines, after which a long stanza is cut
constexpr std::size_t kMostPiece = 28;     // lines of a piece of a long stanza
constexpr std::size_t kLeastRest = 5;      // lines that are a piece of their own

const std::vector<std::string>& marks() {
    static const std::vector<std::string> all = {",", ".", ";", ":",      "!",      "?",     "...",
                                                 "-", "(", ")", "\u2014", "\u201C", "\u201D"};
    return all;
}

/// Words that say nothing of what a poem is about.
bool isFunctionWord(const std::string& lower) {
    static const std::unordered_set<std::string> words = {
        "a",      "about",   "above",   "after",  "again",   "against", "all",     "am",
        "an",     "and",     "any",     "are",    "art",     "as",      "at",      "away",
        "be",     "because", "been",    "before", "behind",  "being",   "below",   "beneath",
        "beside", "between", "beyond",  "both",   "but",     "by",      "came",    "can",
        "cannot", "come",    "comes",   "could",  "did",     "do",      "does",    "don't",
        "done",   "dost",    "doth",    "down",   "each",    "e'en",    "e'er",    "else",
        "ere",    "even",    "ever",    "every",  "few",     "for",     "forth",   "from",
        "gave",   "get",     "give",    "given",  "go",      "goes",    "gone",    "got",
        "had",    "has",     "hast",    "hath",   "have",    "having",  "he",      "her",
        "here",   "hers",    "herself", "him",    "himself", "his",     "how",     "i",
        "i'll",   "i'm",     "i've",    "if",     "in",      "into",    "is",      "it",
        "its",    "itself",  "just",    "knew",   "know",    "known",   "less",    "let",
        "like",   "made",    "make",    "makes",  "many",    "may",     "me",      "might",
        "mine",   "more",    "most",    "much",   "must",    "my",      "myself",  "nay",
        "ne'er",  "neither", "never",   "no",     "none",    "nor",     "not",     "nothing",
        "now",    "o",       "o'er",    "of",     "off",     "oft",     "often",   "oh",
        "on",     "once",    "one",     "only",   "or",      "other",   "others",  "ought",
        "our",    "ours",    "out",     "over",   "own",     "part",    "perhaps", "put",
        "quite",  "rather",  "round",   "said",   "same",    "saw",     "say",     "says",
        "see",    "seem",    "seems",   "seen",   "shall",   "shalt",   "she",     "should",
        "since",  "so",      "some",    "still",  "such",    "take",    "tell",    "than",
        "that",   "that's",  "the",     "thee",   "their",   "theirs",  "them",    "then",
        "there",  "there's", "these",   "they",   "thine",   "thing",   "things",  "this",
        "those",  "thou",    "though",  "thro'",  "through", "thus",    "thy",     "thyself",
        "till",   "'tis",    "to",      "too",    "took",    "toward",  "towards", "'twas",
        "two",    "under",   "until",   "unto",   "up",      "upon",    "us",      "very",
        "was",    "we",      "well",    "went",   "were",    "wert",    "what",    "whate'er",
        "when",   "where",   "which",   "while",  "who",     "whom",    "whose",   "why",
        "will",   "wilt",    "with",    "within", "without", "would",   "ye",      "yes",
        "yet",    "you",     "your",    "yours"};
    return words.contains(lower);
}

bool isCapitalized(const std::string& word) {
    return word.front() >= 'A' && word.front() <= 'Z';
}

bool isAllCapitals(const std::string& word) {
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    return word.size() > 1 && std::none_of(word.begin(), word.end(), lower);
}

/// True if the word after this token starts a sentence or a quotation.
bool opensSentence(const std::string& token) {
    return token == "." || token == "!" || token == "?" || token == ":" || token == "\u201C" ||
           token == "\u2014" || token == "...";
}

bool endsSentence(const std::vector<std::string>& line) {
    const std::string& last = line.empty() ? std::string() : line.back();
    return last == "." || last == "!" || last == "?" || last == ";" || last == "\u201D";
}

verse::EnglishForm formOf(const std::string& name, const std::optional<verse::Measure>& measure) {
    using Form = verse::EnglishForm;
    static const std::map<std::string, Form> forms = {{"sonnet", Form::Sonnet},
                                                      {"ballad", Form::Ballad},
                                                      {"ballad-quatrains", Form::Ballad},
                                                      {"common measure", Form::Ballad},
                                                      {"limerick", Form::Limerick},
                                                      {"couplets", Form::Couplets},
                                                      {"couplet", Form::Couplets},
                                                      {"quatrains", Form::Quatrains},
                                                      {"quatrain", Form::Quatrains},
                                                      {"blank verse", Form::Blank},
                                                      {"haiku", Form::Haiku},
                                                      {"free verse", Form::Free}};
    if (name == "blank-or-free") {
        const bool pentameter =
            measure && !measure->common && std::abs(measure->syllables - 10) < 2;
        return pentameter ? Form::Blank : Form::Free;
    }
    const auto found = forms.find(name);
    return found == forms.end() ? Form::Other : found->second;
}

/// The median of the counts, if most lie next to it.
std::optional<int> regularCount(std::vector<int> counts) {
    if (counts.size() < 2) {
        return std::nullopt;
    }
    std::sort(counts.begin(), counts.end());
    const int median = counts[counts.size() / 2];
    const auto near = std::count_if(counts.begin(), counts.end(),
                                    [&](int count) { return std::abs(count - median) < 2; });
    return static_cast<double>(near) < kRegular * static_cast<double>(counts.size())
               ? std::nullopt
               : std::optional<int>(median);
}

/// Cuts a poem into pieces of whole stanzas, and stanzas that are too long at sentences' ends.
template <typename Line>
std::vector<std::vector<std::vector<Line>>>
cutIntoPieces(const std::vector<std::vector<Line>>& stanzas) {
    std::size_t total = 0;
    for (const auto& stanza : stanzas) {
        total += stanza.size();
    }
    if (total <= kWholePoem) {
        return {stanzas};
    }
    std::vector<std::vector<std::vector<Line>>> pieces(1);
    std::size_t lines = 0; // in the last piece
    const auto finish = [&] {
        if (lines > 0) {
            pieces.emplace_back();
            lines = 0;
        }
    };
    for (const auto& stanza : stanzas) {
        pieces.back().emplace_back();
        for (std::size_t i = 0; i < stanza.size(); ++i) {
            pieces.back().back().push_back(stanza[i]);
            ++lines;
            const std::size_t rest = stanza.size() - i - 1;
            const bool cut =
                lines >= kMostPiece || (lines >= kSentencePiece && endsSentence(stanza[i]));
            if (cut && rest >= kLeastRest) {
                finish();
                pieces.back().emplace_back();
            }
        }
        if (lines >= kLeastPiece) {
            finish();
        }
    }
    if (pieces.back().empty()) {
        pieces.pop_back();
    } else if (lines < kLeastRest && pieces.size() > 1) {
        auto last = std::move(pieces.back());
        pieces.pop_back();
        pieces.back().insert(pieces.back().end(), last.begin(), last.end());
    }
    return pieces;
}

} // namespace

void EnglishVocabularyBuilder::add(const EnglishPoem& poem) {
    for (const auto& stanza : poem.stanzas) {
        for (const std::string& line : stanza) {
            const std::vector<std::string> tokens = verse::splitEnglishLine(line);
            for (std::size_t i = 0; i < tokens.size(); ++i) {
                if (verse::isMark(tokens[i])) {
                    continue;
                }
                Word& word = m_words[verse::lowerCase(tokens[i])];
                ++word.count;
                if (i == 0 || opensSentence(tokens[i - 1]) || isAllCapitals(tokens[i])) {
                    continue;
                }
                ++word.inside;
                if (isCapitalized(tokens[i])) {
                    ++word.capitals[tokens[i]];
                }
            }
        }
    }
}

std::string EnglishVocabularyBuilder::spelling(const std::string& lower, const Word& word) {
    if (lower == "i" || lower == "o") {
        return lower == "i" ? "I" : "O";
    }
    std::uint64_t capitalized = 0;
    std::uint64_t most = 0;
    std::string best = lower;
    for (const auto& [text, count] : word.capitals) {
        capitalized += count;
        if (count > most) {
            most = count;
            best = text;
        }
    }
    return 2 * capitalized > word.inside ? best : lower;
}

VerseVocabulary EnglishVocabularyBuilder::build(std::size_t size, std::uint64_t leastOther) const {
    std::vector<std::pair<std::string, const Word*>> all;
    for (const auto& [lower, word] : m_words) {
        all.emplace_back(lower, &word);
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.second->count != b.second->count ? a.second->count > b.second->count
                                                  : a.first < b.first;
    });
    std::vector<std::string> tokens = marks();
    std::vector<std::string> others;
    std::size_t taken = 0;
    for (const auto& [lower, word] : all) {
        if (m_dictionary.of(lower) > 0) {
            if (taken < size) {
                ++taken;
                tokens.push_back(spelling(lower, *word));
            }
        } else if (word->count >= leastOther) {
            others.push_back(spelling(lower, *word));
        }
    }
    tokens.insert(tokens.end(), others.begin(), others.end());
    return {verse::englishControlTokens(), tokens};
}

EnglishRecordMaker::EnglishRecordMaker(const VerseVocabulary& vocabulary,
                                       const SyllableCounts& syllables)
    : m_vocabulary(vocabulary)
    , m_syllables(syllables) {
    const auto& tokens = vocabulary.tokens();
    for (std::size_t id = vocabulary.controlCount(); id < tokens.size(); ++id) {
        m_spellings.emplace(verse::lowerCase(tokens[id]), tokens[id]);
    }
}

EnglishRecordMaker::Line EnglishRecordMaker::tokensOf(const std::string& line) const {
    Line tokens = verse::splitEnglishLine(line);
    for (std::string& token : tokens) {
        const auto found = m_spellings.find(verse::lowerCase(token));
        token =
            found == m_spellings.end() ? std::string(verse::record_token::unknown) : found->second;
    }
    return tokens;
}

std::vector<VerseRecord> EnglishRecordMaker::records(const EnglishPoem& poem,
                                                     RecordRandom& random) const {
    Stanzas stanzas;
    for (const auto& stanza : poem.stanzas) {
        stanzas.emplace_back();
        for (const std::string& line : stanza) {
            if (Line tokens = tokensOf(line); !tokens.empty()) {
                stanzas.back().push_back(std::move(tokens));
            }
        }
    }
    std::vector<VerseRecord> records;
    for (const Stanzas& piece : cutIntoPieces(stanzas)) {
        records.push_back(record(poem, piece, random));
    }
    return records;
}

std::optional<verse::Measure> EnglishRecordMaker::measureOf(const Stanzas& piece) const {
    std::vector<int> all;
    std::vector<int> odd;  // first, third ... of a stanza
    std::vector<int> even; // second, fourth ...
    for (const auto& stanza : piece) {
        for (std::size_t i = 0; i < stanza.size(); ++i) {
            int syllables = 0;
            bool known = true;
            for (const std::string& token : stanza[i]) {
                const int count =
                    verse::isMark(token) ? 0 : m_syllables.of(verse::lowerCase(token));
                known = known && (count > 0 || verse::isMark(token));
                syllables += count;
            }
            if (known) {
                all.push_back(syllables);
                (i % 2 == 0 ? odd : even).push_back(syllables);
            }
        }
    }
    const auto first = regularCount(odd);
    const auto second = regularCount(even);
    if (first && second && *first == 8 && *second == 6) {
        return verse::Measure{8, true};
    }
    const auto count = regularCount(all);
    return count && *count >= 4 && *count <= 16
               ? std::optional<verse::Measure>(verse::Measure{*count, false})
               : std::nullopt;
}

std::vector<std::string> EnglishRecordMaker::themeOf(const EnglishPoem& poem, const Stanzas& piece,
                                                     RecordRandom& random) const {
    const bool title = random.chance(kTitleTheme);
    if (!title && !random.chance(kWordTheme / (1.0 - kTitleTheme))) {
        return {};
    }
    std::vector<std::string> candidates;
    const auto offer = [&](const std::string& token) {
        const bool control = token == verse::record_token::unknown;
        if (!control && !verse::isMark(token) && token.size() > 2 &&
            !isFunctionWord(verse::lowerCase(token)) &&
            std::find(candidates.begin(), candidates.end(), token) == candidates.end()) {
            candidates.push_back(token);
        }
    };
    if (title) {
        for (const std::string& token : tokensOf(poem.title)) {
            offer(token);
        }
        candidates.resize(std::min<std::size_t>(candidates.size(), 4));
        return candidates;
    }
    for (const auto& stanza : piece) {
        for (const Line& line : stanza) {
            std::for_each(line.begin(), line.end(), offer);
        }
    }
    std::vector<std::string> theme;
    for (std::size_t left = 1 + random.below(3); left > 0 && !candidates.empty(); --left) {
        const auto at = static_cast<std::ptrdiff_t>(random.below(candidates.size()));
        theme.push_back(std::move(candidates[static_cast<std::size_t>(at)]));
        candidates.erase(candidates.begin() + at);
    }
    return theme;
}

VerseRecord EnglishRecordMaker::record(const EnglishPoem& poem, const Stanzas& piece,
                                       RecordRandom& random) const {
    verse::EnglishPrompt prompt;
    const auto measure = measureOf(piece);
    prompt.form = formOf(poem.form, measure);
    prompt.measure = random.chance(kMeasureGiven) ? measure : std::nullopt;
    prompt.theme = themeOf(poem, piece, random);
    VerseRecord record;
    const std::string form = verse::formToken(prompt.form);
    record.group = form.substr(2, form.size() - 4);
    record.tokens = verse::promptTokens(prompt);
    for (const auto& stanza : piece) {
        if (&stanza != &piece.front()) {
            record.tokens.emplace_back(verse::record_token::stanza);
        }
        for (const Line& line : stanza) {
            record.words += line.size();
            record.bytes += verse::joinEnglishLine(line).size() + 1;
            record.unknown += static_cast<std::uint64_t>(
                std::count(line.begin(), line.end(), verse::record_token::unknown));
            const Line tokens = verse::englishLineTokens(line);
            record.tokens.insert(record.tokens.end(), tokens.begin(), tokens.end());
        }
    }
    record.tokens.emplace_back(verse::record_token::end);
    return record;
}

} // namespace linnet::training
