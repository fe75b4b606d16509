#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "continuation/verse_continuation.h"

namespace linnet::cli {

// What continues verse, with the models of verse that are installed; `context` outlives it.
std::unique_ptr<continuation::VerseContinuation> openVerseContinuation(Context& context);

// --verse, --form and --variant.
void addVerseOptions(CLI::App& command, continuation::VerseMode& mode);

// The same as keys of a request, over what `mode` says.
engine::Result<void> readVerseMode(Context& context, const nlohmann::json& request,
                                   continuation::VerseMode& mode);

// Naming a form asks for verse. Error: there is no such form.
engine::Result<void> checkVerseMode(Context& context, continuation::VerseMode& mode);

} // namespace linnet::cli
