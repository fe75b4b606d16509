#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

namespace linnet::server {

// One JSON object a line on standard error. Never a word of a client's text, nor a key. Any thread.
class ServerLog {
public:
    explicit ServerLog(bool quiet)
        : m_quiet(quiet) {}

    // `fields` is an object; time, level and event are added. Quiet logs leave out "info".
    void write(const char* level, const char* event, nlohmann::json fields);
    void info(const char* event, nlohmann::json fields) { write("info", event, std::move(fields)); }
    void warn(const char* event, nlohmann::json fields) {
        write("warning", event, std::move(fields));
    }
    void fail(const char* event, const std::string& message) {
        write("error", event, {{"message", message}});
    }

private:
    bool m_quiet;
    std::mutex m_mutex;
};

} // namespace linnet::server
