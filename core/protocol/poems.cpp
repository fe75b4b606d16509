#include "protocol/poems.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "protocol/json_reader.h"

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr int maxLines = 1000;
constexpr int maxVersions = 16;
constexpr std::size_t maxKeywords = 20;
constexpr const char* fixShape = "must be an object of line numbers from 1 to 1000 and lines";

// The number of a line as text, from 1.
std::optional<int> lineNumber(const std::string& text) {
    char* end = nullptr;
    const long number = std::strtol(text.c_str(), &end, 10);
    const bool whole = !text.empty() && end == text.c_str() + text.size();
    return whole && number >= 1 && number <= maxLines ? std::optional(static_cast<int>(number))
                                                      : std::nullopt;
}

void readFixed(FieldReader& fields, PoemRequest& request) {
    const json* fix = fields.find("fix");
    if (fix == nullptr) {
        return;
    }
    if (!fix->is_object()) {
        fields.fail("fix", fixShape);
        return;
    }
    for (const auto& [number, line] : fix->items()) {
        const auto index = lineNumber(number);
        if (!index || !line.is_string() || line.get_ref<const std::string&>().size() > 1000) {
            fields.fail("fix", fixShape);
            return;
        }
        request.fixed[*index - 1] = line.get<std::string>();
    }
}

Result<PoemRequest> readRequest(const json& object) {
    PoemRequest request;
    FieldReader fields(object);
    fields.text("model", request.model);
    fields.require("form");
    fields.text("form", request.form);
    fields.text("variant", request.variant);
    fields.text("theme", request.theme);
    fields.text("title", request.title);
    fields.texts("keywords", request.keywords, maxKeywords);
    fields.text("first_line", request.firstLine);
    fields.text("rhyme", request.rhyme);
    fields.text("acrostic", request.acrostic);
    fields.text("style", request.style);
    readFixed(fields, request);
    fields.integer("lines", request.lines, 0, maxLines);
    fields.integer("count", request.count, 1, maxVersions);
    fields.seed("seed", request.seed);
    fields.number("temperature", request.temperature, 0.01, 10.0);
    fields.boolean("traditional", request.traditional);
    fields.boolean("stream", request.stream);
    if (!fields.ok()) {
        return fields.error();
    }
    return request;
}

// A parameter as the JSON value that it stands for.
json parameterValue(const std::string& key, const std::string& text) {
    if (key == "lines" || key == "count" || key == "seed" || key == "temperature") {
        json number = json::parse(text, nullptr, false);
        return number.is_number() ? number : json(text);
    }
    if (key == "traditional") {
        return text == "true" || text == "1"    ? json(true)
               : text == "false" || text == "0" ? json(false)
                                                : json(text);
    }
    return text;
}

json poemJson(const WrittenPoem& poem) {
    json faults = json::array();
    for (const PoemFault& fault : poem.faults) {
        faults.push_back({{"line", fault.line},
                          {"position", fault.position},
                          {"kind", fault.kind},
                          {"message", fault.message}});
    }
    return {{"form", poem.form},
            {"variant", poem.variant},
            {"title", poem.title},
            {"lines", poem.lines},
            {"breaks", poem.breaks},
            {"ok", poem.ok},
            {"faults", std::move(faults)},
            {"from_corpus", poem.fromCorpus},
            {"seed", poem.seed},
            {"score", poem.score},
            {"ms", std::round(poem.milliseconds * 10) / 10}};
}

std::vector<int> integersAt(const json& object, const char* key) {
    std::vector<int> numbers;
    const json& list = memberAt(object, key);
    if (list.is_array()) {
        for (const json& entry : list) {
            numbers.push_back(countAt({{"n", entry}}, "n"));
        }
    }
    return numbers;
}

WrittenPoem parsePoem(const json& object) {
    WrittenPoem poem;
    poem.form = textAt(object, "form");
    poem.variant = textAt(object, "variant");
    poem.title = textAt(object, "title");
    for (const json& line : memberAt(object, "lines")) {
        poem.lines.push_back(line.is_string() ? line.get<std::string>() : std::string());
    }
    poem.breaks = integersAt(object, "breaks");
    const json& ok = memberAt(object, "ok");
    poem.ok = ok.is_boolean() && ok.get<bool>();
    const json& faults = memberAt(object, "faults");
    if (faults.is_array()) {
        for (const json& fault : faults) {
            poem.faults.push_back({countAt(fault, "line"), countAt(fault, "position"),
                                   textAt(fault, "kind"), textAt(fault, "message")});
        }
    }
    poem.fromCorpus = integersAt(object, "from_corpus");
    const json& seed = memberAt(object, "seed");
    poem.seed = seed.is_number_unsigned() ? seed.get<std::uint64_t>() : 0;
    poem.score = numberAt(object, "score").value_or(0);
    poem.milliseconds = numberAt(object, "ms").value_or(0);
    return poem;
}

} // namespace

Result<PoemRequest> parsePoemRequest(std::string_view body) {
    const auto object = parseObject(body);
    if (!object) {
        return object.error();
    }
    return readRequest(*object);
}

Result<PoemRequest> parsePoemQuery(const std::multimap<std::string, std::string>& parameters) {
    json object = json::object();
    for (const auto& [key, value] : parameters) {
        const auto known = {"model", "form",     "variant",     "theme",
                            "title", "keywords", "rhyme",       "acrostic",
                            "style", "fix",      "first_line",  "lines",
                            "count", "seed",     "temperature", "traditional"};
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            return Error{ErrorCode::InvalidArgument, key + ": there is no such parameter"};
        }
        if (key == "keywords") {
            object[key].push_back(value);
        } else if (key == "fix") {
            const std::size_t equals = std::min(value.find('='), value.size());
            object[key][value.substr(0, equals)] =
                equals < value.size() ? json(value.substr(equals + 1)) : json();
        } else if (object.contains(key)) {
            return Error{ErrorCode::InvalidArgument, key + ": is given twice"};
        } else {
            object[key] = parameterValue(key, value);
        }
    }
    return readRequest(object);
}

std::string toJson(const PoemRequest& request) {
    json object = {{"form", request.form}};
    const auto put = [&](const char* key, const auto& value) {
        if (value != std::decay_t<decltype(value)>()) {
            object[key] = value;
        }
    };
    put("model", request.model);
    put("variant", request.variant);
    put("theme", request.theme);
    put("title", request.title);
    put("keywords", request.keywords);
    put("first_line", request.firstLine);
    put("rhyme", request.rhyme);
    put("acrostic", request.acrostic);
    put("style", request.style);
    for (const auto& [line, text] : request.fixed) {
        object["fix"][std::to_string(line + 1)] = text;
    }
    put("lines", request.lines);
    object["count"] = request.count;
    if (request.seed) {
        object["seed"] = *request.seed;
    }
    object["temperature"] = request.temperature;
    put("traditional", request.traditional);
    put("stream", request.stream);
    return dump(object);
}

Result<PoemResponse> parsePoemResponse(std::string_view body) {
    const auto object = parseObject(body);
    if (!object) {
        return object.error();
    }
    const json& poems = memberAt(*object, "poems");
    if (!poems.is_array()) {
        return Error{ErrorCode::InvalidArgument, "the server's answer has no list \"poems\""};
    }
    PoemResponse response;
    response.model = textAt(*object, "model");
    for (const json& poem : poems) {
        response.poems.push_back(parsePoem(poem));
    }
    return response;
}

std::string toJson(const PoemResponse& response) {
    json poems = json::array();
    for (const WrittenPoem& poem : response.poems) {
        poems.push_back(poemJson(poem));
    }
    return dump({{"object", "poems"}, {"model", response.model}, {"poems", std::move(poems)}});
}

std::string toJson(const WrittenPoem& poem) {
    return dump(poemJson(poem));
}

Result<PoemLineEvent> parsePoemLine(std::string_view data) {
    const auto object = parseObject(data);
    if (!object) {
        return object.error();
    }
    if (textAt(*object, "object") != "poem.line") {
        return Error{ErrorCode::InvalidArgument, "this is no line of a poem"};
    }
    const auto flag = [&](const char* key) {
        const json& value = memberAt(*object, key);
        return value.is_boolean() && value.get<bool>();
    };
    return PoemLineEvent{countAt(*object, "version"), countAt(*object, "line"),
                         textAt(*object, "text"), flag("fixed"), flag("from_corpus")};
}

std::string toJson(const PoemLineEvent& line) {
    return dump({{"object", "poem.line"},
                 {"version", line.version},
                 {"line", line.line},
                 {"text", line.text},
                 {"fixed", line.fixed},
                 {"from_corpus", line.fromCorpus}});
}

} // namespace linnet::protocol
