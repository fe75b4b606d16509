#include "services/journal_format.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <QJsonDocument>
#include <QJsonObject>
#include <QStringDecoder>
#include <QtEndian>

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr int formatVersion = 1;
constexpr char signature[] = "LinnetJ\n"; // 8 bytes and the terminator
constexpr qsizetype signatureBytes = 8;
constexpr qsizetype frameBytes = 9;

enum class RecordType : quint8 {
    Header = 1,
    SnapshotUtf8 = 2,
    SnapshotUtf16 = 3,
    Edit = 4,
    Time = 5
};

constexpr std::array<quint32, 256> makeCrcTable() {
    std::array<quint32, 256> table{};
    for (quint32 i = 0; i < 256; ++i) {
        quint32 value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value & 1U) != 0 ? (value >> 1U) ^ 0xEDB88320U : value >> 1U;
        }
        table[i] = value;
    }
    return table;
}
constexpr std::array<quint32, 256> crcTable = makeCrcTable();

template <typename T>
void appendNumber(QByteArray& bytes, T number) {
    std::array<char, sizeof(T)> little{};
    qToLittleEndian(number, little.data());
    bytes.append(little.data(), static_cast<qsizetype>(little.size()));
}

template <typename T>
T numberAt(const QByteArray& bytes, qsizetype at) {
    return qFromLittleEndian<T>(bytes.constData() + at);
}

QByteArray record(RecordType type, const QByteArray& payload) {
    QByteArray body(1, static_cast<char>(type));
    body.append(payload);
    QByteArray bytes;
    bytes.reserve(frameBytes + payload.size());
    appendNumber(bytes, static_cast<quint32>(payload.size()));
    appendNumber(bytes, crc32(body));
    bytes.append(body);
    return bytes;
}

QByteArray utf16Bytes(const QString& text) {
    QByteArray bytes;
    bytes.reserve(2 * text.size());
    for (const QChar unit : text) {
        appendNumber(bytes, static_cast<quint16>(unit.unicode()));
    }
    return bytes;
}

std::optional<QString> utf16Text(const QByteArray& bytes, qsizetype from) {
    if ((bytes.size() - from) % 2 != 0) {
        return std::nullopt;
    }
    QString text((bytes.size() - from) / 2, Qt::Uninitialized);
    for (qsizetype i = 0; i < text.size(); ++i) {
        text[i] = QChar(numberAt<quint16>(bytes, from + 2 * i));
    }
    return text;
}

std::optional<QString> utf8Text(const QByteArray& bytes) {
    QStringDecoder decoder(QStringConverter::Utf8, QStringConverter::Flag::ConvertInitialBom |
                                                       QStringConverter::Flag::Stateless);
    const QString text = decoder.decode(bytes);
    return decoder.hasError() ? std::nullopt : std::optional(text);
}

QByteArray headerPayload(const JournalHeader& header) {
    const QJsonObject object{
        {QStringLiteral("format"), formatVersion},
        {QStringLiteral("document"), header.document},
        {QStringLiteral("encoding"), header.encoding},
        {QStringLiteral("bom"), header.byteOrderMark},
        {QStringLiteral("base_size"), header.baseSize},
        {QStringLiteral("base_sha256"), QString::fromLatin1(header.baseSha256.toHex())},
        {QStringLiteral("created"), header.created.toUTC().toString(Qt::ISODateWithMs)},
    };
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Result<JournalHeader> parseHeader(const QByteArray& payload) {
    const QJsonDocument json = QJsonDocument::fromJson(payload);
    if (!json.isObject()) {
        return Error{ErrorCode::CorruptFile, "the journal's header is damaged"};
    }
    const QJsonObject object = json.object();
    const int version = object[QStringLiteral("format")].toInt();
    if (version != formatVersion) {
        return Error{ErrorCode::UnsupportedFormat,
                     "the journal was written by another version of Linnet (format " +
                         std::to_string(version) + "); open it with that one"};
    }
    JournalHeader header;
    header.document = object[QStringLiteral("document")].toString();
    header.encoding = object[QStringLiteral("encoding")].toString();
    header.byteOrderMark = object[QStringLiteral("bom")].toBool();
    header.baseSize = object[QStringLiteral("base_size")].toInteger(-1);
    header.baseSha256 =
        QByteArray::fromHex(object[QStringLiteral("base_sha256")].toString().toLatin1());
    header.created =
        QDateTime::fromString(object[QStringLiteral("created")].toString(), Qt::ISODateWithMs);
    return header;
}

struct Record {
    RecordType type = RecordType::Header;
    QByteArray payload;
    qsizetype end = 0;
};

// The record at `at`, if a whole and sound one is there.
std::optional<Record> recordAt(const QByteArray& bytes, qsizetype at) {
    if (bytes.size() - at < frameBytes) {
        return std::nullopt;
    }
    const auto length = static_cast<qsizetype>(numberAt<quint32>(bytes, at));
    if (length > bytes.size() - at - frameBytes) {
        return std::nullopt;
    }
    const quint32 sum = numberAt<quint32>(bytes, at + 4);
    const QByteArray body = QByteArray::fromRawData(bytes.constData() + at + 8, length + 1);
    if (crc32(body) != sum) {
        return std::nullopt;
    }
    return Record{static_cast<RecordType>(body[0]), body.mid(1), at + frameBytes + length};
}

// False: the record makes no sense, although its checksum does.
bool applyEditRecord(JournalContent& content, const QByteArray& payload) {
    if (payload.size() < 8) {
        return false;
    }
    const quint32 position = numberAt<quint32>(payload, 0);
    const quint32 removed = numberAt<quint32>(payload, 4);
    const std::optional<QString> added = utf16Text(payload, 8);
    if (!added || position > static_cast<quint32>(content.text.size()) ||
        removed > static_cast<quint32>(std::numeric_limits<int>::max())) {
        return false;
    }
    applyEdit(content.text, {static_cast<int>(position), static_cast<int>(removed), *added});
    content.changed = true;
    return true;
}

bool applyRecord(JournalContent& content, const Record& record, bool first) {
    switch (record.type) {
    case RecordType::SnapshotUtf8:
    case RecordType::SnapshotUtf16: {
        const std::optional<QString> text = record.type == RecordType::SnapshotUtf8
                                                ? utf8Text(record.payload)
                                                : utf16Text(record.payload, 0);
        if (!text) {
            return false;
        }
        content.changed = content.changed || !first;
        content.text = *text;
        return true;
    }
    case RecordType::Edit:
        return applyEditRecord(content, record.payload);
    case RecordType::Time:
        if (record.payload.size() != 8) {
            return false;
        }
        content.lastWritten =
            QDateTime::fromMSecsSinceEpoch(numberAt<qint64>(record.payload, 0), Qt::UTC);
        return true;
    case RecordType::Header:
        return false;
    }
    return false;
}

} // namespace

quint32 crc32(const QByteArray& bytes, quint32 crc) {
    quint32 value = ~crc;
    for (const char byte : bytes) {
        value = crcTable[(value ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (value >> 8U);
    }
    return ~value;
}

void applyEdit(QString& text, const JournalEdit& edit) {
    const qsizetype position = std::clamp<qsizetype>(edit.position, 0, text.size());
    const qsizetype removed = std::clamp<qsizetype>(edit.removed, 0, text.size() - position);
    text.replace(position, removed, edit.added);
}

QByteArray journalSnapshot(const QString& text) {
    // UTF-8 is half the size, but cannot hold a lone surrogate, which an editor can.
    const QByteArray utf8 = text.toUtf8();
    return utf8Text(utf8) == text ? record(RecordType::SnapshotUtf8, utf8)
                                  : record(RecordType::SnapshotUtf16, utf16Bytes(text));
}

QByteArray journalBeginning(const JournalHeader& header, const QString& baseText) {
    return QByteArray(signature, signatureBytes) +
           record(RecordType::Header, headerPayload(header)) + journalSnapshot(baseText);
}

QByteArray journalEdit(const JournalEdit& edit) {
    QByteArray payload;
    payload.reserve(8 + 2 * edit.added.size());
    appendNumber(payload, static_cast<quint32>(edit.position));
    appendNumber(payload, static_cast<quint32>(edit.removed));
    payload.append(utf16Bytes(edit.added));
    return record(RecordType::Edit, payload);
}

QByteArray journalTime(const QDateTime& when) {
    QByteArray payload;
    appendNumber(payload, static_cast<qint64>(when.toMSecsSinceEpoch()));
    return record(RecordType::Time, payload);
}

Result<JournalContent> readJournal(const QByteArray& bytes) {
    if (!bytes.startsWith(QByteArray::fromRawData(signature, signatureBytes))) {
        return Error{ErrorCode::UnsupportedFormat, "this is not a Linnet journal"};
    }
    const std::optional<Record> head = recordAt(bytes, signatureBytes);
    if (!head || head->type != RecordType::Header) {
        return Error{ErrorCode::CorruptFile, "the journal's header is damaged"};
    }
    Result<JournalHeader> header = parseHeader(head->payload);
    if (!header) {
        return header.error();
    }
    JournalContent content;
    content.header = std::move(*header);
    qsizetype at = head->end;
    std::optional<Record> record = recordAt(bytes, at);
    if (!record || !applyRecord(content, *record, true) || record->type == RecordType::Edit ||
        record->type == RecordType::Time) {
        return Error{ErrorCode::CorruptFile, "the journal's first text is damaged"};
    }
    content.baseText = content.text;
    at = record->end;
    while ((record = recordAt(bytes, at)) && applyRecord(content, *record, false)) {
        at = record->end;
    }
    content.tornBytes = bytes.size() - at;
    content.torn = content.tornBytes > 0;
    return content;
}

} // namespace linnet::services
