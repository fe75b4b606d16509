#include "server_log.h"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace linnet::server {

namespace {

// RFC 3339, in UTC with milliseconds.
std::string now() {
    const auto time = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  time - std::chrono::system_clock::from_time_t(seconds))
                                  .count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char day[32];
    std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    char text[48];
    std::snprintf(text, sizeof text, "%s.%03dZ", day, static_cast<int>(milliseconds));
    return text;
}

} // namespace

void ServerLog::write(const char* level, const char* event, nlohmann::json fields) {
    if (m_quiet && level == std::string_view("info")) {
        return;
    }
    fields["time"] = now();
    fields["level"] = level;
    fields["event"] = event;
    const std::string line =
        fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    const std::lock_guard lock(m_mutex);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace linnet::server
