#include "verse/utf8.h"

#include <cstdint>

namespace linnet::verse {

namespace {

constexpr char32_t replacement = 0xFFFD;

// The length that a lead byte announces, 0 if it is none.
std::size_t sequenceLength(unsigned char lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead < 0xE0) {
        return 2;
    }
    if (lead >= 0xE0 && lead < 0xF0) {
        return 3;
    }
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

// Decodes one code point at `position` and moves it on.
char32_t decodeNext(std::string_view text, std::size_t& position) {
    const auto lead = static_cast<unsigned char>(text[position]);
    const std::size_t length = sequenceLength(lead);
    if (length == 0 || position + length > text.size()) {
        ++position;
        return replacement;
    }
    if (length == 1) {
        ++position;
        return lead;
    }
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[position + i]);
        if ((next & 0xC0U) != 0x80U) {
            ++position;
            return replacement;
        }
        value = (value << 6U) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
        ++position;
        return replacement;
    }
    position += length;
    return value;
}

} // namespace

std::u32string toCodePoints(std::string_view text) {
    std::u32string points;
    points.reserve(text.size());
    for (std::size_t position = 0; position < text.size();) {
        points.push_back(decodeNext(text, position));
    }
    return points;
}

void appendUtf8(std::string& text, char32_t value) {
    const auto tail = [&](unsigned shift) {
        text.push_back(static_cast<char>(0x80U | ((value >> shift) & 0x3FU)));
    };
    if (value < 0x80) {
        text.push_back(static_cast<char>(value));
    } else if (value < 0x800) {
        text.push_back(static_cast<char>(0xC0U | (value >> 6U)));
        tail(0);
    } else if (value < 0x10000) {
        text.push_back(static_cast<char>(0xE0U | (value >> 12U)));
        tail(6);
        tail(0);
    } else {
        text.push_back(static_cast<char>(0xF0U | (value >> 18U)));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::string toUtf8(std::u32string_view text) {
    std::string bytes;
    bytes.reserve(text.size() * 3);
    for (const char32_t value : text) {
        appendUtf8(bytes, value);
    }
    return bytes;
}

bool isIdeograph(char32_t value) {
    return (value >= 0x4E00 && value <= 0x9FFF) || (value >= 0x3400 && value <= 0x4DBF) ||
           (value >= 0x20000 && value <= 0x3FFFF) || (value >= 0xF900 && value <= 0xFAFF) ||
           value == 0x3007;
}

} // namespace linnet::verse
