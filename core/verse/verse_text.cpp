#include "verse/verse_text.h"

#include <algorithm>

#include "verse/utf8.h"

namespace linnet::verse {

namespace {

constexpr std::u32string_view lineEnders = U"\n，。？！；,.?!;．";

std::size_t byteLength(char32_t value) {
    return value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
}

// Visits the code points of a text with the bytes they stand at.
template <typename Visit>
void forEachPoint(std::string_view text, const Visit& visit) {
    std::size_t position = 0;
    while (position < text.size()) {
        // Invalid bytes come one at a time, as U+FFFD.
        const std::size_t left = std::min<std::size_t>(text.size() - position, 4);
        const char32_t value = toCodePoints(text.substr(position, left)).front();
        const bool invalid = value == 0xFFFD && text.substr(position, 3) != "\uFFFD";
        const std::size_t length = invalid ? 1 : byteLength(value);
        visit(value, position, position + length);
        position += length;
    }
}

} // namespace

bool isPunctuation(char32_t value) {
    const auto within = [value](char32_t first, char32_t last) {
        return value >= first && value <= last;
    };
    return value <= 0x2F || within(0x3A, 0x40) || within(0x5B, 0x60) || within(0x7B, 0xBF) ||
           value == 0xD7 || within(0x2000, 0x206F) || within(0x3000, 0x3006) ||
           within(0x3008, 0x303F) || within(0xFE10, 0xFE6F) || within(0xFF00, 0xFF0F) ||
           within(0xFF1A, 0xFF20) || within(0xFF3B, 0xFF40) || within(0xFF5B, 0xFF65) ||
           value == 0xFEFF || value == 0x30FB;
}

std::vector<VerseLine> splitLines(std::string_view text, Language language) {
    std::vector<VerseLine> lines;
    VerseLine line;
    bool open = false;      // the line has begun
    bool rowBlank = true;   // nothing of verse on this row
    std::size_t blanks = 0; // rows without anything, just before
    std::size_t paragraph = 0;
    std::size_t row = 0;
    forEachPoint(text, [&](char32_t value, std::size_t begin, std::size_t end) {
        const bool newRow = value == U'\n';
        if (newRow || (language == Language::Chinese &&
                       lineEnders.find(value) != std::u32string_view::npos)) {
            if (open) {
                lines.push_back(line);
                open = false;
            }
        } else if (!isPunctuation(value)) {
            if (!open) {
                paragraph += blanks > 0 && !lines.empty() ? 1U : 0U;
                blanks = 0;
                line = {begin, end, paragraph, row};
                open = true;
            }
            rowBlank = false;
            line.end = end;
        }
        if (newRow) {
            blanks += rowBlank ? 1U : 0U;
            rowBlank = true;
            ++row;
        }
    });
    if (open) {
        lines.push_back(line);
    }
    return lines;
}

std::string takeTitle(std::string_view text, std::vector<VerseLine>& lines,
                      const std::function<bool(int lines)>& accepts) {
    if (lines.empty()) {
        return {};
    }
    // All that stands on the rows of a heading belongs to it.
    const auto takeThrough = [&](std::size_t lastRow) {
        const auto end = std::find_if(lines.begin(), lines.end(),
                                      [&](const VerseLine& line) { return line.row > lastRow; });
        const std::size_t begin = lines.front().begin;
        const std::string title(text.substr(begin, (end - 1)->end - begin));
        lines.erase(lines.begin(), end);
        return title;
    };
    const std::size_t rowStart = text.rfind('\n', lines.front().begin) + 1; // npos + 1 is 0
    std::string_view before = text.substr(rowStart, lines.front().begin - rowStart);
    before.remove_prefix(std::min(before.find_first_not_of(" \t\r"), before.size()));
    if (before.starts_with('#') || before.starts_with("《")) {
        return takeThrough(lines.front().row);
    }
    const auto second = std::find_if(lines.begin(), lines.end(), [&](const VerseLine& line) {
        return line.paragraph != lines.front().paragraph;
    });
    const auto headLines = static_cast<int>(second - lines.begin());
    const auto all = static_cast<int>(lines.size());
    if (second == lines.end() || headLines > 2 || accepts(all) || !accepts(all - headLines)) {
        return {};
    }
    return takeThrough((second - 1)->row);
}

Language languageOf(std::string_view text) {
    std::size_t ideographs = 0;
    std::size_t words = 0; // runs of other letters
    bool inWord = false;
    forEachPoint(text, [&](char32_t value, std::size_t, std::size_t) {
        const bool letter = !isPunctuation(value);
        ideographs += isIdeograph(value) ? 1U : 0U;
        words += letter && !isIdeograph(value) && !inWord ? 1U : 0U;
        inWord = letter && !isIdeograph(value);
    });
    return ideographs > words ? Language::Chinese : Language::English;
}

} // namespace linnet::verse
