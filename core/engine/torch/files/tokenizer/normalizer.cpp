#include "engine/torch/files/tokenizer/normalizer.h"

#include <algorithm>
#include <array>
#include <utf8proc.h>

#include "engine/api/utf8.h"
#include "engine/torch/files/tokenizer/bert_normalizer.h"

namespace linnet::engine {

namespace {

bool isAscii(char byte) {
    return static_cast<unsigned char>(byte) < 0x80U;
}

// The code points of one stretch of well-formed text, decomposed. utf8proc_map would do, but it
// sorts marks in quadratic time, which a hostile text of marks turns into hours.
std::vector<utf8proc_int32_t> decomposed(std::string_view text) {
    std::vector<utf8proc_int32_t> points;
    points.reserve(text.size() + 8);
    int boundary = 0;
    while (!text.empty()) {
        const std::size_t length = utf8CharacterLength(text);
        const auto point = static_cast<utf8proc_int32_t>(decodeUtf8(text, length));
        text.remove_prefix(length);
        std::array<utf8proc_int32_t, 32> parts{}; // the longest decomposition has 4
        const utf8proc_ssize_t count = utf8proc_decompose_char(
            point, parts.data(), parts.size(),
            static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE), &boundary);
        if (count <= 0 || static_cast<std::size_t>(count) > parts.size()) {
            points.push_back(point);
        } else {
            points.insert(points.end(), parts.begin(), parts.begin() + count);
        }
    }
    const auto combining = [](utf8proc_int32_t point) {
        return utf8proc_get_property(point)->combining_class;
    };
    for (auto mark = points.begin(); mark != points.end();) {
        if (combining(*mark) == 0) {
            ++mark;
            continue;
        }
        const auto end = std::find_if(
            mark, points.end(), [&](utf8proc_int32_t point) { return combining(point) == 0; });
        std::stable_sort(mark, end, [&](utf8proc_int32_t left, utf8proc_int32_t right) {
            return combining(left) < combining(right);
        });
        mark = end;
    }
    return points;
}

void appendComposed(std::string& out, std::string_view text) {
    std::vector<utf8proc_int32_t> points = decomposed(text);
    const utf8proc_ssize_t composed = utf8proc_normalize_utf32(
        points.data(), static_cast<utf8proc_ssize_t>(points.size()),
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    for (utf8proc_ssize_t i = 0; i < composed; ++i) {
        appendUtf8(out, static_cast<char32_t>(points[static_cast<std::size_t>(i)]));
    }
}

// ASCII characters decompose into themselves and never compose with what is before them, so only
// stretches of other characters, with the one ASCII character before each, need work.
void appendNfc(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto other = std::find_if_not(text.begin(), text.end(), isAscii);
        if (other == text.end()) {
            out += text;
            return;
        }
        const auto plain = static_cast<std::size_t>(other - text.begin());
        const std::size_t begin = plain == 0 ? 0 : plain - 1;
        const auto end =
            static_cast<std::size_t>(std::find_if(other, text.end(), isAscii) - text.begin());
        out += text.substr(0, begin);
        appendComposed(out, text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

} // namespace

std::string normalizeNfc(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    forEachUtf8Part(
        text, [&out](std::string_view part) { appendNfc(out, part); },
        [&out](std::string_view part) { out += part; });
    return out;
}

std::vector<char32_t> canonicalDecomposition(std::string_view text) {
    const std::vector<utf8proc_int32_t> points = decomposed(text);
    return {points.begin(), points.end()};
}

std::string replaceAll(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    out.reserve(text.size());
    std::size_t at = 0;
    while (true) {
        const std::size_t found = text.find(from, at);
        if (found == std::string_view::npos) {
            out += text.substr(at);
            return out;
        }
        out += text.substr(at, found - at);
        out += to;
        at = found + from.size();
    }
}

std::string normalize(std::string text, const std::vector<NormalizerStep>& steps) {
    for (const NormalizerStep& step : steps) {
        if (text.empty()) {
            break;
        }
        switch (step.kind) {
        case NormalizerStep::Kind::Nfc:
            text = normalizeNfc(text);
            break;
        case NormalizerStep::Kind::Prepend:
            text.insert(0, step.text);
            break;
        case NormalizerStep::Kind::Replace:
            text = replaceAll(text, step.replaced, step.text);
            break;
        case NormalizerStep::Kind::Bert:
            text = normalizeForBert(text, step.bert);
            break;
        }
    }
    return text;
}

} // namespace linnet::engine
