#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/api/tokenizer.h"
#include "verse/decoding.h"
#include "verse/poem.h"
#include "verse/token_sampler.h"

namespace linnet::verse {

// A line that a draft has just written or taken over.
struct DraftLine {
    std::string text;                    // as the reader sees it
    std::string record;                  // as the training corpus has it, to look it up there
    std::vector<engine::TokenId> tokens; // the end of the line included
    double logProb = 0;                  // of the tokens, under the model without constraints
    double merit = 0;                    // what speaks for the line besides, for each token or word
    std::size_t length = 0;              // words, where marks count for none; 0: all tokens count
    bool acceptable = true;              // false: only if there is no other
};

// A poem in the making, in one language: what its form still allows, line after line. Copied for
// every candidate of a line.
class PoemDraft {
public:
    virtual ~PoemDraft() = default;
    virtual std::unique_ptr<PoemDraft> clone() const = 0;

    virtual std::vector<engine::TokenId> prompt() const = 0;
    virtual std::size_t lineCount() const = 0;
    virtual bool isFixed(std::size_t line) const = 0;
    // Whether a fixed line is one of the form's openings and not the writer's.
    virtual bool isOpening(std::size_t) const { return false; }
    // Whether a line has to answer another one, so that it is chosen from more.
    virtual bool isDemanding(std::size_t) const { return false; }

    // Tokens that stand before a line and are nobody's choice (a stanza's beginning).
    virtual std::vector<engine::TokenId> before(std::size_t line) const = 0;
    // The tokens of a fixed line, as the model reads it.
    virtual std::vector<engine::TokenId> fixedTokens(std::size_t line) const = 0;
    virtual std::string fixedText(std::size_t line) const = 0;

    // Lines are written, or taken as they are fixed, in order. False when the model failed or was
    // cancelled, and the draft is of no more use then.
    virtual bool writeLine(std::size_t line, Decoding& decoding, const SamplerOptions& sampling,
                           Random& random) = 0;
    virtual const DraftLine& written() const = 0;
    virtual void takeFixedLine(std::size_t line) = 0;

    virtual std::string variant() const = 0;
    virtual std::string title() const = 0;
    virtual std::vector<int> breaks() const = 0; // a stanza ends before these lines
};

} // namespace linnet::verse
