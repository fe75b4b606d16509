#include "gate.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "replies.h"

namespace linnet::server {

using protocol::ApiError;

namespace {

struct Route {
    std::string_view path;
    std::string_view method;
};

constexpr std::array<Route, 8> routes = {{{"/health", "GET"},
                                          {"/metrics", "GET"},
                                          {"/v1/models", "GET"},
                                          {"/v1/compose", "GET"},
                                          {"/v1/completions", "POST"},
                                          {"/v1/chat/completions", "POST"},
                                          {"/v1/poems", "POST"},
                                          {"/v1/captions", "POST"}}};

// The route's own path, so that a log or a count never has a client's words in it.
const Route* routeOf(const std::string& path) {
    const auto found = std::find_if(routes.begin(), routes.end(), [&](const Route& route) {
        return path == route.path ||
               (route.path == "/v1/models" && path.starts_with("/v1/models/"));
    });
    return found == routes.end() ? nullptr : found;
}

std::string lowerCase(std::string_view text) {
    std::string small(text);
    std::transform(small.begin(), small.end(), small.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return small;
}

// "localhost:8642" and "[::1]:8642" without the port, in small letters.
std::string hostName(std::string_view host) {
    const std::size_t scheme = host.find("://");
    if (scheme != std::string_view::npos) {
        host.remove_prefix(scheme + 3);
    }
    if (host.starts_with('[')) {
        host = host.substr(1, std::min(host.find(']'), host.size()) - 1);
    } else {
        host = host.substr(0, host.find(':'));
    }
    return lowerCase(host);
}

bool isAllowedHost(const ServerState& state, const std::string& host) {
    const std::string name = hostName(host);
    const auto& allowed = state.options.allowedHosts;
    return name == "localhost" || name == "127.0.0.1" || name == "::1" ||
           name == state.options.listen.host ||
           std::find(allowed.begin(), allowed.end(), name) != allowed.end();
}

// A page in the user's browser must not reach a server on this machine, under whatever name it
// has given to the address (DNS rebinding).
bool comesFromWebPage(const ServerState& state, const httplib::Request& request) {
    if (!state.options.listen.isLoopback()) {
        return false;
    }
    const std::string site = request.get_header_value("Sec-Fetch-Site");
    return !isAllowedHost(state, request.get_header_value("Host")) || site == "cross-site" ||
           site == "same-site" ||
           (request.has_header("Origin") &&
            !isAllowedHost(state, request.get_header_value("Origin")));
}

// Nothing, or why no one can say where the body ends.
std::optional<ApiError> bodyProblem(const ServerState& state, const httplib::Request& request) {
    const std::size_t lengths = request.get_header_value_count("Content-Length");
    const bool chunked = request.has_header("Transfer-Encoding");
    if (lengths == 0 && !chunked) {
        if (request.method == "POST") {
            return ApiError{411, "a POST needs a Content-Length", "", "", ""};
        }
        return std::nullopt;
    }
    if (chunked && lowerCase(request.get_header_value("Transfer-Encoding")) != "chunked") {
        return ApiError{501, "Transfer-Encoding: only chunked is known here", "", "", ""};
    }
    const std::string length = request.get_header_value("Content-Length");
    const bool digits =
        !length.empty() && length.size() < 19 &&
        std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (lengths > 1 || (lengths == 1 && (chunked || !digits))) {
        return ApiError{400, "Content-Length: must be one whole number, without Transfer-Encoding",
                        "", "", ""};
    }
    const auto most = static_cast<unsigned long long>(state.options.bodyMegabytes) << 20U;
    if (lengths == 1 && std::stoull(length) > most) {
        return ApiError{413, "the request has more than " + std::to_string(most) + " bytes", "", "",
                        ""};
    }
    return std::nullopt;
}

std::optional<ApiError> refusal(const ServerState& state, const httplib::Request& request,
                                const Route* route, httplib::Response& response) {
    if (comesFromWebPage(state, request)) {
        return ApiError{403,
                        "this server answers under its own name only, not to web pages; see "
                        "--allow-host",
                        "", "", ""};
    }
    if (const auto keys = state.keys();
        !keys->empty() && !(route && route->path == "/health") &&
        !keys->acceptsHeader(request.get_header_value("Authorization"))) {
        response.set_header("WWW-Authenticate", "Bearer");
        return ApiError{401, "give a valid key, in the header Authorization: Bearer KEY", "", "",
                        "invalid_api_key"};
    }
    if (route == nullptr) {
        return ApiError{404, "there is nothing at this address", "", "", ""};
    }
    const std::string_view method =
        request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
    if (method != route->method) {
        response.set_header("Allow", std::string(route->method));
        return ApiError{405, "use " + std::string(route->method) + " here", "", "", ""};
    }
    if (state.draining && route->method == "POST") {
        response.set_header("Retry-After", "1");
        return ApiError{503, "this server is ending; ask another", "", "", ""};
    }
    return bodyProblem(state, request);
}

} // namespace

bool passesGate(ServerState& state, const httplib::Request& request, httplib::Response& response) {
    Exchange& exchange = HttpServer::exchange();
    const Route* route = routeOf(request.path);
    exchange.route = route != nullptr ? std::string(route->path) : "other";
    exchange.close = state.draining;
    const auto error = refusal(state, request, route, response);
    if (!error) {
        return true;
    }
    exchange.refused = true;
    if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding") ||
        request.method == "POST") {
        exchange.close = true;
        response.set_header("Connection", "close");
    }
    sendError(response, *error);
    return false;
}

} // namespace linnet::server
