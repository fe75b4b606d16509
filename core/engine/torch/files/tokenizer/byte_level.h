#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace linnet::engine {

// GPT-2's spelling of bytes as printable characters (Radford et al. 2019, encoder.py): bytes that
// are printable in Latin-1 stand for themselves, the others for U+0100 onwards in order.

// Appends the bytes that `spelling` stands for. False, with nothing appended, if a character is
// not of that alphabet.
bool appendByteLevelBytes(std::string& bytes, std::string_view spelling);

} // namespace linnet::engine
