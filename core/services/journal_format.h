#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include "engine/api/result.h"
#include "services/document_file.h"

namespace linnet::services {

// The bytes of a recovery journal. An 8-byte signature, then records:
//
//     u32 payload length | u32 CRC-32 of type and payload | u8 type | payload
//
// little endian throughout. The first record is the header (JSON), the second a snapshot of the
// text; edits and further snapshots follow. Reading stops at the first record that is cut short or
// does not match its checksum: what came before it is what was safely on disk.
struct JournalHeader {
    QString document; // absolute path; empty: untitled
    QString encoding;
    bool byteOrderMark = false;
    qint64 baseSize = -1; // of the file the snapshot was loaded from; negative: there was none
    QByteArray baseSha256;
    QDateTime created;
};

struct JournalEdit {
    int position = 0; // UTF-16 indices
    int removed = 0;
    QString added;
};

struct JournalContent {
    JournalHeader header;
    QString text;          // after the last sound record
    QString baseText;      // the first snapshot: the text that the edits started from
    bool changed = false;  // there were edits
    bool torn = false;     // bytes after the last sound record had to be left out
    qint64 tornBytes = 0;  // so many
    QDateTime lastWritten; // of the last sound record that carries a time
};

// The beginning of a journal: signature, header, and snapshot of `baseText`.
QByteArray journalBeginning(const JournalHeader& header, const QString& baseText);
QByteArray journalEdit(const JournalEdit& edit);
// The text is now `text`, whatever it was.
QByteArray journalSnapshot(const QString& text);
// When the records before it were written.
QByteArray journalTime(const QDateTime& when);

// Replays a journal. Errors: UnsupportedFormat (not a journal, or of a newer version), CorruptFile
// (not even the beginning is sound). Never fails for a torn end.
engine::Result<JournalContent> readJournal(const QByteArray& bytes);

// CRC-32 (ISO-HDLC, as in zlib) of `bytes`, continued from `crc`.
quint32 crc32(const QByteArray& bytes, quint32 crc = 0);

// Applies one edit, clamped to the text as JournalEdit allows.
void applyEdit(QString& text, const JournalEdit& edit);

} // namespace linnet::services
