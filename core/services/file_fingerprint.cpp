#include "services/file_fingerprint.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;

engine::Result<FileFingerprint> fingerprintOf(const QString& path) {
    QFile file(path);
    if (!file.exists()) {
        return FileFingerprint{};
    }
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io,
                     "cannot read " + path.toStdString() + ": " + file.errorString().toStdString()};
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!hash.addData(&file)) {
        return Error{ErrorCode::Io,
                     "cannot read " + path.toStdString() + ": " + file.errorString().toStdString()};
    }
    return FileFingerprint{file.pos(), file.fileTime(QFileDevice::FileModificationTime),
                           hash.result()};
}

} // namespace linnet::services
