// How a text comes into the window: read on another thread, then put into the editor.

#include <algorithm>
#include <utility>

#include <QDir>
#include <QFileInfo>

#include "ui/document_session.h"
#include "ui/editor/editor.h"

namespace linnet::ui {

namespace {

// Characters that are put into the editor at once; so many take it some tens of milliseconds.
constexpr qsizetype pieceSize = 128 * 1024;

QString native(const QString& path) {
    return QDir::toNativeSeparators(path);
}

} // namespace

void DocumentSession::startNew() {
    m_load.reset();
    m_taking = true; // which is no edit
    m_editor.setText({});
    m_taking = false;
    m_watcher.stop();
    m_path.clear();
    m_format = {};
    m_fingerprint = {};
    m_readOnlyFile = false;
    m_journal.begin(services::JournalDocument::untitled(), {});
    Q_EMIT opened();
    Q_EMIT stateChanged();
}

void DocumentSession::open(const QString& path) {
    load(path, {}, {});
}

void DocumentSession::load(const QString& path, const QString& encoding,
                           std::function<void()> then) {
    if (m_taking) {
        return; // what is half in the editor comes first
    }
    m_load = Load{++m_lastLoad, path, encoding, m_edits, std::move(then)};
    m_reader.run(
        [path, encoding] {
            services::LoadDocumentOptions options;
            options.encoding = encoding;
            return services::loadDocument(path, options);
        },
        [this, id = m_lastLoad](Loaded loaded) { onLoaded(id, std::move(loaded)); });
    Q_EMIT stateChanged();
}

void DocumentSession::onLoaded(quint64 id, Loaded loaded) {
    if (!m_load || m_load->id != id) {
        return;
    }
    const bool overtaken = m_edits != m_load->edits || isSaving();
    if (!loaded.ok() || overtaken) {
        const Load tried = *std::exchange(m_load, std::nullopt);
        Q_EMIT stateChanged();
        if (overtaken) {
            tellOvertaken(tried);
        } else {
            tellLoadError(tried, loaded.error());
        }
        Q_EMIT openFailed(tried.path);
        return;
    }
    m_taking = true;
    if (loaded->text.size() <= pieceSize) {
        m_editor.setText(loaded->text);
        take(*loaded);
        return;
    }
    m_editor.beginFilling();
    fill(id, std::make_shared<services::LoadedDocument>(std::move(*loaded)), 0);
}

void DocumentSession::tellLoadError(const Load& tried, const engine::Error& error) {
    if (tried.encoding.isEmpty()) {
        m_dialogs.tell(m_window, tr("%1 could not be opened.").arg(native(tried.path)),
                       explain(error));
    } else {
        m_dialogs.tell(m_window,
                       tr("%1 cannot be read as %2.").arg(native(tried.path), tried.encoding),
                       tr("The text in the window is as it was. %1").arg(explain(error)));
    }
}

// The writer did not wait for the disk.
void DocumentSession::tellOvertaken(const Load& tried) {
    const QString file = QFileInfo(tried.path).fileName();
    if (tried.path == m_path) {
        Q_EMIT notice(QStringLiteral("disk"),
                      tr("%1 was not read again, because you went on writing. The text here is as "
                         "you left it.")
                          .arg(file),
                      {{tr("Reload from Disk"), [this] { reload(); }}});
        return;
    }
    Q_EMIT notice(QStringLiteral("disk"),
                  tr("%1 is not shown here, because you began to write meanwhile.").arg(file),
                  {{tr("Open in Another Window"),
                    [this, path = tried.path] { Q_EMIT openElsewhere(path); }}});
}

// Piece by piece, so that the window answers between them.
void DocumentSession::fill(quint64 id, const std::shared_ptr<services::LoadedDocument>& document,
                           qsizetype from) {
    if (!m_load || m_load->id != id) {
        return; // another text, or the window closes
    }
    qsizetype to = std::min(from + pieceSize, document->text.size());
    if (to < document->text.size() && document->text.at(to).isLowSurrogate()) {
        ++to;
    }
    m_editor.fillWith(document->text.mid(from, to - from));
    if (to == document->text.size()) {
        m_editor.endFilling();
        take(*document);
        return;
    }
    // A timer, since keys and painting come before it.
    QTimer::singleShot(0, this, [this, id, document, to] { fill(id, document, to); });
}

// Its text is in the editor.
void DocumentSession::take(const services::LoadedDocument& document) {
    m_taking = false;
    const Load done = *std::exchange(m_load, std::nullopt);
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
    if (done.then) {
        done.then();
    }
}

// Another text must not come into the window while the one before is on its way to the disk, or
// into the editor.
bool DocumentSession::mayTakeAnother() {
    if (m_taking) {
        return false;
    }
    if (isSaving()) {
        Q_EMIT notice(QStringLiteral("save"),
                      tr("%1 is still being saved. Try again when it is on disk.").arg(name()), {});
        return false;
    }
    return true;
}

void DocumentSession::reopenAs(const QString& name) {
    if (mayTakeAnother()) {
        load(m_path, name, {});
    }
}

void DocumentSession::reload() {
    if (m_path.isEmpty() || !mayTakeAnother()) {
        return;
    }
    if (isModified() &&
        !m_dialogs.confirm(m_window, tr("Reload %1 and lose the changes made here?").arg(name()),
                           tr("The version on disk takes the place of the text in this window."),
                           tr("Reload"))) {
        return;
    }
    load(m_path, {}, [this, caret = m_editor.textCursor().position()] {
        QTextCursor cursor = m_editor.textCursor();
        cursor.setPosition(std::min(caret, m_editor.document()->characterCount() - 1));
        m_editor.setTextCursor(cursor);
    });
}

bool DocumentSession::restore(const services::RecoverableDocument& recovered) {
    using Base = services::RecoverableDocument::Base;
    if (!mayTakeAnother()) {
        return false;
    }
    if (recovered.base == Base::Unchanged || recovered.base == Base::Changed) {
        load(recovered.path, {}, [this, recovered] { finishRestore(recovered, true); });
    } else {
        startNew();
        finishRestore(recovered, false);
    }
    return true;
}

void DocumentSession::finishRestore(const services::RecoverableDocument& recovered, bool onDisk) {
    if (!onDisk) {
        m_path = recovered.path;
        m_format.encoding = {recovered.encoding.isEmpty() ? QStringLiteral("UTF-8")
                                                          : recovered.encoding,
                             recovered.byteOrderMark};
    }
    m_editor.replaceAll(recovered.text);
    touch();
    m_journal.supersede(recovered.journalPath);
    Q_EMIT stateChanged();
}

} // namespace linnet::ui
