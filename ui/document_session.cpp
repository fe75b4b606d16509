#include "ui/document_session.h"

#include <algorithm>

#include <QDir>
#include <QFileInfo>
#include <QScopedValueRollback>
#include <QTextBlock>

#include "ui/editor/editor.h"
#include "ui/editor/text_context.h"

namespace linnet::ui {

namespace {
constexpr int autosavePause = 5000; // ms without a key
constexpr int suggestedNameLength = 40;

QString native(const QString& path) {
    return QDir::toNativeSeparators(path);
}
} // namespace

QString explain(const engine::Error& error) {
    using engine::ErrorCode;
    const QString details = QString::fromStdString(error.message);
    switch (error.code) {
    case ErrorCode::NotFound:
        return DocumentSession::tr("It is not there any more. %1").arg(details);
    case ErrorCode::Io:
        return DocumentSession::tr("The disk refused. %1").arg(details);
    case ErrorCode::UnsupportedFormat:
        return DocumentSession::tr("It is not text that Linnet can read. %1").arg(details);
    default:
        return details;
    }
}

DocumentSession::DocumentSession(Editor& editor, const services::AppPaths& paths, Dialogs& dialogs,
                                 QWidget* window)
    : QObject(window)
    , m_editor(editor)
    , m_dialogs(dialogs)
    , m_window(window)
    , m_journal(paths) {
    m_autosave.setSingleShot(true);
    m_autosave.setInterval(autosavePause);
    connect(&m_autosave, &QTimer::timeout, this, &DocumentSession::saveQuietly);
    connect(editor.document(), &QTextDocument::contentsChange, this,
            &DocumentSession::onContentsChange);
    connect(editor.document(), &QTextDocument::modificationChanged, this,
            &DocumentSession::stateChanged);
    connect(&m_watcher, &services::DocumentWatcher::changed, this, &DocumentSession::onDiskChange);
    connect(&m_journal, &services::RecoveryJournal::failed, this, [this](const QString& message) {
        Q_EMIT notice(QStringLiteral("journal"),
                      tr("Your latest changes cannot be kept safe against a crash: %1 They are "
                         "still here; save the document to a disk with room.")
                          .arg(message),
                      {{tr("Save As…"), [this] { saveAs(); }}});
    });
    connect(&m_journal, &services::RecoveryJournal::recovered, this,
            [this] { Q_EMIT noticeOver(QStringLiteral("journal")); });
}

QString DocumentSession::name() const {
    return m_path.isEmpty() ? tr("Untitled") : QFileInfo(m_path).fileName();
}

bool DocumentSession::isModified() const {
    return m_editor.document()->isModified();
}

bool DocumentSession::isPristine() const {
    return m_path.isEmpty() && !isModified() && m_editor.document()->isEmpty();
}

void DocumentSession::startNew() {
    {
        const QScopedValueRollback<bool> loading(m_loading, true);
        m_editor.setText({});
    }
    m_watcher.stop();
    m_path.clear();
    m_format = {};
    m_fingerprint = {};
    m_readOnlyFile = false;
    m_journal.begin(services::JournalDocument::untitled(), {});
    Q_EMIT opened();
    Q_EMIT stateChanged();
}

void DocumentSession::take(const services::LoadedDocument& document) {
    {
        const QScopedValueRollback<bool> loading(m_loading, true);
        m_editor.setText(document.text);
    }
    m_path = document.path;
    m_format = document.format;
    m_fingerprint = document.fingerprint;
    m_readOnlyFile = document.readOnly;
    m_journal.begin(services::JournalDocument::of(document), document.text);
    m_watcher.watch(m_path, m_fingerprint);
    Q_EMIT noticeOver(QStringLiteral("disk"));
    Q_EMIT fileUsed(m_path);
    Q_EMIT opened();
    Q_EMIT stateChanged();
    if (document.readOnly) {
        Q_EMIT notice(QStringLiteral("disk"),
                      tr("%1 may not be written. You can change the text here and save it under "
                         "another name.")
                          .arg(name()),
                      {{tr("Save As…"), [this] { saveAs(); }}});
    } else if (!document.encodingCertain) {
        Q_EMIT notice(QStringLiteral("disk"),
                      tr("%1 is not UTF-8; it was read as %2. If characters look wrong, choose "
                         "another encoding in the status bar.")
                          .arg(name(), m_format.encoding.label()),
                      {});
    }
}

bool DocumentSession::open(const QString& path) {
    const auto loaded = services::loadDocument(path);
    if (!loaded.ok()) {
        m_dialogs.tell(m_window, tr("%1 could not be opened.").arg(native(path)),
                       explain(loaded.error()));
        return false;
    }
    take(loaded.value());
    return true;
}

bool DocumentSession::reopenAs(const QString& name) {
    services::LoadDocumentOptions options;
    options.encoding = name;
    const auto loaded = services::loadDocument(m_path, options);
    if (!loaded.ok()) {
        m_dialogs.tell(m_window, tr("%1 cannot be read as %2.").arg(native(m_path), name),
                       tr("The text in the window is as it was. %1").arg(explain(loaded.error())));
        return false;
    }
    take(loaded.value());
    return true;
}

bool DocumentSession::reload() {
    if (m_path.isEmpty()) {
        return false;
    }
    if (isModified() &&
        !m_dialogs.confirm(m_window, tr("Reload %1 and lose the changes made here?").arg(name()),
                           tr("The version on disk takes the place of the text in this window."),
                           tr("Reload"))) {
        return false;
    }
    const int caret = m_editor.textCursor().position();
    if (!open(m_path)) {
        return false;
    }
    QTextCursor cursor = m_editor.textCursor();
    cursor.setPosition(std::min(caret, m_editor.document()->characterCount() - 1));
    m_editor.setTextCursor(cursor);
    return true;
}

bool DocumentSession::restore(const services::RecoverableDocument& recovered) {
    using Base = services::RecoverableDocument::Base;
    const bool onDisk = recovered.base == Base::Unchanged || recovered.base == Base::Changed;
    if (onDisk) {
        if (!open(recovered.path)) {
            return false;
        }
    } else {
        startNew();
        m_path = recovered.path;
        m_format.encoding = {recovered.encoding.isEmpty() ? QStringLiteral("UTF-8")
                                                          : recovered.encoding,
                             recovered.byteOrderMark};
    }
    m_editor.replaceAll(recovered.text);
    m_editor.document()->setModified(true);
    m_journal.supersede(recovered.journalPath);
    Q_EMIT stateChanged();
    return true;
}

void DocumentSession::onContentsChange(int position, int removed, int added) {
    if (m_loading) {
        return;
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

void DocumentSession::saveQuietly() {
    if (isModified() && !m_path.isEmpty() && !m_editor.isComposing()) {
        writeTo(m_path, Manner::Quiet);
    }
}

bool DocumentSession::save() {
    return m_path.isEmpty() ? saveAs() : writeTo(m_path, Manner::Asking);
}

bool DocumentSession::saveAs() {
    const QString path = m_dialogs.fileToSave(m_window, suggestedName());
    return !path.isEmpty() && writeTo(path, Manner::Asking);
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

bool DocumentSession::writeTo(const QString& path, Manner manner) {
    services::SaveDocumentOptions options;
    if (path == m_path && m_fingerprint.exists()) {
        options.expected = m_fingerprint;
    }
    const auto saved = services::saveDocument(path, m_editor.text(), m_format, options);
    if (!saved.ok()) {
        return handleSaveError(saved.error(), path, manner);
    }
    m_path = path;
    m_fingerprint = saved.value();
    m_readOnlyFile = false;
    m_editor.document()->setModified(false);
    m_journal.saved({m_path, m_format, m_fingerprint});
    m_watcher.watch(m_path, m_fingerprint);
    m_autosave.stop();
    Q_EMIT noticeOver(QStringLiteral("disk"));
    Q_EMIT noticeOver(QStringLiteral("save"));
    Q_EMIT fileUsed(m_path);
    Q_EMIT stateChanged();
    return true;
}

bool DocumentSession::changedOnDisk(const QString& path) const {
    const auto now = services::fingerprintOf(path);
    return path == m_path && m_fingerprint.exists() && now.ok() &&
           !now.value().sameContent(m_fingerprint);
}

bool DocumentSession::handleSaveError(const engine::Error& error, const QString& path,
                                      Manner manner) {
    const QString file = QFileInfo(path).fileName();
    if (manner == Manner::Quiet) {
        Q_EMIT notice(QStringLiteral("save"),
                      tr("%1 was not saved. The text is safe here. %2").arg(file, explain(error)),
                      {{tr("Save As…"), [this] { saveAs(); }}});
        return false;
    }
    if (error.code == engine::ErrorCode::UnsupportedFormat) {
        const auto bad = services::firstUnencodable(m_editor.text(), m_format.encoding);
        const QString what = bad ? bad->label() : tr("a character");
        if (m_dialogs.confirm(m_window,
                              tr("%1 cannot be saved as %2, which lacks %3.")
                                  .arg(file, m_format.encoding.label(), what),
                              tr("The text is safe here. UTF-8 can hold every character."),
                              tr("Save as UTF-8"))) {
            m_format.encoding = {};
            return writeTo(path, manner);
        }
        return false;
    }
    if (changedOnDisk(path)) {
        if (m_dialogs.confirm(
                m_window, tr("%1 was changed by another program since you opened it.").arg(file),
                tr("Nothing has been written yet, and the text here is safe. "
                   "Overwriting replaces what the other program wrote."),
                tr("Overwrite"))) {
            m_fingerprint = {};
            return writeTo(path, manner);
        }
        return false;
    }
    m_dialogs.tell(m_window, tr("%1 was not saved. The text is safe here.").arg(native(path)),
                   explain(error));
    return false;
}

void DocumentSession::setEncoding(const QString& name) {
    if (name == m_format.encoding.name) {
        return;
    }
    m_format.encoding = {name, false};
    m_editor.document()->setModified(true);
    Q_EMIT stateChanged();
}

bool DocumentSession::mayClose() {
    if (isModified() && !(m_path.isEmpty() && m_editor.document()->isEmpty())) {
        switch (m_dialogs.askToSave(m_window, name())) {
        case Dialogs::SaveChoice::Save:
            if (!save()) {
                return false;
            }
            break;
        case Dialogs::SaveChoice::Discard:
            m_editor.document()->setModified(false);
            break;
        case Dialogs::SaveChoice::Cancel:
            return false;
        }
    }
    m_watcher.stop();
    m_autosave.stop();
    m_journal.discard();
    return true;
}

void DocumentSession::onDiskChange(services::DocumentWatcher::Change change,
                                   const services::FileFingerprint& now) {
    if (change == services::DocumentWatcher::Change::Removed) {
        m_editor.document()->setModified(true);
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
              m_editor.document()->setModified(true);
          }}});
}

} // namespace linnet::ui
