#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "caption/byte_reader.h"

namespace linnet::caption {

// The first directory of a TIFF file, which is also how EXIF data are laid out (TIFF 6.0, section
// 2): numbers by their tag.
class TiffDirectory {
public:
    // Nothing if the bytes are no TIFF or end within the directory.
    static std::optional<TiffDirectory> read(Bytes bytes);

    // The first number of a tag.
    std::optional<std::uint32_t> value(int tag) const;
    // All numbers of a tag; nothing without the tag or beyond the end of the file.
    std::optional<std::vector<std::uint32_t>> values(int tag) const;

private:
    struct Entry {
        std::size_t width = 0; // bytes of a number
        std::uint32_t count = 0;
        std::uint64_t offset = 0; // of the numbers
    };
    TiffDirectory(Bytes bytes, ByteOrder order)
        : m_reader(bytes, order) {}

    ByteReader m_reader;
    std::map<int, Entry> m_entries;
};

// The EXIF orientation, 1 to 8, in EXIF data with or without the "Exif" in front; 1 if it is not
// there or out of range.
int exifOrientation(Bytes bytes);

} // namespace linnet::caption
