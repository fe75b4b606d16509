#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "training/verse_corpus.h"
#include "verse/poem_record.h"

namespace linnet::training {

/// Random numbers that are the same on every platform.
class RecordRandom {
public:
    explicit RecordRandom(std::uint64_t seed)
        : m_engine(seed) {}

    /// 0 .. count - 1; `count` over 0.
    std::size_t below(std::size_t count) { return m_engine() % count; }
    bool chance(double probability) {
        return static_cast<double>(m_engine() >> 11U) * 0x1p-53 < probability;
    }

private:
    std::mt19937_64 m_engine;
};

/// The tokens of a verse model in the order of their ids: control tokens first.
class VerseVocabulary {
public:
    VerseVocabulary() = default;
    VerseVocabulary(std::vector<std::string> control, const std::vector<std::string>& others);

    [[nodiscard]] const std::vector<std::string>& tokens() const { return m_tokens; }
    [[nodiscard]] std::size_t controlCount() const { return m_controlCount; }
    [[nodiscard]] bool has(const std::string& token) const { return m_ids.contains(token); }
    /// Of an unknown token, that of <|unk|>.
    [[nodiscard]] std::uint32_t id(const std::string& token) const;

private:
    std::vector<std::string> m_tokens;
    std::size_t m_controlCount = 0;
    std::unordered_map<std::string, std::uint32_t> m_ids;
    std::uint32_t m_unknown = 0;
};

/// A poem, or a piece of one, ready to train on.
struct VerseRecord {
    std::string group; // for mixtures
    std::vector<std::string> tokens;
    std::uint64_t words = 0;   // characters of a Chinese, words and marks of an English poem
    std::uint64_t bytes = 0;   // of the lines
    std::uint64_t unknown = 0; // words or characters without a token
};

/// Counts characters, then chooses those of the vocabulary.
class ChineseVocabularyBuilder {
public:
    void add(const ChinesePoem& poem);
    /// The `size` commonest characters (of equals, the one with the lower code).
    [[nodiscard]] VerseVocabulary build(std::size_t size) const;

private:
    std::map<std::string, std::uint64_t> m_counts;
};

/// The record of a poem. What the prompt says is drawn: its theme is the title (45 %), one to three
/// words from the lines (35 %) or none; its rhyme is given for half of the poems.
[[nodiscard]] VerseRecord chineseRecord(const ChinesePoem& poem, const VerseVocabulary& vocabulary,
                                        RecordRandom& random);

/// Counts words and their spellings inside lines, then chooses those of the vocabulary.
class EnglishVocabularyBuilder {
public:
    explicit EnglishVocabularyBuilder(const SyllableCounts& dictionary)
        : m_dictionary(dictionary) {}

    void add(const EnglishPoem& poem);
    /// The marks, the `size` commonest words of the dictionary, then other words that occur at
    /// least `leastOther` times. Lower-case, except words that are usually capitalised inside a
    /// line.
    [[nodiscard]] VerseVocabulary build(std::size_t size, std::uint64_t leastOther) const;

private:
    struct Word {
        std::uint64_t count = 0;
        std::uint64_t inside = 0;                      // neither at a line's nor a sentence's start
        std::map<std::string, std::uint64_t> capitals; // spellings inside, with a capital
    };
    [[nodiscard]] static std::string spelling(const std::string& lower, const Word& word);

    const SyllableCounts& m_dictionary;
    std::unordered_map<std::string, Word> m_words;
};

/// Turns English poems into records.
class EnglishRecordMaker {
public:
    EnglishRecordMaker(const VerseVocabulary& vocabulary, const SyllableCounts& syllables);

    /// The records of a poem: long ones are cut into pieces at stanza breaks, or, within long
    /// stanzas, at ends of sentences. What a prompt says is drawn as for Chinese poems; the measure
    /// is left out for a fifth of the poems that have one.
    [[nodiscard]] std::vector<VerseRecord> records(const EnglishPoem& poem,
                                                   RecordRandom& random) const;

private:
    using Line = std::vector<std::string>;
    using Stanzas = std::vector<std::vector<Line>>;

    [[nodiscard]] Line tokensOf(const std::string& line) const;
    [[nodiscard]] VerseRecord record(const EnglishPoem& poem, const Stanzas& piece,
                                     RecordRandom& random) const;
    [[nodiscard]] std::optional<verse::Measure> measureOf(const Stanzas& piece) const;
    [[nodiscard]] std::vector<std::string> themeOf(const EnglishPoem& poem, const Stanzas& piece,
                                                   RecordRandom& random) const;

    const VerseVocabulary& m_vocabulary;
    const SyllableCounts& m_syllables;
    std::unordered_map<std::string, std::string> m_spellings; // lower case to token
};

} // namespace linnet::training
