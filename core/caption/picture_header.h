#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "caption/picture.h"
#include "engine/api/result.h"

namespace linnet::caption {

enum class PictureFormat { Jpeg, Png, Webp, Tiff, Bmp, Gif };

std::string toString(PictureFormat format); // "JPEG"

// What the first bytes of a file say of its picture.
struct PictureHeader {
    PictureFormat format = PictureFormat::Jpeg;
    int width = 0; // as stored, before it is turned
    int height = 0;
    int orientation = 1;   // of the EXIF standard, 1 to 8
    bool hasAlpha = false; // there may be transparent pixels
    // The sample of a grey PNG that is transparent, as stored (bit depth `greyBits`); -1: none.
    int transparentGrey = -1;
    int greyBits = 8;
};

// Reads the header of a whole file in memory, whatever its name says, and holds it against the
// limits. Errors: UnsupportedFormat (no picture, or of a kind that is not read), CorruptFile
// (contradicts itself or ends too early), InvalidArgument (over a limit).
engine::Result<PictureHeader> readPictureHeader(std::span<const std::uint8_t> bytes,
                                                const PictureLimits& limits);

} // namespace linnet::caption
