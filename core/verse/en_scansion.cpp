#include "verse/en_scansion.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "verse/en_lexicon.h"

namespace linnet::verse {

namespace {

// Costs of a reading. A fault outweighs every preference of a line.
constexpr int faultCost = 1000;
constexpr int rarePronunciationCost = 1; // for each step down the list
constexpr int weakOnStrongCost = 2;
constexpr int strongOnWeakCost = 1;
constexpr int feminineCost = 2;
constexpr int inversionCost = 3;

constexpr std::array<std::string_view, 86> weakWords{
    "a",     "an",    "the",   "of",     "to",    "in",    "on",    "at",    "by",    "for",
    "from",  "with",  "as",    "and",    "or",    "but",   "nor",   "if",    "than",  "that",
    "so",    "i",     "me",    "my",     "we",    "us",    "our",   "you",   "your",  "he",
    "him",   "his",   "she",   "her",    "it",    "its",   "they",  "them",  "their", "thou",
    "thee",  "thy",   "ye",    "who",    "whom",  "whose", "which", "is",    "am",    "are",
    "was",   "were",  "be",    "been",   "has",   "have",  "had",   "do",    "does",  "did",
    "will",  "would", "shall", "should", "can",   "could", "may",   "might", "must",  "hath",
    "doth",  "art",   "wert",  "this",   "these", "those", "some",  "there", "then",  "when",
    "where", "while", "till",  "up",     "upon",  "off"};

// A way to lay a pattern over a line.
struct Frame {
    Pattern pattern;
    bool feminine = false;
    int cost = 0;
};

std::vector<Frame> framesOf(const std::vector<WordAnalysis>& words, const LineForm& form,
                            const MetreRules& rules) {
    std::vector<Frame> frames;
    for (const Pattern& pattern : form.patterns) {
        frames.push_back({pattern, false, 0});
        const bool iambic =
            pattern.size() >= 2 && pattern[0] == Place::Weak && pattern[1] == Place::Strong;
        if (rules.invertedFirstFoot && iambic) {
            Frame inverted{pattern, false, inversionCost};
            std::swap(inverted.pattern[0], inverted.pattern[1]);
            frames.push_back(std::move(inverted));
        }
    }
    if (form.patterns.empty()) {
        for (const int length : possibleLengths(words)) {
            if (length >= form.minLength && length <= form.maxLength) {
                frames.push_back({Pattern(static_cast<std::size_t>(length), Place::Any), false, 0});
            }
        }
    }
    const std::size_t plain = frames.size();
    for (std::size_t i = 0; rules.feminineEnding && i < plain; ++i) {
        Frame feminine = frames[i];
        feminine.pattern.push_back(Place::Weak);
        feminine.feminine = true;
        feminine.cost += feminineCost;
        frames.push_back(std::move(feminine));
    }
    return frames;
}

// Is this syllable, of a word of so many, a fault at the place?
bool breaks(Stress stress, std::size_t syllables, bool weakWord, Place place, bool feminineEnd) {
    if (place != Place::Weak || stress == Stress::None) {
        return false;
    }
    if (syllables > 1) {
        return stress == Stress::Primary || feminineEnd;
    }
    return feminineEnd && !weakWord;
}

int preference(Stress stress, std::size_t syllables, bool weakWord, Place place) {
    const bool light = stress == Stress::None || (syllables == 1 && weakWord);
    if (place == Place::Strong && light) {
        return weakOnStrongCost;
    }
    return place == Place::Weak && !light ? strongOnWeakCost : 0;
}

// The cheapest way to fill one frame.
class FrameSearch {
public:
    FrameSearch(const std::vector<WordAnalysis>& words, const Frame& frame,
                const std::optional<SaidAs>& said)
        : m_words(words)
        , m_frame(frame)
        , m_said(said)
        , m_size(frame.pattern.size()) {}

    // The cost, or a huge one if the words cannot fill the frame exactly.
    int run() {
        m_best.assign(m_words.size() + 1, std::vector<Step>(m_size + 1));
        m_best[0][0].cost = m_frame.cost;
        for (std::size_t w = 0; w < m_words.size(); ++w) {
            const bool weak = isWeakWord(m_words[w].text);
            for (std::size_t at = 0; at <= m_size; ++at) {
                if (m_best[w][at].cost < impossible) {
                    extend(w, at, weak);
                }
            }
        }
        return m_best[m_words.size()][m_size].cost;
    }

    std::vector<std::size_t> chosen() const {
        std::vector<std::size_t> all(m_words.size());
        std::size_t at = m_size;
        for (std::size_t w = m_words.size(); w > 0; --w) {
            all[w - 1] = m_best[w][at].pronunciation;
            at = m_best[w][at].from;
        }
        return all;
    }

    static constexpr int impossible = std::numeric_limits<int>::max() / 2;

private:
    struct Step {
        int cost = impossible;
        std::size_t from = 0;
        std::size_t pronunciation = 0;
    };

    void extend(std::size_t w, std::size_t at, bool weak) {
        const auto& pronunciations = m_words[w].sounding.pronunciations;
        if (pronunciations.empty()) { // nothing to say: a word of digits
            improve(w, at, at, 0, m_best[w][at].cost);
        }
        for (std::size_t p = 0; p < pronunciations.size(); ++p) {
            const auto stresses = pronunciations[p].stresses();
            const std::size_t end = at + stresses.size();
            if (end > m_size || (m_said && m_said->word == w && m_said->pronunciation != p)) {
                continue;
            }
            int cost = m_best[w][at].cost + static_cast<int>(p) * rarePronunciationCost;
            for (std::size_t s = 0; s < stresses.size(); ++s) {
                const Place place = m_frame.pattern[at + s];
                const bool feminineEnd = m_frame.feminine && at + s + 1 == m_size;
                cost += breaks(stresses[s], stresses.size(), weak, place, feminineEnd)
                            ? faultCost
                            : preference(stresses[s], stresses.size(), weak, place);
            }
            improve(w, at, end, p, cost);
        }
    }

    void improve(std::size_t w, std::size_t from, std::size_t end, std::size_t pronunciation,
                 int cost) {
        Step& step = m_best[w + 1][end];
        if (cost < step.cost) {
            step = {cost, from, pronunciation};
        }
    }

    const std::vector<WordAnalysis>& m_words;
    const Frame& m_frame;
    const std::optional<SaidAs>& m_said;
    std::size_t m_size;
    std::vector<std::vector<Step>> m_best; // by words said and syllables used
};

// Calls `visit(word, stress, syllables of the word, weak, syllable of the line)`.
template <typename Visit>
void forEachSyllable(const std::vector<WordAnalysis>& words, const std::vector<std::size_t>& chosen,
                     const Visit& visit) {
    std::size_t at = 0;
    for (std::size_t w = 0; w < words.size(); ++w) {
        const auto& pronunciations = words[w].sounding.pronunciations;
        if (chosen[w] >= pronunciations.size()) {
            continue;
        }
        const auto stresses = pronunciations[chosen[w]].stresses();
        const bool weak = isWeakWord(words[w].text);
        for (const Stress stress : stresses) {
            visit(stress, stresses.size(), weak, at++);
        }
    }
}

} // namespace

bool isWeakWord(std::string_view word) {
    const std::string plain = EnLexicon::normalised(word);
    return std::find(weakWords.begin(), weakWords.end(), plain) != weakWords.end();
}

Scansion scan(const std::vector<WordAnalysis>& words, const LineForm& form, const MetreRules& rules,
              const std::optional<SaidAs>& said) {
    Scansion best;
    best.chosen.assign(words.size(), 0);
    int bestCost = FrameSearch::impossible;
    for (const Frame& frame : framesOf(words, form, rules)) {
        FrameSearch search(words, frame, said);
        const int cost = search.run();
        if (cost >= bestCost) {
            continue;
        }
        bestCost = cost;
        best.found = true;
        best.pattern = frame.pattern;
        best.feminine = frame.feminine;
        best.chosen = search.chosen();
    }
    forEachSyllable(words, best.chosen,
                    [&](Stress stress, std::size_t syllables, bool weak, std::size_t at) {
                        ++best.syllables;
                        const bool last = best.feminine && at + 1 == best.pattern.size();
                        if (best.found && breaks(stress, syllables, weak, best.pattern[at], last)) {
                            best.misses.push_back(static_cast<int>(at));
                        }
                    });
    return best;
}

std::vector<int> possibleLengths(const std::vector<WordAnalysis>& words) {
    std::set<int> lengths{0};
    for (const WordAnalysis& word : words) {
        std::set<int> next;
        for (const Pronunciation& pronunciation : word.sounding.pronunciations) {
            const int syllables = pronunciation.syllables();
            std::transform(lengths.begin(), lengths.end(), std::inserter(next, next.end()),
                           [syllables](int length) { return length + syllables; });
        }
        if (!next.empty()) {
            lengths = std::move(next);
        }
    }
    return {lengths.begin(), lengths.end()};
}

std::string stressMarks(const std::vector<WordAnalysis>& words, const Scansion& scansion) {
    std::string marks;
    forEachSyllable(words, scansion.chosen,
                    [&](Stress stress, std::size_t syllables, bool weak, std::size_t at) {
                        const Place place = scansion.found && at < scansion.pattern.size()
                                                ? scansion.pattern[at]
                                                : Place::Any;
                        const bool own = stress != Stress::None && !(syllables == 1 && weak);
                        const bool strong =
                            syllables == 1 && place != Place::Any ? place == Place::Strong : own;
                        marks += strong ? '/' : 'x';
                    });
    return marks;
}

} // namespace linnet::verse
