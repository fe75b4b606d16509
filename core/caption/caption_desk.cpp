#include "caption/caption_desk.h"

#include <algorithm>
#include <utility>

#include "caption/picture_header.h"
#include "caption/resize.h"

namespace linnet::caption {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

Result<Picture> CaptionDesk::read(std::span<const std::uint8_t> bytes,
                                  const engine::PixelFormat& format, int thumbnailSide,
                                  const PictureLimits& limits, const std::stop_token& stop) {
    // A file that is no picture needs no decoder.
    if (const auto header = readPictureHeader(bytes, limits); !header) {
        return header.error();
    }
    if (!m_decoder) {
        auto opened = m_open();
        if (!opened) {
            return opened.error();
        }
        m_decoder = std::move(opened).value();
    }
    DecodeOptions options;
    options.limits = limits;
    // Twice what the network sees, so that the last step is the filter it was trained with.
    options.enoughPixels =
        std::max({2 * format.width, 2 * format.height, 2 * format.shortestSide, thumbnailSide});
    return m_decoder->decode(bytes, options, stop);
}

Result<std::vector<Caption>> CaptionDesk::write(engine::Captioner& captioner,
                                                const Picture& picture,
                                                const CaptionOptions& options,
                                                const std::stop_token& stop) {
    const std::vector<float> pixels = pixelPlanes(picture, captioner.pixelFormat());
    auto written = writeCaptions(captioner, pixels, 1, options, stop);
    if (!written) {
        return written.error();
    }
    if (written->empty()) {
        return std::vector<Caption>{};
    }
    if (written->front().empty()) {
        return Error{ErrorCode::Internal, "the model found no words for this picture"};
    }
    return std::move(written->front());
}

} // namespace linnet::caption
