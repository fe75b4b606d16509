#include "protocol/base64.h"

#include <array>
#include <cstdint>

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::int8_t invalid = -1;
constexpr std::int8_t space = -2;

constexpr std::array<std::int8_t, 256> values = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(invalid);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    for (const char c : {' ', '\t', '\r', '\n'}) {
        table[static_cast<unsigned char>(c)] = space;
    }
    return table;
}();

bool equalsIgnoringCase(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
        if (c != lower[i]) {
            return false;
        }
    }
    return true;
}

Error notBase64() {
    return {ErrorCode::InvalidArgument, "is not valid base64"};
}

} // namespace

std::string encodeBase64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group <<= 8U;
            group |= at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U;
        }
        for (std::size_t i = 0; i < 4; ++i) {
            const bool present = i == 0 || at + i - 1 < bytes.size();
            text += present ? alphabet[group >> (18U - 6U * i) & 0x3FU] : '=';
        }
    }
    return text;
}

Result<std::string> decodeBase64(std::string_view text, std::size_t limit) {
    std::string bytes;
    bytes.reserve(std::min(limit, text.size() / 4 * 3 + 3));
    std::uint32_t group = 0;
    unsigned digits = 0;
    unsigned padding = 0;
    for (const char c : text) {
        const std::int8_t value = values[static_cast<unsigned char>(c)];
        if (value == space) {
            continue;
        }
        if (c == '=') {
            ++padding;
            continue;
        }
        if (value == invalid || padding > 0) {
            return notBase64();
        }
        group = group << 6U | static_cast<std::uint32_t>(value);
        if (++digits == 4) {
            for (const unsigned shift : {16U, 8U, 0U}) {
                bytes += static_cast<char>(group >> shift & 0xFFU);
            }
            group = 0;
            digits = 0;
        }
        if (bytes.size() > limit) {
            break;
        }
    }
    // A rest of two digits is one byte, of three two; their unused bits are zero.
    if (digits == 1 || (padding > 0 && digits + padding != 4)) {
        return notBase64();
    }
    if (digits == 2) {
        bytes += static_cast<char>(group >> 4U & 0xFFU);
    } else if (digits == 3) {
        bytes += static_cast<char>(group >> 10U & 0xFFU);
        bytes += static_cast<char>(group >> 2U & 0xFFU);
    }
    if ((digits == 2 && (group & 0xFU) != 0) || (digits == 3 && (group & 0x3U) != 0)) {
        return notBase64();
    }
    if (bytes.size() > limit) {
        return Error{ErrorCode::InvalidArgument,
                     "has more than " + std::to_string(limit) + " bytes"};
    }
    return bytes;
}

Result<DataUri> parseDataUri(std::string_view uri, std::size_t limit) {
    constexpr std::string_view scheme = "data:";
    const std::size_t comma = uri.find(',');
    if (!equalsIgnoringCase(uri.substr(0, scheme.size()), scheme) ||
        comma == std::string_view::npos) {
        return Error{ErrorCode::InvalidArgument,
                     "must be a data URI such as data:image/png;base64,...: no address is fetched"};
    }
    std::string_view head = uri.substr(scheme.size(), comma - scheme.size());
    const std::size_t last = head.rfind(';');
    if (last == std::string_view::npos || !equalsIgnoringCase(head.substr(last + 1), "base64")) {
        return Error{ErrorCode::InvalidArgument, "must be a data URI in base64"};
    }
    head = head.substr(0, head.find(';'));
    auto bytes = decodeBase64(uri.substr(comma + 1), limit);
    if (!bytes) {
        return bytes.error();
    }
    return DataUri{std::string(head), std::move(bytes).value()};
}

std::string dataUri(std::string_view mediaType, std::string_view bytes) {
    return "data:" + std::string(mediaType) + ";base64," + encodeBase64(bytes);
}

} // namespace linnet::protocol
