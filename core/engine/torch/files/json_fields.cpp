#include "engine/torch/files/json_fields.h"

#include <cmath>
#include <cstdio>

namespace linnet::engine {

namespace {

// The value as an int within [least, most], whatever integer type the parser chose.
std::optional<int> intIn(const Json& value, int least, int most) {
    std::int64_t number = 0;
    if (value.is_number_unsigned()) {
        const auto wide = value.get<std::uint64_t>();
        if (wide > static_cast<std::uint64_t>(INT64_MAX)) {
            return std::nullopt;
        }
        number = static_cast<std::int64_t>(wide);
    } else if (value.is_number_integer()) {
        number = value.get<std::int64_t>();
    } else {
        return std::nullopt;
    }
    return number < least || number > most ? std::nullopt
                                           : std::optional<int>(static_cast<int>(number));
}

std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

} // namespace

const Json* JsonFields::find(const char* key) const {
    const auto found = m_json.find(key);
    return found == m_json.end() || found->is_null() ? nullptr : &*found;
}

int JsonFields::integer(const char* key, int least, int most, std::optional<int> fallback) {
    const Json* const value = find(key);
    if (value == nullptr) {
        if (!fallback) {
            corrupt(key, "is missing");
        }
        return fallback.value_or(least);
    }
    const std::optional<int> number = intIn(*value, least, most);
    if (!number) {
        corrupt(key,
                "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return number.value_or(least);
}

double JsonFields::number(const char* key, double least, double most,
                          std::optional<double> fallback) {
    const Json* const value = find(key);
    if (value == nullptr) {
        if (!fallback) {
            corrupt(key, "is missing");
        }
        return fallback.value_or(least);
    }
    const double number = value->is_number() ? value->get<double>() : NAN;
    if (!(number >= least && number <= most)) {
        corrupt(key, "must be a number from " + shown(least) + " to " + shown(most));
        return least;
    }
    return number;
}

bool JsonFields::boolean(const char* key, bool fallback) {
    const Json* const value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_boolean()) {
        corrupt(key, "must be true or false");
        return fallback;
    }
    return value->get<bool>();
}

std::string JsonFields::string(const char* key, std::optional<std::string> fallback) {
    const Json* const value = find(key);
    if (value == nullptr) {
        if (!fallback) {
            corrupt(key, "is missing");
        }
        return fallback.value_or(std::string());
    }
    if (!value->is_string()) {
        corrupt(key, "must be a string");
        return {};
    }
    return value->get<std::string>();
}

const Json* JsonFields::object(const char* key) {
    const Json* const value = find(key);
    if (value != nullptr && !value->is_object()) {
        corrupt(key, "must be an object");
        return nullptr;
    }
    return value;
}

std::vector<int> JsonFields::integers(const char* key, int least, int most) {
    const Json* const value = find(key);
    if (value == nullptr) {
        return {};
    }
    const Json list = value->is_array() ? *value : Json::array({*value});
    std::vector<int> numbers;
    for (const Json& item : list) {
        const std::optional<int> number = intIn(item, least, most);
        if (!number) {
            corrupt(key, "must be an integer, or a list of integers, from " +
                             std::to_string(least) + " to " + std::to_string(most));
            return {};
        }
        numbers.push_back(*number);
    }
    return numbers;
}

void JsonFields::corrupt(const std::string& key, const std::string& reason) {
    fail(ErrorCode::CorruptFile, key, reason);
}

void JsonFields::unsupported(const std::string& key, const std::string& reason) {
    fail(ErrorCode::UnsupportedFormat, key, reason);
}

void JsonFields::take(const Error& error) {
    if (!m_error) {
        m_error = error;
    }
}

void JsonFields::fail(ErrorCode code, const std::string& key, const std::string& reason) {
    take({code, m_where + ": key '" + m_prefix + key + "' " + reason});
}

} // namespace linnet::engine
