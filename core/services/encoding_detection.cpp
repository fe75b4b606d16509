#include "services/encoding_detection.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <QStringDecoder>

#if defined(Q_OS_UNIX)
#include <langinfo.h>
#endif

namespace linnet::services {

namespace {

using Byte = unsigned char;

// Enough to judge by; detection must not take long on a large file.
constexpr qsizetype sampleBytes = 256 * 1024;

struct Signature {
    const char* bytes;
    int length;
    const char* what;
};

// Files that people drop on an editor by mistake and that may hold no zero byte near the start.
constexpr std::array<Signature, 8> signatures{{
    {"%PDF-", 5, "a PDF document"},
    {"PK\x03\x04", 4, "an archive or office document (ZIP)"},
    {"\xD0\xCF\x11\xE0", 4, "an old office document"},
    {"\x89PNG", 4, "a picture (PNG)"},
    {"\xFF\xD8\xFF", 3, "a picture (JPEG)"},
    {"GIF8", 4, "a picture (GIF)"},
    {"\x1F\x8B", 2, "compressed (gzip)"},
    {"\x7F"
     "ELF",
     4, "a program"},
}};

bool validUtf8(const QByteArray& bytes) {
    QStringDecoder decoder(QStringConverter::Utf8, QStringConverter::Flag::ConvertInitialBom |
                                                       QStringConverter::Flag::Stateless);
    const QString text = decoder.decode(bytes);
    return !decoder.hasError() && !text.isNull();
}

// Cuts the sample where no encoding is in the middle of a character: after a line feed.
QByteArray sampleOf(const QByteArray& bytes) {
    if (bytes.size() <= sampleBytes) {
        return bytes;
    }
    const QByteArray head = bytes.left(sampleBytes);
    const qsizetype line = head.lastIndexOf('\n');
    return line > sampleBytes / 2 ? head.left(line + 1 - (line + 1) % 2) : head;
}

bool commonCharacter(char16_t c) {
    return c == u'\t' || c == u'\n' || c == u'\r' || (c >= 0x20 && c < 0x7F) ||
           (c >= 0xA0 && c < 0x250) || (c >= 0x2010 && c <= 0x2027) ||
           (c >= 0x3000 && c <= 0x30FF) || (c >= 0x4E00 && c <= 0x9FA5) ||
           (c >= 0xFF01 && c <= 0xFF5E);
}

// The share of UTF-16 units that are characters of common scripts.
double commonShare(const QByteArray& bytes, bool bigEndian) {
    const qsizetype units = bytes.size() / 2;
    qsizetype common = 0;
    for (qsizetype i = 0; i < units; ++i) {
        const auto first = static_cast<Byte>(bytes[2 * i]);
        const auto second = static_cast<Byte>(bytes[2 * i + 1]);
        const auto unit =
            static_cast<char16_t>(bigEndian ? (first << 8) | second : (second << 8) | first);
        common += commonCharacter(unit) ? 1 : 0;
    }
    return units == 0 ? 0.0 : static_cast<double>(common) / static_cast<double>(units);
}

// Pairs of letters look like Han in UTF-16, so this is asked before believing in UTF-16 text that
// has no zero byte: Western prose is nearly all small letters and spaces.
double smallLetterShare(const QByteArray& bytes) {
    const auto letters = std::count_if(bytes.begin(), bytes.end(), [](char byte) {
        return byte == ' ' || (byte >= 'a' && byte <= 'z');
    });
    return static_cast<double>(letters) / static_cast<double>(std::max<qsizetype>(1, bytes.size()));
}

QString utf16WithoutMark(const QByteArray& sample, qsizetype totalSize) {
    if (totalSize % 2 != 0 || sample.size() < 4) {
        return {};
    }
    const double little = commonShare(sample, false);
    const double big = commonShare(sample, true);
    const double best = std::max(little, big);
    const bool zeros = sample.contains('\0');
    if (best < 0.97 || best < std::min(little, big) + 0.1 ||
        (!zeros && (smallLetterShare(sample) > 0.5 || sample.size() < 16))) {
        return {};
    }
    return little > big ? QStringLiteral("UTF-16LE") : QStringLiteral("UTF-16BE");
}

// The share of non-ASCII characters that lie where GB 2312 has its Han and punctuation, when the
// bytes are well-formed GBK; 0 when they are not. In Western text a high byte is followed by a
// letter, which lies outside.
double gbShare(const QByteArray& bytes) {
    qsizetype pairs = 0;
    qsizetype likely = 0;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const auto lead = static_cast<Byte>(bytes[i]);
        if (lead < 0x80) {
            continue;
        }
        if (i + 1 == bytes.size()) {
            return bytes.size() < sampleBytes
                       ? 0.0
                       : static_cast<double>(likely) /
                             static_cast<double>(std::max<qsizetype>(1, pairs));
        }
        const auto trail = static_cast<Byte>(bytes[i + 1]);
        ++pairs;
        if (lead == 0x80 || lead == 0xFF) {
            return 0.0;
        }
        if (trail >= 0x30 && trail <= 0x39) { // four bytes, outside the common characters
            i += 3;
            continue;
        }
        if (trail < 0x40 || trail == 0x7F || trail == 0xFF) {
            return 0.0;
        }
        likely +=
            trail >= 0xA1 && ((lead >= 0xA1 && lead <= 0xA9) || (lead >= 0xB0 && lead <= 0xF7)) ? 1
                                                                                                : 0;
        ++i;
    }
    return pairs == 0 ? 0.0 : static_cast<double>(likely) / static_cast<double>(pairs);
}

QString localeEncoding() {
#if defined(Q_OS_UNIX)
    const QString name = QString::fromLatin1(nl_langinfo(CODESET));
#else
    const QString name;
#endif
    for (const QString& known : availableEncodings()) {
        if (known.compare(name, Qt::CaseInsensitive) == 0 &&
            !known.startsWith(QLatin1String("UTF"))) {
            return known;
        }
    }
    return {};
}

bool fullOfControls(const QByteArray& sample) {
    const auto controls = std::count_if(sample.begin(), sample.end(), [](char byte) {
        const auto value = static_cast<Byte>(byte);
        return value < 0x20 && std::isspace(value) == 0 && value != 0x1B && value != 0x08;
    });
    return controls * 50 > sample.size();
}

// For bytes that are not UTF-8 text and carry no byte order mark.
QString whyNotText(const QByteArray& sample) {
    for (const Signature& signature : signatures) {
        if (sample.startsWith(QByteArray::fromRawData(signature.bytes, signature.length))) {
            return QStringLiteral("it is ") + QLatin1String(signature.what);
        }
    }
    if (sample.contains('\0')) {
        return QStringLiteral("it holds zero bytes, as programs, pictures and sounds do");
    }
    return fullOfControls(sample) ? QStringLiteral("it is full of control characters") : QString();
}

} // namespace

EncodingGuess guessEncoding(const QByteArray& bytes) {
    const auto marked = [](const char* name, int length) {
        return EncodingGuess{{QLatin1String(name), true}, length, true, {}};
    };
    if (bytes.startsWith("\xEF\xBB\xBF")) {
        return marked("UTF-8", 3);
    }
    if (bytes.startsWith(QByteArray::fromRawData("\xFF\xFE\0\0", 4))) {
        return marked("UTF-32LE", 4);
    }
    if (bytes.startsWith(QByteArray::fromRawData("\0\0\xFE\xFF", 4))) {
        return marked("UTF-32BE", 4);
    }
    if (bytes.startsWith("\xFF\xFE")) {
        return marked("UTF-16LE", 2);
    }
    if (bytes.startsWith("\xFE\xFF")) {
        return marked("UTF-16BE", 2);
    }

    const QByteArray sample = sampleOf(bytes);
    if (!bytes.contains('\0') && !fullOfControls(sample) && validUtf8(bytes)) {
        return {};
    }
    const QString notText = whyNotText(sample);
    if (const QString name = utf16WithoutMark(sample, bytes.size());
        !name.isEmpty() && (sample.contains('\0') || gbShare(sample) < 0.75)) {
        return {{name, false}, 0, false, {}};
    }
    if (!notText.isEmpty()) {
        return {{}, 0, false, notText};
    }
    if (gbShare(sample) >= 0.75 && availableEncodings().contains(QStringLiteral("GB18030"))) {
        return {{QStringLiteral("GB18030"), false}, 0, false, {}};
    }
    const QString locale = localeEncoding();
    return {{locale.isEmpty() ? QStringLiteral("windows-1252") : locale, false}, 0, false, {}};
}

} // namespace linnet::services
