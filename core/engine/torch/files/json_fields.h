#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/files/json_reader.h"

namespace linnet::engine {

// Typed and range-checked reading of the keys of a JSON object. The first failure is kept and
// every later read returns its fallback, so that a reader checks once at its end. A key that is
// null counts as absent. Messages name the source and the key.
class JsonFields {
public:
    // `json` must be an object and outlive the reader; `prefix` is put before keys in messages.
    JsonFields(const Json& json, std::string where, std::string prefix = {})
        : m_json(json)
        , m_where(std::move(where))
        , m_prefix(std::move(prefix)) {}

    bool has(const char* key) const { return find(key) != nullptr; }
    const Json* find(const char* key) const; // null: absent

    // Without a fallback the key is required.
    int integer(const char* key, int least, int most, std::optional<int> fallback = {});
    double number(const char* key, double least, double most, std::optional<double> fallback = {});
    bool boolean(const char* key, bool fallback);
    std::string string(const char* key, std::optional<std::string> fallback = {});
    const Json* object(const char* key);                             // null: absent
    std::vector<int> integers(const char* key, int least, int most); // a number or a list

    void corrupt(const std::string& key, const std::string& reason);
    void unsupported(const std::string& key, const std::string& reason);
    void take(const Error& error); // keeps the failure of a nested reader

    const std::optional<Error>& error() const { return m_error; }
    const std::string& where() const { return m_where; }

private:
    void fail(ErrorCode code, const std::string& key, const std::string& reason);

    const Json& m_json;
    std::string m_where;
    std::string m_prefix;
    std::optional<Error> m_error;
};

} // namespace linnet::engine
