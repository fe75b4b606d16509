#include "services/windows_1252.h"

#include <algorithm>
#include <array>

namespace linnet::services {

namespace {

// Bytes 0x80 to 0x9F; all others are Latin-1.
constexpr std::array<char16_t, 32> upperControls{
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

std::optional<unsigned char> byteOf(char16_t character) {
    if (character < 0x80 || (character >= 0xA0 && character <= 0xFF)) {
        return static_cast<unsigned char>(character);
    }
    const auto found = std::find(upperControls.begin(), upperControls.end(), character);
    if (found == upperControls.end()) {
        return std::nullopt;
    }
    return static_cast<unsigned char>(0x80 + (found - upperControls.begin()));
}

} // namespace

QString decodeWindows1252(const QByteArray& bytes) {
    QString text(bytes.size(), Qt::Uninitialized);
    std::transform(bytes.begin(), bytes.end(), text.begin(), [](char byte) {
        const auto value = static_cast<unsigned char>(byte);
        return QChar(value >= 0x80 && value < 0xA0 ? upperControls[value - 0x80U]
                                                   : static_cast<char16_t>(value));
    });
    return text;
}

std::optional<QByteArray> encodeWindows1252(const QString& text) {
    QByteArray bytes;
    bytes.reserve(text.size());
    for (const QChar character : text) {
        const auto byte = byteOf(character.unicode());
        if (!byte) {
            return std::nullopt;
        }
        bytes.append(static_cast<char>(*byte));
    }
    return bytes;
}

bool inWindows1252(char16_t character) {
    return byteOf(character).has_value();
}

} // namespace linnet::services
