#include "engine/torch/files/tokenizer/byte_level.h"

#include <array>
#include <cstdint>

#include "engine/api/utf8.h"

namespace linnet::engine {

namespace {

constexpr std::size_t alphabetEnd = 0x144; // 256 + the 68 bytes that are not printable

constexpr bool isPrintable(unsigned byte) {
    return (byte >= 0x21U && byte <= 0x7EU) || (byte >= 0xA1U && byte <= 0xACU) || byte >= 0xAEU;
}

// The byte of each character below alphabetEnd, or -1.
constexpr std::array<std::int16_t, alphabetEnd> makeByteTable() {
    std::array<std::int16_t, alphabetEnd> table{};
    table.fill(-1);
    std::size_t next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
        table[isPrintable(byte) ? byte : next++] = static_cast<std::int16_t>(byte);
    }
    return table;
}

constexpr auto byteTable = makeByteTable();

} // namespace

bool appendByteLevelBytes(std::string& bytes, std::string_view spelling) {
    const std::size_t before = bytes.size();
    while (!spelling.empty()) {
        const std::size_t length = utf8CharacterLength(spelling);
        const char32_t character = length == 0 ? alphabetEnd : decodeUtf8(spelling, length);
        if (character >= alphabetEnd || byteTable[character] < 0) {
            bytes.resize(before);
            return false;
        }
        bytes.push_back(static_cast<char>(byteTable[character]));
        spelling.remove_prefix(length);
    }
    return true;
}

} // namespace linnet::engine
