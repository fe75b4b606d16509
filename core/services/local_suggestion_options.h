#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>

#include "engine/api/engine_library.h"
#include "services/project_memory.h"
#include "services/suggestion_computer.h"
#include "verse/form.h"

namespace linnet::services {

struct LocalSuggestionOptions {
    std::filesystem::path modelFolder; // with config.json; empty: none
    std::filesystem::path stateFolder; // for the crash marker
    engine::LoadOptions load;
    double ghostThreshold = -1; // least confidence; negative: the model's calibrated value
    int ghostWords = 4;
    std::chrono::milliseconds idleUnload = std::chrono::minutes(10); // zero: never

    std::filesystem::path resources; // holds lexicons/ and forms/ of verse; empty: no verse
    std::map<verse::Language, std::filesystem::path> verseModels;

    bool learn = false;                          // from the writer's documents
    std::shared_ptr<const ProjectMemory> memory; // where that is kept; null: nowhere

    // Opens the engine's shared library, on the worker thread.
    std::function<engine::Result<std::unique_ptr<engine::Engine>>()> openEngine = [] {
        return engine::openEngine();
    };
    SuggestionComputerFactory makeComputer = makeSuggestionComputer;
};

} // namespace linnet::services
