#include "caption/decode/decoder.h"

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "caption/decode/decoders.h"

namespace linnet::caption {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

class Decoder : public PictureDecoder {
public:
    Result<Picture> decode(std::span<const std::uint8_t> bytes, const DecodeOptions& options,
                           const std::stop_token& stop) override {
        const auto header = readPictureHeader(bytes, options.limits);
        if (!header) {
            return header.error();
        }
        if (stop.stop_requested()) {
            return Picture{};
        }
        try {
            auto picture = decodeAs(*header, bytes, options, stop);
            if (!picture || stop.stop_requested()) {
                return picture ? Result<Picture>(Picture{}) : picture;
            }
            return header->format == PictureFormat::Tiff
                       ? std::move(picture)
                       : upright(std::move(picture).value(), header->orientation);
        } catch (const std::bad_alloc&) {
            return Error{ErrorCode::OutOfMemory, "not enough memory for the picture"};
        } catch (const std::exception& error) {
            return Error{ErrorCode::Internal,
                         std::string("the picture cannot be read: ") + error.what()};
        }
    }

private:
    static Result<Picture> decodeAs(const PictureHeader& header,
                                    std::span<const std::uint8_t> bytes,
                                    const DecodeOptions& options, const std::stop_token& stop) {
        switch (header.format) {
        case PictureFormat::Jpeg:
            return decodeJpeg(bytes, header, options, stop);
        case PictureFormat::Gif:
            return decodeGif(bytes, header);
        case PictureFormat::Png:
            if (const auto checked = checkPngChunks(bytes); !checked) {
                return checked.error();
            }
            break;
        case PictureFormat::Webp:
        case PictureFormat::Tiff:
        case PictureFormat::Bmp:
            break;
        }
        return decodeByOpenCv(bytes, header);
    }
};

} // namespace

Error damagedPicture(PictureFormat format, const char* how) {
    return {ErrorCode::CorruptFile, "damaged " + toString(format) + ": " + how};
}

std::unique_ptr<PictureDecoder> makePictureDecoder() {
    return std::make_unique<Decoder>();
}

} // namespace linnet::caption
