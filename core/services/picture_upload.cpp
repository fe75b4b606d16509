#include "services/picture_upload.h"

#include <array>
#include <cstdint>
#include <filesystem>

#include <QtEndian>

#include "caption/resize.h"

namespace linnet::services {

namespace {

constexpr int uploadSide = 768; // pixels; what networks that see look at is smaller

constexpr std::array<std::uint32_t, 256> crcTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t n = 0; n < 256; ++n) {
        std::uint32_t c = n;
        for (int bit = 0; bit < 8; ++bit) {
            c = (c & 1U) != 0 ? 0xedb88320U ^ (c >> 1U) : c >> 1U;
        }
        table[n] = c;
    }
    return table;
}();

QByteArray bigEndian(std::uint32_t value) {
    QByteArray bytes(4, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

QByteArray chunk(const QByteArray& type, const QByteArray& data) {
    const QByteArray body = type + data;
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : body) {
        crc = crcTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xffU] ^ (crc >> 8U);
    }
    return bigEndian(static_cast<std::uint32_t>(data.size())) + body + bigEndian(crc ^ 0xffffffffU);
}

PicturePixels toPixels(const caption::Picture& picture) {
    return {picture.width, picture.height,
            QByteArray(reinterpret_cast<const char*>(picture.rgb.data()),
                       static_cast<qsizetype>(picture.rgb.size()))};
}

} // namespace

QByteArray encodePng(const PicturePixels& pixels) {
    const QByteArray header = bigEndian(static_cast<std::uint32_t>(pixels.width)) +
                              bigEndian(static_cast<std::uint32_t>(pixels.height)) +
                              QByteArray("\x08\x02\x00\x00\x00", 5); // 8 bits, RGB
    const qsizetype row = qsizetype{3} * pixels.width;
    QByteArray rows;
    rows.reserve((row + 1) * pixels.height);
    for (int y = 0; y < pixels.height; ++y) {
        rows += '\0'; // no filter
        rows += pixels.rgb.mid(y * row, row);
    }
    // Qt puts the length in front of the zlib stream.
    return QByteArray("\x89PNG\r\n\x1a\n", 8) + chunk("IHDR", header) +
           chunk("IDAT", qCompress(rows).mid(4)) + chunk("IEND", {});
}

engine::Result<PictureUpload> preparePicture(const PictureQuery& query,
                                             const caption::PictureLimits& limits,
                                             int thumbnailSide, const OpenPictureDecoder& open,
                                             const std::stop_token& stop) {
    caption::Picture picture;
    if (!query.pixels.isEmpty()) {
        picture = {query.pixels.width,
                   query.pixels.height,
                   {query.pixels.rgb.begin(), query.pixels.rgb.end()}};
    } else {
        std::vector<std::uint8_t> bytes(query.bytes.begin(), query.bytes.end());
        if (!query.file.isEmpty()) {
            auto read = caption::readPictureFile(std::filesystem::path(query.file.toStdU16String()),
                                                 limits);
            if (!read) {
                return read.error();
            }
            bytes = std::move(read).value();
        }
        const auto decoder = open();
        if (!decoder) {
            return decoder.error();
        }
        auto decoded = (*decoder)->decode(bytes, {limits, uploadSide}, stop);
        if (!decoded) {
            return decoded.error();
        }
        picture = std::move(decoded).value();
    }
    if (picture.rgb.empty() || stop.stop_requested()) {
        return PictureUpload();
    }
    return PictureUpload{encodePng(toPixels(caption::thumbnail(picture, uploadSide))),
                         toPixels(caption::thumbnail(picture, thumbnailSide))};
}

} // namespace linnet::services
