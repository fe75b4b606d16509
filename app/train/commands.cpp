#include "commands.h"

#include <CLI/CLI.hpp>

#include <cstdio>

#ifdef LINNET_TRAINING_TEXT
#include "caption_commands.h"
#endif
#include "ngram_command.h"

namespace linnet::train {

Commands::Commands(int argc, char** argv) {
    m_commandLine = "linnet-train";
    for (int i = 1; i < argc; ++i) {
        m_commandLine += std::string(" ") + argv[i];
    }
}

void Commands::addTo(CLI::App& app) {
#ifdef LINNET_TRAINING_TEXT
    addPrepare(app);
    addTokenizer(app);
    addFinetune(app);
    addPhrases(app);
    addCaptioner(app);
    addRewardCaptioner(app);
    addPeople(app);
    addExportCaptioner(app);
    addPhotosCommand(app, [this](const std::string& message) { fail(message); });
#endif
    addVerse(app);
    addLm(app);
    addMeasure(app);
    addExport(app);
    addGate(app);
    addNgramCommand(app, [this](const std::string& message) { fail(message); });
}

void Commands::fail(const std::string& message) {
    std::fprintf(stderr, "linnet-train: %s\n", message.c_str());
    m_exitCode = 1;
}

} // namespace linnet::train
