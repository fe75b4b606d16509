#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::serving {

// The keys that clients may show. Immutable.
class ApiKeys {
public:
    ApiKeys() = default;
    explicit ApiKeys(std::vector<std::string> keys)
        : m_keys(std::move(keys)) {}

    // A file with a key a line; empty lines and those that begin with # do not count. Errors:
    // NotFound, Io; InvalidArgument: no key in it, or one of less than 16 or over 512 characters or
    // with other characters than visible ASCII. Messages give line numbers, never keys.
    static engine::Result<ApiKeys> load(const std::filesystem::path& file);

    bool empty() const { return m_keys.empty(); }

    // Takes the same time whichever keys there are and however much of one is right.
    bool accepts(std::string_view key) const;
    // The same of the value of a header "Authorization".
    bool acceptsHeader(std::string_view authorization) const;

private:
    std::vector<std::string> m_keys;
};

} // namespace linnet::serving
