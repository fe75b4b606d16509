#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "suggest/lexicon.h"
#include "suggest/word_distribution.h"

namespace linnet::suggest {

// What the network says about words. It predicts tokens; a word belongs to the class of its first
// token. Within a class the counted model decides, between classes the network corrects it:
//     p(word) ~ counted(word) * (network(class) / counted(class)) ^ exponent.
// One decoding step a word; the end of a word needs no step of its own, since the counted model
// splits "the" from "then" where both begin with one token.
class NetworkWords {
public:
    explicit NetworkWords(const Lexicon& lexicon);

    // Finds out the first token of every word (some 0.1 s) and runs the network once, so that its
    // weights are in memory; otherwise the first evaluation does both. On the thread of the
    // network; another one may use this object meanwhile, without a network.
    void prepare(engine::Generator& network, std::stop_token stop);

    // The text was cut by so many bytes in front, or is another one.
    void textCut(std::size_t bytes);
    void textChanged() { m_windowStart = 0; }

    // Asks the network for the token after `text`, which ends where a word begins. False: it was
    // cancelled. Keeps the start of what it is given in place while the text grows, so that only
    // new tokens are computed.
    engine::Result<bool> evaluate(engine::Generator& network, std::string_view text,
                                  std::stop_token stop);

    // Corrects p and capitalShare of `words` and fills in its tailFactors; p[unknownWord] stands
    // for the tail. The sum stays one. evaluate() comes first.
    void correct(WordDistribution& words, double exponent);

    // The factor that a word outside the lexicon gets, against that of the unknown word.
    double factorOf(const engine::Generator& network, const std::string& word);

    // Share of the network's probability that falls on words rather than on punctuation.
    double wordShare() const { return m_wordShare; }

private:
    // First tokens of all words, and their share of the tail's mass by token.
    struct Table {
        std::vector<engine::TokenId> plain;   // by slot: ids, then words of the tail
        std::vector<engine::TokenId> capital; // with a capital put on
        std::vector<float> tailPlain;         // by token
        std::vector<float> tailCapital;
    };

    // Of both leads, for one tokenizer.
    struct Tables {
        const engine::Tokenizer* tokenizer = nullptr;
        Table afterSpace;
        Table elsewhere;
    };

    const Table& table(const engine::Generator& network);
    void correctTail(WordDistribution& words, const Table& table);
    Table makeTable(const engine::Tokenizer& tokenizer, char lead) const;
    std::vector<engine::TokenId> windowTokens(const engine::Tokenizer& tokenizer,
                                              std::string_view text);

    const Lexicon& m_lexicon;
    std::mutex m_mutex; // of m_prepared
    std::unique_ptr<Tables> m_prepared;
    Tables m_tables;
    bool m_afterSpace = true;
    std::size_t m_windowStart = 0;
    const Table* m_table = nullptr; // of the last evaluation
    std::vector<float> m_token;     // probability of each token
    std::vector<float> m_factor;    // of each token's class
    double m_unknownFactor = 1;
    double m_wordShare = 1;
};

} // namespace linnet::suggest
