#pragma once

#include <CLI/CLI.hpp>

#include "context.h"

namespace linnet::cli {

// Each adds one group of commands, in a file of its own (complete_command.cpp and so on).
void addCompleteCommand(CLI::App& app, Context& context);
void addScoreCommands(CLI::App& app, Context& context); // score, eval perplexity
void addTokenizeCommand(CLI::App& app, Context& context);
void addModelsCommand(CLI::App& app, Context& context);
void addBenchCommands(CLI::App& app, Context& context); // bench load, prefill, decode
void addBenchBatch(CLI::App& app, Context& context);
void addBenchCancel(CLI::App& app, Context& context);
void addBenchServerCommand(CLI::App& app, Context& context); // bench server
void addSuggestCommands(CLI::App& app, Context& context);    // suggest, eval suggest, bench suggest
void addPoemCommand(CLI::App& app, Context& context);
void addPoemMeasures(CLI::App& app, Context& context); // eval poems, bench poem
void addCheckCommand(CLI::App& app, Context& context);
void addRhymeCommands(CLI::App& app, Context& context); // rhyme, forms
void addTourCommand(CLI::App& app, Context& context);

} // namespace linnet::cli
