#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <vector>

#include <QBuffer>
#include <QByteArray>
#include <QImage>

#include "caption/picture.h"

// Pictures that tests write by other means than those that read them: Qt's own writers, and bytes
// put together by hand.
namespace linnet::tests {

using FileBytes = std::vector<std::uint8_t>;

inline FileBytes toBytes(const QByteArray& data) {
    return {data.begin(), data.end()};
}

inline FileBytes encoded(const QImage& image, const char* format, int quality = -1) {
    QByteArray data;
    QBuffer buffer(&data);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, format, quality);
    return toBytes(data);
}

// Colours that differ in each pixel, smooth enough for JPEG.
inline QImage gradient(int width, int height) {
    QImage image(width, height, QImage::Format_RGB32);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.setPixel(
                x, y, qRgb(x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)));
        }
    }
    return image;
}

inline QImage toImage(const caption::Picture& picture) {
    return QImage(picture.rgb.data(), picture.width, picture.height, picture.width * 3,
                  QImage::Format_RGB888)
        .copy();
}

// The largest difference in any channel; 256 for other sizes.
inline int difference(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) {
        return 256;
    }
    int largest = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb one = a.pixel(x, y);
            const QRgb other = b.pixel(x, y);
            largest = std::max({largest, std::abs(qRed(one) - qRed(other)),
                                std::abs(qGreen(one) - qGreen(other)),
                                std::abs(qBlue(one) - qBlue(other))});
        }
    }
    return largest;
}

inline void append(FileBytes& to, std::initializer_list<int> bytes) {
    for (const int byte : bytes) {
        to.push_back(static_cast<std::uint8_t>(byte));
    }
}

// EXIF data with nothing but an orientation, in either byte order.
inline FileBytes exif(int orientation, bool bigEndian = false) {
    FileBytes data = {'E', 'x', 'i', 'f', 0, 0};
    if (bigEndian) {
        append(data, {'M', 'M', 0, 42, 0, 0, 0,           8, 0, 1, 1, 0x12, 0,
                      3,   0,   0, 0,  1, 0, orientation, 0, 0, 0, 0, 0,    0});
    } else {
        append(data, {'I', 'I', 42, 0, 8, 0,           0, 0, 1, 0, 0x12, 1, 3,
                      0,   1,   0,  0, 0, orientation, 0, 0, 0, 0, 0,    0, 0});
    }
    return data;
}

// A JPEG with EXIF data after its first marker.
inline FileBytes withExif(const FileBytes& jpeg, const FileBytes& data) {
    FileBytes out(jpeg.begin(), jpeg.begin() + 2);
    const int length = static_cast<int>(data.size()) + 2;
    append(out, {0xFF, 0xE1, length >> 8, length & 255});
    out.insert(out.end(), data.begin(), data.end());
    out.insert(out.end(), jpeg.begin() + 2, jpeg.end());
    return out;
}

// An uncompressed TIFF of one strip (TIFF 6.0, section 6).
inline FileBytes tiff(const QImage& image, int orientation) {
    const int bytes = image.width() * image.height() * 3;
    FileBytes out = {'I', 'I', 42, 0, 8, 0, 0, 0, 11, 0};
    const int data = 8 + 2 + 12 * 11 + 4 + 6; // after the directory and the bits per sample
    const auto entry = [&](int tag, int type, int count, int value) {
        append(out, {tag & 255, tag >> 8, type, 0, count, 0, 0, 0, value & 255, value >> 8 & 255,
                     value >> 16 & 255, 0});
    };
    entry(256, 4, 1, image.width());
    entry(257, 4, 1, image.height());
    entry(258, 3, 3, data - 6); // bits per sample
    entry(259, 3, 1, 1);        // no compression
    entry(262, 3, 1, 2);        // RGB
    entry(273, 4, 1, data);
    entry(274, 3, 1, orientation);
    entry(277, 3, 1, 3); // samples
    entry(278, 4, 1, image.height());
    entry(279, 4, 1, bytes);
    entry(284, 3, 1, 1); // by pixels
    append(out, {0, 0, 0, 0, 8, 0, 8, 0, 8, 0});
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QRgb colour = image.pixel(x, y);
            append(out, {qRed(colour), qGreen(colour), qBlue(colour)});
        }
    }
    return out;
}

} // namespace linnet::tests
