#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "suggest/lexicon.h"
#include "suggest/past_counts.h"
#include "suggest/tuning.h"

namespace linnet::suggest {

// A word of the tail or of no lexicon at all, with the probability that this document gives it.
struct RareWord {
    std::string_view word;
    double p = 0;
};

// What one document teaches: its words, and what follows what; and what earlier ones have taught.
// Counts only; stays in memory, can be read and erased. Not thread-safe.
class DocumentModel {
public:
    // An occurrence counts 1/e after `life` words. `lexicon` outlives the model.
    DocumentModel(const Lexicon& lexicon, double life);

    // Learns the words of `text` (corpus spelling, whole words) that begin at byte `from` or
    // later; those before only lead up to them. The next word is then the one after the text.
    void learn(std::string_view text, std::size_t from);

    // A mark in what was learned, and back to it: for text that was deleted or typed anew.
    std::size_t mark() const { return m_learned.size(); }
    void rewind(std::size_t mark);

    void clear();

    // What was learned before this document, from now on; null: nothing. Clears what was learned
    // of this one. What it says counts half.
    void setPast(std::shared_ptr<const PastCounts> past);
    // What this document teaches others.
    PastCounts counts() const;

    std::size_t wordsLearned() const { return m_learned.size(); }
    // How often a word occurred, in the spelling of the lexicon.
    double occurrences(std::string_view word) const;

    // Turns p[vocabulary] of the language at large into that of this document after the words
    // learned last. A word's probability is raised by how much commoner it is here than at large
    // (Kneser, Peters and Klakow 1997), then interpolated with what followed the same one, two and
    // three words before, discounted as in the hierarchical Pitman-Yor model (Teh 2006), so that
    // evidence decides the weight. `rare` gets the words that p has no place for; what is left of
    // the unknown word's mass stays in p[unknownWord].
    void adapt(std::vector<float>& p, const std::vector<float>& unigrams, const Tuning& tuning,
               std::vector<RareWord>& rare) const;

private:
    using Item = std::uint32_t;
    static constexpr int orders = 3;

    struct Word {
        std::string text;
        WordId id = unknownWord; // unknownWord: of no lexicon
        double count = 0;
        double recent = 0; // occurrences, faded up to the position `at`
        std::size_t at = 0;
    };
    struct Follower {
        Item item = 0;
        float count = 0;
    };
    struct Learned {
        Item item = 0;
        std::array<Item, orders> history{};
    };

    Item intern(std::string_view text, WordId id);
    Item itemFor(std::string_view key, std::string_view word);
    void push(Item item);
    void count(Item item);
    static std::array<std::uint64_t, orders> contexts(const std::array<Item, orders>& history);
    void follow(std::uint64_t context, Item item, float count);
    void seed();
    double recentCount(const Word& word) const;
    void raiseBursts(std::vector<float>& p, const std::vector<float>& unigrams,
                     const Tuning& tuning) const;

    const Lexicon* m_lexicon;
    double m_life;
    std::unordered_map<std::string, Item> m_index;
    std::vector<Word> m_words; // items; separators among them
    std::unordered_map<std::uint64_t, std::vector<Follower>> m_followers;
    std::vector<Learned> m_learned;
    std::array<Item, orders> m_history{}; // nearest first
    std::shared_ptr<const PastCounts> m_past;
};

} // namespace linnet::suggest
