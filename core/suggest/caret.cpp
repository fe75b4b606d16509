#include "suggest/caret.h"

#include <algorithm>
#include <cstddef>

#include "suggest/unicode_words.h"
#include "suggest/word_stream.h"

namespace linnet::suggest {

namespace {

constexpr std::size_t lookBack = 8192;
constexpr std::string_view curlyMark = "\xE2\x80\x99";

bool isBlank(char32_t value) {
    return value == U' ' || value == U'\n' || value == U'\t' || value == U'\r' || value == 0xA0;
}

bool isJoiner(char32_t value) {
    return value == U'\'' || value == U'-' || value == 0x2019;
}

bool isEastAsian(char32_t value) {
    return (value >= 0x3040 && value <= 0x30FF) || (value >= 0x3400 && value <= 0x9FFF) ||
           (value >= 0xAC00 && value <= 0xD7AF) || (value >= 0xF900 && value <= 0xFAFF) ||
           (value >= 0x20000 && value <= 0x3FFFF);
}

// The last bytes of the text, from the start of a word.
std::string_view tailOf(std::string_view text) {
    if (text.size() <= lookBack) {
        return text;
    }
    const std::size_t cut = text.find_first_of(" \n", text.size() - lookBack);
    return cut == std::string_view::npos ? text.substr(text.size() - lookBack)
                                         : text.substr(cut + 1);
}

// Where the word at the end of the text begins; a joiner at the very end belongs to it when a
// letter stands before it ("don'", "well-").
std::size_t typedStart(std::string_view text) {
    std::size_t start = text.size();
    CodePoint last = decodeBefore(text, start);
    if (last.length > 0 && isJoiner(last.value)) {
        const std::size_t before = start - static_cast<std::size_t>(last.length);
        const CodePoint inner = decodeBefore(text, before);
        if (inner.length == 0 || !isWordCharacter(inner.value)) {
            return start;
        }
        start = before;
        last = inner;
    }
    while (last.length > 0) {
        if (!isWordCharacter(last.value)) {
            const CodePoint inner =
                decodeBefore(text, start - static_cast<std::size_t>(last.length));
            if (!isJoiner(last.value) || inner.length == 0 || !isWordCharacter(inner.value)) {
                break;
            }
        }
        start -= static_cast<std::size_t>(last.length);
        last = decodeBefore(text, start);
    }
    return start;
}

bool looksLikeAddress(std::string_view run) {
    if (run.find("://") != std::string_view::npos || run.find("www.") != std::string_view::npos) {
        return true;
    }
    // user@host, /a/path, file.name, key=value, C:\x: a sign of addresses between two letters
    for (std::size_t i = 1; i < run.size(); ++i) {
        const bool sign = std::string_view("@/\\.=~").find(run[i]) != std::string_view::npos;
        const bool afterWord = isWordCharacter(decodeBefore(run, i).value);
        const bool beforeWord = i + 1 < run.size() && isWordCharacter(decodeAt(run, i + 1).value);
        if (!sign || !afterWord || (run[i] == '.' && !beforeWord)) {
            continue;
        }
        // "and/or" is prose; two slashes, or a host before one, are not.
        if (run[i] != '/' || run.find('/') != run.rfind('/') || run.find('.') < i) {
            return true;
        }
    }
    return false;
}

// A run that is neither a word nor the marks that open one.
bool looksLikeMess(std::string_view run) {
    int strange = 0;
    for (char byte : run) {
        strange +=
            std::string_view("#$%^&+=|<>{}\\~@").find(byte) != std::string_view::npos ? 1 : 0;
    }
    return strange >= 2 && run.find_first_not_of('#') != std::string_view::npos;
}

// Inside `code`, or a fenced or indented block of it.
bool insideCode(std::string_view text) {
    bool fenced = false;
    bool span = false;
    std::size_t lineStart = 0;
    while (lineStart <= text.size()) {
        std::size_t lineEnd = text.find('\n', lineStart);
        lineEnd = lineEnd == std::string_view::npos ? text.size() : lineEnd;
        const std::string_view line = text.substr(lineStart, lineEnd - lineStart);
        const std::size_t first = std::min(line.find_first_not_of(' '), line.size());
        const std::string_view body = line.substr(first);
        if (body.substr(0, 3) == "```" || body.substr(0, 3) == "~~~") {
            fenced = !fenced;
            span = lineEnd == text.size(); // still on the fence's own line
        } else {
            span = body.empty() ? false : span;
            span = (std::count(body.begin(), body.end(), '`') % 2 == 1) != span;
        }
        if (lineEnd == text.size()) {
            break;
        }
        lineStart = lineEnd + 1;
    }
    return fenced || span;
}

bool curlyCustom(std::string_view text) {
    const std::size_t curly = text.rfind(curlyMark);
    std::size_t straight = text.rfind('\'');
    if (curly == std::string_view::npos) {
        return false;
    }
    return straight == std::string_view::npos || straight < curly;
}

} // namespace

Caret analyseCaret(std::string_view before) {
    const std::string_view text = tailOf(before);
    const std::size_t start = typedStart(text);
    Caret caret;
    caret.typed = normaliseText(text.substr(start));
    caret.context = normaliseText(text.substr(0, start));
    caret.curly = curlyCustom(text);
    std::size_t runStart = text.size();
    for (CodePoint last = decodeBefore(text, runStart); last.length > 0 && !isBlank(last.value);
         last = decodeBefore(text, runStart)) {
        runStart -= static_cast<std::size_t>(last.length);
    }
    const std::string_view run = text.substr(runStart);
    char32_t previous = U'a';
    for (std::size_t at = text.size(); at > 0;) {
        const CodePoint last = decodeBefore(text, at);
        at -= static_cast<std::size_t>(last.length);
        if (isWordCharacter(last.value) || isEastAsian(last.value)) {
            previous = last.value;
            break;
        }
    }
    caret.suppressed =
        looksLikeAddress(run) || looksLikeMess(run) || isEastAsian(previous) || insideCode(text);
    return caret;
}

std::string withApostrophes(std::string word, bool curly) {
    if (!curly) {
        return word;
    }
    for (std::size_t at = word.find('\''); at != std::string::npos; at = word.find('\'', at)) {
        word.replace(at, 1, curlyMark);
    }
    return word;
}

} // namespace linnet::suggest
