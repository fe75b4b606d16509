#include "caption/picture_header.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "caption/byte_reader.h"
#include "caption/tiff_directory.h"

namespace linnet::caption {

using namespace std::string_view_literals;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr int largestSide = std::numeric_limits<int>::max() / 8;

Error damaged(PictureFormat format, const std::string& how) {
    return {ErrorCode::CorruptFile, "damaged " + toString(format) + ": " + how};
}

Error unsupported(PictureFormat format, const std::string& what) {
    return {ErrorCode::UnsupportedFormat, toString(format) + " " + what + " is not read"};
}

// JPEG (ITU-T T.81, annex B): segments until the frame header and the scan.
Result<PictureHeader> readJpeg(Bytes bytes) {
    const ByteReader reader(bytes, ByteOrder::Big);
    PictureHeader header{PictureFormat::Jpeg, 0, 0, 1, false};
    std::uint64_t at = 2;
    while (true) {
        while (reader.u8(at) == 0xFFU && reader.u8(at + 1) == 0xFFU) {
            ++at; // fill bytes
        }
        const auto marker = reader.u8(at) == 0xFFU ? reader.u8(at + 1) : std::nullopt;
        const auto length = reader.u16(at + 2);
        if (!marker || !length || *length < 2 || at + 2 + *length > bytes.size()) {
            return damaged(PictureFormat::Jpeg, "it ends before its picture");
        }
        const Bytes body = reader.part(at + 4, *length - 2);
        if (*marker == 0xE1U && ByteReader(body, ByteOrder::Big).has(0, "Exif\0\0"sv)) {
            header.orientation = exifOrientation(body);
        } else if (*marker >= 0xC0U && *marker <= 0xCFU && *marker != 0xC4U && *marker != 0xC8U &&
                   *marker != 0xCCU) {
            const auto height = reader.u16(at + 5);
            const auto width = reader.u16(at + 7);
            if (*length < 8 || !width) {
                return damaged(PictureFormat::Jpeg, "its frame is too short");
            }
            if (reader.u8(at + 4) != 8U) {
                return unsupported(PictureFormat::Jpeg, "of more than eight bits");
            }
            header.width = static_cast<int>(*width);
            header.height = static_cast<int>(*height);
        } else if (*marker == 0xDAU) {
            return header; // EXIF data stand before the scan
        } else if (*marker == 0xD9U) {
            return damaged(PictureFormat::Jpeg, "it has no picture");
        }
        at += 2 + *length;
    }
}

// PNG (ISO/IEC 15948): IHDR, and the chunks before the pixels.
Result<PictureHeader> readPng(Bytes bytes) {
    const ByteReader reader(bytes, ByteOrder::Big);
    const auto width = reader.u32(16);
    const auto height = reader.u32(20);
    const auto colour = reader.u8(25);
    if (!reader.has(12, "IHDR") || !colour) {
        return damaged(PictureFormat::Png, "it does not begin with its header");
    }
    if (*width > largestSide || *height > largestSide) {
        return damaged(PictureFormat::Png, "its sides are out of range");
    }
    PictureHeader header{PictureFormat::Png, static_cast<int>(*width), static_cast<int>(*height), 1,
                         *colour == 4U || *colour == 6U};
    for (std::uint64_t at = 8; !reader.has(at + 4, "IDAT");) {
        const auto length = reader.u32(at);
        if (!length || at + 12 + *length > bytes.size()) {
            return damaged(PictureFormat::Png, "it ends before its picture");
        }
        if (reader.has(at + 4, "tRNS")) {
            header.hasAlpha = true;
            if (*colour == 0) {
                header.greyBits = static_cast<int>(*reader.u8(24));
                header.transparentGrey = static_cast<int>(reader.u16(at + 8).value_or(0));
            }
        } else if (reader.has(at + 4, "eXIf")) {
            header.orientation = exifOrientation(reader.part(at + 8, *length));
        }
        at += 12 + std::uint64_t(*length);
    }
    return header;
}

// WebP (RFC 9649): RIFF with one of three kinds of first chunk.
Result<PictureHeader> readWebp(Bytes bytes) {
    const ByteReader reader(bytes, ByteOrder::Little);
    PictureHeader header{PictureFormat::Webp, 0, 0, 1, false};
    const auto size = reader.u32(4);
    if (!size || std::uint64_t(*size) + 8 > bytes.size() || bytes.size() < 30) {
        return damaged(PictureFormat::Webp, "it is shorter than it says");
    }
    if (reader.has(12, "VP8X")) {
        const std::uint32_t flags = *reader.u8(20);
        if ((flags & 0x02U) != 0) {
            return unsupported(PictureFormat::Webp, "with animation");
        }
        header.hasAlpha = (flags & 0x10U) != 0;
        header.width = static_cast<int>(*reader.u24(24)) + 1;
        header.height = static_cast<int>(*reader.u24(27)) + 1;
        for (std::uint64_t at = 12; (flags & 0x08U) != 0 && reader.u32(at + 4);) {
            const std::uint32_t length = *reader.u32(at + 4);
            if (reader.has(at, "EXIF")) {
                header.orientation = exifOrientation(reader.part(at + 8, length));
            }
            at += 8 + std::uint64_t(length) + length % 2;
        }
    } else if (reader.has(12, "VP8L") && reader.u8(20) == 0x2FU) {
        const std::uint32_t packed = *reader.u32(21);
        header.width = static_cast<int>(packed & 0x3FFFU) + 1;
        header.height = static_cast<int>(packed >> 14U & 0x3FFFU) + 1;
        header.hasAlpha = (packed >> 28U & 1U) != 0;
    } else if (reader.has(12, "VP8 ") && reader.has(23, "\x9D\x01\x2A")) {
        header.width = static_cast<int>(*reader.u16(26) & 0x3FFFU);
        header.height = static_cast<int>(*reader.u16(28) & 0x3FFFU);
    } else {
        return damaged(PictureFormat::Webp, "it has no picture");
    }
    return header;
}

// Whether every strip or tile of a TIFF lies within the file.
bool hasAllStrips(const TiffDirectory& directory, std::size_t size) {
    constexpr int stripOffsets = 273;
    constexpr int stripCounts = 279;
    constexpr int tileOffsets = 324;
    constexpr int tileCounts = 325;
    auto offsets = directory.values(stripOffsets);
    auto counts = directory.values(stripCounts);
    if (!offsets) {
        offsets = directory.values(tileOffsets);
        counts = directory.values(tileCounts);
    }
    if (!offsets || !counts || offsets->empty() || offsets->size() != counts->size()) {
        return false;
    }
    for (std::size_t i = 0; i < offsets->size(); ++i) {
        if (std::uint64_t((*offsets)[i]) + (*counts)[i] > size) {
            return false;
        }
    }
    return true;
}

Result<PictureHeader> readTiff(Bytes bytes) {
    constexpr int widthTag = 256;
    constexpr int heightTag = 257;
    constexpr int bitsTag = 258;
    constexpr int orientationTag = 274;
    constexpr int samplesTag = 277;
    constexpr int extraSamplesTag = 338;
    const auto directory = TiffDirectory::read(bytes);
    if (!directory) {
        return damaged(PictureFormat::Tiff, "it ends before its directory");
    }
    const auto width = directory->value(widthTag);
    const auto height = directory->value(heightTag);
    if (!width || !height || *width > largestSide || *height > largestSide) {
        return damaged(PictureFormat::Tiff, "its sides are missing or out of range");
    }
    if (directory->value(bitsTag).value_or(1) > 16) {
        return unsupported(PictureFormat::Tiff, "of more than 16 bits");
    }
    if (directory->value(samplesTag).value_or(1) > 5) {
        return unsupported(PictureFormat::Tiff, "of more than five channels");
    }
    if (!hasAllStrips(*directory, bytes.size())) {
        return damaged(PictureFormat::Tiff, "parts of its picture are missing");
    }
    const std::uint32_t orientation = directory->value(orientationTag).value_or(1);
    return PictureHeader{PictureFormat::Tiff, static_cast<int>(*width), static_cast<int>(*height),
                         orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1,
                         directory->value(extraSamplesTag).value_or(0) != 0};
}

Result<PictureHeader> readBmp(Bytes bytes) {
    const ByteReader reader(bytes, ByteOrder::Little);
    const auto size = reader.u32(14);
    if (!size || !reader.u32(30)) {
        return damaged(PictureFormat::Bmp, "it ends before its picture");
    }
    PictureHeader header{PictureFormat::Bmp, 0, 0, 1, false};
    std::uint32_t bits = 0;
    std::uint32_t compression = 0;
    if (*size == 12) {
        header.width = static_cast<int>(*reader.u16(18));
        header.height = static_cast<int>(*reader.u16(20));
        bits = *reader.u16(24);
    } else {
        const auto width = static_cast<std::int32_t>(*reader.u32(18));
        const auto height = static_cast<std::int32_t>(*reader.u32(22)); // negative: from the top
        if (*size < 40 || width <= 0 || width > largestSide || height < -largestSide ||
            height > largestSide) {
            return damaged(PictureFormat::Bmp, "its sides are out of range");
        }
        header.width = width;
        header.height = std::abs(height);
        bits = *reader.u16(28);
        compression = *reader.u32(30);
        constexpr std::uint32_t bitFields = 3;
        header.hasAlpha = *size >= 56 && compression == bitFields && bits == 32 &&
                          reader.u32(66).value_or(0) != 0;
    }
    if (compression > 3) {
        return unsupported(PictureFormat::Bmp, "of this kind");
    }
    const std::uint64_t row = (std::uint64_t(header.width) * bits + 31) / 32 * 4;
    const bool plain = compression == 0 || compression == 3;
    if (plain && *reader.u32(10) + row * std::uint64_t(header.height) > bytes.size()) {
        return damaged(PictureFormat::Bmp, "it ends within its picture");
    }
    return header;
}

Result<PictureHeader> readGif(Bytes bytes) {
    const ByteReader reader(bytes, ByteOrder::Little);
    const auto height = reader.u16(8);
    if (!height) {
        return damaged(PictureFormat::Gif, "it ends before its picture");
    }
    return PictureHeader{PictureFormat::Gif, static_cast<int>(*reader.u16(6)),
                         static_cast<int>(*height), 1, false};
}

Result<PictureHeader> readAnyHeader(Bytes bytes) {
    const ByteReader reader(bytes, ByteOrder::Big);
    if (reader.has(0, "\xFF\xD8\xFF")) {
        return readJpeg(bytes);
    }
    if (reader.has(0, "\x89PNG\r\n\x1A\n")) {
        return readPng(bytes);
    }
    if (reader.has(0, "RIFF") && reader.has(8, "WEBP")) {
        return readWebp(bytes);
    }
    if (reader.has(0, "II*\0"sv) || reader.has(0, "MM\0*"sv)) {
        return readTiff(bytes);
    }
    if (reader.has(0, "GIF87a") || reader.has(0, "GIF89a")) {
        return readGif(bytes);
    }
    if (reader.has(0, "BM")) {
        return readBmp(bytes);
    }
    if (bytes.empty()) {
        return Error{ErrorCode::CorruptFile, "the file is empty"};
    }
    return Error{ErrorCode::UnsupportedFormat,
                 "no picture that can be read: JPEG, PNG, WebP, TIFF, BMP and GIF can"};
}

Result<void> checkSides(const PictureHeader& header, const PictureLimits& limits) {
    const std::string size =
        std::to_string(header.width) + " x " + std::to_string(header.height) + " pixels";
    if (header.width < 1 || header.height < 1) {
        return damaged(header.format, "it has " + size);
    }
    if (std::uint64_t(header.width) * std::uint64_t(header.height) > limits.pixels) {
        return Error{ErrorCode::InvalidArgument,
                     "the picture has " + size + ", which is more than the limit of " +
                         std::to_string(limits.pixels / 1'000'000) + " megapixels"};
    }
    const auto [shorter, longer] = std::minmax(header.width, header.height);
    if (longer > limits.sideRatio * shorter) {
        return Error{ErrorCode::InvalidArgument,
                     "the picture has " + size + ": it is too long and narrow for a caption"};
    }
    return {};
}

} // namespace

std::string toString(PictureFormat format) {
    switch (format) {
    case PictureFormat::Jpeg:
        return "JPEG";
    case PictureFormat::Png:
        return "PNG";
    case PictureFormat::Webp:
        return "WebP";
    case PictureFormat::Tiff:
        return "TIFF";
    case PictureFormat::Bmp:
        return "BMP";
    case PictureFormat::Gif:
        return "GIF";
    }
    return {};
}

Result<PictureHeader> readPictureHeader(Bytes bytes, const PictureLimits& limits) {
    if (bytes.size() > limits.bytes) {
        return Error{ErrorCode::InvalidArgument, "the file has more than " +
                                                     std::to_string(limits.bytes / 1'000'000) +
                                                     " MB, the limit for pictures"};
    }
    auto header = readAnyHeader(bytes);
    if (header) {
        if (const auto checked = checkSides(*header, limits); !checked) {
            return checked.error();
        }
    }
    return header;
}

} // namespace linnet::caption
