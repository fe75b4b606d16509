#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::engine {

using Json = nlohmann::json;

struct JsonLimits {
    std::size_t bytes = 1U << 20U;  // of a file
    std::size_t depth = 32;         // nested arrays and objects
    std::size_t values = 1U << 18U; // scalars, arrays and objects together
};

// Reads a whole file of at most `maxBytes`. Errors: NotFound, Io, CorruptFile (too long).
Result<std::string> readTextFile(const std::filesystem::path& path, std::size_t maxBytes);

// Parses strict JSON: no comments, no duplicate keys, valid UTF-8, within `limits`. `what` names
// the source in messages. Errors: CorruptFile.
Result<Json> parseJson(std::string_view text, const std::string& what, const JsonLimits& limits);

// readTextFile and parseJson; the top level must be an object.
Result<Json> readJsonObject(const std::filesystem::path& path, const JsonLimits& limits = {});

// Builds a Json value from nlohmann's event parser within limits. Parts of a large document can be
// diverted: a derived class sees each key first.
class JsonBuilder : public nlohmann::json_sax<Json> {
public:
    explicit JsonBuilder(const JsonLimits& limits)
        : m_limits(limits) {}

    bool null() override;
    bool boolean(bool value) override;
    bool number_integer(number_integer_t value) override;
    bool number_unsigned(number_unsigned_t value) override;
    bool number_float(number_float_t value, const string_t& text) override;
    bool string(string_t& value) override;
    bool binary(binary_t& value) override;
    bool start_object(std::size_t elements) override;
    bool key(string_t& name) override;
    bool end_object() override;
    bool start_array(std::size_t elements) override;
    bool end_array() override;
    bool parse_error(std::size_t position, const std::string& token,
                     const Json::exception& error) override;

    Json& result() { return m_root; }
    const std::string& message() const { return m_message; }

protected:
    bool fail(std::string message);
    std::size_t depth() const { return m_open.size(); }
    // Dotted path of the innermost key, such as "model.vocab".
    std::string path() const;

private:
    struct Level {
        Json* container;
        std::string key; // of an object: the one whose value comes next
    };

    Json* add(Json value); // null: a limit was hit
    bool open(Json container);

    JsonLimits m_limits;
    Json m_root;
    std::vector<Level> m_open;
    std::size_t m_values = 0;
    std::string m_message;
};

// Runs nlohmann's event parser over `text` with `handler`, turning exceptions into errors that
// carry `what`. Handlers say in `message()` why they stopped.
template <typename Handler>
Result<void> parseJsonWith(std::string_view text, const std::string& what, Handler& handler) {
    try {
        if (Json::sax_parse(text.begin(), text.end(), &handler)) {
            return {};
        }
        return Error{ErrorCode::CorruptFile, what + ": " + handler.message()};
    } catch (const std::exception& error) {
        return Error{ErrorCode::CorruptFile, what + ": " + error.what()};
    }
}

} // namespace linnet::engine
