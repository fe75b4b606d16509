#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace linnet::train {

/// The subcommands of linnet-train: each parses its options into a core structure, runs it and
/// reports. Diagnostics and progress go to standard error.
class Commands {
public:
    Commands(int argc, char** argv);

    /// Declares the subcommands; parsing then runs the chosen one.
    void addTo(CLI::App& app);

    /// 0 when the command that ran succeeded, else 1.
    [[nodiscard]] int exitCode() const { return m_exitCode; }

private:
    void addTokenizer(CLI::App& app);
    void addPrepare(CLI::App& app);
    void addLm(CLI::App& app);
    void addCaptioner(CLI::App& app);
    void addRewardCaptioner(CLI::App& app);
    void addPeople(CLI::App& app);
    void addFinetune(CLI::App& app);
    void addExport(CLI::App& app);
    void addExportCaptioner(CLI::App& app);
    void addGate(CLI::App& app);
    void addVerse(CLI::App& app);
    void addPhrases(CLI::App& app);
    void addMeasure(CLI::App& app);
    void fail(const std::string& message);

    std::string m_commandLine;
    int m_exitCode = 0;
};

} // namespace linnet::train
