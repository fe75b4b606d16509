#include <functional>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>

#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/shortcut_sheet.h"
#include "ui/document_session.h"
#include "ui/editor/editor.h"
#include "ui/editor/find_bar.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/editor/word_bar.h"
#include "ui/main_window.h"
#include "ui/pictures_desk.h"
#include "ui/status_strip.h"
#include "ui/verse_desk.h"

// The menus of the window and their keys.

namespace linnet::ui {

namespace setting = services::setting;

QAction* MainWindow::addCommand(QMenu* menu, const char* id, const std::function<void()>& run) {
    const Command* command = findCommand(QString::fromLatin1(id));
    Q_ASSERT(command != nullptr);
    auto* action = new QAction(commandTitle(*command), this);
    action->setObjectName(QString::fromLatin1(id));
    connect(action, &QAction::triggered, this, run);
    menu->addAction(action);
    addAction(action); // so that the key works when the menu bar is hidden
    m_actions.insert(action->objectName(), action);
    return action;
}

void MainWindow::buildMenus() {
    buildFileMenu();
    buildEditMenu();
    buildViewMenu();
    buildVerseMenu();
    buildPicturesMenu();
    QMenu* tools = menuBar()->addMenu(tr("&Tools"));
    addCommand(tools, "tools.settings", [this] {
        Q_EMIT settingsRequested(SettingsPage::Writing);
    })->setMenuRole(QAction::PreferencesRole);
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    addCommand(help, "help.keys", [this] {
        auto* sheet = new ShortcutSheet(m_services.settings, this);
        sheet->setAttribute(Qt::WA_DeleteOnClose);
        connect(sheet, &ShortcutSheet::changeRequested, this,
                [this] { Q_EMIT settingsRequested(SettingsPage::Keys); });
        sheet->open();
    });
    addCommand(help, "help.about", [this] {
        Q_EMIT aboutRequested();
    })->setMenuRole(QAction::AboutRole);
}

void MainWindow::buildFileMenu() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    addCommand(file, "file.new", [this] { Q_EMIT newWindowRequested(); });
    addCommand(file, "file.open", [this] {
        const QString folder =
            m_session->path().isEmpty() ? QString() : QFileInfo(m_session->path()).absolutePath();
        const QStringList paths = m_services.dialogs.filesToOpen(this, folder);
        if (!paths.isEmpty()) {
            Q_EMIT openRequested(paths);
        }
    });
    QMenu* recent = file->addMenu(tr("Open &Recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecentMenu(recent); });
    file->addSeparator();
    addCommand(file, "file.save", [this] { m_session->save(); });
    addCommand(file, "file.saveAs", [this] { m_session->saveAs(); });
    addCommand(file, "file.reload", [this] { m_session->reload(); });
    addCommand(file, "file.encoding", [this] { showEncodingMenu(); });
    file->addSeparator();
    addCommand(file, "file.recover", [this] { Q_EMIT recoveryRequested(); });
    file->addSeparator();
    addCommand(file, "file.close", [this] { close(); });
    addCommand(file, "file.quit", [this] {
        Q_EMIT quitRequested();
    })->setMenuRole(QAction::QuitRole);
}

void MainWindow::fillRecentMenu(QMenu* menu) {
    menu->clear();
    const QStringList files = m_recent.existing();
    for (const QString& path : files) {
        const QFileInfo info(path);
        QString folder = QDir::toNativeSeparators(info.absolutePath());
        const QString home = QDir::toNativeSeparators(QDir::homePath());
        if (folder.startsWith(home)) {
            folder.replace(0, home.size(), QStringLiteral("~"));
        }
        QString label = tr("%1 in %2").arg(info.fileName(), folder);
        label.replace(u'&', QLatin1String("&&"));
        menu->addAction(label, this, [this, path] { Q_EMIT openRequested({path}); });
    }
    if (files.isEmpty()) {
        menu->addAction(tr("Nothing yet"))->setEnabled(false);
        return;
    }
    menu->addSeparator();
    menu->addAction(tr("Forget These"), this, [this] { m_recent.clear(); });
}

void MainWindow::buildEditMenu() {
    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    QAction* undo = addCommand(edit, "edit.undo", [this] { m_editor->undo(); });
    QAction* redo = addCommand(edit, "edit.redo", [this] { m_editor->redo(); });
    undo->setEnabled(false);
    redo->setEnabled(false);
    connect(m_editor, &Editor::undoAvailable, undo, &QAction::setEnabled);
    connect(m_editor, &Editor::redoAvailable, redo, &QAction::setEnabled);
    edit->addSeparator();
    QAction* cut = addCommand(edit, "edit.cut", [this] { m_editor->cut(); });
    QAction* copy = addCommand(edit, "edit.copy", [this] { m_editor->copy(); });
    addCommand(edit, "edit.paste", [this] { m_editor->paste(); });
    for (QAction* action : {cut, copy}) {
        action->setEnabled(false);
        connect(m_editor, &Editor::copyAvailable, action, &QAction::setEnabled);
    }
    addCommand(edit, "edit.selectAll", [this] { m_editor->selectAll(); });
    edit->addSeparator();
    addCommand(edit, "edit.find", [this] { m_find->open(false); });
    addCommand(edit, "edit.findNext", [this] { m_find->findNext(); });
    addCommand(edit, "edit.findPrevious", [this] { m_find->findPrevious(); });
    addCommand(edit, "edit.replace", [this] { m_find->open(true); });
    edit->addSeparator();
    addCommand(edit, "edit.spelling", [this] {
        m_services.settings.set(setting::spellCheck,
                                m_actions.value(QStringLiteral("edit.spelling"))->isChecked());
    })->setCheckable(true);
    addCommand(edit, "edit.goTo", [this] { goToLine(); });
    // In a field of the find bar these keys belong to the field.
    for (QAction* action : edit->actions()) {
        const QString id = action->objectName();
        if (id.endsWith(QLatin1String("undo")) || id.endsWith(QLatin1String("redo")) ||
            id.endsWith(QLatin1String("cut")) || id.endsWith(QLatin1String("copy")) ||
            id.endsWith(QLatin1String("paste")) || id.endsWith(QLatin1String("selectAll"))) {
            removeAction(action);
            m_editor->addAction(action);
            action->setShortcutContext(Qt::WidgetShortcut);
        }
    }
}

void MainWindow::buildViewMenu() {
    QMenu* view = menuBar()->addMenu(tr("&View"));
    QAction* suggestions = addCommand(view, "view.suggestions", [this] {
        switchSuggestions(m_actions.value(QStringLiteral("view.suggestions"))->isChecked());
    });
    suggestions->setCheckable(true);
    view->addSeparator();
    QAction* typewriter = addCommand(view, "view.typewriter", [this] {
        m_services.settings.set(setting::typewriterScrolling,
                                m_actions.value(QStringLiteral("view.typewriter"))->isChecked());
    });
    typewriter->setCheckable(true);
    QAction* focus = addCommand(view, "view.focus", [this] {
        m_services.settings.set(setting::focusParagraph,
                                m_actions.value(QStringLiteral("view.focus"))->isChecked());
    });
    focus->setCheckable(true);
    addCommand(view, "view.fullScreen", [this] {
        setFullScreen(!isFullScreen());
    })->setCheckable(true);
    view->addSeparator();
    addCommand(view, "view.zoomIn", [this] { m_editor->setZoom(m_editor->zoom() + 10); });
    addCommand(view, "view.zoomOut", [this] { m_editor->setZoom(m_editor->zoom() - 10); });
    addCommand(view, "view.zoomReset", [this] { m_editor->setZoom(100); });
}

void MainWindow::buildVerseMenu() {
    if (m_verse == nullptr) {
        return;
    }
    QMenu* verse = menuBar()->addMenu(tr("Ve&rse"));
    if (m_verse->composes()) {
        QAction* panel = addCommand(verse, "verse.panel",
                                    [this] { m_verse->showPanel(!m_verse->isPanelVisible()); });
        panel->setCheckable(true);
        connect(m_verse, &VerseDesk::panelShown, panel, &QAction::setChecked);
        verse->addSeparator();
    }
    QAction* marks =
        addCommand(verse, "verse.marks", [this] { m_verse->markVerse(!m_verse->marksVerse()); });
    marks->setCheckable(true);
    connect(m_verse, &VerseDesk::marksShown, marks, &QAction::setChecked);
    QMenu* forms = verse->addMenu(tr("&Form to Mark By"));
    connect(forms, &QMenu::aboutToShow, this, [this, forms] { m_verse->fillFormMenu(forms); });
    verse->addSeparator();
    addCommand(verse, "verse.rhymes", [this] { m_verse->findRhymes(); });
}

void MainWindow::buildPicturesMenu() {
    if (m_pictures == nullptr) {
        return;
    }
    QMenu* pictures = menuBar()->addMenu(tr("&Pictures"));
    QAction* panel = addCommand(pictures, "pictures.panel",
                                [this] { m_pictures->showPanel(!m_pictures->isPanelVisible()); });
    panel->setCheckable(true);
    connect(m_pictures, &PicturesDesk::panelShown, panel, &QAction::setChecked);
    pictures->addSeparator();
    addCommand(pictures, "pictures.add", [this] { m_pictures->addPictures(); });
    addCommand(pictures, "pictures.addFolder", [this] { m_pictures->addFolder(); });
}

void MainWindow::applyShortcuts() {
    QList<QKeySequence> all;
    for (auto it = m_actions.cbegin(); it != m_actions.cend(); ++it) {
        const QList<QKeySequence> keys = keysOf(m_services.settings, *findCommand(it.key()));
        it.value()->setShortcuts(keys);
        all += keys;
    }
    m_editor->setWindowKeys(all);
    const SuggestionKeys keys = suggestionKeys(m_services.settings);
    m_suggestions->setKeys(keys);
    QStringList hints(5);
    for (const SuggestionKeys::Binding& binding : keys.bindings) {
        if (binding.command == SuggestionCommand::Pick && binding.index < hints.size()) {
            hints[binding.index] = binding.key.toString(QKeySequence::NativeText);
        }
    }
    m_words->setKeyHints(hints);
}

void MainWindow::showEncodingMenu() {
    QMenu menu(this);
    QMenu* write = menu.addMenu(tr("Write the file as"));
    QMenu* read = menu.addMenu(tr("Read the file again as"));
    for (const QString& name : services::availableEncodings()) {
        QAction* action =
            write->addAction(name, this, [this, name] { m_session->setEncoding(name); });
        action->setCheckable(true);
        action->setChecked(name == m_session->encoding().name);
        read->addAction(name, this, [this, name] {
            if (!m_session->isModified() ||
                m_services.dialogs.confirm(
                    this,
                    tr("Read %1 again and lose the changes made here?").arg(m_session->name()),
                    tr("The file's own text takes the place of the text in this window."),
                    tr("Read Again"))) {
                m_session->reopenAs(name);
            }
        });
    }
    read->setEnabled(!m_session->path().isEmpty());
    // Above the status bar's label, wherever it was asked for.
    menu.exec(m_status->mapToGlobal(QPoint(12, -menu.sizeHint().height())));
}

} // namespace linnet::ui
