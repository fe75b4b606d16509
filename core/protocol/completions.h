#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/api/result.h"
#include "protocol/generation_options.h"
#include "protocol/log_probs.h"

namespace linnet::protocol {

// A text, or the ids of its tokens.
using Prompt = std::variant<std::string, std::vector<std::int32_t>>;

// POST /v1/completions.
struct CompletionRequest {
    std::string model;
    std::vector<Prompt> prompts; // at least one; each gets `options.n` choices
    GenerationOptions options;
    std::optional<int> logProbs; // report tokens, with so many alternatives
    bool echo = false;           // the prompt is part of the text
};

struct CompletionChoice {
    int index = 0; // prompt * n + i
    std::string text;
    std::string finishReason; // "stop", "length"; empty: goes on
    std::optional<std::vector<TokenInfo>> logProbs;
};

// An answer, and a chunk of one, which look alike.
struct CompletionResponse {
    std::string id;
    std::int64_t created = 0; // seconds since 1970
    std::string model;
    std::vector<CompletionChoice> choices; // may be empty: in a last chunk with the usage
    std::optional<Usage> usage;
};

// Strict. Errors: InvalidArgument, "FIELD: what is allowed".
engine::Result<CompletionRequest> parseCompletionRequest(std::string_view body,
                                                         const RequestLimits& limits);
std::string toJson(const CompletionRequest& request);

// Tolerant of fields that are missing or unknown. Error: InvalidArgument, no such answer at all.
engine::Result<CompletionResponse> parseCompletionResponse(std::string_view body);
std::string toJson(const CompletionResponse& response);

} // namespace linnet::protocol
