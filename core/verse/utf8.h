#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/api/utf8.h"

namespace linnet::verse {

// Decodes UTF-8; a byte that is no UTF-8 becomes U+FFFD.
std::u32string toCodePoints(std::string_view text);

using engine::appendUtf8;
std::string toUtf8(std::u32string_view text);

// A CJK ideograph: one character of Chinese verse. (The zero 〇 counts as one.)
bool isIdeograph(char32_t value);

} // namespace linnet::verse
