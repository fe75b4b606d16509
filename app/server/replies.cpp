#include "replies.h"

#include <memory>
#include <random>
#include <utility>

#include "protocol/server_sent_events.h"

namespace linnet::server {

using engine::ErrorCode;
using protocol::ApiError;

namespace {

constexpr const char* jsonType = "application/json";
constexpr std::size_t allBodies = std::size_t{512} << 20U;
constexpr std::chrono::seconds heartbeat{10}; // keeps proxies from closing a silent stream

} // namespace

void sendJson(httplib::Response& response, std::string body) {
    response.status = 200;
    response.set_content(std::move(body), jsonType);
}

void sendError(httplib::Response& response, const ApiError& error) {
    response.status = error.status;
    response.set_content(protocol::toJson(error), jsonType);
}

void sendBusy(httplib::Response& response, const std::string& message) {
    response.set_header("Retry-After", "1");
    sendError(response, {503, message, "unavailable_error", "", ""});
}

ApiError toApiError(const engine::Error& error) {
    switch (error.code) {
    case ErrorCode::InvalidArgument:
        return protocol::badRequest(error);
    case ErrorCode::NotFound:
        return {422, error.message, "invalid_request_error", "", ""};
    case ErrorCode::UnsupportedFormat:
    case ErrorCode::CorruptFile:
        return {400, error.message, "invalid_request_error", "", ""};
    case ErrorCode::OutOfMemory:
    case ErrorCode::DeviceUnavailable:
        return {503, error.message, "unavailable_error", "", ""};
    case ErrorCode::Timeout:
        return {504, error.message, "server_error", "", ""};
    case ErrorCode::Io:
    case ErrorCode::UnsafeFormat:
    case ErrorCode::Network:
    case ErrorCode::Internal:
        break;
    }
    return {500, error.message, "server_error", "", ""};
}

bool BodyShare::grow(std::size_t bytes) {
    m_bytes += bytes;
    return m_state.bodyBytes.fetch_add(bytes) + bytes <= allBodies;
}

std::optional<std::string> readBody(ServerState& state, httplib::Response& response,
                                    const httplib::ContentReader& reader, std::size_t limit) {
    std::string body;
    bool tooLarge = false;
    bool tooMany = false;
    BodyShare share(state);
    const bool whole = reader([&](const char* data, std::size_t size) {
        tooLarge = body.size() + size > limit;
        tooMany = !share.grow(size);
        if (tooLarge || tooMany) {
            return false;
        }
        body.append(data, size);
        return true;
    });
    if (whole) {
        return body;
    }
    HttpServer::exchange().close = true;
    response.set_header("Connection", "close");
    if (tooLarge) {
        sendError(response, {413, "the request has more than " + std::to_string(limit) + " bytes",
                             "", "", ""});
    } else if (tooMany) {
        sendBusy(response, "too many large requests at once; try again");
    } else {
        // One that came too slowly is answered by the connection.
        sendError(response, {400, "the body of the request is not what its head says",
                             "invalid_request_error", "", ""});
    }
    return std::nullopt;
}

void sendStream(ServerState& state, httplib::Response& response,
                std::function<StreamState(const EventWriter& write)> more) {
    struct Progress {
        std::function<StreamState(const EventWriter&)> more;
        Patience patience;
        std::chrono::steady_clock::time_point lastWrite = std::chrono::steady_clock::now();
    };
    response.status = 200;
    response.set_header("Cache-Control", "no-cache");
    response.set_header("X-Accel-Buffering", "no"); // nginx passes it on as it comes
    const auto progress = std::make_shared<Progress>(Progress{std::move(more), Patience(state)});
    response.set_chunked_content_provider("text/event-stream", [progress](std::size_t,
                                                                          httplib::DataSink& sink) {
        if (HttpServer::exchange().connection->peerGone()) {
            return false;
        }
        std::string events; // of one turn, sent together
        const auto write = [&](const std::string& event) { events += event; };
        StreamState next = StreamState::Done;
        if (progress->patience.over()) {
            write(protocol::eventText(
                protocol::toJson({504, "the request took too long", "server_error", "", ""})));
        } else {
            next = progress->more(write);
        }
        const auto now = std::chrono::steady_clock::now();
        if (next == StreamState::More && events.empty() && now - progress->lastWrite > heartbeat) {
            write(protocol::commentText("still here"));
        }
        if (!events.empty()) {
            progress->lastWrite = now;
            if (!sink.write(events.data(), events.size())) {
                return false;
            }
        }
        if (next == StreamState::Done) {
            sink.done();
        }
        return next == StreamState::Done || sink.is_writable();
    });
}

std::string newId(const char* prefix) {
    constexpr char digits[] = "0123456789abcdef";
    std::random_device random;
    std::string id = prefix;
    for (int word = 0; word < 3; ++word) {
        unsigned value = random();
        for (int i = 0; i < 8; ++i, value >>= 4U) {
            id += digits[value & 0xFU];
        }
    }
    return id;
}

std::int64_t unixTime() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::uint64_t randomSeed() {
    std::random_device random;
    return static_cast<std::uint64_t>(random()) << 32U | random();
}

} // namespace linnet::server
