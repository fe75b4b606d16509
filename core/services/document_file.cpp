#include "services/document_file.h"

#include <algorithm>

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr int maxLinks = 40; // as Linux allows

std::string shown(const QString& path) {
    return QDir::toNativeSeparators(path).toStdString();
}

QString sizeText(qint64 bytes) {
    return QLocale::c().formattedDataSize(bytes, 1);
}

Error loadError(ErrorCode code, const QString& path, const std::string& why) {
    return {code, "Cannot open " + shown(path) + ": " + why + "."};
}

// Every failure to save says where the text is.
Error saveError(ErrorCode code, const QString& path, const std::string& why) {
    return {code, "Cannot save " + shown(path) + ": " + why +
                      ". The file is as it was, and the text is safe in the editor."};
}

Result<QByteArray> readBytes(const QString& path, qint64 maxBytes) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return loadError(ErrorCode::Io, path, file.errorString().toStdString());
    }
    // The size is asked before and the bytes are counted after: the file may be growing.
    const QByteArray bytes = file.size() > maxBytes ? QByteArray() : file.readAll();
    if (file.error() != QFileDevice::NoError) {
        return loadError(ErrorCode::Io, path, file.errorString().toStdString());
    }
    if (std::max(file.size(), static_cast<qint64>(bytes.size())) > maxBytes) {
        return loadError(ErrorCode::InvalidArgument, path,
                         "it is larger than " + sizeText(maxBytes).toStdString() +
                             ", the most that can be edited; split it first");
    }
    return bytes;
}

bool writable(const QFileInfo& file) {
    return file.isWritable() && QFileInfo(file.absolutePath()).isWritable();
}

FileFingerprint fingerprintOfBytes(const QByteArray& bytes, const QString& path) {
    return {bytes.size(), QFileInfo(path).lastModified(),
            QCryptographicHash::hash(bytes, QCryptographicHash::Sha256)};
}

// Why `target` must not be written now, if so.
Result<void> checkTarget(const QString& target, const SaveDocumentOptions& options) {
    const QFileInfo info(target);
    if (!QFileInfo(info.absolutePath()).isDir()) {
        return saveError(ErrorCode::NotFound, target,
                         "its folder is not there (any more); choose another with Save As");
    }
    if (info.isDir()) {
        return saveError(ErrorCode::InvalidArgument, target, "it is a folder");
    }
    if (info.exists() && !info.isFile()) {
        return saveError(ErrorCode::InvalidArgument, target, "it is not a regular file");
    }
    if (options.expected) {
        const Result<FileFingerprint> now = fingerprintOf(target);
        if (!now) {
            return saveError(ErrorCode::Io, target, now.error().message);
        }
        if (now->exists() && !now->sameContent(*options.expected)) {
            return saveError(ErrorCode::InvalidArgument, target,
                             "another program has changed it; look at that first, or overwrite it");
        }
    }
    return {};
}

Result<void> writeAll(const QString& target, const QByteArray& bytes,
                      const SaveTargetFactory& makeTarget) {
    const std::unique_ptr<SaveTarget> file = makeTarget(target);
    const auto failed = [&] {
        return saveError(ErrorCode::Io, target, file->errorString().toStdString());
    };
    if (!file->open()) {
        return failed();
    }
    if (file->write(bytes) != bytes.size()) {
        return failed();
    }
    if (!file->commit()) {
        return failed();
    }
    return {};
}

} // namespace

Result<QString> resolveLinks(const QString& path) {
    QString target = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    for (int links = 0; links < maxLinks; ++links) {
        const QFileInfo info(target);
        if (!info.isSymLink()) {
            // Links among the folders above.
            const QString folder = QFileInfo(info.absolutePath()).canonicalFilePath();
            return folder.isEmpty() ? target : QDir(folder).filePath(info.fileName());
        }
        target = QDir::cleanPath(info.symLinkTarget());
    }
    return Error{ErrorCode::InvalidArgument, shown(path) + " is a link that leads to itself"};
}

Result<LoadedDocument> loadDocument(const QString& path, const LoadDocumentOptions& options) {
    const QFileInfo info(path);
    if (!info.exists()) {
        return loadError(ErrorCode::NotFound, path, "there is no such file");
    }
    if (!info.isFile()) {
        return loadError(ErrorCode::UnsupportedFormat, path,
                         info.isDir() ? "it is a folder" : "it is not a regular file");
    }
    const Result<QByteArray> bytes = readBytes(path, options.maxBytes);
    if (!bytes) {
        return bytes.error();
    }
    Result<DecodedText> decoded = decodeText(*bytes, options.encoding);
    if (!decoded) {
        return loadError(decoded.error().code, path, decoded.error().message);
    }

    LoadedDocument document;
    document.path = QDir::cleanPath(info.absoluteFilePath());
    document.text = std::move(decoded->text);
    document.format.encoding = decoded->encoding;
    document.format.lineEndings = LineEndings::normalize(document.text);
    document.fingerprint = fingerprintOfBytes(*bytes, path);
    const Result<QString> target = resolveLinks(path);
    document.readOnly = !target || !writable(QFileInfo(*target));
    document.encodingCertain = decoded->certain;
    return document;
}

Result<FileFingerprint> saveDocument(const QString& path, const QString& text,
                                     const DocumentFormat& format,
                                     const SaveDocumentOptions& options) {
    const Result<QString> target = resolveLinks(path);
    if (!target) {
        return saveError(target.error().code, path, target.error().message);
    }
    const Result<QByteArray> bytes = encodeText(format.lineEndings.restore(text), format.encoding);
    if (!bytes) {
        return bytes.error();
    }
    if (const Result<void> checked = checkTarget(*target, options); !checked) {
        return checked.error();
    }
    if (const Result<void> written = writeAll(*target, *bytes, options.makeTarget); !written) {
        return written.error();
    }
    return fingerprintOfBytes(*bytes, *target);
}

} // namespace linnet::services
