#pragma once

#include <functional>
#include <memory>

#include "caption/caption_writer.h"
#include "caption/picture_decoder.h"
#include "engine/api/captioner.h"

namespace linnet::caption {

// From a picture's file to its captions. The decoder is opened for the first picture. One thread.
class CaptionDesk {
public:
    using OpenDecoder = std::function<engine::Result<std::unique_ptr<PictureDecoder>>()>;

    explicit CaptionDesk(OpenDecoder open = [] { return openPictureDecoder(); })
        : m_open(std::move(open)) {}

    // The pixels of a file in memory, with as many as the captioner and `thumbnailSide` need. A
    // picture without pixels: cancelled.
    engine::Result<Picture> read(std::span<const std::uint8_t> bytes,
                                 const engine::PixelFormat& format, int thumbnailSide,
                                 const PictureLimits& limits, const std::stop_token& stop);

    // Captions of one picture, empty when cancelled. A model that finds no words at all is an
    // Error.
    static engine::Result<std::vector<Caption>> write(engine::Captioner& captioner,
                                                      const Picture& picture,
                                                      const CaptionOptions& options,
                                                      const std::stop_token& stop);

private:
    OpenDecoder m_open;
    std::unique_ptr<PictureDecoder> m_decoder;
};

} // namespace linnet::caption
