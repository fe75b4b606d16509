#include "protocol/api_error.h"

#include <algorithm>

#include "protocol/json_reader.h"

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;

namespace {

constexpr std::size_t maxMessage = 500; // bytes of a foreign message

std::string typeFor(int status) {
    switch (status) {
    case 401:
        return "authentication_error";
    case 403:
        return "permission_error";
    case 404:
        return "not_found_error";
    case 429:
        return "rate_limit_error";
    case 503:
        return "unavailable_error";
    default:
        return status >= 500 ? "server_error" : "invalid_request_error";
    }
}

// One line without control characters, cut at a character.
std::string tidy(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        if (!control) {
            line += c;
        } else if (!line.empty() && line.back() != ' ') {
            line += ' ';
        }
    }
    if (line.size() > maxMessage) {
        std::size_t end = maxMessage;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        line.resize(end);
        line += "...";
    }
    return line;
}

std::string textOrNumber(const json& object, const char* key) {
    const json& member = memberAt(object, key);
    return member.is_number_integer() ? member.dump() : tidy(textAt(object, key));
}

// Reads the shapes that are in use; false if `value` is none of them.
bool readError(const json& value, ApiError& error) {
    const json& inner = memberAt(value, "error");
    if (inner.is_string()) {
        error.message = tidy(inner.get<std::string>());
        return true;
    }
    const bool bare = textAt(value, "object") == "error" || value.contains("detail");
    if (!inner.is_object() && !bare) {
        return false;
    }
    const json& from = inner.is_object() ? inner : value;
    error.message = tidy(textAt(from, "message"));
    error.type = tidy(textAt(from, "type"));
    error.param = tidy(textAt(from, "param"));
    error.code = textOrNumber(from, "code");
    if (error.message.empty() && from.contains("detail")) {
        const json& detail = from["detail"];
        error.message = tidy(detail.is_string() ? detail.get<std::string>() : dump(detail));
    }
    return true;
}

bool looksLikePage(std::string_view body) {
    const std::size_t start = body.find_first_not_of(" \t\r\n");
    return start != std::string_view::npos && body[start] == '<';
}

} // namespace

ApiError badRequest(const Error& error) {
    ApiError answer{400, error.message, "invalid_request_error", "", ""};
    const std::size_t colon = error.message.find(": ");
    if (colon != std::string::npos && error.message.find(' ') > colon) {
        answer.param = error.message.substr(0, colon);
    }
    return answer;
}

std::string toJson(const ApiError& error) {
    const auto orNull = [](const std::string& text) { return text.empty() ? json() : json(text); };
    return dump({{"error",
                  {{"message", error.message},
                   {"type", error.type.empty() ? typeFor(error.status) : error.type},
                   {"param", orNull(error.param)},
                   {"code", orNull(error.code)}}}});
}

ApiError parseApiError(int status, std::string_view body) {
    ApiError error;
    error.status = status;
    const auto value = parseObject(body);
    if (!(value && readError(*value, error)) && !looksLikePage(body)) {
        error.message = tidy(body);
    }
    if (error.type.empty()) {
        error.type = typeFor(status);
    }
    if (error.message.empty()) {
        error.message = "the server answered with status " + std::to_string(status);
    }
    return error;
}

std::optional<ApiError> findStreamError(std::string_view eventType, std::string_view data) {
    // Nearly all events are none; these words are in all shapes that readError() knows.
    if (eventType != "error" && data.find("error") == std::string_view::npos &&
        data.find("detail") == std::string_view::npos) {
        return std::nullopt;
    }
    ApiError error;
    error.status = 0;
    error.type = "server_error";
    const auto value = parseObject(data);
    if (value && readError(*value, error)) {
        error.type = error.type.empty() ? "server_error" : error.type;
    } else if (eventType == "error") {
        error.message = value ? tidy(textAt(*value, "message")) : tidy(data);
    } else {
        return std::nullopt;
    }
    if (error.message.empty()) {
        error.message = "the server broke off without a reason";
    }
    return error;
}

std::string explain(const ApiError& error) {
    const std::string said = ": " + error.message;
    switch (error.status) {
    case 0:
        return "the server failed in the middle of its answer" + said;
    case 401:
        return "the server wants a key, or does not know this one (401); give the right key" + said;
    case 403:
        return "the server refuses this key what was asked (403); ask whoever runs it" + said;
    case 404:
        return "the server has no such address or model (404); check the address and the model's "
               "name" +
               said;
    case 429:
        return "the server has had too many requests with this key (429); try again later" + said;
    case 503:
        return "the server is busy or still loading (503); try again in a moment" + said;
    default:
        return "the server answered with status " + std::to_string(error.status) + said;
    }
}

ErrorCode errorCodeFor(int status) {
    switch (status) {
    case 400:
    case 413:
    case 415:
        return ErrorCode::InvalidArgument;
    case 404:
    case 422: // well put, but there is no such poem
        return ErrorCode::NotFound;
    case 408:
    case 504:
        return ErrorCode::Timeout;
    default:
        return ErrorCode::Network;
    }
}

} // namespace linnet::protocol
