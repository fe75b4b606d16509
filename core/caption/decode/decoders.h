#pragma once

#include <cstdint>
#include <span>
#include <stop_token>

#include "caption/picture.h"
#include "caption/picture_decoder.h"
#include "caption/picture_header.h"
#include "engine/api/result.h"

// The readers behind PictureDecoder, by format. Each gets the header that was read and checked, and
// gives the picture as it is stored, before it is turned; but a TIFF is upright already.
namespace linnet::caption {

// By libjpeg. OpenCV 4.6 makes partly grey or uninitialised pictures of damaged files and says
// nothing; here each warning about the data is an error. A picture without pixels: cancelled.
engine::Result<Picture> decodeJpeg(std::span<const std::uint8_t> bytes, const PictureHeader& header,
                                   const DecodeOptions& options, const std::stop_token& stop);

// The first frame of a GIF by giflib, on its whole screen. OpenCV reads GIF from 4.11 on.
engine::Result<Picture> decodeGif(std::span<const std::uint8_t> bytes, const PictureHeader& header);

// PNG, WebP, TIFF and BMP by OpenCV.
engine::Result<Picture> decodeByOpenCv(std::span<const std::uint8_t> bytes,
                                       const PictureHeader& header);

// Whether all chunks of a PNG are there with the right checksums. Error: CorruptFile.
engine::Result<void> checkPngChunks(std::span<const std::uint8_t> bytes);

// The picture turned and mirrored as an EXIF orientation (1 to 8) asks.
Picture upright(Picture picture, int orientation);

// What a file that does not hold its picture is called.
engine::Error damagedPicture(PictureFormat format, const char* how);

} // namespace linnet::caption
