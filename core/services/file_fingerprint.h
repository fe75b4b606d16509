#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QMetaType>
#include <QString>

#include "engine/api/result.h"

namespace linnet::services {

// What a file was when the program last read or wrote it.
struct FileFingerprint {
    qint64 size = -1; // negative: there was no file
    QDateTime modified;
    QByteArray sha256; // 32 bytes

    bool exists() const { return size >= 0; }
    // Content only: a file that was merely touched is the same.
    bool sameContent(const FileFingerprint& other) const {
        return size == other.size && sha256 == other.sha256;
    }
};

// Reads and hashes the whole file; one that does not exist gives exists() == false.
// Errors: Io. Any thread.
engine::Result<FileFingerprint> fingerprintOf(const QString& path);

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::FileFingerprint)
