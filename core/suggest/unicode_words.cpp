#include "suggest/unicode_words.h"

#include <algorithm>
#include <iterator>

namespace linnet::suggest {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

constexpr Range wordRanges[] = {
#include "suggest/word_characters.inc"
};

constexpr char32_t replacement = 0xFFFD;

bool isContinuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

bool between(char32_t value, char32_t first, char32_t last) {
    return value >= first && value <= last;
}

// Latin Extended-A alternates upper and lower case; which of the two is even changes twice.
bool latinExtendedUpperIsEven(char32_t value) {
    return between(value, 0x100, 0x137) || between(value, 0x14A, 0x177);
}

bool latinExtendedUpperIsOdd(char32_t value) {
    return between(value, 0x139, 0x148) || between(value, 0x179, 0x17E);
}

} // namespace

CodePoint decodeAt(std::string_view text, std::size_t position) {
    if (position >= text.size()) {
        return {};
    }
    const auto lead = static_cast<unsigned char>(text[position]);
    if (lead < 0x80U) {
        return {lead, 1};
    }
    const int length = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
    if (lead < 0xC2U || lead > 0xF4U || position + static_cast<std::size_t>(length) > text.size()) {
        return {replacement, 1};
    }
    char32_t value = lead & (0xFFU >> (length + 1));
    for (int i = 1; i < length; ++i) {
        const char byte = text[position + static_cast<std::size_t>(i)];
        if (!isContinuation(byte)) {
            return {replacement, 1};
        }
        value = (value << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF || between(value, 0xD800, 0xDFFF)) {
        return {replacement, 1};
    }
    return {value, length};
}

CodePoint decodeBefore(std::string_view text, std::size_t position) {
    if (position == 0 || position > text.size()) {
        return {};
    }
    std::size_t start = position - 1;
    while (start > 0 && position - start < 4 && isContinuation(text[start])) {
        --start;
    }
    const CodePoint found = decodeAt(text, start);
    if (start + static_cast<std::size_t>(found.length) == position) {
        return found;
    }
    return {replacement, 1};
}

void appendUtf8(std::string& text, char32_t value) {
    const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0U | (value >> 6U));
        put(0x80U | (value & 0x3FU));
    } else if (value < 0x10000) {
        put(0xE0U | (value >> 12U));
        put(0x80U | ((value >> 6U) & 0x3FU));
        put(0x80U | (value & 0x3FU));
    } else {
        put(0xF0U | (value >> 18U));
        put(0x80U | ((value >> 12U) & 0x3FU));
        put(0x80U | ((value >> 6U) & 0x3FU));
        put(0x80U | (value & 0x3FU));
    }
}

bool isDigit(char32_t value) {
    return between(value, U'0', U'9');
}

bool isWordCharacter(char32_t value) {
    if (value < 0x80) {
        return between(value, U'a', U'z') || between(value, U'A', U'Z') || isDigit(value);
    }
    const auto* after =
        std::upper_bound(std::begin(wordRanges), std::end(wordRanges), value,
                         [](char32_t wanted, const Range& range) { return wanted < range.first; });
    return after != std::begin(wordRanges) && value <= std::prev(after)->last;
}

char32_t toUpper(char32_t value) {
    if (between(value, U'a', U'z') || (between(value, 0xE0, 0xFE) && value != 0xF7) ||
        (between(value, 0x3B1, 0x3C9) && value != 0x3C2) || between(value, 0x430, 0x44F)) {
        return value - 32;
    }
    if (value == 0xFF) {
        return 0x178;
    }
    if ((latinExtendedUpperIsEven(value) && value % 2 == 1 && value != 0x131) ||
        (latinExtendedUpperIsOdd(value) && value % 2 == 0)) {
        return value - 1;
    }
    if (between(value, 0x450, 0x45F)) {
        return value - 80;
    }
    return value;
}

char32_t toLower(char32_t value) {
    if (between(value, U'A', U'Z') || (between(value, 0xC0, 0xDE) && value != 0xD7) ||
        (between(value, 0x391, 0x3A9) && value != 0x3A2) || between(value, 0x410, 0x42F)) {
        return value + 32;
    }
    if (value == 0x178) {
        return 0xFF;
    }
    if ((latinExtendedUpperIsEven(value) && value % 2 == 0 && value != 0x130) ||
        (latinExtendedUpperIsOdd(value) && value % 2 == 1)) {
        return value + 1;
    }
    if (between(value, 0x400, 0x40F)) {
        return value + 80;
    }
    return value;
}

bool isUpper(char32_t value) {
    return toLower(value) != value;
}

bool isLower(char32_t value) {
    return toUpper(value) != value;
}

std::string capitalised(std::string_view word) {
    const CodePoint first = decodeAt(word, 0);
    std::string result;
    if (first.length > 0) {
        appendUtf8(result, toUpper(first.value));
        result += word.substr(static_cast<std::size_t>(first.length));
    }
    return result;
}

std::string uncapitalised(std::string_view word) {
    const CodePoint first = decodeAt(word, 0);
    std::string result;
    if (first.length > 0) {
        appendUtf8(result, toLower(first.value));
        result += word.substr(static_cast<std::size_t>(first.length));
    }
    return result;
}

std::string upperCased(std::string_view word) {
    std::string result;
    for (std::size_t at = 0; at < word.size();) {
        const CodePoint next = decodeAt(word, at);
        appendUtf8(result, toUpper(next.value));
        at += static_cast<std::size_t>(next.length);
    }
    return result;
}

bool startsUpper(std::string_view word) {
    return isUpper(decodeAt(word, 0).value);
}

bool isAllUpper(std::string_view word) {
    int letters = 0;
    for (std::size_t at = 0; at < word.size();) {
        const CodePoint next = decodeAt(word, at);
        if (isLower(next.value)) {
            return false;
        }
        letters += isUpper(next.value) ? 1 : 0;
        at += static_cast<std::size_t>(next.length);
    }
    return letters >= 2;
}

} // namespace linnet::suggest
