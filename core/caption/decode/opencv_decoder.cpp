#include <tiffio.h>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include "caption/byte_reader.h"
#include "caption/decode/decoders.h"

namespace linnet::caption {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

// Set when libtiff finds fault with its data; OpenCV goes on in spite of it.
thread_local bool tiffFault = false;

void onTiffError(thandle_t /*client*/, const char* /*module*/, const char* /*format*/,
                 va_list /*arguments*/) {
    tiffFault = true;
}

// Quiet, and no limits of OpenCV's own: ours were checked before.
void prepareOnce() {
    static const bool done = [] {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        cv::setNumThreads(1); // no pool of threads for a picture at a time
        TIFFSetErrorHandlerExt(onTiffError);
        TIFFSetWarningHandler(nullptr);
        return true;
    }();
    (void)done;
}

std::uint8_t overWhite(unsigned colour, unsigned alpha, bool premultiplied) {
    const unsigned white = 255 - alpha;
    if (premultiplied) {
        return static_cast<std::uint8_t>(colour + white > 255 ? 255 : colour + white);
    }
    return static_cast<std::uint8_t>((colour * alpha + 255 * white + 127) / 255);
}

// The transparent sample of a grey PNG in the eight or sixteen bits that it is decoded to.
int decodedKey(const PictureHeader& header) {
    return header.transparentGrey < 0 || header.greyBits >= 8 || header.greyBits < 1
               ? header.transparentGrey
               : header.transparentGrey * 255 / ((1 << header.greyBits) - 1);
}

// OpenCV's blue, green, red (and alpha) of eight or sixteen bits, or grey, as ours.
template <typename Sample>
void copyRow(const Sample* from, int channels, int width, bool premultiplied, int key,
             std::uint8_t* to) {
    constexpr unsigned shift = 8 * (sizeof(Sample) - 1);
    for (int x = 0; x < width; ++x) {
        unsigned alpha = channels == 4 ? from[3] >> shift : 255U;
        if (channels == 1 && from[0] == key) {
            alpha = 0;
        }
        for (int c = 0; c < 3; ++c) {
            const unsigned colour = from[channels < 3 ? 0 : 2 - c] >> shift;
            to[c] = alpha == 255 ? static_cast<std::uint8_t>(colour)
                                 : overWhite(colour, alpha, premultiplied);
        }
        from += channels;
        to += 3;
    }
}

Result<Picture> toPicture(const cv::Mat& pixels, const PictureHeader& header) {
    const int channels = pixels.channels();
    const bool wide = pixels.depth() == CV_16U;
    // OpenCV turns a TIFF by itself, whatever it is told.
    const bool turned = header.format == PictureFormat::Tiff && header.orientation >= 5;
    if (pixels.cols != (turned ? header.height : header.width) ||
        pixels.rows != (turned ? header.width : header.height) ||
        (pixels.depth() != CV_8U && !wide) || channels == 2 || channels > 4) {
        return Error{ErrorCode::UnsupportedFormat,
                     toString(header.format) + " of this kind is not read"};
    }
    Picture picture{pixels.cols, pixels.rows, {}};
    const std::size_t stride = std::size_t(picture.width) * 3;
    picture.rgb.resize(stride * std::size_t(picture.height));
    // libtiff hands out eight bits multiplied by their alpha.
    const bool premultiplied = header.format == PictureFormat::Tiff && !wide;
    const int key = decodedKey(header);
    for (int y = 0; y < pixels.rows; ++y) {
        std::uint8_t* to = picture.rgb.data() + stride * std::size_t(y);
        if (wide) {
            copyRow(pixels.ptr<std::uint16_t>(y), channels, pixels.cols, premultiplied, key, to);
        } else {
            copyRow(pixels.ptr<std::uint8_t>(y), channels, pixels.cols, premultiplied, key, to);
        }
    }
    return picture;
}

} // namespace

Result<Picture> decodeByOpenCv(Bytes bytes, const PictureHeader& header) {
    prepareOnce();
    tiffFault = false;
    const cv::Mat file(1, static_cast<int>(bytes.size()), CV_8U,
                       const_cast<std::uint8_t*>(bytes.data())); // is only read
    cv::Mat pixels;
    try {
        const int flags = header.hasAlpha ? cv::IMREAD_UNCHANGED
                                          : cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION;
        pixels = cv::imdecode(file, flags);
    } catch (const cv::Exception& error) {
        if (error.code == cv::Error::StsNoMem) {
            return Error{ErrorCode::OutOfMemory, "not enough memory for the picture"};
        }
        return damagedPicture(header.format, "it is incomplete or has wrong data");
    }
    if (pixels.empty() || tiffFault) {
        return damagedPicture(header.format, "it is incomplete or has wrong data");
    }
    return toPicture(pixels, header);
}

} // namespace linnet::caption
