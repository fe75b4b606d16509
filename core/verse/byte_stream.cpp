#include "verse/byte_stream.h"

namespace linnet::verse {

void ByteWriter::u32(std::uint32_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
        u8(static_cast<std::uint8_t>(value >> shift));
    }
}

void ByteWriter::u64(std::uint64_t value) {
    u32(static_cast<std::uint32_t>(value));
    u32(static_cast<std::uint32_t>(value >> 32U));
}

void ByteWriter::varint(std::uint32_t value) {
    while (value >= 0x80) {
        u8(static_cast<std::uint8_t>(value | 0x80U));
        value >>= 7U;
    }
    u8(static_cast<std::uint8_t>(value));
}

void ByteWriter::raw(std::span<const std::uint8_t> bytes) {
    m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
}

void ByteWriter::text(std::string_view text) {
    varint(static_cast<std::uint32_t>(text.size()));
    m_bytes.insert(m_bytes.end(), text.begin(), text.end());
}

std::uint32_t ByteReader::u32() {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        value |= std::uint32_t{u8()} << shift;
    }
    return value;
}

std::uint64_t ByteReader::u64() {
    const std::uint64_t low = u32();
    return low | (std::uint64_t{u32()} << 32U);
}

std::uint32_t ByteReader::varint() {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 32; shift += 7) {
        const std::uint8_t byte = u8();
        value |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0) {
            return value;
        }
    }
    m_ok = false;
    return 0;
}

std::span<const std::uint8_t> ByteReader::raw(std::size_t count) {
    if (count > m_bytes.size() - m_position) {
        m_ok = false;
        return {};
    }
    const auto bytes = m_bytes.subspan(m_position, count);
    m_position += count;
    return bytes;
}

std::string ByteReader::text() {
    const auto bytes = raw(varint());
    return std::string(bytes.begin(), bytes.end());
}

} // namespace linnet::verse
