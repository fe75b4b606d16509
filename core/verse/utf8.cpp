#include "verse/utf8.h"

#include <algorithm>

namespace linnet::verse {

std::u32string toCodePoints(std::string_view text) {
    constexpr char32_t replacement = 0xFFFD;
    std::u32string points;
    points.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = engine::utf8CharacterLength(text);
        points.push_back(length > 0 ? engine::decodeUtf8(text, length) : replacement);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return points;
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
