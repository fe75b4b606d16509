#include "engine/torch/files/safetensors_header.h"

#include <algorithm>
#include <optional>

#include "engine/torch/files/json_reader.h"

namespace linnet::engine {

namespace {

constexpr std::size_t maxDimensions = 8;

// Accepts only {"name": {"dtype": s, "shape": [n...], "data_offsets": [n, n]}, ...} with an
// optional "__metadata__" of strings, so that nothing else is ever built in memory.
class HeaderHandler : public nlohmann::json_sax<Json> {
public:
    SafetensorsHeader& header() { return m_header; }
    const std::string& message() const { return m_message; }

    bool null() override { return unexpected("null"); }
    bool boolean(bool /*value*/) override { return unexpected("a boolean"); }
    bool number_integer(number_integer_t /*value*/) override {
        return unexpected("a negative number");
    }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
        return unexpected("a number that is not an integer of 64 bits");
    }
    bool binary(binary_t& /*value*/) override { return unexpected("binary data"); }

    bool number_unsigned(number_unsigned_t value) override {
        if (m_state == State::Shape) {
            if (m_tensor.shape.size() == maxDimensions) {
                return fail("more than " + std::to_string(maxDimensions) + " dimensions");
            }
            m_tensor.shape.push_back(value);
            return true;
        }
        if (m_state == State::Offsets && m_offsets < 2) {
            (m_offsets == 0 ? m_tensor.begin : m_tensor.end) = value;
            ++m_offsets;
            return true;
        }
        return unexpected("a number");
    }

    bool string(string_t& value) override {
        if (m_state == State::Metadata) {
            m_header.metadata[m_key] = std::move(value);
            return true;
        }
        if (m_state == State::Tensor && m_key == "dtype") {
            m_tensor.dtype = std::move(value);
            return true;
        }
        return unexpected("a string");
    }

    bool start_object(std::size_t /*elements*/) override {
        if (m_state == State::Start) {
            m_state = State::Top;
            return true;
        }
        if (m_state != State::Top) {
            return unexpected("an object");
        }
        m_state = m_key == "__metadata__" ? State::Metadata : State::Tensor;
        m_tensor = {};
        m_tensor.name = m_key;
        m_name = m_key;
        m_seen = {};
        return true;
    }

    bool key(string_t& name) override {
        m_key = std::move(name);
        if (m_state == State::Metadata && m_header.metadata.contains(m_key)) {
            return fail("duplicate key '" + m_key + "'");
        }
        if (m_state != State::Tensor) {
            return true;
        }
        bool* const seen = m_key == "dtype"          ? &m_seen.dtype
                           : m_key == "shape"        ? &m_seen.shape
                           : m_key == "data_offsets" ? &m_seen.offsets
                                                     : nullptr;
        if (seen == nullptr) {
            return fail("unknown key '" + m_key + "'");
        }
        if (*seen) {
            return fail("duplicate key '" + m_key + "'");
        }
        return *seen = true;
    }

    bool end_object() override {
        if (m_state == State::Tensor) {
            if (!m_seen.dtype || !m_seen.shape || !m_seen.offsets) {
                return fail("dtype, shape or data_offsets is missing");
            }
            m_header.tensors.push_back(std::move(m_tensor));
        }
        if (m_state == State::Metadata && m_metadataSeen) {
            return fail("given twice");
        }
        m_metadataSeen = m_metadataSeen || m_state == State::Metadata;
        m_state = State::Top;
        m_name.clear();
        return true;
    }

    bool start_array(std::size_t /*elements*/) override {
        if (m_state != State::Tensor || m_key == "dtype") {
            return unexpected("an array");
        }
        m_state = m_key == "shape" ? State::Shape : State::Offsets;
        m_offsets = 0;
        return true;
    }

    bool end_array() override {
        if (m_state == State::Offsets && m_offsets != 2) {
            return fail("data_offsets needs two numbers");
        }
        m_state = State::Tensor;
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const Json::exception& /*error*/) override {
        return fail("not valid JSON at byte " + std::to_string(position));
    }

private:
    enum class State { Start, Top, Metadata, Tensor, Shape, Offsets };
    struct Seen {
        bool dtype = false;
        bool shape = false;
        bool offsets = false;
    };

    bool fail(const std::string& reason) {
        m_message =
            "the header" + (m_name.empty() ? "" : ", tensor '" + m_name + "'") + ": " + reason;
        return false;
    }

    bool unexpected(const char* what) {
        return fail(std::string(what) + " in the wrong place" +
                    (m_key.empty() ? "" : ", at '" + m_key + "'"));
    }

    SafetensorsHeader m_header;
    State m_state = State::Start;
    HeaderTensor m_tensor;
    Seen m_seen;
    bool m_metadataSeen = false;
    std::size_t m_offsets = 0;
    std::string m_key;
    std::string m_name;
    std::string m_message;
};

} // namespace

Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view text, const std::string& what) {
    HeaderHandler handler;
    const Result<void> parsed = parseJsonWith(text, what, handler);
    if (!parsed) {
        return parsed.error();
    }
    std::vector<const std::string*> names;
    names.reserve(handler.header().tensors.size());
    for (const HeaderTensor& tensor : handler.header().tensors) {
        names.push_back(&tensor.name);
    }
    std::sort(names.begin(), names.end(),
              [](const std::string* left, const std::string* right) { return *left < *right; });
    const auto twice = std::adjacent_find(
        names.begin(), names.end(),
        [](const std::string* left, const std::string* right) { return *left == *right; });
    if (twice != names.end()) {
        return Error{ErrorCode::CorruptFile, what + ": tensor '" + **twice + "' is given twice"};
    }
    return std::move(handler.header());
}

} // namespace linnet::engine
