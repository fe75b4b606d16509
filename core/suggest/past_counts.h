#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace linnet::suggest {

// What earlier documents teach: how often words occurred, and what followed what. Only what
// occurred at least twice, and names and other words of no lexicon: no sentence can be read back.
struct PastCounts {
    struct Word {
        std::string text; // as DocumentModel spells it; also separators, whose count is 0
        std::uint32_t count = 0;
    };
    // words[items[0]] words[items[1]] (words[items[2]]) in this order.
    struct Pair {
        std::array<std::uint32_t, 2> items{};
        std::uint32_t count = 0;
    };
    struct Triple {
        std::array<std::uint32_t, 3> items{};
        std::uint32_t count = 0;
    };

    std::vector<Word> words;
    std::vector<Pair> pairs;
    std::vector<Triple> triples;

    bool empty() const { return words.empty(); }

    // Adds those of another document.
    void add(const PastCounts& other);
    // Indices are in range and no word comes twice.
    bool isSound() const;
};

} // namespace linnet::suggest
