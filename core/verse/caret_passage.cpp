#include "verse/caret_passage.h"

#include <algorithm>

#include "verse/utf8.h"

namespace linnet::verse {

namespace {

constexpr std::size_t textRead = 3000; // bytes before the caret
constexpr std::size_t longestRow = 160;
constexpr std::size_t mostRows = 30;
constexpr std::size_t longestLine = 7;   // characters
constexpr std::size_t shortestProse = 4; // shorter ones may be a name or a title
constexpr std::size_t longestTitle = 14; // characters
constexpr std::size_t looksBack = 12;    // stretches of text that show whether it is prose

// The end of the text, from the beginning of a row where there is one.
std::string_view tailOf(std::string_view text) {
    if (text.size() <= textRead) {
        return text;
    }
    text.remove_prefix(text.size() - textRead);
    const std::size_t row = text.find('\n');
    return row == std::string_view::npos ? text : text.substr(row + 1);
}

// A stretch of ideographs between marks, or of anything else.
struct Stretch {
    std::u32string text;
    std::size_t row = 0;
    bool ideographs = true;
    bool afterBlank = false; // a blank row stands before its row
    bool heading = false;    // its row begins with #
};

bool isMark(char32_t c) {
    constexpr std::u32string_view marks = U"，。？！；：、,.?!;:．…—·“”‘’「」『』（）()";
    return marks.find(c) != std::u32string_view::npos;
}

// What is open at the end is the last one, empty if nothing is.
std::vector<Stretch> stretchesOf(const std::u32string& text) {
    std::vector<Stretch> all(1);
    bool rowEmpty = true;
    const auto close = [&] {
        if (!all.back().text.empty()) {
            Stretch next;
            next.row = all.back().row;
            next.heading = all.back().heading;
            all.push_back(std::move(next));
        }
    };
    for (const char32_t c : text) {
        if (c == U'\n') {
            close();
            all.back().afterBlank = all.back().afterBlank || rowEmpty;
            all.back().heading = false;
            ++all.back().row;
            rowEmpty = true;
            continue;
        }
        if (c == U' ' || c == U'\t' || c == U'\r' || c == 0x3000) {
            continue;
        }
        rowEmpty = false;
        if (c == U'#' && all.back().text.empty()) {
            all.back().heading = true;
        } else if (isMark(c) || c == U'《' || c == U'》') {
            close();
        } else {
            all.back().text += c;
            all.back().ideographs = all.back().ideographs && isIdeograph(c);
        }
    }
    return all;
}

bool isLine(const Stretch& stretch) {
    const std::size_t length = stretch.text.size();
    return stretch.ideographs && !stretch.heading && (length == 5 || length == longestLine);
}

// Prose has stretches of all lengths.
bool standsInProse(const std::vector<Stretch>& all) {
    std::size_t verse = 0;
    std::size_t prose = 0;
    const std::size_t first = all.size() > looksBack ? all.size() - looksBack : 0;
    for (std::size_t i = first; i + 1 < all.size(); ++i) {
        const bool title = i + 1 < all.size() && all[i + 1].row != all[i].row &&
                           all[i].text.size() <= longestTitle &&
                           (i == 0 || all[i - 1].row != all[i].row);
        if (isLine(all[i])) {
            ++verse;
        } else if (!title && all[i].text.size() >= shortestProse) {
            ++prose;
        }
    }
    return prose > 0 && prose >= verse;
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view trimmed(std::string_view row) {
    const std::size_t first = row.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) {
        return {};
    }
    return row.substr(first, row.find_last_not_of(" \t\r") - first + 1);
}

} // namespace

std::optional<ZhCaret> chineseCaret(std::string_view before) {
    const std::vector<Stretch> all = stretchesOf(toCodePoints(tailOf(before)));
    const Stretch& open = all.back();
    if (!open.ideographs || open.heading || open.text.size() > longestLine || standsInProse(all)) {
        return std::nullopt;
    }
    ZhCaret caret;
    caret.typed = open.text;
    const auto newStanza = [](const Stretch& stretch) { return stretch.afterBlank; };
    bool inside = !newStanza(open);
    std::size_t at = all.size() - 1;
    for (; at > 0 && inside && isLine(all[at - 1]); --at) {
        const Stretch& line = all[at - 1];
        if (!caret.lines.empty() && caret.lines.front().size() != line.text.size()) {
            break;
        }
        caret.lines.insert(caret.lines.begin(), line.text);
        inside = !newStanza(line);
    }
    if (at > 0 && !isLine(all[at - 1])) {
        const Stretch& head = all[at - 1];
        const std::size_t firstRow = at < all.size() ? all[at].row : open.row;
        if (head.row == firstRow) {
            return std::nullopt; // the row began otherwise
        }
        if (head.ideographs && head.text.size() <= longestTitle) {
            caret.title = head.text;
        }
    }
    const bool fits = caret.lines.empty() || caret.typed.size() <= caret.lines.front().size();
    return fits && !(caret.lines.empty() && caret.typed.empty() && caret.title.empty())
               ? std::optional(std::move(caret))
               : std::nullopt;
}

std::optional<EnCaret> englishCaret(std::string_view before) {
    const std::string_view text = tailOf(before);
    const std::size_t rowStart = text.rfind('\n') + 1; // npos + 1 is 0
    const std::string_view row = text.substr(rowStart);
    if (row.size() > longestRow || trimmed(row).starts_with('#') ||
        std::any_of(row.begin(), row.end(),
                    [](char c) { return static_cast<unsigned char>(c) >= 0xE3; })) {
        return std::nullopt;
    }
    EnCaret caret;
    std::size_t start = row.size();
    while (start > 0 && (isLetter(row[start - 1]) || row[start - 1] == '\'')) {
        --start;
    }
    caret.line = trimmed(row.substr(0, start));
    caret.typed = row.substr(start);
    int blanks = 0;
    bool* stanza = &caret.startsStanza; // of the row below the one that is read
    for (std::size_t end = rowStart; end > 0;) {
        const std::size_t begin = end > 1 ? text.rfind('\n', end - 2) + 1 : 0;
        const std::string_view above = trimmed(text.substr(begin, end - 1 - begin));
        end = begin;
        if (above.empty()) {
            if (++blanks > 1) {
                break;
            }
            *stanza = true;
            continue;
        }
        if (above.starts_with('#')) {
            caret.title =
                trimmed(above.substr(std::min(above.find_first_not_of('#'), above.size())));
        }
        if (above.starts_with('#') || above.size() > longestRow || caret.rows.size() == mostRows) {
            break;
        }
        blanks = 0;
        caret.rows.insert(caret.rows.begin(), {std::string(above), false});
        stanza = &caret.rows.front().startsStanza;
    }
    return caret;
}

} // namespace linnet::verse
