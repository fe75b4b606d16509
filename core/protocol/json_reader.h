#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::protocol {

using nlohmann::json;

// JSON on one line; invalid UTF-8 becomes U+FFFD, so it never throws.
std::string dump(const json& value);

// The object that `text` is. Errors: InvalidArgument, where the JSON breaks off, no object, nested
// too deeply or with too many values to be any request of ours.
engine::Result<json> parseObject(std::string_view text);

// Reads the fields of an object strictly: a value of a wrong kind or out of range is an error that
// names the field and what is allowed. A field that is absent or null leaves its variable as it is,
// and unknown fields are never looked at. The first error is kept; later calls do nothing.
class FieldReader {
public:
    // `prefix` comes before the names in messages, such as "messages[0].".
    explicit FieldReader(const json& object, std::string prefix = {})
        : m_object(object)
        , m_prefix(std::move(prefix)) {}

    // The value of a field that is there and not null.
    const json* find(const char* key) const;
    bool has(const char* key) const { return find(key) != nullptr; }

    void text(const char* key, std::string& value, std::size_t limit = 1000);
    void boolean(const char* key, bool& value);
    void number(const char* key, double& value, double least, double most);
    void integer(const char* key, int& value, int least, int most);
    void integer(const char* key, std::optional<int>& value, int least, int most);
    void seed(const char* key, std::optional<std::int64_t>& value);
    void texts(const char* key, std::vector<std::string>& values, std::size_t count,
               std::size_t limit = 1000); // also a single text; none of them empty

    // A field that must be there.
    void require(const char* key);
    // "KEY: PROBLEM", with the prefix.
    void fail(const char* key, const std::string& problem);

    bool ok() const { return !m_error; }
    const engine::Error& error() const { return *m_error; }

private:
    std::optional<std::int64_t> whole(const char* key, std::int64_t least, std::int64_t most);

    const json& m_object;
    std::string m_prefix;
    std::optional<engine::Error> m_error;
};

// Tolerant reading of what servers answer: a field of the wrong kind is as good as none.
std::string textAt(const json& object, const char* key);
std::optional<double> numberAt(const json& object, const char* key);
std::int64_t integerAt(const json& object, const char* key, std::int64_t otherwise = 0);
// At least 0, so that it may count or index.
int countAt(const json& object, const char* key, int otherwise = 0);
const json& memberAt(const json& object, const char* key); // null if there is none

} // namespace linnet::protocol
