#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <concepts>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/engine_library.h"
#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "verse/verse_data.h"

namespace linnet::cli {

// JSON text of `value` on one line; invalid UTF-8 becomes U+FFFD, so it never throws.
std::string toJsonText(const nlohmann::json& value);

enum ExitCode { exitDone = 0, exitFailed = 1, exitUsage = 2 };

// A model folder that holds a config.json.
struct InstalledModel {
    std::string name; // the folder's name
    std::filesystem::path folder;
};

// What all commands share: the common options, output, finding and loading models. Made by main(),
// outlives every command. One thread.
class Context {
public:
    // The work of a command, run after all options are parsed. An Error becomes a message on
    // stderr and exit code 2 (InvalidArgument) or 1 (all others); exceptions become 1.
    using Run = std::function<engine::Result<void>()>;

    // Declares --json, --models, --device, --threads and --precision. Every command accepts them,
    // before or after its name.
    void addCommonOptions(CLI::App& app);

    // Adds a command to `parent` (the application or a group).
    CLI::App& addCommand(CLI::App& parent, const std::string& name, const std::string& description,
                         Run run);

    // The group `name` ("eval", "bench") of subcommands, made at its first use.
    CLI::App& group(CLI::App& app, const std::string& name, const std::string& description);

    // The exit code of the command that was run.
    int exitCode() const { return m_exitCode; }

    bool json() const { return m_json; }
    int threads() const { return m_loadOptions.threads; } // 0: not given
    const engine::LoadOptions& loadOptions() const { return m_loadOptions; }

    // One JSON object as a line on stdout, flushed. Invalid UTF-8 becomes U+FFFD.
    void print(const std::same_as<nlohmann::json> auto& object) const {
        print(std::string_view(toJsonText(object)));
    }
    // Text for people, as a line on stdout.
    void print(std::string_view line) const;
    // Text for people as it comes, without a line break, flushed.
    void write(std::string_view text) const;
    // A diagnostic, as a line on stderr.
    void note(std::string_view line) const;

    // The folders that are searched for models: --models alone; else $LINNET_MODELS or the models
    // that came with the program (../share/linnet/models beside the executable; models/ of the
    // source tree when run from a build tree), then the user's own.
    std::vector<std::filesystem::path> modelFolders() const;
    // All models found, earlier folders first; a name that occurs twice counts once.
    std::vector<InstalledModel> installedModels() const;
    // The folder of an installed model's name or of a path. Error: NotFound, names what there is.
    engine::Result<std::filesystem::path> findModel(const std::string& nameOrPath) const;

    // The lexicons and forms of verse, opened at the first call: those that came with the program
    // (../share/linnet beside the executable; resources/ of the source tree when run from a build
    // tree), or in $LINNET_RESOURCES. Errors: NotFound, CorruptFile.
    engine::Result<const verse::VerseData*> verse();

    // The engine, opened at the first call (libtorch is loaded only for what needs it).
    engine::Result<engine::Engine*> engine();
    // Finds and loads a model with the common options, or with `threads` when it is over 0. Its
    // notice, if any, goes to stderr.
    engine::Result<std::unique_ptr<engine::Generator>> loadModel(const std::string& nameOrPath,
                                                                 int threads = 0);

    // Answers each line of standard input, a JSON object, with one line on stdout, in order. A
    // line that is no object, or that `answer` fails on, is answered {"error":"..."}; the command
    // then fails at the end. `parseBare`, if given, makes an object of a line that is not JSON.
    using Answer = std::function<engine::Result<nlohmann::json>(const nlohmann::json& request)>;
    using ParseBare = std::function<nlohmann::json(const std::string& line)>;
    engine::Result<void> answerLines(const Answer& answer, const ParseBare& parseBare = {}) const;

private:
    bool m_json = false;
    std::string m_models;
    engine::LoadOptions m_loadOptions;
    int m_exitCode = exitDone;
    std::unique_ptr<engine::Engine> m_engine;
    std::unique_ptr<verse::VerseData> m_verse;
};

// The bytes of a file; "-" is standard input. Errors: NotFound, Io.
engine::Result<std::string> readInput(const std::string& path);

// Milliseconds since its construction.
class Stopwatch {
public:
    double milliseconds() const {
        return std::chrono::duration<double, std::milli>(Clock::now() - m_start).count();
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_start = Clock::now();
};

} // namespace linnet::cli
