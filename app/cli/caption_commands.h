#pragma once

#include <CLI/CLI.hpp>

#include "context.h"

namespace linnet::cli {

void addCaptionCommands(CLI::App& app, Context& context); // caption, bench caption
void addCaptionMeasures(CLI::App& app, Context& context); // eval captions

} // namespace linnet::cli
