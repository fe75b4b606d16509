#include "protocol/generation_options.h"

#include "protocol/options_json.h"

namespace linnet::protocol {

void refuse(FieldReader& fields, const char* key, const json& neutral, const std::string& why) {
    const json* found = fields.find(key);
    const bool absent = found == nullptr || *found == neutral ||
                        ((found->is_structured() || found->is_string()) && found->empty()) ||
                        (found->is_string() && found->get_ref<const std::string&>().empty());
    if (!absent) {
        fields.fail(key, why);
    }
}

void readOptions(FieldReader& fields, const RequestLimits& limits, GenerationOptions& options) {
    const json* echo = fields.find("echo"); // then the prompt alone may be wanted, for its tokens
    fields.integer("max_tokens", options.maxTokens, echo != nullptr && *echo == true ? 0 : 1,
                   limits.maxTokens);
    fields.number("temperature", options.temperature, 0.0, 2.0);
    fields.number("top_p", options.topP, 0.0, 1.0);
    fields.seed("seed", options.seed);
    fields.texts("stop", options.stop, static_cast<std::size_t>(limits.stops));
    fields.integer("n", options.n, 1, limits.choices);
    fields.boolean("stream", options.stream);
    if (const json* stream = fields.find("stream_options")) {
        if (!stream->is_object()) {
            fields.fail("stream_options", "must be an object");
        } else if (!options.stream) {
            fields.fail("stream_options", "is only allowed when stream is true");
        } else {
            FieldReader inner(*stream, "stream_options.");
            inner.boolean("include_usage", options.includeUsage);
            if (!inner.ok()) {
                fields.fail("stream_options.include_usage", "must be true or false");
            }
        }
    }
    fields.integer("top_k", options.topK, -1, 1'000'000);
    options.topK = options.topK < 0 ? 0 : options.topK; // -1 is vLLM's way to say "off"
    fields.number("min_p", options.minP, 0.0, 1.0);
    fields.number("repetition_penalty", options.repetitionPenalty, 0.01, 10.0);
    fields.boolean("ignore_eos", options.ignoreEnd);
    refuse(fields, "frequency_penalty", 0, "only 0 is supported; use repetition_penalty");
    refuse(fields, "presence_penalty", 0, "only 0 is supported; use repetition_penalty");
    refuse(fields, "logit_bias", {}, "is not supported");
}

void writeOptions(json& object, const GenerationOptions& options) {
    const GenerationOptions usual;
    const auto put = [&](const char* key, const auto& value, const auto& otherwise) {
        if (value != otherwise) {
            object[key] = value;
        }
    };
    if (options.maxTokens) {
        object["max_tokens"] = *options.maxTokens;
    }
    object["temperature"] = options.temperature;
    put("top_p", options.topP, usual.topP);
    if (options.seed) {
        object["seed"] = *options.seed;
    }
    put("stop", options.stop, usual.stop);
    put("n", options.n, usual.n);
    put("stream", options.stream, usual.stream);
    if (options.stream && options.includeUsage) {
        object["stream_options"] = {{"include_usage", true}};
    }
    put("top_k", options.topK, usual.topK);
    put("min_p", options.minP, usual.minP);
    put("repetition_penalty", options.repetitionPenalty, usual.repetitionPenalty);
    put("ignore_eos", options.ignoreEnd, usual.ignoreEnd);
}

} // namespace linnet::protocol
