#include "protocol/completions.h"

#include <limits>

#include "protocol/answer_json.h"
#include "protocol/options_json.h"

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr const char* promptShapes =
    "must be a text, a list of texts, a list of token ids or a list of such lists";

std::optional<std::vector<std::int32_t>> tokensOf(const json& list) {
    std::vector<std::int32_t> tokens;
    for (const json& entry : list) {
        if (!entry.is_number_integer() || entry < 0 ||
            entry > std::numeric_limits<std::int32_t>::max()) {
            return std::nullopt;
        }
        tokens.push_back(entry.get<std::int32_t>());
    }
    return tokens;
}

bool readPrompt(const json& value, CompletionRequest& request) {
    if (value.is_string()) {
        request.prompts.emplace_back(value.get<std::string>());
        return true;
    }
    auto tokens = value.is_array() ? tokensOf(value) : std::nullopt;
    if (tokens) {
        request.prompts.emplace_back(std::move(*tokens));
    }
    return tokens.has_value();
}

void readPrompts(FieldReader& fields, const RequestLimits& limits, CompletionRequest& request) {
    fields.require("prompt");
    const json* prompt = fields.find("prompt");
    if (prompt == nullptr) {
        return;
    }
    const bool list = prompt->is_array() && !prompt->empty() && !prompt->front().is_number();
    if (prompt->is_array() && prompt->empty()) {
        fields.fail("prompt", promptShapes);
    }
    std::size_t bytes = 0;
    for (const json& entry : list ? *prompt : json::array({*prompt})) {
        if (!readPrompt(entry, request)) {
            fields.fail("prompt", promptShapes);
            return;
        }
        const auto* text = std::get_if<std::string>(&request.prompts.back());
        bytes += text != nullptr ? text->size() : entry.size();
    }
    if (bytes > limits.promptBytes) {
        fields.fail("prompt", "must have at most " + std::to_string(limits.promptBytes) +
                                  " bytes or tokens in all");
    }
    if (request.prompts.size() > static_cast<std::size_t>(limits.choices / request.options.n)) {
        fields.fail("prompt", "prompts times n must be at most " + std::to_string(limits.choices));
    }
}

json promptJson(const Prompt& prompt) {
    return std::visit([](const auto& value) { return json(value); }, prompt);
}

} // namespace

Result<CompletionRequest> parseCompletionRequest(std::string_view body,
                                                 const RequestLimits& limits) {
    const auto object = parseObject(body);
    if (!object) {
        return object.error();
    }
    CompletionRequest request;
    FieldReader fields(*object);
    fields.require("model");
    fields.text("model", request.model);
    readOptions(fields, limits, request.options);
    readPrompts(fields, limits, request);
    fields.integer("logprobs", request.logProbs, 0, limits.alternatives);
    fields.boolean("echo", request.echo);
    refuse(fields, "suffix", "", "is not supported");
    if (const json* best = fields.find("best_of"); best != nullptr && *best != request.options.n) {
        fields.fail("best_of", "must be the same as n, or left out");
    }
    if (!fields.ok()) {
        return fields.error();
    }
    return request;
}

std::string toJson(const CompletionRequest& request) {
    json object = {{"model", request.model}};
    if (request.prompts.size() == 1) {
        object["prompt"] = promptJson(request.prompts.front());
    } else {
        object["prompt"] = json::array();
        for (const Prompt& prompt : request.prompts) {
            object["prompt"].push_back(promptJson(prompt));
        }
    }
    writeOptions(object, request.options);
    if (request.logProbs) {
        object["logprobs"] = *request.logProbs;
    }
    if (request.echo) {
        object["echo"] = true;
    }
    return dump(object);
}

Result<CompletionResponse> parseCompletionResponse(std::string_view body) {
    return parseAnswer<CompletionResponse>(
        body,
        [](const json& entry, CompletionChoice& choice) { choice.text = textAt(entry, "text"); },
        [](const json&, CompletionResponse&) {});
}

std::string toJson(const CompletionResponse& response) {
    json choices = json::array();
    for (const CompletionChoice& choice : response.choices) {
        choices.push_back(
            {{"index", choice.index},
             {"text", choice.text},
             {"logprobs", choice.logProbs ? completionLogProbs(*choice.logProbs) : json()},
             {"finish_reason", choice.finishReason.empty() ? json() : json(choice.finishReason)}});
    }
    json object = {{"id", response.id},
                   {"object", "text_completion"},
                   {"created", response.created},
                   {"model", response.model},
                   {"choices", std::move(choices)}};
    if (response.usage) {
        object["usage"] = toJson(*response.usage);
    }
    return dump(object);
}

} // namespace linnet::protocol
