#pragma once

#include <QObject>
#include <QTimer>

#include "services/document_file.h"
#include "services/document_watcher.h"
#include "services/journal.h"
#include "services/recovery.h"
#include "ui/dialogs/dialogs.h"
#include "ui/message_bar.h"

namespace linnet::ui {

class Editor;

// The document of one window: where it is on disk, what it was there, and how it gets back. Keeps
// the recovery journal and watches for other programs. Everything on the GUI thread.
class DocumentSession : public QObject {
    Q_OBJECT
public:
    DocumentSession(Editor& editor, const services::AppPaths& paths, Dialogs& dialogs,
                    QWidget* window);

    void startNew();
    // False, after telling the writer, when it cannot be read; the document stays as it was.
    bool open(const QString& path);
    bool save();
    bool saveAs();
    // Takes the version on disk; asks first when there are changes.
    bool reload();
    // Puts recovered text into the window, as an edit that can be undone.
    bool restore(const services::RecoverableDocument& recovered);

    // Asks what to do with unsaved text; false: the writer wants to go on writing.
    bool mayClose();

    // From now on written so; the file changes with the next save.
    void setEncoding(const QString& name);
    // Reads the file again as `name`, for when the detection guessed wrong.
    bool reopenAs(const QString& name);

    // Saves by itself after a pause in writing, if the document has a file.
    void setSaveAutomatically(bool on);

    QString path() const { return m_path; } // empty: no file yet
    QString name() const;
    bool isModified() const;
    bool isPristine() const; // new, empty, never touched
    bool isReadOnlyFile() const { return m_readOnlyFile; }
    const services::TextEncoding& encoding() const { return m_format.encoding; }
    void checkDisk() { m_watcher.checkNow(); }
    void flushJournal() { m_journal.flush(); }

Q_SIGNALS:
    void stateChanged();                // name, modified, encoding
    void opened();                      // another text is in the editor
    void fileUsed(const QString& path); // for the recent files
    void notice(const QString& topic, const QString& message,
                const QList<linnet::ui::MessageBar::Action>& actions);
    void noticeOver(const QString& topic);

private:
    void take(const services::LoadedDocument& document);
    void onContentsChange(int position, int removed, int added);
    void onDiskChange(services::DocumentWatcher::Change change,
                      const services::FileFingerprint& now);
    enum class Manner { Asking, Quiet };
    bool writeTo(const QString& path, Manner manner);
    bool handleSaveError(const engine::Error& error, const QString& path, Manner manner);
    bool changedOnDisk(const QString& path) const;
    void saveQuietly();
    QString suggestedName() const;

    Editor& m_editor;
    Dialogs& m_dialogs;
    QWidget* m_window;
    services::RecoveryJournal m_journal;
    services::DocumentWatcher m_watcher;
    QTimer m_autosave;
    QString m_path;
    services::DocumentFormat m_format;
    services::FileFingerprint m_fingerprint;
    bool m_readOnlyFile = false;
    bool m_loading = false;
    bool m_saveAutomatically = false;
};

// What went wrong, in the writer's words: from the code of an error, with its details.
QString explain(const engine::Error& error);

} // namespace linnet::ui
