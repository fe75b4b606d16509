#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/generator.h"

namespace linnet::verse {

// What a poem is asked to be. All text is UTF-8; Chinese may be simplified or traditional. Lines
// are numbered from 0. Everything but the form may be left out.
struct PoemRequest {
    std::string form;                  // "qijue", "sonnet", ...: a name in the form library
    std::string variant;               // of the form, by its name there; empty: any
    std::string theme;                 // what it is about; steers the model
    std::string title;                 // kept as it is; also a theme when there is none
    std::vector<std::string> keywords; // are to occur where the model and the form allow it
    std::string firstLine;             // the same as fixed[0]
    std::string rhyme; // a rhyme group ("一东"), or a word or character to rhyme with and to use
    std::string acrostic; // beginnings of the lines: a character each (藏头), a letter each; spaces
                          // and punctuation do not count; may be shorter than the poem
    std::string style; // Chinese: a dynasty ("唐", "Tang"); empty: the model's own mixture
    std::map<int, std::string> fixed; // lines that stay as they are; all others are composed
    int lines = 0;                    // of the poem, where the form leaves a choice; 0: its default
    int count = 1;                    // versions
    std::uint64_t seed = 0;           // version i uses seed + i
    double temperature = 1.0;         // over 0; the model's own distribution at 1
    bool traditional = false;         // Chinese: write traditional characters
};

struct PoemLine {
    std::string text;
    bool fixed = false;      // one of the request's
    bool fromCorpus = false; // composed, but a whole line of the training corpus
};

struct Poem {
    std::string form;
    std::string variant; // of the form that was used; empty: the form has none
    std::string title;
    std::vector<PoemLine> lines;
    std::vector<int> breaks; // a stanza ends before these lines
    std::uint64_t seed = 0;  // with count 1, this seed gives this poem again
    double score = 0;        // mean log-probability of a token under the model, without constraints
};

// Which part of a request cannot be met, for a user interface to translate.
enum class RefusalKind {
    UnknownForm,
    UnknownVariant,
    UnknownStyle,
    FixedLine,  // it breaks the form, or contradicts another part of the request
    Acrostic,   // too long, or no line can begin with it
    Rhyme,      // unknown, of the wrong tone, or with too few rhymes
    OutOfRange, // count, temperature, the number of lines or of a fixed line
    NoSolution, // the parts are possible one by one, but not together
};

// Why no poem can be what was asked for. Found before the model runs, within milliseconds.
struct Refusal {
    RefusalKind kind = RefusalKind::NoSolution;
    int line = -1;       // the line it speaks of; -1: none
    std::string subject; // the part of the request that cannot be met: a character, a word, a name
    std::string message; // an English diagnostic
};

// Poems as they come into being; on the composing thread. Either function may be empty; Stop ends
// the composition, like a stop request.
struct PoemSink {
    // A line that is final, in the order of the poem; `version` counts from 0.
    std::function<engine::Flow(int version, int line, const PoemLine& text)> line;
    std::function<engine::Flow(int version, const Poem& poem)> poem;
};

struct Composition {
    std::vector<Poem> poems; // whole ones, best score first
    std::optional<Refusal> refusal;
    bool cancelled = false;
};

} // namespace linnet::verse
