#include "protocol/chat.h"

#include <algorithm>

#include "protocol/answer_json.h"
#include "protocol/options_json.h"

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

using Kind = ContentPart::Kind;

constexpr std::size_t maxMessages = 1000;

// Counted over all messages.
struct Room {
    std::size_t textBytes = 0;
    std::size_t images = 0;
};

// The address of {"type":"image_url","image_url":{"url":"..."}}, or of "image_url":"...".
std::string imageAddress(const json& part) {
    const json& image = memberAt(part, "image_url");
    return image.is_string() ? image.get<std::string>() : textAt(image, "url");
}

void readPart(FieldReader& fields, const json& part, ChatMessage& message) {
    const std::string type = textAt(part, "type");
    if (type == "text" && memberAt(part, "text").is_string()) {
        message.content.push_back({Kind::Text, textAt(part, "text")});
    } else if (type == "image_url" && !imageAddress(part).empty()) {
        message.content.push_back({Kind::Image, imageAddress(part)});
    } else {
        fields.fail("content", "each part must be {\"type\":\"text\",\"text\":\"...\"} or "
                               "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:...\"}}");
    }
}

void readContent(FieldReader& fields, ChatMessage& message) {
    const json* content = fields.find("content");
    if (content == nullptr) {
        return; // an assistant's message may have none
    }
    if (content->is_string()) {
        message.content.push_back({Kind::Text, content->get<std::string>()});
    } else if (content->is_array()) {
        for (const json& part : *content) {
            readPart(fields, part, message);
        }
    } else {
        fields.fail("content", "must be a text or a list of parts");
    }
}

Result<ChatMessage> readMessage(const json& value, std::size_t index, Room& room) {
    const std::string path = "messages[" + std::to_string(index) + "]";
    if (!value.is_object()) {
        return Error{ErrorCode::InvalidArgument, path + ": must be an object"};
    }
    ChatMessage message;
    FieldReader fields(value, path + ".");
    fields.require("role");
    fields.text("role", message.role);
    const auto roles = {"system", "developer", "user", "assistant"};
    if (std::find(roles.begin(), roles.end(), message.role) == roles.end()) {
        fields.fail("role", "must be system, developer, user or assistant");
    }
    if (message.role != "assistant") {
        fields.require("content");
    }
    readContent(fields, message);
    if (!fields.ok()) {
        return fields.error();
    }
    for (const ContentPart& part : message.content) {
        room.textBytes += part.kind == Kind::Text ? part.value.size() : 0;
        room.images += part.kind == Kind::Image ? 1 : 0;
    }
    return message;
}

void readMessages(FieldReader& fields, const RequestLimits& limits, ChatRequest& request) {
    fields.require("messages");
    const json* messages = fields.find("messages");
    if (messages == nullptr || !messages->is_array() || messages->empty() ||
        messages->size() > maxMessages) {
        fields.fail("messages",
                    "must be a list of 1 to " + std::to_string(maxMessages) + " messages");
        return;
    }
    Room room;
    for (const json& value : *messages) {
        auto message = readMessage(value, request.messages.size(), room);
        if (!message) {
            // The message names its own field.
            const std::string& text = message.error().message;
            const std::size_t colon = text.find(": ");
            fields.fail(text.substr(0, colon).c_str(), text.substr(colon + 2));
            return;
        }
        request.messages.push_back(std::move(message).value());
    }
    if (room.textBytes > limits.promptBytes) {
        fields.fail("messages",
                    "must have at most " + std::to_string(limits.promptBytes) + " bytes of text");
    }
    if (room.images > limits.images) {
        fields.fail("messages", "must have at most " + std::to_string(limits.images) + " pictures");
    }
}

json contentJson(const ChatMessage& message) {
    if (!message.hasImage()) {
        return message.text();
    }
    json parts = json::array();
    for (const ContentPart& part : message.content) {
        if (part.kind == Kind::Text) {
            parts.push_back({{"type", "text"}, {"text", part.value}});
        } else {
            parts.push_back({{"type", "image_url"}, {"image_url", {{"url", part.value}}}});
        }
    }
    return parts;
}

json choiceJson(const ChatChoice& choice, bool chunk) {
    json message = json::object();
    if (!choice.role.empty()) {
        message["role"] = choice.role;
    }
    if (!chunk || !choice.content.empty() || !choice.role.empty()) {
        message["content"] = choice.content;
    }
    return {{"index", choice.index},
            {chunk ? "delta" : "message", std::move(message)},
            {"logprobs", choice.logProbs ? chatLogProbs(*choice.logProbs) : json()},
            {"finish_reason", choice.finishReason.empty() ? json() : json(choice.finishReason)}};
}

} // namespace

std::string ChatMessage::text() const {
    std::string all;
    for (const ContentPart& part : content) {
        all += part.kind == Kind::Text ? part.value : std::string();
    }
    return all;
}

bool ChatMessage::hasImage() const {
    return std::any_of(content.begin(), content.end(),
                       [](const ContentPart& part) { return part.kind == Kind::Image; });
}

Result<ChatRequest> parseChatRequest(std::string_view body, const RequestLimits& limits) {
    const auto object = parseObject(body);
    if (!object) {
        return object.error();
    }
    ChatRequest request;
    FieldReader fields(*object);
    fields.require("model");
    fields.text("model", request.model);
    readMessages(fields, limits, request);
    readOptions(fields, limits, request.options);
    fields.integer("max_completion_tokens", request.options.maxTokens, 1, limits.maxTokens);
    if (request.options.maxTokens == 0) {
        fields.fail("max_tokens",
                    "must be a whole number from 1 to " + std::to_string(limits.maxTokens));
    }
    fields.boolean("logprobs", request.logProbs);
    fields.integer("top_logprobs", request.alternatives, 0, limits.alternatives);
    if (request.alternatives > 0 && !request.logProbs) {
        fields.fail("top_logprobs", "is only allowed when logprobs is true");
    }
    for (const char* key : {"tools", "functions", "audio"}) {
        refuse(fields, key, {}, "is not supported");
    }
    if (const json* format = fields.find("response_format");
        format != nullptr && textAt(*format, "type") != "text") {
        fields.fail("response_format", "only {\"type\":\"text\"} is supported");
    }
    if (!fields.ok()) {
        return fields.error();
    }
    return request;
}

std::string toJson(const ChatRequest& request) {
    json messages = json::array();
    for (const ChatMessage& message : request.messages) {
        messages.push_back({{"role", message.role}, {"content", contentJson(message)}});
    }
    json object = {{"model", request.model}, {"messages", std::move(messages)}};
    writeOptions(object, request.options);
    if (request.logProbs) {
        object["logprobs"] = true;
        object["top_logprobs"] = request.alternatives;
    }
    return dump(object);
}

Result<ChatResponse> parseChatResponse(std::string_view body) {
    bool deltas = false;
    return parseAnswer<ChatResponse>(
        body,
        [&](const json& entry, ChatChoice& choice) {
            const json& delta = memberAt(entry, "delta");
            const json& message = delta.is_object() ? delta : memberAt(entry, "message");
            deltas = deltas || delta.is_object();
            choice.role = textAt(message, "role");
            choice.content = textAt(message, "content");
        },
        [&](const json& object, ChatResponse& response) {
            response.chunk = deltas || textAt(object, "object") == "chat.completion.chunk";
        });
}

std::string toJson(const ChatResponse& response) {
    json choices = json::array();
    for (const ChatChoice& choice : response.choices) {
        choices.push_back(choiceJson(choice, response.chunk));
    }
    json object = {{"id", response.id},
                   {"object", response.chunk ? "chat.completion.chunk" : "chat.completion"},
                   {"created", response.created},
                   {"model", response.model},
                   {"choices", std::move(choices)}};
    if (response.usage) {
        object["usage"] = toJson(*response.usage);
    }
    return dump(object);
}

} // namespace linnet::protocol
