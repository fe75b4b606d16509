#include "suggest/word_stream.h"

#include <algorithm>

namespace linnet::suggest {

namespace {

constexpr char32_t curlyApostrophe = 0x2019;
constexpr std::string_view emDash = "\xE2\x80\x94";

bool isSpaceByte(char byte) {
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r' || byte == '\f' ||
           byte == '\v';
}

void dropTrailingBlanks(std::string& text) {
    while (!text.empty() && text.back() == ' ') {
        text.pop_back();
    }
}

// Appends the corpus spelling of a code point outside ASCII.
void appendNormalised(std::string& out, char32_t value) {
    switch (value) {
    case 0x2018:
    case curlyApostrophe:
    case 0x201A:
        out += '\'';
        break;
    case 0x201C:
    case 0x201D:
    case 0x201E:
        out += '"';
        break;
    case 0x2026:
        out += "...";
        break;
    case 0xA0:
    case 0x2009:
    case 0x202F:
        out += ' ';
        break;
    case 0x2010:
    case 0x2011:
        out += '-';
        break;
    default:
        appendUtf8(out, value);
    }
}

// Length of a dash that is to become an em dash: two or three hyphens, an em dash, or an en dash
// or hyphen with a space on both sides.
std::size_t dashLength(std::string_view text, std::size_t at, bool spaceBefore) {
    if (text.substr(at, 3) == emDash) {
        return 3;
    }
    if (text.substr(at, 2) == "--") {
        return text.substr(at, 3) == "---" ? 3 : 2;
    }
    const std::size_t length = text.substr(at, 3) == "\xE2\x80\x93" ? 3 : text[at] == '-' ? 1 : 0;
    const bool spaced = spaceBefore && at + length < text.size() && text[at + length] == ' ';
    return spaced ? length : 0;
}

} // namespace

std::string normaliseText(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 8);
    for (std::size_t at = 0; at < text.size();) {
        const bool atLineStart = out.empty() || out.back() == '\n';
        const bool spaceBefore = !out.empty() && out.back() == ' ';
        if (const std::size_t dash = atLineStart ? 0 : dashLength(text, at, spaceBefore)) {
            dropTrailingBlanks(out);
            out += emDash;
            at += dash;
            while (at < text.size() && text[at] == ' ') {
                ++at;
            }
            continue;
        }
        const CodePoint next = decodeAt(text, at);
        at += static_cast<std::size_t>(next.length);
        if (next.value == U'\r' || next.value == U'\n') {
            if (out.empty() || out.back() != '\n') {
                out += '\n';
            }
        } else if (next.value < 0x80) {
            out += static_cast<char>(next.value);
        } else {
            appendNormalised(out, next.value);
        }
    }
    return out;
}

WordSpan nextWord(std::string_view text, std::size_t from) {
    std::size_t at = from;
    CodePoint next = decodeAt(text, at);
    while (next.length > 0 && !isWordCharacter(next.value)) {
        at += static_cast<std::size_t>(next.length);
        next = decodeAt(text, at);
    }
    if (next.length == 0) {
        return {text.size(), text.size()};
    }
    const std::size_t begin = at;
    while (next.length > 0) {
        std::size_t after = at + static_cast<std::size_t>(next.length);
        if (!isWordCharacter(next.value)) {
            const bool joins =
                next.value == U'\'' || next.value == U'-' || next.value == curlyApostrophe;
            const CodePoint second = decodeAt(text, after);
            if (!joins || second.length == 0 || !isWordCharacter(second.value)) {
                break;
            }
            after += static_cast<std::size_t>(second.length);
        }
        at = after;
        next = decodeAt(text, at);
    }
    return {begin, at};
}

std::string separatorKey(std::string_view separator) {
    std::string key;
    for (std::size_t at = 0; at < separator.size();) {
        if (!isSpaceByte(separator[at])) {
            key += separator[at++];
            continue;
        }
        bool line = false;
        while (at < separator.size() && isSpaceByte(separator[at])) {
            line = line || separator[at] == '\n';
            ++at;
        }
        key += line ? '\n' : ' ';
    }
    return key;
}

bool startsSentence(std::string_view key) {
    if (key.find_first_of(".!?\n") != std::string_view::npos) {
        return true;
    }
    return !key.empty() && std::string_view("\"'([{*_").find(key.back()) != std::string_view::npos;
}

bool isNumber(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(),
                                        [](char byte) { return byte >= '0' && byte <= '9'; });
}

} // namespace linnet::suggest
