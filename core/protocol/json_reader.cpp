#include "protocol/json_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr int maxDepth = 64;
constexpr std::size_t maxValues = 200'000;

// Looked at before the text is parsed, since a parsed value takes sixteen times the memory.
bool hasSaneShape(std::string_view text) {
    int depth = 0;
    std::size_t values = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                inString = false;
            }
            continue;
        }
        inString = c == '"';
        depth += c == '[' || c == '{' ? 1 : 0;
        depth -= c == ']' || c == '}' ? 1 : 0;
        values += c == ',' || c == '[' || c == '{' ? 1 : 0;
        if (depth > maxDepth || values > maxValues) {
            return false;
        }
    }
    return true;
}

std::string shown(double value) {
    return json(value == std::floor(value) && std::abs(value) < 1e15
                    ? json(static_cast<std::int64_t>(value))
                    : json(value))
        .dump();
}

// A number without a fraction, also when written as 16.0.
std::optional<std::int64_t> wholeNumber(const json& value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        return number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
                   ? std::optional(static_cast<std::int64_t>(number))
                   : std::nullopt;
    }
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    if (value.is_number_float()) {
        const auto number = value.get<double>();
        if (std::floor(number) == number && std::abs(number) <= 9007199254740992.0) {
            return static_cast<std::int64_t>(number);
        }
    }
    return std::nullopt;
}

} // namespace

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<json> parseObject(std::string_view text) {
    if (!hasSaneShape(text)) {
        return Error{ErrorCode::InvalidArgument,
                     "the JSON is nested too deeply or has too many values"};
    }
    try {
        json value = json::parse(text);
        if (!value.is_object()) {
            return Error{ErrorCode::InvalidArgument, "a JSON object is expected"};
        }
        return value;
    } catch (const json::parse_error& e) {
        // Not the library's own message: it would quote the text.
        return Error{ErrorCode::InvalidArgument,
                     "this is not valid JSON: it breaks off at byte " + std::to_string(e.byte)};
    } catch (const json::exception&) {
        return Error{ErrorCode::InvalidArgument,
                     "this is not valid JSON: a number is out of all range"};
    }
}

const json* FieldReader::find(const char* key) const {
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

void FieldReader::fail(const char* key, const std::string& problem) {
    if (!m_error) {
        m_error = Error{ErrorCode::InvalidArgument, m_prefix + key + ": " + problem};
    }
}

void FieldReader::require(const char* key) {
    if (!has(key)) {
        fail(key, "is missing");
    }
}

void FieldReader::text(const char* key, std::string& value, std::size_t limit) {
    const json* found = find(key);
    if (found == nullptr) {
        return;
    }
    if (!found->is_string()) {
        fail(key, "must be a text");
    } else if (found->get_ref<const std::string&>().size() > limit) {
        fail(key, "must have at most " + std::to_string(limit) + " bytes");
    } else {
        value = found->get<std::string>();
    }
}

void FieldReader::boolean(const char* key, bool& value) {
    const json* found = find(key);
    if (found != nullptr && !found->is_boolean()) {
        fail(key, "must be true or false");
    } else if (found != nullptr) {
        value = found->get<bool>();
    }
}

void FieldReader::number(const char* key, double& value, double least, double most) {
    const json* found = find(key);
    if (found == nullptr) {
        return;
    }
    const double given = found->is_number() ? found->get<double>() : std::nan("");
    if (given >= least && given <= most) {
        value = given;
    } else {
        fail(key, "must be a number from " + shown(least) + " to " + shown(most));
    }
}

std::optional<std::int64_t> FieldReader::whole(const char* key, std::int64_t least,
                                               std::int64_t most) {
    const json* found = find(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    const auto given = wholeNumber(*found);
    if (given && *given >= least && *given <= most) {
        return given;
    }
    fail(key,
         "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

void FieldReader::integer(const char* key, int& value, int least, int most) {
    if (const auto given = whole(key, least, most)) {
        value = static_cast<int>(*given);
    }
}

void FieldReader::integer(const char* key, std::optional<int>& value, int least, int most) {
    if (const auto given = whole(key, least, most)) {
        value = static_cast<int>(*given);
    }
}

void FieldReader::seed(const char* key, std::optional<std::int64_t>& value) {
    const json* found = find(key);
    if (found == nullptr) {
        return;
    }
    // The command line takes the whole unsigned range, so it may come as either.
    if (found->is_number_unsigned()) {
        value = static_cast<std::int64_t>(found->get<std::uint64_t>());
    } else if (const auto given = wholeNumber(*found)) {
        value = given;
    } else {
        fail(key, "must be a whole number of 64 bits");
    }
}

void FieldReader::texts(const char* key, std::vector<std::string>& values, std::size_t count,
                        std::size_t limit) {
    const json* found = find(key);
    if (found == nullptr) {
        return;
    }
    const std::string allowed = "must be a text or a list of at most " + std::to_string(count) +
                                " texts, none empty or over " + std::to_string(limit) + " bytes";
    const json list = found->is_array() ? *found : json::array({*found});
    std::vector<std::string> read;
    for (const json& entry : list) {
        const bool good = entry.is_string() && !entry.get_ref<const std::string&>().empty() &&
                          entry.get_ref<const std::string&>().size() <= limit;
        if (!good || read.size() == count) {
            fail(key, allowed);
            return;
        }
        read.push_back(entry.get<std::string>());
    }
    values = std::move(read);
}

const json& memberAt(const json& object, const char* key) {
    static const json nothing;
    if (!object.is_object()) {
        return nothing;
    }
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

std::string textAt(const json& object, const char* key) {
    const json& member = memberAt(object, key);
    return member.is_string() ? member.get<std::string>() : std::string();
}

std::optional<double> numberAt(const json& object, const char* key) {
    const json& member = memberAt(object, key);
    return member.is_number() ? std::optional(member.get<double>()) : std::nullopt;
}

int countAt(const json& object, const char* key, int otherwise) {
    return static_cast<int>(
        std::clamp<std::int64_t>(integerAt(object, key, otherwise), 0, 1'000'000'000));
}

std::int64_t integerAt(const json& object, const char* key, std::int64_t otherwise) {
    return wholeNumber(memberAt(object, key)).value_or(otherwise);
}

} // namespace linnet::protocol
