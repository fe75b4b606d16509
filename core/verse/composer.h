#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "verse/form.h"
#include "verse/poem.h"
#include "verse/script_converter.h"
#include "verse/verse_lore.h"

namespace linnet::verse {

struct VerseData;

// Composes poems in the forms of one language by constrained decoding: at every step the model's
// distribution is cut down to what the form still allows, with exact look-ahead to the line's end
// and to the rhymes to come, so that every poem it finishes has its form. Of several candidates
// for a line it keeps the one that the model likes best. Immutable: any thread, one at a time for
// each model.
class Composer {
public:
    virtual ~Composer() = default;

    // Whether `request` can be met; nothing if it can. Takes about a millisecond.
    virtual std::optional<Refusal> check(const PoemRequest& request) const = 0;

    // `model` has the tokenizer that the composer was made for. The same request with the same
    // model gives the same poems. Cancelled within one step of the model: the versions that were
    // whole by then are returned. Errors: those of the model.
    virtual engine::Result<Composition> compose(engine::Generator& model,
                                                const PoemRequest& request, const PoemSink& sink,
                                                std::stop_token stop) const = 0;
};

struct ComposerOptions {
    // True if a line is a whole line of the training corpus; may be empty.
    std::function<bool(std::string_view line)> knownLine = {};
    // Reads requests in traditional characters and writes poems in them; null: simplified only.
    std::shared_ptr<const ScriptConverter> converter = {};
    VerseLore lore = {};
    int candidates = 0; // for each line; 0: as many as the language's budget of time allows
};

// A composer for the models of a language that have this tokenizer. `data` and `tokenizer` outlive
// it. Takes about 30 ms for English, since every word's pronunciations are looked up.
std::unique_ptr<Composer> makeComposer(Language language, const VerseData& data,
                                       const engine::Tokenizer& tokenizer, ComposerOptions options);

} // namespace linnet::verse
