#pragma once

#include <optional>

#include <QByteArray>
#include <QString>

namespace linnet::services {

// Windows-1252 as the WHATWG Encoding Standard has it: the five bytes that Microsoft leaves
// undefined are C1 controls, so that every byte has a character of its own and nothing is lost.
// Ours rather than ICU's, which is not part of every Qt and replaces those five.
QString decodeWindows1252(const QByteArray& bytes);

// None when a character has no byte.
std::optional<QByteArray> encodeWindows1252(const QString& text);
bool inWindows1252(char16_t character);

} // namespace linnet::services
