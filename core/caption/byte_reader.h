#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace linnet::caption {

using Bytes = std::span<const std::uint8_t>;

enum class ByteOrder { Little, Big };

// Numbers in a file, never read beyond its end.
class ByteReader {
public:
    ByteReader(Bytes bytes, ByteOrder order)
        : m_bytes(bytes)
        , m_order(order) {}

    std::size_t size() const { return m_bytes.size(); }

    // The number of `width` bytes, at most four, at `offset`; nothing beyond the end.
    std::optional<std::uint32_t> number(std::uint64_t offset, std::size_t width) const {
        if (offset > m_bytes.size() || m_bytes.size() - offset < width) {
            return std::nullopt;
        }
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            const std::size_t at = m_order == ByteOrder::Big ? i : width - 1 - i;
            value = value << 8U | m_bytes[static_cast<std::size_t>(offset) + at];
        }
        return value;
    }
    std::optional<std::uint32_t> u8(std::uint64_t offset) const { return number(offset, 1); }
    std::optional<std::uint32_t> u16(std::uint64_t offset) const { return number(offset, 2); }
    std::optional<std::uint32_t> u24(std::uint64_t offset) const { return number(offset, 3); }
    std::optional<std::uint32_t> u32(std::uint64_t offset) const { return number(offset, 4); }

    // Whether these characters stand at `offset`.
    bool has(std::uint64_t offset, std::string_view text) const {
        return offset <= m_bytes.size() && m_bytes.size() - offset >= text.size() &&
               std::memcmp(m_bytes.data() + offset, text.data(), text.size()) == 0;
    }

    // From `offset` on, at most `length` bytes.
    Bytes part(std::uint64_t offset, std::uint64_t length) const {
        if (offset >= m_bytes.size()) {
            return {};
        }
        const std::uint64_t rest = m_bytes.size() - offset;
        return m_bytes.subspan(static_cast<std::size_t>(offset),
                               static_cast<std::size_t>(length < rest ? length : rest));
    }

private:
    Bytes m_bytes;
    ByteOrder m_order;
};

} // namespace linnet::caption
