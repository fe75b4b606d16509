#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

#include "commands.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

/// Training takes and returns the same large blocks at every step: keep them rather than giving
/// them back to the system and clearing them anew (8 % of the time).
void keepFreedMemory() {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, 2147483647);
    mallopt(M_TOP_PAD, 64 << 20);
#endif
}

} // namespace

int main(int argc, char** argv) {
    keepFreedMemory();
    CLI::App app{"Prepares corpora, trains, evaluates and exports the language models of Linnet.\n"
                 "Every command explains itself with --help."};
    app.name("linnet-train");
    app.set_version_flag("--version", LINNET_VERSION);
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::help);
    linnet::train::Commands commands(argc, argv);
    commands.addTo(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "linnet-train: %s\n", e.what());
        return 1;
    }
    return commands.exitCode();
}
