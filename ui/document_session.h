#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <QObject>
#include <QTimer>

#include "services/background_work.h"
#include "services/document_file.h"
#include "services/document_saver.h"
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
                    const services::SaveTargetFactory& makeTarget, QWidget* window);

    void startNew();
    // Begins to read the file; opened() follows when its text is here, or openFailed() after the
    // writer was told, and then the document stays as it was. A later call takes its place. What
    // is written meanwhile is never replaced by what was read.
    void open(const QString& path);
    // Begin to save; saved() or a notice follows. What is written meanwhile stays unsaved.
    void save();
    void saveAs();
    // Takes the version on disk, as open() does; asks first when there are changes.
    void reload();
    // Puts recovered text into the window, as an edit that can be undone; its file is read first.
    // False: not now.
    bool restore(const services::RecoverableDocument& recovered);

    // The window is to close: asks what to do with unsaved text. Later: when readyToClose() comes,
    // unless closeAbandoned() does.
    enum class Closing { Now, Later, No };
    Closing close();

    // From now on written so; the file changes with the next save.
    void setEncoding(const QString& name);
    // Reads the file again as `name`, for when the detection guessed wrong.
    void reopenAs(const QString& name);

    // Saves by itself after a pause in writing, if the document has a file.
    void setSaveAutomatically(bool on);

    QString path() const { return m_path; } // empty: no file yet
    QString name() const;
    bool isModified() const;
    bool isPristine() const; // new, empty, never touched
    // What is being opened: its path, else empty.
    QString loadingPath() const { return m_load ? m_load->path : QString(); }
    bool isLoading() const { return m_load.has_value(); }
    bool isSaving() const { return m_running.has_value(); }
    bool isSavingForLong() const { return m_savingForLong; } // worth telling the writer
    bool isReadOnlyFile() const { return m_readOnlyFile; }
    const services::TextEncoding& encoding() const { return m_format.encoding; }
    void checkDisk() { m_watcher.checkNow(); }
    void flushJournal() { m_journal.flush(); }

Q_SIGNALS:
    void stateChanged(); // name, modified, encoding
    void opened();       // another text is in the editor
    void openFailed(const QString& path);
    void openElsewhere(const QString& path); // in another window
    void fileUsed(const QString& path);      // for the recent files
    void notice(const QString& topic, const QString& message,
                const QList<linnet::ui::MessageBar::Action>& actions);
    void noticeOver(const QString& topic);
    void saved(const QString& path, const QString& text);
    void readyToClose();
    void closeAbandoned(); // it could not be saved, or the writer went on writing

private:
    using Loaded = engine::Result<services::LoadedDocument>;
    // What is being read at the moment, or put into the editor piece by piece.
    struct Load {
        quint64 id = 0;
        QString path;
        QString encoding;           // to read it as; empty: the one that is detected
        quint64 edits = 0;          // when it began
        std::function<void()> then; // when the text is in the editor; may be empty
    };
    void load(const QString& path, const QString& encoding, std::function<void()> then);
    void onLoaded(quint64 id, Loaded loaded);
    void tellLoadError(const Load& tried, const engine::Error& error);
    void tellOvertaken(const Load& tried);
    void fill(quint64 id, const std::shared_ptr<services::LoadedDocument>& document,
              qsizetype from);
    void take(const services::LoadedDocument& document);
    void finishRestore(const services::RecoverableDocument& recovered, bool onDisk);
    void onContentsChange(int position, int removed, int added);
    void onDiskChange(services::DocumentWatcher::Change change,
                      const services::FileFingerprint& now);
    enum class Manner { Asking, Quiet };
    struct Request {
        QString path;
        Manner manner = Manner::Asking;
    };
    // What is being written at the moment.
    struct Running {
        quint64 id = 0;
        Request request;
        QString text;
        services::DocumentFormat format;
        quint64 edits = 0;
    };
    void request(const QString& path, Manner manner);
    void begin(const Request& request);
    void onSaved(quint64 id, const services::SaveOutcome& outcome);
    void tellSaveError(const services::SaveOutcome& outcome, const Running& tried);
    void touch(); // something is to be saved
    void closeLater();
    void abandonClosing();
    bool mayTakeAnother();
    void saveQuietly();
    QString suggestedName() const;

    Editor& m_editor;
    Dialogs& m_dialogs;
    QWidget* m_window;
    services::RecoveryJournal m_journal;
    services::DocumentWatcher m_watcher;
    services::DocumentSaver m_saver;
    services::BackgroundWork m_reader;
    std::optional<Load> m_load;
    quint64 m_lastLoad = 0;
    std::optional<Running> m_running;
    QList<Request> m_requests; // after the running one
    QTimer m_autosave;
    QTimer m_long; // since the running one began
    quint64 m_edits = 0;
    bool m_savingForLong = false;
    bool m_closing = false;
    QString m_path;
    services::DocumentFormat m_format;
    services::FileFingerprint m_fingerprint;
    bool m_readOnlyFile = false;
    bool m_taking = false; // the editor changes because a text is put into it
    bool m_saveAutomatically = false;
};

// What went wrong, in the writer's words: from the code of an error, with its details.
QString explain(const engine::Error& error);

} // namespace linnet::ui
