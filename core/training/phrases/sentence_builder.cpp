#include "training/phrases/sentence_builder.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "training/phrases/word_classes.h"
#include "verse/english_words.h"
#include "verse/poem_record.h"
#include "verse/token_spelling.h"

namespace linnet::training {

using engine::TokenId;
using verse::ClassNgram;
using verse::SentenceCounts;

namespace class_role = verse::class_role;

namespace {

constexpr auto persons = std::to_array<std::string_view>(
    {"i",    "me",  "my",   "mine",    "myself",  "we",   "us",  "our",  "ours", "thou",
     "thee", "thy", "ye",   "thine",   "you",     "your", "he",  "him",  "his",  "himself",
     "she",  "her", "hers", "herself", "thyself", "it",   "its", "they", "them", "their"});
// Those that a finite verb follows.
constexpr auto subjects =
    std::to_array<std::string_view>({"i", "we", "thou", "he", "she", "they", "who", "ye"});
constexpr auto verbs = std::to_array<std::string_view>(
    {"am",    "is",    "are",  "art",   "was",   "were",  "wast",  "wert",  "has",    "have",
     "hath",  "hast",  "had",  "do",    "does",  "doth",  "dost",  "did",   "will",   "wilt",
     "shall", "shalt", "can",  "canst", "may",   "might", "could", "would", "should", "must",
     "i'm",   "i'll",  "i've", "he's",  "she's", "it's",  "tis",   "'tis",  "'twas"});
constexpr auto stops = std::to_array<std::string_view>({".", "!", "?"});
// A class of words is one of verbs if so large a part of them follows a subject.
constexpr double partAfterSubjects = 0.11;

template <std::size_t Count>
bool isOne(const std::array<std::string_view, Count>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Poems in reading order, without the ends of lines and stanzas.
TokenTexts readingOrder(const std::vector<PoemTokens>& poems, const engine::Tokenizer& tokenizer) {
    const auto line = tokenizer.find(verse::record_token::line).value_or(-1);
    const auto stanza = tokenizer.find(verse::record_token::stanza).value_or(-1);
    TokenTexts texts;
    for (const PoemTokens& poem : poems) {
        std::vector<std::uint16_t> text;
        std::vector<std::uint16_t> backwards;
        for (const std::uint16_t token : poem.body) {
            if (token == line) {
                text.insert(text.end(), backwards.rbegin(), backwards.rend());
                backwards.clear();
            } else if (token != stanza) {
                backwards.push_back(token);
            }
        }
        texts.push_back(std::move(text));
    }
    return texts;
}

std::vector<std::string> lowerSpellings(const engine::Tokenizer& tokenizer) {
    std::vector<std::string> all;
    for (TokenId token = 0; token < tokenizer.size(); ++token) {
        all.push_back(verse::lowerCase(verse::spellingOf(tokenizer, token)));
    }
    return all;
}

// Marks, control tokens and the most frequent words; pronouns and auxiliaries in any case.
std::vector<bool> aloneTokens(const TokenTexts& texts, const std::vector<std::string>& spellings,
                              const engine::Tokenizer& tokenizer, std::size_t count) {
    std::vector<std::size_t> counts(spellings.size(), 0);
    for (const auto& text : texts) {
        for (const std::uint16_t token : text) {
            ++counts[token];
        }
    }
    std::vector<std::size_t> order(spellings.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
    std::vector<bool> alone(spellings.size(), false);
    for (std::size_t i = 0; i < spellings.size(); ++i) {
        alone[order[i]] = i < count;
    }
    for (std::size_t i = 0; i < spellings.size(); ++i) {
        alone[i] = alone[i] || tokenizer.isSpecial(static_cast<TokenId>(i)) ||
                   verse::isMark(spellings[i]) || isOne(persons, spellings[i]) ||
                   isOne(verbs, spellings[i]);
    }
    return alone;
}

std::vector<std::uint8_t> rolesOf(const TokenTexts& texts,
                                  const std::vector<std::uint16_t>& classes,
                                  const std::vector<std::string>& spellings) {
    const std::size_t size = std::size_t{*std::max_element(classes.begin(), classes.end())} + 1;
    std::vector<std::uint8_t> roles(size, 0);
    std::vector<std::size_t> members(size, 0);
    std::vector<double> all(size, 0);
    std::vector<double> afterSubject(size, 0);
    for (const auto& text : texts) {
        for (std::size_t i = 1; i < text.size(); ++i) {
            ++all[classes[text[i]]];
            afterSubject[classes[text[i]]] += isOne(subjects, spellings[text[i - 1]]) ? 1 : 0;
        }
    }
    for (std::size_t i = 0; i < classes.size(); ++i) {
        ++members[classes[i]];
        std::uint8_t& role = roles[classes[i]];
        role |= isOne(persons, spellings[i]) ? class_role::person : std::uint8_t{0};
        role |= isOne(verbs, spellings[i]) ? class_role::verb : std::uint8_t{0};
        role |= isOne(stops, spellings[i]) ? class_role::stop : std::uint8_t{0};
    }
    for (std::size_t i = 0; i < size; ++i) {
        if (roles[i] == 0 && afterSubject[i] >= partAfterSubjects * std::max(all[i], 1.0)) {
            roles[i] = class_role::verb;
        }
    }
    return roles;
}

// Sequences of `length` with what they keep of their context's probability.
std::vector<ClassNgram> countNgrams(const TokenTexts& texts, std::size_t length,
                                    std::uint32_t least) {
    std::vector<std::uint64_t> keys;
    for (const auto& text : texts) {
        std::array<std::uint16_t, verse::longestClassNgram - 1> before{};
        for (const std::uint16_t one : text) {
            keys.push_back(verse::classKey(std::span(before).first(length - 1), one));
            std::copy_backward(before.begin(), before.end() - 1, before.end());
            before.front() = one;
        }
    }
    std::sort(keys.begin(), keys.end());
    struct Counted {
        std::uint64_t key = 0;
        std::uint32_t count = 0;
    };
    std::vector<Counted> counted;
    std::array<double, 3> seen{}; // sequences that came once, twice
    for (const std::uint64_t key : keys) {
        if (counted.empty() || counted.back().key != key) {
            counted.push_back({key, 0});
        }
        ++counted.back().count;
    }
    for (const Counted& one : counted) {
        seen[one.count <= 2 ? one.count : 0] += 1;
    }
    const double discount = length == 1 ? 0 : seen[1] / std::max(seen[1] + 2 * seen[2], 1.0);
    std::vector<ClassNgram> ngrams;
    for (std::size_t begin = 0; begin < counted.size();) {
        std::size_t end = begin;
        double total = 0;
        while (end < counted.size() &&
               counted[end].key >> verse::classBits == counted[begin].key >> verse::classBits) {
            total += counted[end++].count;
        }
        for (; begin < end; ++begin) {
            const Counted& one = counted[begin];
            if (one.count >= least) {
                ngrams.push_back({one.key, static_cast<float>((one.count - discount) / total)});
            }
        }
    }
    return ngrams;
}

std::vector<std::vector<ClassNgram>> countOrders(const TokenTexts& texts,
                                                 const std::vector<std::uint32_t>& least) {
    std::vector<std::vector<ClassNgram>> orders = {countNgrams(texts, 1, 1)};
    for (std::size_t i = 0; i < least.size(); ++i) {
        orders.push_back(countNgrams(texts, i + 2, least[i]));
    }
    return orders;
}

} // namespace

SentenceCounts countSentences(const std::vector<PoemTokens>& poems,
                              const engine::Tokenizer& tokenizer, const SentenceOptions& options,
                              const std::function<void(const std::string&)>& progress) {
    progress("finding classes of words");
    TokenTexts texts = readingOrder(poems, tokenizer);
    const std::vector<std::string> spellings = lowerSpellings(tokenizer);
    SentenceCounts counts;
    counts.classes = classifyWords(texts, aloneTokens(texts, spellings, tokenizer, options.alone),
                                   options.classes, options.rounds);
    counts.roles = rolesOf(texts, counts.classes, spellings);
    progress("counting sentences");
    TokenTexts actors;
    for (auto& text : texts) {
        std::vector<std::uint16_t>& own = actors.emplace_back();
        for (std::uint16_t& token : text) {
            token = counts.classes[token];
            if ((counts.roles[token] & (class_role::person | class_role::verb)) != 0) {
                own.push_back(token);
            }
        }
    }
    counts.words = countOrders(texts, options.least);
    counts.actors = countOrders(actors, options.least);
    return counts;
}

} // namespace linnet::training
