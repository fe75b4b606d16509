#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "training/lm_trainer.h"

namespace linnet::train {

/// A line on standard error that is rewritten in place on a terminal, and repeated now and then in
/// a log file.
class StatusLine {
public:
    StatusLine();
    ~StatusLine();
    StatusLine(const StatusLine&) = delete;
    StatusLine& operator=(const StatusLine&) = delete;

    /// Shows `text`, unless something was shown a moment ago.
    void show(const std::string& text);

    /// Prints `text` on a line of its own, at once.
    void note(const std::string& text);

private:
    std::chrono::steady_clock::time_point m_last;
    bool m_terminal;
    bool m_dirty = false;
};

/// A bar, the share done and the time left, of work counted in bytes.
[[nodiscard]] std::string progressBar(std::uint64_t done, std::uint64_t total, double seconds);

/// "1:02:03" or "2:03".
[[nodiscard]] std::string formatSeconds(double seconds);

[[nodiscard]] std::string describe(const training::LmProgress& progress);
[[nodiscard]] std::string describe(const training::LmValidation& validation);

/// Parses "a=1,b=2.5"; false if a weight is missing or not over 0. An empty text gives no entries.
[[nodiscard]] bool parseMixture(const std::string& text, std::map<std::string, double>& mixture);

} // namespace linnet::train
