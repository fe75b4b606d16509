#include "ui/document_session.h"

#include <algorithm>

#include <QFileInfo>
#include <QTextBlock>

#include "ui/diagnostics.h"
#include "ui/editor/editor.h"
#include "ui/editor/text_context.h"

namespace linnet::ui {

namespace {
constexpr int autosavePause = 5000; // ms without a key
constexpr int longSave = 500;       // ms until it is worth a word
constexpr int suggestedNameLength = 40;
} // namespace

QString explain(const engine::Error& error) {
    using engine::ErrorCode;
    const QString details = QString::fromStdString(error.message);
    switch (error.code) {
    case ErrorCode::NotFound:
        return withDetails(DocumentSession::tr("It is not there any more."), details);
    case ErrorCode::Io:
        return withDetails(DocumentSession::tr("The disk refused: there may be no room, or you may "
                                               "not read or write there."),
                           details);
    case ErrorCode::UnsupportedFormat:
        return withDetails(DocumentSession::tr("It is not text that Linnet can read."), details);
    case ErrorCode::InvalidArgument:
        return withDetails(
            DocumentSession::tr("It is too large, or not a file that can be edited."), details);
    default:
        return withReason(DocumentSession::tr("Something went wrong."), error);
    }
}

DocumentSession::DocumentSession(Editor& editor, const services::AppPaths& paths, Dialogs& dialogs,
                                 const services::SaveTargetFactory& makeTarget, QWidget* window)
    : QObject(window)
    , m_editor(editor)
    , m_dialogs(dialogs)
    , m_window(window)
    , m_journal(paths)
    , m_saver(makeTarget) {
    m_autosave.setSingleShot(true);
    m_autosave.setInterval(autosavePause);
    connect(&m_autosave, &QTimer::timeout, this, &DocumentSession::saveQuietly);
    m_long.setSingleShot(true);
    m_long.setInterval(longSave);
    connect(&m_long, &QTimer::timeout, this, [this] {
        m_savingForLong = true;
        if (m_closing) {
            closeLater();
        }
        Q_EMIT stateChanged();
    });
    connect(&m_saver, &services::DocumentSaver::finished, this, &DocumentSession::onSaved);
    connect(editor.document(), &QTextDocument::contentsChange, this,
            &DocumentSession::onContentsChange);
    connect(editor.document(), &QTextDocument::modificationChanged, this,
            &DocumentSession::stateChanged);
    connect(&m_watcher, &services::DocumentWatcher::changed, this, &DocumentSession::onDiskChange);
    connect(&m_journal, &services::RecoveryJournal::failed, this, [this](const QString& message) {
        Q_EMIT notice(QStringLiteral("journal"),
                      withDetails(tr("Your latest changes cannot be kept safe against a crash. "
                                     "They are still here; save the document to a disk with "
                                     "room."),
                                  message),
                      {{tr("Save As…"), [this] { saveAs(); }}});
    });
    connect(&m_journal, &services::RecoveryJournal::recovered, this,
            [this] { Q_EMIT noticeOver(QStringLiteral("journal")); });
}

QString DocumentSession::name() const {
    return m_path.isEmpty() ? tr("Untitled") : QFileInfo(m_path).fileName();
}

bool DocumentSession::isModified() const {
    return !m_taking && m_editor.document()->isModified();
}

bool DocumentSession::isPristine() const {
    return m_path.isEmpty() && !isModified() && m_editor.document()->isEmpty() && !isSaving() &&
           !isLoading();
}

void DocumentSession::onContentsChange(int position, int removed, int added) {
    if (m_taking) {
        return;
    }
    ++m_edits;
    if (m_closing) {
        abandonClosing();
    }
    const int end = std::min(position + added, m_editor.document()->characterCount() - 1);
    m_journal.documentChanged(position, removed, textBetween(*m_editor.document(), position, end));
    if (m_saveAutomatically && !m_path.isEmpty()) {
        m_autosave.start();
    }
}

void DocumentSession::setSaveAutomatically(bool on) {
    m_saveAutomatically = on;
    if (!on) {
        m_autosave.stop();
    } else if (isModified() && !m_path.isEmpty()) {
        m_autosave.start();
    }
}

void DocumentSession::touch() {
    ++m_edits;
    m_editor.document()->setModified(true);
}

void DocumentSession::saveQuietly() {
    if (isModified() && !m_path.isEmpty() && !m_editor.isComposing() && !isSaving()) {
        request(m_path, Manner::Quiet);
    }
}

void DocumentSession::save() {
    if (m_taking) { // there is but a part of the text
        return;
    }
    // What was asked for last says where the text belongs from then on.
    const QString path = !m_requests.isEmpty() ? m_requests.constLast().path
                         : m_running           ? m_running->request.path
                                               : m_path;
    if (path.isEmpty()) {
        saveAs();
    } else {
        request(path, Manner::Asking);
    }
}

void DocumentSession::saveAs() {
    if (m_taking) {
        return;
    }
    const QString path = m_dialogs.fileToSave(m_window, suggestedName());
    if (!path.isEmpty()) {
        request(path, Manner::Asking);
    }
}

QString DocumentSession::suggestedName() const {
    if (!m_path.isEmpty()) {
        return m_path;
    }
    QString title;
    for (QTextBlock block = m_editor.document()->firstBlock(); block.isValid() && title.isEmpty();
         block = block.next()) {
        title = block.text().left(suggestedNameLength).trimmed();
    }
    static const QString forbidden = QStringLiteral("/\\:*?\"<>|#`_");
    title.removeIf([](QChar c) { return forbidden.contains(c) || !c.isPrint(); });
    title = title.trimmed();
    while (title.endsWith(u'.')) {
        title.chop(1);
    }
    return (title.isEmpty() ? tr("Untitled") : title) + QStringLiteral(".md");
}

void DocumentSession::request(const QString& path, Manner manner) {
    if (!m_running) {
        begin({path, manner});
        return;
    }
    const bool same =
        m_requests.isEmpty() && path == m_running->request.path && m_running->edits == m_edits;
    const bool waits = !m_requests.isEmpty() && m_requests.constLast().path == path;
    if (!same && !waits) { // a waiting one takes the text as it is when its turn comes
        m_requests.append({path, manner});
    }
}

void DocumentSession::begin(const Request& request) {
    services::SaveJob job{request.path, m_editor.text(), m_format, std::nullopt};
    if (request.path == m_path) {
        if (m_fingerprint.exists()) {
            job.expected = m_fingerprint;
        }
        m_watcher.stop(); // the next change of the file is ours
    }
    m_running = Running{0, request, job.text, m_format, m_edits};
    m_running->id = m_saver.save(std::move(job));
    m_autosave.stop();
    m_long.start();
}

void DocumentSession::onSaved(quint64 id, const services::SaveOutcome& outcome) {
    if (!m_running || m_running->id != id) {
        return;
    }
    const Running done = *std::exchange(m_running, std::nullopt);
    m_long.stop();
    m_savingForLong = false;
    Q_EMIT noticeOver(QStringLiteral("close"));
    if (!outcome.written) {
        m_requests.clear();
        if (done.request.path == m_path && m_fingerprint.exists()) {
            m_watcher.watch(m_path, m_fingerprint);
        }
        if (m_closing) {
            abandonClosing();
        }
        tellSaveError(outcome, done);
        Q_EMIT stateChanged();
        return;
    }
    m_path = done.request.path;
    m_fingerprint = *outcome.written;
    m_readOnlyFile = false;
    m_journal.saved({m_path, done.format, m_fingerprint}, done.text);
    m_watcher.watch(m_path, m_fingerprint);
    if (done.edits == m_edits) {
        m_editor.document()->setModified(false);
    } else if (m_saveAutomatically) {
        m_autosave.start();
    }
    Q_EMIT noticeOver(QStringLiteral("disk"));
    Q_EMIT noticeOver(QStringLiteral("save"));
    Q_EMIT fileUsed(m_path);
    Q_EMIT stateChanged();
    Q_EMIT saved(m_path, done.text);
    if (!m_requests.isEmpty()) {
        begin(m_requests.takeFirst());
    } else if (m_closing) {
        Q_EMIT readyToClose();
    }
}

// In the message bar: the writer may be in the middle of a sentence by now.
void DocumentSession::tellSaveError(const services::SaveOutcome& outcome, const Running& tried) {
    const QString topic = QStringLiteral("save");
    const QString path = tried.request.path;
    const QString file = QFileInfo(path).fileName();
    const MessageBar::Action elsewhere{tr("Save As…"), [this] { saveAs(); }};
    const engine::Error& error = outcome.written.error();
    if (error.code == engine::ErrorCode::UnsupportedFormat) {
        const auto bad = services::firstUnencodable(tried.text, tried.format.encoding);
        Q_EMIT notice(
            topic,
            tr("%1 was not saved: %2 lacks %3. The text is safe here. UTF-8 can hold "
               "every character.")
                .arg(file, tried.format.encoding.label(), bad ? bad->label() : tr("a character")),
            {{tr("Save as UTF-8"),
              [this, path] {
                  m_format.encoding = {};
                  touch();
                  request(path, Manner::Asking);
              }},
             elsewhere});
        return;
    }
    if (outcome.changedOnDisk) {
        Q_EMIT notice(topic,
                      tr("%1 was not saved: another program has changed it since. The text here is "
                         "safe; overwriting replaces what the other program wrote.")
                          .arg(file),
                      {{tr("Overwrite"),
                        [this, path] {
                            m_fingerprint = {};
                            request(path, Manner::Asking);
                        }},
                       elsewhere});
        return;
    }
    Q_EMIT notice(topic,
                  tr("%1 was not saved. The text is safe here. %2").arg(file, explain(error)),
                  {{tr("Try Again"), [this, path] { request(path, Manner::Asking); }}, elsewhere});
}

void DocumentSession::setEncoding(const QString& name) {
    if (name == m_format.encoding.name) {
        return;
    }
    m_format.encoding = {name, false};
    touch();
    Q_EMIT stateChanged();
}

DocumentSession::Closing DocumentSession::close() {
    if (m_closing && isSaving()) {
        return Closing::Later;
    }
    const bool onItsWay = isSaving() && m_requests.isEmpty() && m_running->edits == m_edits;
    const bool empty = m_path.isEmpty() && m_editor.document()->isEmpty();
    if (isModified() && !empty && !onItsWay) {
        switch (m_dialogs.askToSave(m_window, name())) {
        case Dialogs::SaveChoice::Save:
            save();
            if (!isSaving()) {
                return Closing::No;
            }
            break;
        case Dialogs::SaveChoice::Discard:
            m_requests.clear();
            m_editor.document()->setModified(false);
            break;
        case Dialogs::SaveChoice::Cancel:
            return Closing::No;
        }
    }
    if (isSaving()) {
        m_closing = true;
        if (m_savingForLong) {
            closeLater();
        }
        return Closing::Later;
    }
    m_closing = false;
    m_load.reset();
    m_watcher.stop();
    m_autosave.stop();
    m_journal.discard();
    return Closing::Now;
}

void DocumentSession::closeLater() {
    Q_EMIT notice(QStringLiteral("close"),
                  tr("%1 is being saved; the window closes when it is safely on disk.")
                      .arg(QFileInfo(m_running->request.path).fileName()),
                  {});
}

void DocumentSession::abandonClosing() {
    m_closing = false;
    Q_EMIT noticeOver(QStringLiteral("close"));
    Q_EMIT closeAbandoned();
}

void DocumentSession::onDiskChange(services::DocumentWatcher::Change change,
                                   const services::FileFingerprint& now) {
    if (change == services::DocumentWatcher::Change::Removed) {
        touch();
        m_fingerprint = {};
        Q_EMIT notice(QStringLiteral("disk"),
                      tr("%1 was moved or removed by another program. The text is safe here; save "
                         "it to write the file again.")
                          .arg(name()),
                      {{tr("Save"), [this] { save(); }}, {tr("Save As…"), [this] { saveAs(); }}});
        return;
    }
    Q_EMIT notice(
        QStringLiteral("disk"),
        tr("%1 was changed by another program. The text here is as you left it.").arg(name()),
        {{tr("Reload from Disk"), [this] { reload(); }},
         {tr("Keep Mine"), [this, now] {
              m_fingerprint = now; // the writer has decided: saving overwrites
              touch();
          }}});
}

} // namespace linnet::ui
