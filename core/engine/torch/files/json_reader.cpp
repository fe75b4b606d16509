#include "engine/torch/files/json_reader.h"

#include <algorithm>
#include <cstring>

#include "engine/torch/files/mapped_file.h"

namespace linnet::engine {

Result<std::string> readTextFile(const std::filesystem::path& path, std::size_t maxBytes) {
    Result<MappedFile> file = MappedFile::open(path);
    if (!file) {
        return file.error();
    }
    const std::span<const std::byte> bytes = file->bytes();
    if (bytes.size() > maxBytes) {
        return Error{ErrorCode::CorruptFile, path.string() + ": " + std::to_string(bytes.size()) +
                                                 " bytes, more than the " +
                                                 std::to_string(maxBytes) +
                                                 " such a file may have"};
    }
    // A copy, so that a file which changes meanwhile cannot change under the parser.
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<Json> parseJson(std::string_view text, const std::string& what, const JsonLimits& limits) {
    JsonBuilder builder(limits);
    Result<void> parsed = parseJsonWith(text, what, builder);
    if (!parsed) {
        return parsed.error();
    }
    return std::move(builder.result());
}

Result<Json> readJsonObject(const std::filesystem::path& path, const JsonLimits& limits) {
    Result<std::string> text = readTextFile(path, limits.bytes);
    if (!text) {
        return text.error();
    }
    Result<Json> json = parseJson(*text, path.string(), limits);
    if (json && !json->is_object()) {
        return Error{ErrorCode::CorruptFile, path.string() + ": not a JSON object"};
    }
    return json;
}

bool JsonBuilder::fail(std::string message) {
    m_message = std::move(message);
    return false;
}

std::string JsonBuilder::path() const {
    std::string joined;
    for (const Level& level : m_open) {
        if (level.container->is_object()) {
            joined += joined.empty() ? "" : ".";
            joined += level.key;
        }
    }
    return joined;
}

Json* JsonBuilder::add(Json value) {
    if (++m_values > m_limits.values) {
        fail("more than " + std::to_string(m_limits.values) + " values");
        return nullptr;
    }
    if (m_open.empty()) {
        m_root = std::move(value);
        return &m_root;
    }
    Level& level = m_open.back();
    if (level.container->is_array()) {
        level.container->push_back(std::move(value));
        return &level.container->back();
    }
    return &((*level.container)[level.key] = std::move(value));
}

bool JsonBuilder::open(Json container) {
    if (m_open.size() >= m_limits.depth) {
        return fail("nested deeper than " + std::to_string(m_limits.depth) + " levels");
    }
    Json* const added = add(std::move(container));
    if (added == nullptr) {
        return false;
    }
    m_open.push_back({added, {}});
    return true;
}

bool JsonBuilder::null() {
    return add(nullptr) != nullptr;
}

bool JsonBuilder::boolean(bool value) {
    return add(value) != nullptr;
}

bool JsonBuilder::number_integer(number_integer_t value) {
    return add(value) != nullptr;
}

bool JsonBuilder::number_unsigned(number_unsigned_t value) {
    return add(value) != nullptr;
}

bool JsonBuilder::number_float(number_float_t value, const string_t& /*text*/) {
    return add(value) != nullptr;
}

bool JsonBuilder::string(string_t& value) {
    return add(std::move(value)) != nullptr;
}

bool JsonBuilder::binary(binary_t& /*value*/) {
    return fail("binary values are not JSON");
}

bool JsonBuilder::start_object(std::size_t /*elements*/) {
    return open(Json::object());
}

bool JsonBuilder::key(string_t& name) {
    Level& level = m_open.back();
    if (level.container->contains(name)) {
        return fail("duplicate key '" + name + "'");
    }
    level.key = std::move(name);
    return true;
}

bool JsonBuilder::end_object() {
    m_open.pop_back();
    return true;
}

bool JsonBuilder::start_array(std::size_t /*elements*/) {
    return open(Json::array());
}

bool JsonBuilder::end_array() {
    m_open.pop_back();
    return true;
}

bool JsonBuilder::parse_error(std::size_t position, const std::string& token,
                              const Json::exception& /*error*/) {
    constexpr std::size_t shown = 40;
    return fail("not valid JSON at byte " + std::to_string(position) + ", near '" +
                token.substr(token.size() > shown ? token.size() - shown : 0) + "'");
}

} // namespace linnet::engine
