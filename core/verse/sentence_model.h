#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"
#include "verse/class_ngrams.h"

namespace linnet::verse {

// What a class of words is in a sentence.
namespace class_role {
inline constexpr std::uint8_t person = 1; // a pronoun
inline constexpr std::uint8_t verb = 2;   // a finite verb: what a sentence has to have
inline constexpr std::uint8_t stop = 4;   // a mark that ends a sentence
} // namespace class_role

// What a model of sentences is made of.
struct SentenceCounts {
    std::vector<std::uint16_t> classes;          // of each token; 0 stands for what begins a text
    std::vector<std::uint8_t> roles;             // of each class
    std::vector<std::vector<ClassNgram>> words;  // of all classes
    std::vector<std::vector<ClassNgram>> actors; // of persons and verbs alone
};

// How sentences of verse run apart from what they speak of, in reading order and across the ends of
// lines: n-grams over classes of words that stand in like places (Brown et al. 1992), where
// frequent words are classes of their own; and n-grams over pronouns and verbs alone, which know
// who goes with whom and what time with what. English verse models write lines from behind and see
// neither. Immutable: any thread.
class SentenceModel {
public:
    // Errors: NotFound, Io, CorruptFile, UnsupportedFormat (made with another vocabulary).
    static engine::Result<std::shared_ptr<const SentenceModel>>
    load(const std::filesystem::path& file, const engine::Tokenizer& tokenizer);

    // The file's content for load().
    static std::vector<std::uint8_t> serialized(const engine::Tokenizer& tokenizer,
                                                const SentenceCounts& counts);

    // What the token's class is in a sentence: class_role.
    std::uint8_t role(engine::TokenId token) const {
        return m_roles[m_classes[static_cast<std::size_t>(token)]];
    }

private:
    friend class SentenceReader;

    bool parse(std::span<const std::uint8_t> payload);

    std::vector<std::uint16_t> m_classes; // of each token
    std::vector<std::uint8_t> m_roles;    // of each class
    ClassNgrams m_words;
    ClassNgrams m_actors;
};

// How a word fits what was read before it, in nats.
struct SentenceFit {
    float likelihood = 0; // log-probability of its class
    float surplus = 0;    // how much likelier its class is here than anywhere
    float actors = 0;     // the same of a pronoun or verb among the others; 0 for other words
};

// Reads a text word by word. Cheap to copy; `model` outlives it.
class SentenceReader {
public:
    explicit SentenceReader(const SentenceModel& model)
        : m_model(&model) {}

    SentenceFit read(engine::TokenId token);

    // Words since the last mark that ends a sentence, and whether one of them is a finite verb.
    int words() const { return m_words; }
    bool hasVerb() const { return m_hasVerb; }
    bool isStop(engine::TokenId token) const {
        return (m_model->role(token) & class_role::stop) != 0;
    }

private:
    const SentenceModel* m_model;
    std::array<std::uint16_t, longestClassNgram - 1> m_before{}; // nearest first
    std::array<std::uint16_t, longestClassNgram - 1> m_actors{};
    int m_words = 0;
    bool m_hasVerb = false;
};

} // namespace linnet::verse
