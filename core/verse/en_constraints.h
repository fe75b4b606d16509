#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "verse/en_metre.h"
#include "verse/en_plan.h"
#include "verse/en_vocabulary.h"
#include "verse/token_sampler.h"

namespace linnet::verse {

// What an English poem in the making still allows, word by word, every line from its end to its
// beginning. Copied to try several candidates for a line.
class EnConstraints {
public:
    // `plan` and `vocabulary` outlive it.
    EnConstraints(const EnPlan& plan, const EnVocabulary& vocabulary);

    // Lines are written or taken as they are fixed, in order.
    // A line of a form of images has no mark but the dash that ends the one with the `cut`.
    void beginLine(std::size_t line, bool cut = false);
    void takeFixedLine(std::size_t line);

    // Offers every word and mark that may come next, and the end of the line when it may, with its
    // log-probability and `bonus` (one number for each word of the vocabulary). Never none. First
    // comes the mark that the line ends with; there the end of the line stands for no mark at all,
    // with the probability of all words together, of which each alone is less likely than a comma.
    void offer(std::span<const float> logProbs, std::span<const float> bonus,
               TokenSampler& sampler) const;
    // False for a line that ends without a mark: that is decided, but nothing is written.
    bool accept(engine::TokenId token);
    bool lineDone() const { return m_done; }

    // Words and marks of the line so far, from its end to its beginning.
    std::span<const engine::TokenId> tokens() const { return m_tokens; }
    // How often a word has been used in the composed lines.
    int uses(const EnWord& word) const;

private:
    struct Rhyme {
        bool open = true;
        std::set<RhymeKey> keys;
        std::set<std::int32_t> taken; // phonemes of the end words
        int toWrite = 0;              // lines, this one included
    };

    void offerEndings(std::span<const float> logProbs, TokenSampler& sampler) const;
    void offerEnds(std::span<const float> logProbs, std::span<const float> bonus,
                   TokenSampler& sampler) const;
    void offerWords(std::span<const float> logProbs, std::span<const float> bonus,
                    TokenSampler& sampler) const;
    void offerMarks(std::span<const float> logProbs, std::span<const engine::TokenId> marks,
                    TokenSampler& sampler) const;
    bool isFree(const EnWord& word, const Rhyme* rhyme) const;
    bool rhymesAlready(RhymeKey key) const;
    int partnersOf(RhymeKey key, const Rhyme& rhyme) const;
    float discouragement(const EnWord& word) const;
    float endDiscouragement(const EnWord& word) const;
    float awkwardness(const EnWord& word) const;
    std::vector<engine::TokenId> saidBeforeLast() const;
    void acceptEnd(const EnWord& word);
    void settleRhyme(const EnWord& word);
    bool begins(const EnWord& word) const;
    const EnMetre& metre() const { return m_plan->metres[m_plan->lines[m_line].metre]; }
    std::size_t indexOf(const EnWord& word) const;

    const EnPlan* m_plan;
    const EnVocabulary* m_vocabulary;
    std::map<int, Rhyme> m_rhymes;
    std::vector<std::uint8_t> m_uses; // of each word, in the poem
    std::set<engine::TokenId> m_endWords;
    std::set<std::pair<engine::TokenId, engine::TokenId>> m_pairs; // a word, the one before it

    std::size_t m_line = 0;
    bool m_cut = false;
    bool m_endsMarked = false; // whether a mark ends the line is decided
    int m_letter = -1;
    EnPlaces m_places;
    EnMetre::Endings m_endings;
    std::vector<engine::TokenId> m_tokens;
    std::vector<bool> m_inLine; // for each word
    int m_words = 0;
    int m_marks = 0; // inside the line
    bool m_lastIsMark = false;
    engine::TokenId m_lastWord = -1;
    bool m_done = false;
};

} // namespace linnet::verse
