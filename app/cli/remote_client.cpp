#include "remote_client.h"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <random>
#include <utility>

#include "protocol/api_error.h"
#include "protocol/server_sent_events.h"

namespace linnet::cli {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr std::size_t maxAnswer = std::size_t{256} << 20U;

struct Address {
    std::string origin; // "https://host:8443"
    std::string base;   // "/openai/v1"
};

Result<Address> parseAddress(const std::string& url) {
    const Error error{ErrorCode::InvalidArgument,
                      "--remote " + url +
                          ": write http://HOST:PORT or https://HOST, perhaps with a "
                          "path"};
    const std::size_t scheme = url.find("://");
    if (scheme == std::string::npos) {
        return error;
    }
    const std::string name = url.substr(0, scheme);
    const std::size_t host = scheme + 3;
    const std::size_t slash = std::min(url.find('/', host), url.size());
    const std::string authority = url.substr(host, slash - host);
    if ((name != "http" && name != "https") || authority.empty() ||
        authority.find('@') != std::string::npos ||
        url.find_first_of("?# \t\r\n") != std::string::npos) {
        return error;
    }
    Address address{url.substr(0, slash), url.substr(slash)};
    while (address.base.ends_with('/')) {
        address.base.pop_back();
    }
    if (!address.base.ends_with("/v1")) {
        address.base += "/v1";
    }
    return address;
}

Result<std::string> readKey(const std::string& file) {
    if (file.empty()) {
        return std::string();
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return Error{ErrorCode::NotFound, "cannot read the file of the key " + file};
    }
    std::string key;
    std::getline(in, key);
    while (!key.empty() && (key.back() == '\r' || key.back() == ' ')) {
        key.pop_back();
    }
    const bool good = !key.empty() && std::all_of(key.begin(), key.end(),
                                                  [](char c) { return c > ' ' && c <= '~'; });
    if (!good) {
        return Error{ErrorCode::InvalidArgument,
                     file + ": its first line must be a key of visible ASCII characters"};
    }
    return key;
}

Error connectionError(httplib::Error error, const std::string& origin) {
    switch (error) {
    case httplib::Error::ConnectionTimeout:
        return {ErrorCode::Timeout, origin + " does not answer: is the address right?"};
    case httplib::Error::Connection:
    case httplib::Error::BindIPAddress:
        return {ErrorCode::Network,
                "cannot reach " + origin + ": is the server running, and the address right?"};
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
        return {ErrorCode::Network,
                "the certificate of " + origin + " cannot be trusted, or it does not speak TLS"};
#endif
    case httplib::Error::Read:
        return {ErrorCode::Network, "the connection to " + origin +
                                        " was cut, or it did not answer in time (--timeout)"};
    default:
        return {ErrorCode::Network,
                "the connection to " + origin + " failed: " + httplib::to_string(error)};
    }
}

} // namespace

struct RemoteClient::State {
    State(const Address& address, std::string givenKey, int timeout)
        : http(address.origin)
        , origin(address.origin)
        , base(address.base)
        , key(std::move(givenKey))
        , seconds(timeout) {
        http.set_connection_timeout(10);
        http.set_read_timeout(timeout);
        http.set_write_timeout(timeout);
        http.set_keep_alive(true);
        http.set_follow_location(false);
        http.set_tcp_nodelay(true);
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
        http.enable_server_certificate_verification(true);
#endif
    }

    httplib::Client http;
    std::string origin;
    std::string base;
    std::string key;
    int seconds;
    bool kept = false; // there was an answer, and the connection may still be open
};

Result<RemoteClient> RemoteClient::open(const RemoteOptions& options) {
    const auto address = parseAddress(options.url);
    if (!address) {
        return address.error();
    }
    auto key = readKey(options.keyFile);
    if (!key) {
        return key.error();
    }
    std::signal(SIGPIPE, SIG_IGN); // a server that closes is a failure of one request
    auto state = std::make_unique<State>(*address, std::move(key).value(), options.seconds);
    if (!state->http.is_valid()) {
        return Error{ErrorCode::UnsupportedFormat,
                     "--remote " + options.url + ": this build cannot speak TLS"};
    }
    return RemoteClient(std::move(state));
}

RemoteClient::RemoteClient(std::unique_ptr<State> state)
    : m_state(std::move(state)) {
}
RemoteClient::RemoteClient(RemoteClient&&) noexcept = default;
RemoteClient& RemoteClient::operator=(RemoteClient&&) noexcept = default;
RemoteClient::~RemoteClient() = default;

// The body of a success; `piece`, if given, gets it as it comes instead.
Result<std::string> RemoteClient::send(const char* method, const std::string& path,
                                       const std::string& body, const std::string& type,
                                       const std::function<bool(std::string_view)>& piece) {
    httplib::Request request;
    request.method = method;
    request.path = m_state->base + path;
    request.body = body;
    request.set_header("Accept", piece ? "text/event-stream" : "application/json");
    if (!type.empty()) {
        request.set_header("Content-Type", type);
    }
    if (!m_state->key.empty()) {
        request.set_header("Authorization", "Bearer " + m_state->key);
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(m_state->seconds);
    int status = 0;
    std::string answer;
    std::optional<Error> problem;
    request.response_handler = [&](const httplib::Response& head) {
        status = head.status;
        return true;
    };
    request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t,
                                   std::uint64_t) {
        if (std::chrono::steady_clock::now() > end) {
            problem = Error{ErrorCode::Timeout, m_state->origin + " takes too long (--timeout)"};
        } else if (answer.size() + size > maxAnswer) {
            problem = Error{ErrorCode::Network, m_state->origin + " answers without an end"};
        } else if (piece && status == 200) {
            return piece({data, size});
        } else {
            answer.append(data, size);
        }
        return !problem;
    };
    httplib::Result result = m_state->http.send(request);
    // A server may close a connection that it said it would keep, as llama.cpp's does after a
    // stream. Nothing came, and to ask twice changes nothing there.
    if (!result && status == 0 && std::exchange(m_state->kept, false) &&
        std::chrono::steady_clock::now() < end) {
        result = m_state->http.send(request);
    }
    if (problem) {
        return *problem;
    }
    m_state->kept = status != 0;
    if (!result && !(status == 200 && piece && result.error() == httplib::Error::Canceled)) {
        return connectionError(result.error(), m_state->origin);
    }
    if (status >= 300 && status < 400) {
        return Error{ErrorCode::Network,
                     m_state->origin + " redirects to another address; give that to --remote, if "
                                       "you trust it with the key"};
    }
    if (status != 200) {
        return Error{protocol::errorCodeFor(status),
                     protocol::explain(protocol::parseApiError(status, answer))};
    }
    return answer;
}

Result<std::string> RemoteClient::get(const std::string& path) {
    return send("GET", path, {}, {}, {});
}

Result<std::string> RemoteClient::post(const std::string& path, const std::string& json) {
    return send("POST", path, json, "application/json", {});
}

Result<std::string> RemoteClient::postForm(const std::string& path,
                                           const std::vector<FormPart>& parts) {
    std::random_device random;
    const std::string boundary =
        "linnet" + std::to_string(random()) + std::to_string(random()) + std::to_string(random());
    std::string body;
    for (const FormPart& part : parts) {
        std::string file;
        for (const char c : part.file) {
            file += c == '"' || c == '\r' || c == '\n' ? '_' : c;
        }
        body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
        body += file.empty() ? "" : "; filename=\"" + file + "\"";
        body += "\r\n\r\n" + part.content + "\r\n";
    }
    body += "--" + boundary + "--\r\n";
    return send("POST", path, body, "multipart/form-data; boundary=" + boundary, {});
}

Result<void> RemoteClient::stream(const std::string& path, const std::string& json,
                                  const std::function<bool(const std::string&)>& event) {
    protocol::EventStreamParser parser;
    std::optional<Error> problem;
    bool done = false;
    const auto accept = [&](const protocol::ServerEvent& found) {
        if (found.data == protocol::doneMarker) {
            done = true;
        } else if (const auto error = protocol::findStreamError(found.type, found.data)) {
            problem = Error{ErrorCode::Network, protocol::explain(*error)};
        } else {
            done = !event(found.data);
        }
        return !done && !problem;
    };
    const auto sent = send("POST", path, json, "application/json", [&](std::string_view bytes) {
        const auto events = parser.feed(bytes);
        if (!events) {
            problem = Error{ErrorCode::Network, events.error().message};
            return false;
        }
        // What follows the last event is read and dropped, so that the connection can be kept.
        for (const protocol::ServerEvent& found : *events) {
            if (!done && !accept(found)) {
                break;
            }
        }
        return !problem;
    });
    if (problem) {
        return *problem;
    }
    if (!sent) {
        return sent.error();
    }
    if (const auto last = parser.finish(); last && !done) {
        accept(*last);
    }
    return problem ? Result<void>(*problem) : Result<void>();
}

} // namespace linnet::cli
