#pragma once

#include <string_view>

#include "protocol/json_reader.h"
#include "protocol/log_probs_json.h"

namespace linnet::protocol {

// Reads what the answers about completions and chats have in common. What only one of them has is
// read by readChoice(entry, choice) and, at the end, readRest(object, response). Error:
// InvalidArgument.
template <typename Response, typename ReadChoice, typename ReadRest>
engine::Result<Response> parseAnswer(std::string_view body, const ReadChoice& readChoice,
                                     const ReadRest& readRest) {
    const auto object = parseObject(body);
    if (!object) {
        return object.error();
    }
    const json& choices = memberAt(*object, "choices");
    if (!choices.is_array() && !memberAt(*object, "usage").is_object()) {
        return engine::Error{engine::ErrorCode::InvalidArgument,
                             "the server's answer has no \"choices\""};
    }
    Response response;
    response.id = textAt(*object, "id");
    response.created = integerAt(*object, "created");
    response.model = textAt(*object, "model");
    response.usage = parseUsage(memberAt(*object, "usage"));
    for (const json& entry : choices) {
        auto& choice = response.choices.emplace_back();
        choice.index = countAt(entry, "index", static_cast<int>(response.choices.size()) - 1);
        choice.finishReason = textAt(entry, "finish_reason");
        choice.logProbs = parseLogProbs(memberAt(entry, "logprobs"));
        readChoice(entry, choice);
    }
    readRest(*object, response);
    return response;
}

} // namespace linnet::protocol
