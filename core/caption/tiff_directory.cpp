#include "caption/tiff_directory.h"

namespace linnet::caption {

namespace {
constexpr int orientationTag = 0x0112;
constexpr std::uint32_t mostNumbers = 1U << 22U; // of one tag

// Bytes of a number of a TIFF type; 0: not a whole number.
std::size_t widthOfType(std::uint32_t type) {
    switch (type) {
    case 1:
        return 1; // BYTE
    case 3:
        return 2; // SHORT
    case 4:
        return 4; // LONG
    default:
        return 0;
    }
}
} // namespace

std::optional<TiffDirectory> TiffDirectory::read(Bytes bytes) {
    using namespace std::string_view_literals;
    const ByteReader start(bytes, ByteOrder::Little);
    const bool little = start.has(0, "II*\0"sv);
    if (!little && !start.has(0, "MM\0*"sv)) {
        return std::nullopt;
    }
    TiffDirectory directory(bytes, little ? ByteOrder::Little : ByteOrder::Big);
    const ByteReader& reader = directory.m_reader;
    const auto at = reader.u32(4);
    const auto count = at ? reader.u16(*at) : std::nullopt;
    if (!count) {
        return std::nullopt;
    }
    for (std::uint32_t i = 0; i < *count; ++i) {
        const std::uint64_t offset = std::uint64_t(*at) + 2 + 12ULL * i;
        const auto tag = reader.u16(offset);
        const auto type = reader.u16(offset + 2);
        const auto numbers = reader.u32(offset + 4);
        const auto place = reader.u32(offset + 8);
        if (!place) {
            return std::nullopt;
        }
        const std::size_t width = widthOfType(*type);
        if (width == 0) {
            continue;
        }
        const bool inside = std::uint64_t(width) * *numbers <= 4;
        directory.m_entries.emplace(static_cast<int>(*tag),
                                    Entry{width, *numbers, inside ? offset + 8 : *place});
    }
    return directory;
}

std::optional<std::uint32_t> TiffDirectory::value(int tag) const {
    const auto entry = m_entries.find(tag);
    return entry == m_entries.end() || entry->second.count == 0
               ? std::nullopt
               : m_reader.number(entry->second.offset, entry->second.width);
}

std::optional<std::vector<std::uint32_t>> TiffDirectory::values(int tag) const {
    const auto found = m_entries.find(tag);
    if (found == m_entries.end() || found->second.count > mostNumbers) {
        return std::nullopt;
    }
    const Entry& entry = found->second;
    if (m_reader.size() < entry.offset ||
        m_reader.size() - entry.offset < std::uint64_t(entry.width) * entry.count) {
        return std::nullopt;
    }
    std::vector<std::uint32_t> numbers(entry.count);
    for (std::uint32_t i = 0; i < entry.count; ++i) {
        numbers[i] = *m_reader.number(entry.offset + std::uint64_t(i) * entry.width, entry.width);
    }
    return numbers;
}

int exifOrientation(Bytes bytes) {
    using namespace std::string_view_literals;
    const ByteReader reader(bytes, ByteOrder::Big);
    const std::size_t start = reader.has(0, "Exif\0\0"sv) ? 6 : 0;
    const auto directory = TiffDirectory::read(reader.part(start, bytes.size()));
    const auto value = directory ? directory->value(orientationTag) : std::nullopt;
    return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
}

} // namespace linnet::caption
