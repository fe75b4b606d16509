#pragma once

#include <QByteArray>

namespace linnet::tests {

// A picture of 40 x 30 in bytes of a BMP file.
inline QByteArray bitmap() {
    QByteArray file("BM");
    const auto number = [&](quint32 value, int bytes) {
        for (int i = 0; i < bytes; ++i) {
            file.append(static_cast<char>(value >> (8 * i) & 0xFFU));
        }
    };
    for (const quint32 value : {54U + 3600U, 0U, 54U, 40U, 40U, 30U}) {
        number(value, 4);
    }
    number(1, 2);
    number(24, 2);
    for (int i = 0; i < 6; ++i) {
        number(0, 4);
    }
    for (int i = 0; i < 3600; ++i) {
        file.append(static_cast<char>(i * 7));
    }
    return file;
}

} // namespace linnet::tests
