#include "services/recovery.h"

#include <algorithm>
#include <optional>

#include <QFileInfo>

#include "services/document_file.h"
#include "services/journal_format.h"
#include "services/journal_places.h"

namespace linnet::services {

using engine::ErrorCode;
using engine::Result;

namespace {

constexpr qint64 maxJournalBytes = 1024LL * 1024 * 1024;
constexpr qsizetype titleCharacters = 40;
// The end of a journal that a power loss cut is at most a second of work; more is damage.
constexpr qint64 maxTornBatch = 4096;

QString titleOf(const QString& path, const QString& text) {
    if (!path.isEmpty()) {
        return QFileInfo(path).fileName();
    }
    return text.left(4 * titleCharacters).simplified().left(titleCharacters);
}

// A journal beside a document belongs to the document of that name next to it, wherever the folder
// was when the journal was written.
QString documentOf(const QString& journalPath, const JournalHeader& header) {
    if (header.document.isEmpty()) {
        return {};
    }
    const QFileInfo journal(journalPath);
    const QFileInfo document(header.document);
    const bool beside = journal.fileName().startsWith(QLatin1Char('.') + document.fileName());
    const QString neighbour = journal.absolutePath() + QLatin1Char('/') + document.fileName();
    return beside && !document.exists() && QFileInfo::exists(neighbour) ? neighbour
                                                                        : header.document;
}

RecoverableDocument::Base compareBase(const QString& path, const JournalHeader& header) {
    if (path.isEmpty()) {
        return RecoverableDocument::Base::Untitled;
    }
    const Result<FileFingerprint> now = fingerprintOf(path);
    if (!now || !now->exists()) {
        return RecoverableDocument::Base::Missing;
    }
    return now->size == header.baseSize && now->sha256 == header.baseSha256
               ? RecoverableDocument::Base::Unchanged
               : RecoverableDocument::Base::Changed;
}

std::optional<QString> textOnDisk(const QString& path, const QString& encoding) {
    if (path.isEmpty()) {
        return std::nullopt;
    }
    Result<LoadedDocument> document = loadDocument(path, {encoding});
    if (!document) {
        document = loadDocument(path);
    }
    return document ? std::optional(document->text) : std::nullopt;
}

bool nothingToRecover(const JournalContent& content, const std::optional<QString>& onDisk) {
    if (!content.changed || (onDisk && *onDisk == content.text)) {
        return true;
    }
    return content.header.document.isEmpty() && content.text.trimmed().isEmpty();
}

} // namespace

RecoveryStore::RecoveryStore(const AppPaths& paths)
    : m_paths(paths) {
}

std::vector<RecoverableDocument> RecoveryStore::findRecoverable() {
    m_unreadable.clear();
    std::vector<RecoverableDocument> found;
    for (const QString& journal : JournalPlaces(m_paths).existing()) {
        collect(journal, found);
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.lastWritten > b.lastWritten; });
    return found;
}

std::vector<RecoverableDocument> RecoveryStore::findFor(const QString& documentPath) {
    m_unreadable.clear();
    const QStringList journals = JournalPlaces::existingBeside(documentPath);
    const Result<QString> wanted = resolveLinks(documentPath);
    std::vector<RecoverableDocument> found;
    for (const QString& journal : journals) {
        collect(journal, found);
    }
    std::vector<RecoverableDocument> elsewhere;
    for (const QString& journal : JournalPlaces(m_paths).existing()) {
        if (!journals.contains(journal)) {
            collect(journal, elsewhere);
        }
    }
    for (RecoverableDocument& document : elsewhere) {
        const Result<QString> path = resolveLinks(document.path);
        if (!document.path.isEmpty() && path && wanted && *path == *wanted) {
            found.push_back(std::move(document));
        }
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.lastWritten > b.lastWritten; });
    return found;
}

void RecoveryStore::collect(const QString& journalPath, std::vector<RecoverableDocument>& found) {
    Result<std::unique_ptr<JournalFile>> file =
        openJournalFile(journalPath, JournalAccess::Existing);
    if (!file) {
        if (file.error().code == ErrorCode::Io) {
            m_unreadable.push_back({journalPath, QString::fromStdString(file.error().message)});
        }
        return; // in use by a living process, or gone by now
    }
    const JournalPlaces places(m_paths);
    if ((*file)->size() == 0) { // created, and then the program ended
        places.remove(journalPath);
        return;
    }
    const Result<QByteArray> bytes = (*file)->readAll(maxJournalBytes);
    Result<JournalContent> content =
        bytes ? readJournal(*bytes) : Result<JournalContent>(bytes.error());
    if (!content) {
        m_unreadable.push_back({journalPath, QString::fromStdString(content.error().message)});
        return;
    }

    RecoverableDocument document;
    document.path = documentOf(journalPath, content->header);
    const std::optional<QString> onDisk = textOnDisk(document.path, content->header.encoding);
    if (nothingToRecover(*content, onDisk)) {
        if (content->tornBytes <= maxTornBatch) {
            places.remove(journalPath);
        } else {
            m_unreadable.push_back(
                {journalPath, QStringLiteral("it is damaged near its beginning")});
        }
        return;
    }
    document.title = titleOf(document.path, content->text);
    document.savedText = onDisk.value_or(content->baseText);
    document.base = compareBase(document.path, content->header);
    document.text = std::move(content->text);
    document.baseText = std::move(content->baseText);
    document.encoding = content->header.encoding;
    document.byteOrderMark = content->header.byteOrderMark;
    document.lastWritten =
        content->lastWritten.isValid() ? content->lastWritten : content->header.created;
    document.torn = content->torn;
    document.journalPath = journalPath;
    document.lock = std::shared_ptr<JournalFile>(std::move(*file));
    found.push_back(std::move(document));
}

Result<void> RecoveryStore::discard(const RecoverableDocument& document) {
    if (document.lock) {
        if (const Result<void> removed = document.lock->remove(); !removed) {
            return removed;
        }
    }
    if (!JournalPlaces(m_paths).remove(document.journalPath)) {
        return engine::Error{ErrorCode::Io, "cannot remove " + document.journalPath.toStdString()};
    }
    return {};
}

bool RecoveryStore::removeUnreadable(const UnreadableJournal& journal) {
    if (!JournalPlaces(m_paths).remove(journal.path)) {
        return false;
    }
    std::erase_if(m_unreadable, [&](const auto& one) { return one.path == journal.path; });
    return true;
}

} // namespace linnet::services
