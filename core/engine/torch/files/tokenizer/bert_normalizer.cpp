#include "engine/torch/files/tokenizer/bert_normalizer.h"

#include <utf8proc.h>
#include <vector>

#include "engine/api/utf8.h"
#include "engine/torch/files/tokenizer/normalizer.h"

namespace linnet::engine {

namespace {

utf8proc_category_t categoryOf(char32_t point) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(point));
}

bool isLineSpace(char32_t point) { // counts as white space, though it is a control character
    return point == U'\t' || point == U'\n' || point == U'\r';
}

bool vanishes(char32_t point) {
    if (point == 0 || point == 0xFFFD) {
        return true;
    }
    switch (categoryOf(point)) {
    case UTF8PROC_CATEGORY_CC:
        return !isLineSpace(point);
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
        return true;
    default:
        return false;
    }
}

bool isSpace(char32_t point) {
    const utf8proc_category_t category = categoryOf(point);
    return isLineSpace(point) || category == UTF8PROC_CATEGORY_ZS ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

// The blocks that the Hugging Face library spaces out.
bool isIdeograph(char32_t point) {
    const auto within = [point](char32_t first, char32_t last) {
        return point >= first && point <= last;
    };
    return within(0x4E00, 0x9FFF) || within(0x3400, 0x4DBF) || within(0x20000, 0x2A6DF) ||
           within(0x2A700, 0x2B73F) || within(0x2B740, 0x2B81F) || within(0x2B920, 0x2CEAF) ||
           within(0xF900, 0xFAFF) || within(0x2F800, 0x2FA1F);
}

void appendLower(std::string& out, char32_t point) {
    if (point == 0x130) { // the one letter whose lower case is two characters
        out += "i\u0307";
        return;
    }
    appendUtf8(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(point))));
}

std::string prepared(std::string_view text, const BertNormalization& options) {
    std::string out;
    out.reserve(text.size() + 8);
    while (!text.empty()) {
        const std::size_t length = utf8CharacterLength(text);
        const char32_t point = decodeUtf8(text, length);
        if (options.cleanText && vanishes(point)) {
            text.remove_prefix(length);
            continue;
        }
        if (options.cleanText && isSpace(point)) {
            out += ' ';
        } else if (options.spaceIdeographs && isIdeograph(point)) {
            out += ' ';
            out += text.substr(0, length);
            out += ' ';
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return out;
}

void appendFolded(std::string& out, std::string_view text, const BertNormalization& options) {
    std::string cleaned = prepared(text, options);
    if (!options.stripAccents && !options.lowercase) {
        out += cleaned;
        return;
    }
    const auto append = [&](char32_t point) {
        if (options.lowercase) {
            appendLower(out, point);
        } else {
            appendUtf8(out, point);
        }
    };
    if (options.stripAccents) {
        for (const char32_t point : canonicalDecomposition(cleaned)) {
            if (categoryOf(point) != UTF8PROC_CATEGORY_MN) {
                append(point);
            }
        }
        return;
    }
    for (std::string_view rest = cleaned; !rest.empty();) {
        const std::size_t length = utf8CharacterLength(rest);
        append(decodeUtf8(rest, length));
        rest.remove_prefix(length);
    }
}

} // namespace

std::string normalizeForBert(std::string_view text, const BertNormalization& options) {
    std::string out;
    out.reserve(text.size() + 8);
    forEachUtf8Part(
        text, [&](std::string_view part) { appendFolded(out, part, options); },
        [&](std::string_view part) { out += part; });
    return out;
}

} // namespace linnet::engine
