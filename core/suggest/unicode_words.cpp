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
    const std::string_view rest = text.substr(position);
    const std::size_t length = engine::utf8CharacterLength(rest);
    if (length == 0) {
        return {replacement, 1};
    }
    return {engine::decodeUtf8(rest, length), static_cast<int>(length)};
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
