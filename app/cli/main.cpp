#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "caption_commands.h"
#include "commands.h"
#include "context.h"

namespace {

int run(int argc, char** argv) {
    CLI::App app("Linnet on the command line: everything the editor can do, scriptable.",
                 "linnet-cli");
    app.require_subcommand(1);
    app.set_version_flag("--version", LINNET_VERSION);
    linnet::cli::Context context;
    context.addCommonOptions(app);
    linnet::cli::addSuggestCommands(app, context);
    linnet::cli::addCompleteCommand(app, context);
    linnet::cli::addScoreCommands(app, context);
    linnet::cli::addTokenizeCommand(app, context);
    linnet::cli::addPoemCommand(app, context);
    linnet::cli::addPoemMeasures(app, context);
    linnet::cli::addCaptionCommands(app, context);
    linnet::cli::addCaptionMeasures(app, context);
    linnet::cli::addCheckCommand(app, context);
    linnet::cli::addRhymeCommands(app, context);
    linnet::cli::addModelsCommand(app, context);
    linnet::cli::addBenchCommands(app, context);
    linnet::cli::addBenchBatch(app, context);
    linnet::cli::addBenchCancel(app, context);
    linnet::cli::addBenchServerCommand(app, context);
    linnet::cli::addTourCommand(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& e) { // --help, --version
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        app.exit(e);
        return linnet::cli::exitUsage;
    }
    return context.exitCode();
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "linnet-cli: %s\n", e.what());
    } catch (...) {
        std::fputs("linnet-cli: unknown failure\n", stderr);
    }
    return linnet::cli::exitFailed;
}
