#include "services/text_codec.h"

#include <algorithm>

#include <QStringDecoder>
#include <QStringEncoder>

#include "services/encoding_detection.h"
#include "services/windows_1252.h"

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr QLatin1String windows1252("windows-1252");

// The byte order mark of the Unicode forms; empty for all others.
QByteArray markOf(const QString& name) {
    if (name == QLatin1String("UTF-8")) {
        return QByteArrayLiteral("\xEF\xBB\xBF");
    }
    if (name == QLatin1String("UTF-16LE")) {
        return QByteArrayLiteral("\xFF\xFE");
    }
    if (name == QLatin1String("UTF-16BE")) {
        return QByteArrayLiteral("\xFE\xFF");
    }
    if (name == QLatin1String("UTF-32LE")) {
        return QByteArray("\xFF\xFE\0\0", 4);
    }
    if (name == QLatin1String("UTF-32BE")) {
        return QByteArray("\0\0\xFE\xFF", 4);
    }
    return {};
}

std::string printable(const QString& text) {
    return text.toStdString();
}

// Neither checks that the way back gives the same; none when Qt does not know the encoding.
std::optional<QString> bytesToText(const QByteArray& bytes, const QString& name) {
    if (name == windows1252) {
        return decodeWindows1252(bytes);
    }
    QStringDecoder decoder(name.toLatin1().constData(),
                           QStringConverter::Flag::Stateless |
                               QStringConverter::Flag::ConvertInitialBom);
    if (!decoder.isValid()) {
        return std::nullopt;
    }
    const QString text = decoder.decode(bytes);
    return text.isNull() ? QStringLiteral("") : text;
}

std::optional<QByteArray> textToBytes(const QString& text, const QString& name) {
    if (name == windows1252) {
        QString known = text;
        for (QChar& character : known) {
            if (!inWindows1252(character.unicode())) {
                character = u'?';
            }
        }
        return encodeWindows1252(known);
    }
    QStringEncoder encoder(name.toLatin1().constData(), QStringConverter::Flag::Stateless);
    if (!encoder.isValid()) {
        return std::nullopt;
    }
    const QByteArray bytes = encoder.encode(text);
    return bytes.isNull() ? QByteArray("") : bytes;
}

UnencodableCharacter firstDifference(const QString& text, const QString& other) {
    const auto mismatch = std::mismatch(text.begin(), text.end(), other.begin(), other.end());
    qsizetype at = std::min<qsizetype>(mismatch.first - text.begin(), text.size() - 1);
    if (at > 0 && text[at].isLowSurrogate() && text[at - 1].isHighSurrogate()) {
        --at;
    }
    char32_t character = text[at].unicode();
    if (text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate()) {
        character = QChar::surrogateToUcs4(text[at], text[at + 1]);
    }
    return {at, character};
}

Error unencodable(const UnencodableCharacter& character, const TextEncoding& encoding) {
    return {ErrorCode::UnsupportedFormat,
            printable(QStringLiteral("The character %1 cannot be written in %2. Nothing was "
                                     "written; the text is safe in the editor. Save it as UTF-8, "
                                     "which holds every character.")
                          .arg(character.label(), encoding.label()))};
}

} // namespace

QString TextEncoding::label() const {
    return byteOrderMark ? name + QStringLiteral(" with BOM") : name;
}

QString UnencodableCharacter::label() const {
    const QString code =
        QStringLiteral("U+%1").arg(static_cast<uint>(character), 4, 16, QLatin1Char('0')).toUpper();
    const bool visible = !QChar::isSurrogate(character) && QChar::isPrint(character);
    return visible ? QStringLiteral("%1 (%2)").arg(QString::fromUcs4(&character, 1), code) : code;
}

QStringList availableEncodings() {
    static const QStringList names = [] {
        QStringList known{QStringLiteral("UTF-8"),     QStringLiteral("UTF-16LE"),
                          QStringLiteral("UTF-16BE"),  QStringLiteral("UTF-32LE"),
                          QStringLiteral("UTF-32BE"),  windows1252,
                          QStringLiteral("ISO-8859-1")};
        for (const char* name : {"GB18030", "Big5", "Shift_JIS", "EUC-JP", "EUC-KR", "windows-1250",
                                 "windows-1251", "KOI8-R", "ISO-8859-15"}) {
            if (QStringDecoder(name).isValid() && QStringEncoder(name).isValid()) {
                known << QLatin1String(name);
            }
        }
        return known;
    }();
    return names;
}

Result<DecodedText> decodeText(const QByteArray& bytes, const QString& forced) {
    EncodingGuess guess = guessEncoding(bytes);
    if (!forced.isEmpty()) {
        if (!availableEncodings().contains(forced)) {
            return Error{ErrorCode::InvalidArgument,
                         "unknown text encoding \"" + printable(forced) + "\""};
        }
        const QByteArray mark = markOf(forced);
        const bool marked = !mark.isEmpty() && bytes.startsWith(mark);
        guess = {{forced, marked}, marked ? static_cast<int>(mark.size()) : 0, true, {}};
    }
    if (!guess.notText.isEmpty()) {
        return Error{ErrorCode::UnsupportedFormat,
                     "this is not a text file: " + printable(guess.notText)};
    }

    const QByteArray content = bytes.mid(guess.markBytes);
    const std::optional<QString> text = bytesToText(content, guess.encoding.name);
    if (text && textToBytes(*text, guess.encoding.name) == content) {
        return DecodedText{*text, guess.encoding, guess.certain};
    }
    if (!forced.isEmpty()) {
        return Error{ErrorCode::UnsupportedFormat,
                     "these bytes are not " + printable(forced) + " text; choose another encoding"};
    }
    // A guess that did not hold. Windows-1252 gives every byte a character, a byte order mark
    // included, so the file can still be seen, and saved as it was.
    return DecodedText{decodeWindows1252(bytes), {windows1252, false}, false};
}

Result<QByteArray> encodeText(const QString& text, const TextEncoding& encoding) {
    if (!availableEncodings().contains(encoding.name)) {
        return Error{ErrorCode::InvalidArgument,
                     "unknown text encoding \"" + printable(encoding.name) + "\""};
    }
    const std::optional<QByteArray> bytes = textToBytes(text, encoding.name);
    if (!bytes) {
        return Error{ErrorCode::InvalidArgument,
                     "this build cannot write " + printable(encoding.name)};
    }
    const QString back = bytesToText(*bytes, encoding.name).value_or(QString());
    if (back != text) {
        return unencodable(firstDifference(text, back), encoding);
    }
    return encoding.byteOrderMark ? markOf(encoding.name) + *bytes : *bytes;
}

std::optional<UnencodableCharacter> firstUnencodable(const QString& text,
                                                     const TextEncoding& encoding) {
    const std::optional<QByteArray> bytes = textToBytes(text, encoding.name);
    const std::optional<QString> back =
        bytes ? bytesToText(*bytes, encoding.name) : std::optional<QString>();
    if (!back || *back == text) {
        return std::nullopt;
    }
    return firstDifference(text, *back);
}

} // namespace linnet::services
