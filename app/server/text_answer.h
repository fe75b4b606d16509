#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/generation_options.h"
#include "replies.h"
#include "serving/generation_requests.h"
#include "serving/text_call.h"

namespace linnet::server {

using serving::TextPiece;

// How an answer is worded: what completions and chats differ in.
struct TextFormat {
    // An answer with these choices, or a chunk of one; `usage` may be null.
    std::function<std::string(const std::vector<TextPiece>& choices, const protocol::Usage* usage,
                              bool chunk)>
        json;
    std::vector<std::string> opening; // chunks that begin a stream
};

// What an answer is kept by; empty: it is not kept. How it is asked for makes no difference to the
// answer.
template <typename Request>
std::string cacheKeyOf(const char* kind, Request request) {
    if (!serving::isDeterministic(request.options)) {
        return {};
    }
    request.options.stream = false;
    request.options.includeUsage = false;
    return kind + protocol::toJson(request);
}

struct TextJob {
    std::string model;
    std::vector<engine::BatchRequest> requests;
    int samples = 1;
    std::vector<std::string> echo; // what goes before each choice; empty: nothing
    bool scoresPrompt = false;     // the echo's tokens are known only at the end
    std::string cacheKey;          // empty: the answer is not to be kept
    bool stream = false;
    bool includeUsage = false;
    TextFormat format;
};

// Answers with texts of `model`, from the cache if it has them.
void answerWithText(ServerState& state, serving::ModelRef model, TextJob job,
                    httplib::Response& response);

// The model named, if it writes texts; otherwise null, and the response says why.
serving::ModelRef findTextModel(const ServerState& state, const std::string& name,
                                httplib::Response& response);

} // namespace linnet::server
