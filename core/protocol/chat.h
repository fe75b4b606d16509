#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "protocol/generation_options.h"
#include "protocol/log_probs.h"

namespace linnet::protocol {

struct ContentPart {
    enum class Kind { Text, Image };
    Kind kind = Kind::Text;
    std::string value; // the text, or the picture's address: a data URI
};

struct ChatMessage {
    std::string role; // "system", "developer", "user", "assistant"
    std::vector<ContentPart> content;

    std::string text() const; // of its text parts
    bool hasImage() const;
};

// POST /v1/chat/completions.
struct ChatRequest {
    std::string model;
    std::vector<ChatMessage> messages; // at least one
    GenerationOptions options;
    bool logProbs = false;
    int alternatives = 0; // top_logprobs
};

struct ChatChoice {
    int index = 0;
    std::string role; // "assistant"; in a stream only in the first chunk
    std::string content;
    std::string finishReason; // empty: goes on
    std::optional<std::vector<TokenInfo>> logProbs;
};

struct ChatResponse {
    std::string id;
    std::int64_t created = 0; // seconds since 1970
    std::string model;
    bool chunk = false; // a part of a stream
    std::vector<ChatChoice> choices;
    std::optional<Usage> usage;
};

// Strict. Errors: InvalidArgument, "FIELD: what is allowed".
engine::Result<ChatRequest> parseChatRequest(std::string_view body, const RequestLimits& limits);
std::string toJson(const ChatRequest& request);

// Answers and chunks alike; tolerant. Error: InvalidArgument, no such answer at all.
engine::Result<ChatResponse> parseChatResponse(std::string_view body);
std::string toJson(const ChatResponse& response);

} // namespace linnet::protocol
