#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace linnet::verse {

// A line of English verse as words and marks, and back. A mark is , ; : . ! ? ... — - “ ” ( ).
// Apostrophes belong to words ('tis, o'er, love's); single quotation marks are dropped, since
// they cannot be told from apostrophes with certainty.

/// The words, spelled as in the text, and the marks of a line in reading order. Straight double
/// quotation marks become “ or ”. Other signs are left out.
[[nodiscard]] std::vector<std::string> splitEnglishLine(std::string_view line);

/// Words and marks as text: spaced as English is, with a capital at the beginning and after a full
/// stop, question or exclamation mark inside the line. Control tokens (<|...|>) are left out.
[[nodiscard]] std::string joinEnglishLine(const std::vector<std::string>& words);

[[nodiscard]] bool isMark(std::string_view token);

/// ASCII letters in lower case.
[[nodiscard]] std::string lowerCase(std::string_view word);

} // namespace linnet::verse
