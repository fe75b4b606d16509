#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "verse/analyzer.h"
#include "verse/composer.h"
#include "verse/poem.h"

namespace linnet::verse {

struct VerseData;

// A poem with what the analyzer and the clock say about it.
struct CheckedPoem {
    Poem poem;
    Analysis analysis;
    // What of the request was done in a way that may not be expected; English.
    std::vector<std::string> notes;
    double milliseconds = 0;      // since the version was begun
    double firstMilliseconds = 0; // of these until its first line was there
};

// Why a request was refused, or the poems, best first.
struct CheckedComposition {
    std::vector<CheckedPoem> poems;
    std::optional<Refusal> refusal;
    bool cancelled = false;
};

// Composes, and has the analyzer check what came of it. `sink` is as for Composer::compose().
engine::Result<CheckedComposition> composeChecked(const Composer& composer,
                                                  engine::Generator& model, const VerseData& data,
                                                  const Analyzer& analyzer,
                                                  const PoemRequest& request, const PoemSink& sink,
                                                  std::stop_token stop);

// The lines with blank lines between stanzas.
std::string textOf(const Poem& poem);

// A refusal as an error: InvalidArgument if the request names what does not exist, else NotFound.
engine::Error toError(const Refusal& refusal);

} // namespace linnet::verse
