#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include <QByteArray>

#include "caption/picture_decoder.h"
#include "engine/api/result.h"
#include "services/caption_source.h"

namespace linnet::services {

// A PNG file of these pixels and nothing else (PNG specification, third edition).
QByteArray encodePng(const PicturePixels& pixels);

// What of a picture goes to a server: so many pixels as a caption needs, and nothing of what the
// file says beside them, such as the place where it was taken.
struct PictureUpload {
    QByteArray png;
    PicturePixels thumbnail;
};

using OpenPictureDecoder =
    std::function<engine::Result<std::unique_ptr<caption::PictureDecoder>>()>;

// Reads, decodes and shrinks; takes a while, so on a thread of its own. An upload without bytes:
// stopped. Errors: as of caption::readPictureFile() and caption::PictureDecoder.
engine::Result<PictureUpload> preparePicture(const PictureQuery& query,
                                             const caption::PictureLimits& limits,
                                             int thumbnailSide, const OpenPictureDecoder& open,
                                             const std::stop_token& stop);

} // namespace linnet::services
