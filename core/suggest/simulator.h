#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::suggest {

// Measures how many keystrokes a word bar spares a writer who types a text without mistakes,
// looks at the list before each key at the start of or inside a word, and picks the word with one
// key as soon as it is listed and the pick spares at least one. The pick brings the following
// space if the text has one.
struct SimulationOptions {
    int count = 5;                  // words listed
    std::size_t characters = 12000; // typed in all
    std::size_t windows = 8;        // stretches, spread evenly over the text
    std::size_t context = 1500;     // characters before a stretch that count as written
    bool cold = false;              // hide those
};

// What the predictor is asked and answers. `text` ends at the caret.
struct Prediction {
    std::vector<std::string> words;
    std::string ghost; // empty: none
    double ghostP = 0;
};
using Predictor =
    std::function<engine::Result<Prediction>(std::string_view text, bool startOfWord)>;

struct SimulationReport {
    std::size_t characters = 0;
    std::size_t keys = 0;
    std::size_t words = 0;
    std::size_t picks = 0;
    std::size_t first = 0;            // words listed first, asked at their start
    std::size_t listed = 0;           // words listed at all, asked at their start
    std::size_t ghosts = 0;           // words at whose start ghost text was shown
    std::size_t ghostsRight = 0;      // of these, where its first word was the one
    std::vector<double> milliseconds; // of each request that was computed
    // p of the ghost and whether it was right, at each word's start where one was shown
    std::vector<std::pair<double, bool>> calibration;

    double savings() const;
    double share(std::size_t part, std::size_t whole) const;
};

// Documents of the text end at lines "<|endofdoc|>", which are never typed.
engine::Result<SimulationReport> simulate(std::string_view text, const SimulationOptions& options,
                                          const Predictor& predictor);

} // namespace linnet::suggest
