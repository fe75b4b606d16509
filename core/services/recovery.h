#pragma once

#include <memory>
#include <vector>

#include <QDateTime>
#include <QMetaType>
#include <QString>
#include <QVector>

#include "engine/api/result.h"
#include "services/app_paths.h"
#include "services/journal_file.h"

namespace linnet::services {

// Text that was written but not saved before the program ended. Holds the journal's lock while any
// copy exists, so that only one instance of the program offers it.
struct RecoverableDocument {
    enum class Base {
        Untitled,  // there was no file
        Unchanged, // the file is what the edits started from
        Changed,   // another program changed it meanwhile
        Missing,   // the file is gone
    };

    QString path;      // of the document; empty for an untitled one
    QString title;     // file name, or the first words of an untitled text
    QString text;      // recovered
    QString savedText; // what the text is to be compared with: the file now, else the text that
                       // the edits started from
    QString baseText;  // what the edits started from; differs from savedText when Base::Changed
    QString encoding;  // of the file
    bool byteOrderMark = false;
    Base base = Base::Untitled;
    QDateTime lastWritten; // when the last edit reached the disk
    bool torn = false;     // the journal's end was damaged; the last moments may be missing
    QString journalPath;
    std::shared_ptr<JournalFile> lock;
};

// A journal that could not be read; kept for the user to look at, never deleted unasked.
struct UnreadableJournal {
    QString path;
    QString message;
};

// Finds journals that a crash left behind. Any thread; reads files.
class RecoveryStore {
public:
    explicit RecoveryStore(const AppPaths& paths);

    // All on this machine, the latest first. Journals of living processes are left out; those
    // whose text is on disk already are removed on the way.
    std::vector<RecoverableDocument> findRecoverable();

    // Those of one document, for when it is opened (also on another machine, with the folder).
    std::vector<RecoverableDocument> findFor(const QString& documentPath);

    // What the last find met that it could not read.
    const std::vector<UnreadableJournal>& unreadable() const { return m_unreadable; }

    // The user does not want it: removes the journal.
    engine::Result<void> discard(const RecoverableDocument& document);
    bool removeUnreadable(const UnreadableJournal& journal);

private:
    void collect(const QString& journalPath, std::vector<RecoverableDocument>& found);

    AppPaths m_paths;
    std::vector<UnreadableJournal> m_unreadable;
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::RecoverableDocument)
