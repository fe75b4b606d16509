#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "verse/poem.h"

namespace linnet::verse {

// Composes poems in the forms of one language by constrained decoding: at every step the model's
// distribution is cut down to what the form still allows, with exact look-ahead to the line's end
// and to the rhymes to come, so that every poem it finishes has its form. Of several candidates
// for a line it keeps the one that the model likes best. Immutable: any thread, one at a time for
// each model.
class Composer {
public:
    virtual ~Composer() = default;

    // Whether `request` can be met; nothing if it can.
    virtual std::optional<Refusal> check(const PoemRequest& request) const = 0;

    // `model` has the tokenizer that the composer was made for. The same request with the same
    // model gives the same poems. Cancelled within one step of the model: the versions that were
    // whole by then are returned. Errors: those of the model.
    virtual engine::Result<Composition> compose(engine::Generator& model,
                                                const PoemRequest& request, const PoemSink& sink,
                                                std::stop_token stop) const = 0;
};

} // namespace linnet::verse
