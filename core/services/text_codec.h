#pragma once

#include <optional>

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "engine/api/result.h"

namespace linnet::services {

// How text is written as bytes. The name is one of availableEncodings().
struct TextEncoding {
    QString name = QStringLiteral("UTF-8");
    bool byteOrderMark = false;

    friend bool operator==(const TextEncoding&, const TextEncoding&) = default;
    // For the status bar: "UTF-8", "UTF-8 with BOM", "GB18030".
    QString label() const;
};

struct DecodedText {
    QString text; // without the byte order mark; line endings as in the bytes
    TextEncoding encoding;
    bool certain = true; // false: guessed by heuristics; the user may choose another
};

struct UnencodableCharacter {
    qsizetype position = 0; // UTF-16 index in the text
    char32_t character = 0;
    QString label() const; // for messages: the character and its code point, like "你 (U+4F60)"
};

// Encodings that this build reads and writes, UTF-8 first. What lies beyond the Unicode forms,
// Windows-1252 and ISO-8859-1 needs a Qt built with ICU.
QStringList availableEncodings();

// Bytes to text. Without `forced` the encoding is detected: a byte order mark; valid UTF-8; UTF-16
// without a mark when its zero bytes or its scripts say so; GB18030 when the bytes look like
// Chinese; else the locale's encoding, else Windows-1252. Decoding never loses a byte:
// encodeText() gives back the same bytes, or the encoding is not accepted.
// Errors: UnsupportedFormat (binary data, or bytes that `forced` cannot mean), InvalidArgument
// (`forced` is unknown). Any thread.
engine::Result<DecodedText> decodeText(const QByteArray& bytes, const QString& forced = {});

// Text to bytes. Errors: UnsupportedFormat, naming the first character that the encoding lacks and
// suggesting UTF-8; InvalidArgument (unknown encoding). Any thread.
engine::Result<QByteArray> encodeText(const QString& text, const TextEncoding& encoding);

// The first character of `text` that `encoding` cannot hold, for a dialog that offers UTF-8. None
// too when the encoding itself is unknown.
std::optional<UnencodableCharacter> firstUnencodable(const QString& text,
                                                     const TextEncoding& encoding);

} // namespace linnet::services
