#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/api/result.h"

namespace linnet::protocol {

// The error object of OpenAI's API.
struct ApiError {
    int status = 500;    // of HTTP; 0: it came in mid-stream
    std::string message; // for people
    std::string type;    // "invalid_request_error"; derived from the status if empty
    std::string param;   // the field at fault; may be empty
    std::string code;    // for programs: "model_not_found"; may be empty
};

// A request's error as FieldReader words it, "FIELD: PROBLEM", with status 400.
ApiError badRequest(const engine::Error& error);

// {"error": {...}}.
std::string toJson(const ApiError& error);

// What a server answered with a status that is no success, however it words it: OpenAI's object,
// vLLM's, FastAPI's "detail", a plain text or a page of a proxy. The message is never empty.
ApiError parseApiError(int status, std::string_view body);

// The error in an event of a stream, if it is one.
std::optional<ApiError> findStreamError(std::string_view eventType, std::string_view data);

// What a failure means and what to do about it, for people: distinct for 401, 403, 404, 429, 503.
std::string explain(const ApiError& error);

// The coarse kind of a failure: Network for what may pass, InvalidArgument for a bad request.
engine::ErrorCode errorCodeFor(int status);

} // namespace linnet::protocol
