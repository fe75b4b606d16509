#pragma once

#include <array>
#include <cstddef>

#include "verse/en_vocabulary.h"
#include "verse/sentence_model.h"

namespace linnet::verse {

// What a reader keeps in mind of an English poem, word after word in reading order: who has been
// spoken of, in what time, and whether the sentence has said what it began to say. Cheap to copy;
// what it is made from outlives it.
class EnDiscourse {
public:
    // `sentences` may be null. `story`: the poem tells one, as limericks do.
    EnDiscourse(const EnVocabulary& vocabulary, const SentenceModel* sentences, bool story)
        : m_vocabulary(&vocabulary)
        , m_sentences(sentences)
        , m_story(story) {}

    // Somebody has been spoken of by another name.
    void introduce(EnPerson person) { ++m_persons[static_cast<std::size_t>(person)]; }

    // Reads a word or mark. Returns what is wrong with it where it stands, in nats; 0: nothing.
    double read(engine::TokenId token);

    // What would be wrong with speaking of that person now.
    double strangeness(EnPerson person) const;

private:
    double shift(EnTense tense) const;
    double readStop(engine::TokenId stop);
    std::uint8_t roleOf(engine::TokenId token) const {
        return m_sentences != nullptr ? m_sentences->role(token) : std::uint8_t{0};
    }

    const EnVocabulary* m_vocabulary;
    const SentenceModel* m_sentences;
    bool m_story;
    std::array<int, enPersonCount> m_persons{}; // how often each has been spoken of
    std::array<int, enTenseCount> m_tenses{};
    // Of the sentence so far.
    int m_words = 0;
    int m_verbs = 0;
    int m_clauses = 0; // that hang on another one: "when the moon", "who came"
    bool m_asks = false;
    bool m_afterTo = false;
};

} // namespace linnet::verse
