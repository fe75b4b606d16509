#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace linnet::engine {

// Bytes of the well-formed UTF-8 character (Unicode 15, table 3-7) at the front of `text`; 0 if
// there is none: an invalid or truncated sequence, or an empty text.
std::size_t utf8CharacterLength(std::string_view text);

// Length of the longest well-formed prefix of `text`.
std::size_t utf8ValidPrefix(std::string_view text);

// The code point of a well-formed character of `length` bytes.
char32_t decodeUtf8(std::string_view text, std::size_t length);

void appendUtf8(std::string& text, char32_t codePoint);

// Calls `valid(part)` for the well-formed stretches of `text` and `invalid(part)` for what is
// between them, in order.
template <typename Valid, typename Invalid>
void forEachUtf8Part(std::string_view text, const Valid& valid, const Invalid& invalid) {
    while (!text.empty()) {
        const std::size_t good = utf8ValidPrefix(text);
        if (good > 0) {
            valid(text.substr(0, good));
        }
        std::size_t end = good;
        while (end < text.size() && utf8CharacterLength(text.substr(end)) == 0) {
            ++end;
        }
        if (end > good) {
            invalid(text.substr(good, end - good));
        }
        text.remove_prefix(end);
    }
}

} // namespace linnet::engine
