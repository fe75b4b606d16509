#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>

#include "caption/picture.h"
#include "engine/api/result.h"

namespace linnet::caption {

struct DecodeOptions {
    PictureLimits limits;
    // A JPEG may be decoded in half, a quarter or an eighth of its size as long as both sides keep
    // so many pixels; 0: always in full. Saves time and memory.
    int enoughPixels = 0;
};

// Turns a file in memory into pixels: JPEG, PNG, WebP, TIFF, BMP, the first frame of a GIF. The
// picture is upright as its EXIF orientation says and stands on white where it is transparent. Its
// memory is zeroed first, and a file that ends early or contradicts its checksums gives no picture
// at all. Errors: as readPictureHeader(), and OutOfMemory. Any thread, one call at a time.
class PictureDecoder {
public:
    virtual ~PictureDecoder() = default;

    // A picture without pixels: cancelled.
    virtual engine::Result<Picture> decode(std::span<const std::uint8_t> bytes,
                                           const DecodeOptions& options,
                                           const std::stop_token& stop) = 0;
};

// The function that the decoder's shared library exports, extern "C".
using CreatePictureDecoderFunction = PictureDecoder* (*)();
inline constexpr const char* createPictureDecoderSymbol = "linnetCreatePictureDecoder";

// Opens the decoder's shared library, which pulls in OpenCV and all that it links: a tenth of a
// second and more, so not at the start of a program. Errors: NotFound, UnsupportedFormat.
engine::Result<std::unique_ptr<PictureDecoder>>
openPictureDecoder(const std::filesystem::path& path = {});

// Reads a whole file, but nothing that is larger than `limits` or no regular file. Errors:
// NotFound, Io, InvalidArgument (too large).
engine::Result<std::vector<std::uint8_t>> readPictureFile(const std::filesystem::path& path,
                                                          const PictureLimits& limits);

} // namespace linnet::caption
