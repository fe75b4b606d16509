#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "suggest/ngram_format.h"

namespace linnet::suggest {

// The words a model knows, in their own case ("house", "London", "don't"): a word that is
// capitalised only because it begins a sentence is kept in lower case. Immutable.
class Lexicon {
public:
    struct Separator {
        std::string key;        // see separatorKey()
        double capitalRate = 0; // how often a lower-case word is capitalised after it
    };

    // Reads the sections of a validated header. Error: CorruptFile.
    static engine::Result<Lexicon> read(const NgramHeader& header,
                                        std::span<const std::uint8_t> file);

    // Alphabetical (byte) order; positions are what prefixRange() speaks of.
    std::size_t size() const { return m_ids.size(); }
    WordId idAt(std::size_t position) const { return m_ids[position]; }
    std::string_view wordAt(std::size_t position) const {
        return std::string_view(m_text).substr(m_starts[position],
                                               m_starts[position + 1] - m_starts[position]);
    }

    std::optional<WordId> find(std::string_view word) const;
    std::string_view word(WordId id) const; // empty: not a word

    // True if the word begins with a lower-case letter; by id below vocabulary().
    bool startsLower(WordId id) const { return m_lower[id] != 0; }

    struct Range {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    Range prefixRange(std::string_view prefix) const;

    WordId vocabulary() const { return m_vocabulary; } // ids below this predict and condition
    WordId firstWord() const { return m_firstWord; }
    std::size_t tailWords() const { return m_tail.size(); } // ids from firstTailWord on
    double tailShare(WordId id) const { return m_tail[id - firstTailWord]; }

    std::span<const Separator> separators() const { return m_separators; }
    // The separator's id, or that of the longest known ending of `key`; none for a plain space.
    std::optional<WordId> separatorId(std::string_view key) const;
    double capitalRate(std::string_view key) const;

    // The id that a word after separator `key` has as context, its place's capital undone.
    WordId contextId(std::string_view key, std::string_view word) const;

private:
    engine::Result<void> readWords(std::span<const std::uint8_t> words,
                                   std::span<const std::uint8_t> ranks,
                                   std::span<const std::uint8_t> tail);
    engine::Result<void> readSeparators(std::span<const std::uint8_t> bytes, std::uint32_t count);

    std::string m_text;
    std::vector<std::uint32_t> m_starts;
    std::vector<WordId> m_ids;
    std::vector<std::uint32_t> m_positions;     // of id, for ids below m_vocabulary
    std::vector<std::uint32_t> m_tailPositions; // of tail words
    std::vector<float> m_tail;
    std::vector<std::uint8_t> m_lower; // of id, for ids below m_vocabulary
    std::vector<Separator> m_separators;
    WordId m_vocabulary = 0;
    WordId m_firstWord = 0;
};

} // namespace linnet::suggest
