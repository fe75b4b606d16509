#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <QObject>
#include <QString>

#include "engine/api/result.h"
#include "services/app_paths.h"
#include "services/document_file.h"
#include "services/journal_file.h"

namespace linnet::services {

class JournalWriter;

// The document that a journal protects.
struct JournalDocument {
    QString path; // empty: a document that has no file yet
    DocumentFormat format;
    FileFingerprint base; // of the file as it was loaded or last saved

    static JournalDocument untitled() { return {}; }
    static JournalDocument of(const LoadedDocument& document) {
        return {document.path, document.format, document.fingerprint};
    }
};

struct JournalOptions {
    // Edits reach the disk this long after the first of a batch.
    std::chrono::milliseconds batchInterval{1000};
    // The journal is rewritten in short when it is this much larger than the text.
    qint64 compactBytes = 4LL * 1024 * 1024;
    JournalFileFactory openFile = openJournalFile;
};

// Records the edits of one open document so that they survive a crash, power loss and a full disk.
// Lives on the GUI thread; its functions only queue work for a thread of its own, which never
// makes the caller wait for the disk (waitForDisk() excepted). Nothing is written before the first
// edit. The journal lies beside the document as `.name.linnet-journal` when that folder can be
// written, else in the state folder, where untitled documents have theirs. Journals in use are
// locked, so that another instance of the program leaves them alone.
class RecoveryJournal : public QObject {
    Q_OBJECT
public:
    explicit RecoveryJournal(const AppPaths& paths, const JournalOptions& options = {},
                             QObject* parent = nullptr);
    // Writes what is pending, and leaves the journal on disk unless it was discarded or all is
    // saved: closing a window with unsaved text calls discard() once the user has said so.
    ~RecoveryJournal() override;

    // A document was opened or created, with `text` as it is on disk (empty for a new one). Ends
    // the journal of the document before, as discard() does.
    void begin(const JournalDocument& document, const QString& text);

    // For QTextDocument::contentsChange, with the text that was added (as in textFromRaw()).
    // Positions are UTF-16 indices. `removed` may reach beyond the end of the text, as it does when
    // a whole document is replaced.
    void documentChanged(int position, int removed, const QString& added);

    // The whole text is now `text`, however it came about: after recovery, or to be sure.
    void textReplaced(const QString& text);

    // `text`, which is on disk now, was saved as `document`. The journal is removed as soon as the
    // saved file is sure to survive a power loss; when the text has changed since, the journal
    // goes on from what was saved.
    void saved(const JournalDocument& document, const QString& text);

    // Removes `oldJournal` (a RecoverableDocument's) as soon as all text known up to now is on
    // disk in this journal.
    void supersede(const QString& oldJournal);

    // Asks for all edits up to now to be written at once; written() tells.
    void flush();

    // The text is given up: removes the journal.
    void discard();

    // Flushes and waits; for the end of a session and for tests. False: not on disk in that time.
    bool waitForDisk(std::chrono::milliseconds timeout = std::chrono::seconds(5));

    // Where the journal is at the moment; empty while there is none.
    QString journalPath() const;

Q_SIGNALS:
    // Every edit up to number `revision` is on disk; edits count from 1 after begin().
    void written(quint64 revision);
    // Edits cannot be kept safe at the moment: all places failed, the last one for this reason (a
    // sentence). Tried again with each batch, and every few seconds; recovered() follows when it
    // works.
    void failed(const QString& reason);
    void recovered();

private:
    std::unique_ptr<JournalWriter> m_writer;
};

} // namespace linnet::services
