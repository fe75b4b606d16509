#include "serving/api_keys.h"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace linnet::serving {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr std::size_t shortest = 16;
constexpr std::size_t longest = 512;

bool isVisible(char c) {
    return c > ' ' && c <= '~';
}

// Every byte is looked at, over the longest length a key may have, and nothing depends on them.
bool equalInConstantTime(const std::string& key, std::string_view given) {
    unsigned difference = key.size() == given.size() ? 0U : 1U;
    for (std::size_t i = 0; i < longest; ++i) {
        const unsigned a = static_cast<unsigned char>(key[i % key.size()]);
        const unsigned b = given.empty() ? 0U : static_cast<unsigned char>(given[i % given.size()]);
        difference |= a ^ b;
    }
    return difference == 0;
}

} // namespace

Result<ApiKeys> ApiKeys::load(const std::filesystem::path& file) {
    std::error_code none;
    if (!std::filesystem::exists(file, none)) {
        return Error{ErrorCode::NotFound, "there is no file of keys " + file.string()};
    }
    std::ifstream in(file, std::ios::binary);
    std::vector<std::string> keys;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) {
            line.pop_back();
        }
        if (line.empty() || line.front() == '#') {
            continue;
        }
        if (line.size() < shortest || line.size() > longest ||
            !std::all_of(line.begin(), line.end(), isVisible)) {
            return Error{ErrorCode::InvalidArgument,
                         file.string() + ", line " + std::to_string(number) +
                             ": a key has 16 to 512 visible ASCII characters without spaces"};
        }
        keys.push_back(line);
    }
    if (!in.eof()) {
        return Error{ErrorCode::Io, "cannot read the file of keys " + file.string()};
    }
    if (keys.empty()) {
        return Error{ErrorCode::InvalidArgument, file.string() + " has no key in it"};
    }
    return ApiKeys(std::move(keys));
}

bool ApiKeys::accepts(std::string_view key) const {
    bool found = false;
    for (const std::string& known : m_keys) {
        found = equalInConstantTime(known, key) || found;
    }
    return found;
}

bool ApiKeys::acceptsHeader(std::string_view authorization) const {
    constexpr std::string_view scheme = "bearer ";
    const bool bearer =
        authorization.size() > scheme.size() &&
        std::equal(scheme.begin(), scheme.end(), authorization.begin(), [](char a, char b) {
            return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
        });
    return accepts(bearer ? authorization.substr(scheme.size()) : std::string_view());
}

} // namespace linnet::serving
