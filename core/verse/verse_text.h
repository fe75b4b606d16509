#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "verse/form.h"

namespace linnet::verse {

// A line of verse in a text.
struct VerseLine {
    std::size_t begin = 0; // bytes, without the blanks and punctuation around it
    std::size_t end = 0;
    std::size_t paragraph = 0; // blank lines divide paragraphs
    std::size_t row = 0;       // line of the text
};

// Chinese verse ends lines at ，。？！； and at line breaks; English verse at line breaks only.
std::vector<VerseLine> splitLines(std::string_view text, Language language);

// Takes a heading off the front of `lines`, if there is one, and returns its text. A first
// paragraph of one or two rows is a heading only if `accepts` rejects the number of lines with it
// and accepts the number without.
std::string takeTitle(std::string_view text, std::vector<VerseLine>& lines,
                      const std::function<bool(int lines)>& accepts);

// Chinese if more than half of the letters are ideographs.
Language languageOf(std::string_view text);

// Blank or punctuation, of any script.
bool isPunctuation(char32_t value);

} // namespace linnet::verse
