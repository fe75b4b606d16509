#include "services/journal_places.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QUuid>

#include "services/document_file.h"

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr QLatin1String journalSuffix(".linnet-journal");
constexpr QLatin1String pointerSuffix(".pointer");
constexpr int maxBeside = 9; // instances of the program with the same document

// `.name.linnet-journal`, `.name.2.linnet-journal`, ...
QStringList namesBeside(const QString& document) {
    const Result<QString> target = resolveLinks(document);
    const QFileInfo info(target ? *target : document);
    const QString stem = info.absolutePath() + QStringLiteral("/.") + info.fileName();
    QStringList names{stem + journalSuffix};
    for (int number = 2; number <= maxBeside; ++number) {
        names << stem + QLatin1Char('.') + QString::number(number) + journalSuffix;
    }
    return names;
}

QString newName(const QString& folder) {
    return folder + QLatin1Char('/') + QUuid::createUuid().toString(QUuid::WithoutBraces) +
           journalSuffix;
}

// For the user's eyes only; in the shared temporary folder somebody else may own that name.
bool makePrivateFolder(const QString& folder) {
    if (!QDir().mkpath(folder)) {
        return false;
    }
#if defined(Q_OS_UNIX)
    const QFileInfo info(folder);
    constexpr QFileDevice::Permissions others = QFileDevice::ReadGroup | QFileDevice::WriteGroup |
                                                QFileDevice::ExeGroup | QFileDevice::ReadOther |
                                                QFileDevice::WriteOther | QFileDevice::ExeOther;
    if (info.isSymLink() || !info.isWritable()) {
        return false;
    }
    if ((info.permissions() & others) != QFileDevice::Permissions()) {
        return QFile::setPermissions(folder, QFileDevice::ReadOwner | QFileDevice::WriteOwner |
                                                 QFileDevice::ExeOwner);
    }
#endif
    return true;
}

QStringList journalsIn(const QString& folder) {
    QStringList paths;
    const QDir dir(folder);
    for (const QString& name :
         dir.entryList({QLatin1Char('*') + journalSuffix}, QDir::Files | QDir::Hidden)) {
        paths << dir.filePath(name);
    }
    return paths;
}

} // namespace

JournalPlaces::JournalPlaces(const AppPaths& paths)
    : m_journals(paths.state + QStringLiteral("/journals"))
    , m_temporary(paths.temporary) {
}

QString JournalPlaces::pointerTo(const QString& journal) const {
    const QByteArray hash =
        QCryptographicHash::hash(journal.toUtf8(), QCryptographicHash::Sha256).toHex().left(32);
    return m_journals + QLatin1Char('/') + QLatin1String(hash) + pointerSuffix;
}

Result<std::unique_ptr<JournalFile>>
JournalPlaces::createAt(const QString& path, const QByteArray& beginning,
                        const JournalFileFactory& openFile) const {
    Result<std::unique_ptr<JournalFile>> file = openFile(path, JournalAccess::CreateNew);
    if (!file) {
        return file;
    }
    Result<void> done = (*file)->append(beginning);
    if (done) {
        done = (*file)->sync();
    }
    if (!done) {
        [[maybe_unused]] const Result<void> ignored = (*file)->remove();
        return done.error();
    }
    syncFolder(QFileInfo(path).absolutePath());
    return file;
}

Result<std::unique_ptr<JournalFile>>
JournalPlaces::create(const QString& document, const QByteArray& beginning,
                      const JournalFileFactory& openFile) const {
    const bool haveState = makePrivateFolder(m_journals);
    if (!document.isEmpty()) {
        for (const QString& path : namesBeside(document)) {
            Result<std::unique_ptr<JournalFile>> file = createAt(path, beginning, openFile);
            if (file) {
                // After the journal, because a pointer to nothing is cleaned away by others.
                // Without a pointer the journal is still found when the document is opened.
                QSaveFile pointer(pointerTo(path));
                if (haveState && pointer.open(QIODevice::WriteOnly) &&
                    pointer.write(path.toUtf8()) >= 0 && pointer.commit()) {
                    syncFolder(m_journals);
                }
                return file;
            }
            if (file.error().code != ErrorCode::InvalidArgument) {
                break; // not a matter of the name
            }
        }
    }
    if (haveState) {
        Result<std::unique_ptr<JournalFile>> file =
            createAt(newName(m_journals), beginning, openFile);
        if (file) {
            return file;
        }
    }
    if (!makePrivateFolder(m_temporary)) {
        return Error{ErrorCode::Io, "cannot write in " + m_temporary.toStdString()};
    }
    return createAt(newName(m_temporary), beginning, openFile);
}

bool JournalPlaces::remove(const QString& journal) const {
    const bool gone = QFile::remove(journal) || !QFileInfo::exists(journal);
    if (gone) {
        forget(journal);
    }
    return gone;
}

void JournalPlaces::forget(const QString& journal) const {
    QFile::remove(pointerTo(journal));
}

QStringList JournalPlaces::existing() const {
    QStringList journals = journalsIn(m_journals) + journalsIn(m_temporary);
    const QDir dir(m_journals);
    for (const QString& name : dir.entryList({QLatin1Char('*') + pointerSuffix}, QDir::Files)) {
        QFile pointer(dir.filePath(name));
        if (!pointer.open(QIODevice::ReadOnly)) {
            continue;
        }
        const QString journal = QString::fromUtf8(pointer.read(64LL * 1024));
        pointer.close();
        if (QFileInfo::exists(journal)) {
            journals << journal;
        } else if (QFileInfo::exists(QFileInfo(journal).absolutePath())) {
            pointer.remove(); // but not when the whole folder is away, on a disk not plugged in
        }
    }
    journals.removeDuplicates();
    return journals;
}

QStringList JournalPlaces::existingBeside(const QString& document) {
    QStringList journals;
    for (const QString& path : namesBeside(document)) {
        if (QFileInfo::exists(path)) {
            journals << path;
        }
    }
    return journals;
}

} // namespace linnet::services
