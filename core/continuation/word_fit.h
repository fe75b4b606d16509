#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "verse/form.h"
#include "verse/script_converter.h"
#include "verse/verse_data.h"

namespace linnet::continuation {

// Where a word is to stand.
struct FitPlace {
    std::string_view before; // the text up to it
    std::string_view after;  // of its line
    std::string form;        // of verse: a name in the form library; empty: not known
};

// A word, by its index among those that were asked about.
struct WordFit {
    std::size_t word = 0;
    // Natural log, of the word and of what stands beside it as the model reads; of the likeliest
    // words only.
    std::optional<double> logProb;
};

// Orders words by how well they fit a place, as a model of language sees it.
class WordFitter {
public:
    virtual ~WordFitter() = default;

    // All of `words`, the likeliest first; those that the model cannot write come last, and equal
    // ones stay in their order. `model` has the tokenizer that this was made for. Empty when
    // stopped. Errors: those of the model.
    virtual engine::Result<std::vector<WordFit>> rank(engine::Generator& model,
                                                      const FitPlace& place,
                                                      std::span<const std::string> words,
                                                      std::stop_token stop) const = 0;
};

// By a model of verse. English lines are read from their end, so a word is likely by the lines
// above and by what follows it, and makes the words before it likely (Bayes' rule); of Chinese,
// words of one character count. `data` and `tokenizer` outlive it; `converter` may be null: Chinese
// text is then taken to be simplified.
std::unique_ptr<WordFitter>
makeVerseFitter(verse::Language language, const verse::VerseData& data,
                const engine::Tokenizer& tokenizer,
                std::shared_ptr<const verse::ScriptConverter> converter);

// By a model of prose, from the text before the place. `tokenizer` outlives it.
std::unique_ptr<WordFitter> makeProseFitter(const engine::Tokenizer& tokenizer);

} // namespace linnet::continuation
