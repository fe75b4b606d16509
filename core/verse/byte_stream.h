#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace linnet::verse {

// Appends to a byte array; integers are little-endian.
class ByteWriter {
public:
    void u8(std::uint8_t value) { m_bytes.push_back(value); }
    void u32(std::uint32_t value);
    void u64(std::uint64_t value);
    void varint(std::uint32_t value); // LEB128
    void raw(std::span<const std::uint8_t> bytes);
    void text(std::string_view text); // length as a varint, then the bytes

    const std::vector<std::uint8_t>& bytes() const { return m_bytes; }

private:
    std::vector<std::uint8_t> m_bytes;
};

// Reads what ByteWriter wrote. Reading past the end gives zeros and makes ok() false for good, so
// that a caller checks once.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes, std::size_t position = 0)
        : m_bytes(bytes)
        , m_position(position) {}

    bool ok() const { return m_ok; }
    bool atEnd() const { return m_position >= m_bytes.size(); }
    std::size_t position() const { return m_position; }

    std::uint8_t u8() {
        if (m_position >= m_bytes.size()) {
            m_ok = false;
            return 0;
        }
        return m_bytes[m_position++];
    }
    std::uint32_t u32();
    std::uint64_t u64();
    std::uint32_t varint();
    std::span<const std::uint8_t> raw(std::size_t count);
    std::string text();

private:
    std::span<const std::uint8_t> m_bytes;
    std::size_t m_position = 0;
    bool m_ok = true;
};

} // namespace linnet::verse
