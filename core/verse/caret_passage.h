#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linnet::verse {

// What stands before a caret in Chinese verse.
struct ZhCaret {
    std::vector<std::u32string> lines; // whole ones of the stanza, all of one length
    std::u32string typed;              // of the line at the caret
    std::u32string title;              // a heading above the poem; empty: none
};

// Nothing where the text at the caret is not made of lines of five or of seven characters, or
// stands in prose.
std::optional<ZhCaret> chineseCaret(std::string_view before);

// What stands before a caret in English verse.
struct EnCaret {
    struct Row {
        std::string text;
        bool startsStanza = false;
    };
    std::vector<Row> rows;     // whole ones of the passage, at most the last thirty
    bool startsStanza = false; // the row at the caret does
    std::string line;          // of the row at the caret, up to the word at the caret
    std::string typed;         // of that word
    std::string title;         // a heading above the poem; empty: none
};

// Nothing where the row at the caret is too long for verse, a heading, or in another script.
std::optional<EnCaret> englishCaret(std::string_view before);

} // namespace linnet::verse
