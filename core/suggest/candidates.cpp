#include "suggest/candidates.h"

#include <algorithm>
#include <utility>

#include "suggest/offensive_words.h"
#include "suggest/unicode_words.h"

namespace linnet::suggest {

namespace {

// How a lexicon entry is spelled in the list.
enum Spelling { AsIs, Capitalised, UpperCase };

std::size_t letters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    }));
}

} // namespace

// The best words so far. Entries are compared before they are spelled out: most never are.
struct CandidateLists::Pool {
    struct Entry {
        double p = 0;
        double score = 0;
        std::string word;
    };
    std::vector<Entry> best; // unsorted
    double least = 0;        // score of the worst one that would stay
    double mass = 0;         // of all words that fit
    std::size_t keep = 0;

    // True if a word of this probability may enter at all.
    bool admits(double p) {
        mass += p;
        return p > least; // passing over only lowers it
    }

    void add(Entry entry) {
        const auto same = std::find_if(
            best.begin(), best.end(), [&](const Entry& known) { return known.word == entry.word; });
        if (same != best.end()) {
            same->p += entry.p;
            same->score += entry.score;
            return;
        }
        best.push_back(std::move(entry));
        if (best.size() >= 2 * keep) {
            std::nth_element(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(keep - 1),
                             best.end(),
                             [](const Entry& a, const Entry& b) { return a.score > b.score; });
            best.resize(keep);
            least = best.back().score;
        }
    }
};

void CandidateLists::begin(const WordDistribution* words, Filter filter) {
    m_words = words;
    m_filter = std::move(filter);
    m_typed.clear();
    m_lists.clear();
    m_passedOver.clear();
}

const std::vector<Candidate>& CandidateLists::find(std::string_view typed, int count) {
    const std::size_t wanted = letters(typed) + 1;
    const bool goesOn = count == m_count && typed.substr(0, m_typed.size()) == m_typed;
    if (!goesOn || m_lists.empty()) {
        begin(m_words, std::move(m_filter));
        m_count = count;
        m_lists.push_back(search("", count));
    }
    while (m_lists.size() < wanted) {
        for (const Candidate& shown : m_lists.back()) {
            m_passedOver.insert(shown.word);
        }
        m_typed += typed.substr(m_typed.size(),
                                static_cast<std::size_t>(decodeAt(typed, m_typed.size()).length));
        m_lists.push_back(search(m_typed, count));
    }
    return m_lists.back();
}

std::vector<Candidate> CandidateLists::search(std::string_view typed, int count) const {
    Pool pool;
    pool.keep = static_cast<std::size_t>(std::max(count, 1)) + 8;
    if (typed.empty()) {
        collectAll(pool);
    } else {
        const bool upper = startsUpper(typed);
        collectRange(pool, typed, typed, AsIs);
        if (upper) {
            collectRange(pool, uncapitalised(typed), typed, Capitalised);
        }
        if (isAllUpper(typed)) {
            std::string lower;
            for (std::size_t at = 0; at < typed.size();) {
                const CodePoint next = decodeAt(typed, at);
                appendUtf8(lower, toLower(next.value));
                at += static_cast<std::size_t>(next.length);
            }
            collectRange(pool, lower, typed, UpperCase);
            collectRange(pool, capitalised(lower), typed, UpperCase);
        }
    }
    collectDocument(pool, typed);
    collectCompounds(pool, typed);
    std::sort(pool.best.begin(), pool.best.end(), [](const auto& a, const auto& b) {
        return a.score != b.score ? a.score > b.score : a.word < b.word;
    });
    std::vector<Candidate> result;
    const double mass = pool.mass > 0 ? pool.mass : 1.0;
    for (Pool::Entry& entry : pool.best) {
        if (result.size() == static_cast<std::size_t>(std::max(count, 0))) {
            break;
        }
        if (entry.word != typed && entry.score > 0 &&
            (!isOffensive(entry.word) || m_document.occurrences(entry.word) > 0)) {
            result.push_back({std::move(entry.word), std::min(1.0, entry.p / mass), entry.score});
        }
    }
    return result;
}

// Scores a word that fits and lets it into the pool.
void CandidateLists::consider(Pool& pool, std::string word, double p, std::size_t typed) const {
    const std::size_t length = letters(word);
    if (length <= typed) {
        return;
    }
    // One letter is spared only if a space follows, which the pick then brings.
    double score = length == typed + 1 ? p * m_tuning.lastLetter : p;
    if (m_passedOver.count(word) > 0) {
        score *= 1.0 - m_tuning.passedOver;
        p *= 1.0 - m_tuning.passedOver;
    }
    if (score > pool.least && (!m_filter || m_filter(word))) {
        pool.add({p, score, std::move(word)});
    }
}

// Every word, when nothing is typed yet. Words of the tail are too rare to matter here.
void CandidateLists::collectAll(Pool& pool) const {
    for (WordId id = m_lexicon.firstWord(); id < m_words->p.size(); ++id) {
        const double capital = static_cast<double>(m_words->p[id] * m_words->capitalShare[id]);
        const double plain = static_cast<double>(m_words->p[id]) - capital;
        if (pool.admits(plain)) {
            consider(pool, std::string(m_lexicon.word(id)), plain, 0);
        }
        if (pool.admits(capital)) {
            consider(pool, capitalised(m_lexicon.word(id)), capital, 0);
        }
    }
}

void CandidateLists::collectRange(Pool& pool, std::string_view prefix, std::string_view typed,
                                  int spelling) const {
    constexpr double shoutRate = 0.01; // of words in capitals, if the first letters are
    const Lexicon::Range range = m_lexicon.prefixRange(prefix);
    const std::size_t length = letters(typed);
    for (std::size_t at = range.begin; at < range.end; ++at) {
        const WordId id = m_lexicon.idAt(at);
        double p = 0;
        double share = m_words->capitalRate;
        if (id < firstTailWord) {
            p = static_cast<double>(m_words->p[id]);
            share = static_cast<double>(m_words->capitalShare[id]);
        } else {
            const std::size_t index = id - firstTailWord;
            p = m_words->tailMass * m_lexicon.tailShare(id);
            p *= m_words->tailFactors.empty() ? 1.0
                                              : static_cast<double>(m_words->tailFactors[index]);
            share = isLower(decodeAt(m_lexicon.wordAt(at), 0).value) ? share : 0.0;
        }
        p *= spelling == AsIs ? 1.0 - share : spelling == Capitalised ? share : shoutRate;
        if (!pool.admits(p)) {
            continue;
        }
        const std::string_view word = m_lexicon.wordAt(at);
        consider(pool,
                 spelling == AsIs          ? std::string(word)
                 : spelling == Capitalised ? capitalised(word)
                                           : upperCased(word),
                 p, length);
    }
}

void CandidateLists::collectDocument(Pool& pool, std::string_view typed) const {
    const std::size_t length = letters(typed);
    for (const DocumentWord& entry : m_words->documentWords) {
        const std::string& word = entry.word;
        if (word.compare(0, typed.size(), typed) == 0) {
            const double p = entry.p * (1.0 - entry.capitalShare);
            if (pool.admits(p)) {
                consider(pool, word, p, length);
            }
        }
        if (entry.capitalShare <= 0) {
            continue;
        }
        std::string capital = capitalised(word);
        if (capital.compare(0, typed.size(), typed) == 0) {
            const double p = entry.p * entry.capitalShare;
            if (pool.admits(p)) {
                consider(pool, std::move(capital), p, length);
            }
        }
    }
}

// Compounds that no one wrote before: any word may follow a hyphen.
void CandidateLists::collectCompounds(Pool& pool, std::string_view typed) const {
    constexpr double compoundRate = 0.02; // against what the words that are known already get
    const std::size_t hyphen = typed.rfind('-');
    if (hyphen == std::string_view::npos || hyphen == 0) {
        return;
    }
    const std::string_view head = typed.substr(0, hyphen + 1);
    const Lexicon::Range range = m_lexicon.prefixRange(typed.substr(hyphen + 1));
    const std::size_t length = letters(typed);
    for (std::size_t at = range.begin; at < range.end; ++at) {
        const WordId id = m_lexicon.idAt(at);
        if (id >= firstTailWord || letters(m_lexicon.wordAt(at)) < 3) {
            continue;
        }
        const double p = compoundRate * static_cast<double>(m_unigrams[id]) * m_words->tailMass;
        if (pool.admits(p)) {
            consider(pool, std::string(head) + std::string(m_lexicon.wordAt(at)), p, length);
        }
    }
}

} // namespace linnet::suggest
