#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "verse/form.h"
#include "verse/script_converter.h"

namespace linnet::verse {

struct VerseData;

// A caret in verse.
struct LineQuery {
    std::string_view before; // the text up to the caret; the passage of verse at its end counts
    std::string form;        // a name in the form library; empty: whatever fits the lines before
    std::string variant;     // of the form; empty: whatever fits
    int count = 5;           // words wanted
};

// A word of English, or a character of Chinese, that may come next.
struct NextWord {
    std::string word; // the whole word, also when part of it is typed
    double p = 0;     // among those that the form allows
};

struct LineContinuation {
    std::vector<NextWord> words; // most probable first
    std::string rest;            // of the line, from the caret on, as the model would write it
    double restP = 0;            // probability of its first word
    // How much of a word's probability this model should have a say in, beside one of prose.
    double share = 1;
    bool cancelled = false;
};

// Continues the line at a caret by a verse model, within what the form of the lines before it asks
// of the next place: tones, metre, length, rhyme. Remembers what it worked out for the place, so
// that further letters of a word cost next to nothing. One thread.
class LineContinuer {
public:
    virtual ~LineContinuer() = default;

    // Whether the caret is in verse of this language.
    virtual bool isVerse(std::string_view before) const = 0;

    // `model` has the tokenizer that it was made for. Nothing when the line is full, or is no
    // verse. Errors: those of the model.
    virtual engine::Result<LineContinuation> next(engine::Generator& model, const LineQuery& query,
                                                  std::stop_token stop) = 0;

    // Whether `word` may be the one at the caret, or, after `finished`, which is typed already, the
    // next one: it keeps the metre or the tones, and at the end of the line the rhyme. True where
    // nothing is known about the line. For English about a microsecond.
    virtual bool admits(const LineQuery& query, std::string_view finished,
                        std::string_view word) = 0;
};

// `data` and `tokenizer` outlive it. `converter` may be null: Chinese text is then taken to be
// simplified.
std::unique_ptr<LineContinuer> makeLineContinuer(Language language, const VerseData& data,
                                                 const engine::Tokenizer& tokenizer,
                                                 std::shared_ptr<const ScriptConverter> converter);

} // namespace linnet::verse
