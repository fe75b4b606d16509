#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "suggest/document_model.h"
#include "suggest/suggest_model.h"
#include "suggest/suggester.h"
#include "suggest/word_distribution.h"

namespace linnet::suggest {

// A word to offer, spelled as it would be inserted (straight apostrophes).
struct Candidate {
    std::string word;
    double p = 0;     // among the words that begin with what is typed
    double score = 0; // what the list is sorted by
};

// Picks what the word bar shows for each prefix of the word at the caret.
//
// A writer who saw a word in the bar and typed on most likely did not want it: by Bayes' rule its
// probability falls by the chance that he would have picked it, Tuning::passedOver. The lists for
// the shorter prefixes are recomputed from the same distribution, so the answer depends on the
// text alone and not on what was asked before.
class CandidateLists {
public:
    CandidateLists(const SuggestModel& model, const DocumentModel& document)
        : m_lexicon(model.lexicon())
        , m_unigrams(model.ngram().unigrams())
        , m_tuning(model.tuning())
        , m_document(document) {}

    // Whether a word may be offered; empty: any.
    using Filter = std::function<bool(std::string_view word)>;
    // A new word begins; `words` stays alive and unchanged until the next call.
    void begin(const WordDistribution* words, Filter filter = {});

    // At most `count` candidates for a word of which `typed` is written, best first.
    const std::vector<Candidate>& find(std::string_view typed, int count);

private:
    struct Pool;

    std::vector<Candidate> search(std::string_view typed, int count) const;
    void consider(Pool& pool, std::string word, double p, std::size_t typed) const;
    void collectAll(Pool& pool) const;
    void collectRange(Pool& pool, std::string_view prefix, std::string_view typed,
                      int spelling) const;
    void collectDocument(Pool& pool, std::string_view typed) const;
    void collectCompounds(Pool& pool, std::string_view typed) const;

    const Lexicon& m_lexicon;
    const std::vector<float>& m_unigrams;
    const Tuning& m_tuning;
    const DocumentModel& m_document;
    const WordDistribution* m_words = nullptr;
    Filter m_filter;
    int m_count = 0;
    std::string m_typed;                          // of the newest list
    std::vector<std::vector<Candidate>> m_lists;  // for each prefix of m_typed, in code points
    std::unordered_set<std::string> m_passedOver; // shown in any of the lists but the newest
};

} // namespace linnet::suggest
