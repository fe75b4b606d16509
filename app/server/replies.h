#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "http_server.h"
#include "protocol/api_error.h"
#include "server_state.h"

namespace linnet::server {

void sendJson(httplib::Response& response, std::string body);
void sendError(httplib::Response& response, const protocol::ApiError& error);
// 503 with Retry-After.
void sendBusy(httplib::Response& response, const std::string& message);
// The one place where the engine's failures become statuses.
protocol::ApiError toApiError(const engine::Error& error);

// The body, up to `limit` bytes after decoding; nothing if it could not be read whole, and the
// response then says why. The rest of a body that is too large stays unread, so the connection
// ends.
std::optional<std::string> readBody(ServerState& state, httplib::Response& response,
                                    const httplib::ContentReader& reader, std::size_t limit);

// Takes its share of the memory that all bodies together may have, and gives it back at the end.
class BodyShare {
public:
    explicit BodyShare(ServerState& state)
        : m_state(state) {}
    ~BodyShare() { m_state.bodyBytes -= m_bytes; }
    BodyShare(const BodyShare&) = delete;
    BodyShare& operator=(const BodyShare&) = delete;
    bool grow(std::size_t bytes);

private:
    ServerState& m_state;
    std::size_t m_bytes = 0;
};

// When to give up on a request: its client is gone, or its time is over.
class Patience {
public:
    explicit Patience(const ServerState& state)
        : m_end(std::chrono::steady_clock::now() +
                std::chrono::seconds(state.options.requestSeconds)) {}
    bool over() const { return std::chrono::steady_clock::now() > m_end; }

private:
    std::chrono::steady_clock::time_point m_end;
};

// How often a handler that waits looks after its client.
inline constexpr std::chrono::milliseconds watchInterval{50};

// Answers as a stream of events. `more` writes what there is, having waited for it no longer than
// watchInterval, and says whether there is more to come; it is called until then, unless the
// client goes away or the request's time is over.
enum class StreamState { More, Done };
using EventWriter = std::function<void(const std::string& event)>;
void sendStream(ServerState& state, httplib::Response& response,
                std::function<StreamState(const EventWriter& write)> more);

std::string newId(const char* prefix); // "cmpl-0123456789abcdef01234567"
std::int64_t unixTime();
std::uint64_t randomSeed();

} // namespace linnet::server
