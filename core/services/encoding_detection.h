#pragma once

#include <QByteArray>
#include <QString>

#include "services/text_codec.h"

namespace linnet::services {

// What the bytes of a file probably are. A guess: the caller decodes and falls back.
struct EncodingGuess {
    TextEncoding encoding;
    int markBytes = 0;   // length of the byte order mark
    bool certain = true; // a mark, or valid UTF-8
    QString notText;     // not empty: why these bytes are no text ("it is a PDF document")
};

EncodingGuess guessEncoding(const QByteArray& bytes);

} // namespace linnet::services
