#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/api/utf8.h"

namespace linnet::suggest {

struct CodePoint {
    char32_t value = 0;
    int length = 0; // bytes; 0 at the end of the text
};

// The code point at byte `position`; a byte that is no UTF-8 gives U+FFFD of length 1.
CodePoint decodeAt(std::string_view text, std::size_t position);

// The code point that ends before byte `position`.
CodePoint decodeBefore(std::string_view text, std::size_t position);

using engine::appendUtf8;

// A letter or digit of any script: what the words of the keystroke simulator are made of.
bool isWordCharacter(char32_t value);
bool isDigit(char32_t value); // ASCII only

// Simple case mapping of the Latin, Greek and Cyrillic letters; others map to themselves.
char32_t toUpper(char32_t value);
char32_t toLower(char32_t value);
bool isUpper(char32_t value);
bool isLower(char32_t value);

std::string capitalised(std::string_view word);   // first letter in upper case
std::string uncapitalised(std::string_view word); // first letter in lower case
std::string upperCased(std::string_view word);

bool startsUpper(std::string_view word);
// At least two letters, all of them in upper case.
bool isAllUpper(std::string_view word);

} // namespace linnet::suggest
