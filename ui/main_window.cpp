#include "ui/main_window.h"

#include <algorithm>

#include <QAccessible>
#include <QAction>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QScreen>
#include <QTextBlock>
#include <QVBoxLayout>

#include "ui/diagnostics.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/document_session.h"
#include "ui/editor/document_counts.h"
#include "ui/editor/editor.h"
#include "ui/editor/find_bar.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/editor/word_bar.h"
#include "ui/message_bar.h"
#include "ui/pictures_desk.h"
#include "ui/status_strip.h"
#include "ui/typography.h"
#include "ui/verse_desk.h"

namespace linnet::ui {

namespace setting = services::setting;

namespace {
// A property of the source: the window whose text it heard of last.
constexpr const char* toldBy = "linnetDocumentOf";
constexpr int countsDelay = 100; // ms: numbers need not race the fingers
constexpr QSize usualSize(980, 720);
constexpr QSize usualFrame(4, 40); // what a window manager adds; known once the window is shown
} // namespace

MainWindow::MainWindow(const WindowServices& services, QWidget* parent)
    : QMainWindow(parent)
    , m_services(services)
    , m_recent(services.settings) {
    setAttribute(Qt::WA_DeleteOnClose);
    buildParts();
    buildMenus();
    connectParts();
    connectStatus();
    observeSettings();
    const QByteArray geometry = services.settings.value(setting::windowGeometry);
    if (geometry.isEmpty() || !restoreGeometry(geometry)) {
        resize(usualSize);
    }
    fitToScreen(usualFrame);
    restoreState(services.settings.value(setting::windowState));
    m_session->startNew();
    m_editor->setFocus();
}

MainWindow::~MainWindow() {
    // The parts listen to each other; they go in the order in which they depend.
    delete m_pictures;
    delete m_verse;
    delete m_suggestions;
    delete m_session;
    delete m_counts;
}

void MainWindow::buildParts() {
    auto* central = new QWidget(this);
    auto* column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_messages = new MessageBar(central);
    m_editor = new Editor(central);
    m_find = new FindBar(*m_editor, central);
    m_words = new WordBar(central);
    m_status = new StatusStrip(central);
    column->addWidget(m_editor, 1);
    column->addWidget(m_messages); // under the page, so that the text stays where it is
    column->addWidget(m_words);
    column->addWidget(m_find);
    column->addWidget(m_status);
    setCentralWidget(central);

    m_counts = new DocumentCounts(*m_editor->document(), this);
    m_suggestions = new SuggestionController(*m_editor, m_services.source, this);
    m_session = new DocumentSession(*m_editor, m_services.paths, m_services.dialogs,
                                    m_services.makeSaveTarget, this);
    if (m_services.verse != nullptr) {
        m_verse = new VerseDesk(*this, *m_editor, m_services.poems, *m_services.verse,
                                m_services.settings);
    }
    if (m_services.captions != nullptr) {
        m_pictures = new PicturesDesk(*this, *m_editor, *m_services.captions, m_services.settings,
                                      m_services.dialogs, m_services.download);
    }
    m_countsLater.setSingleShot(true);
    m_countsLater.setInterval(countsDelay);
}

void MainWindow::connectParts() {
    connect(m_session, &DocumentSession::stateChanged, this, &MainWindow::updateTitle);
    connect(m_session, &DocumentSession::opened, this, [this] {
        m_suggestions->reset();
        m_counts->restart();
        m_services.source.setProperty(toldBy, QVariant());
        tellSourceDocument();
        updateDocumentKind();
        updateCounts();
    });
    connect(m_session, &DocumentSession::fileUsed, this, [this](const QString& path) {
        m_recent.add(path);
        updateDocumentKind();
    });
    connect(m_session, &DocumentSession::saved, &m_services.source,
            &services::SuggestionSource::documentSaved);
    connect(m_session, &DocumentSession::openElsewhere, this,
            [this](const QString& path) { Q_EMIT openRequested({path}); });
    connect(m_session, &DocumentSession::readyToClose, this, &QWidget::close);
    connect(m_session, &DocumentSession::closeAbandoned, this, &MainWindow::closeAbandoned);
    connect(m_session, &DocumentSession::notice, m_messages, &MessageBar::show);
    connect(m_session, &DocumentSession::noticeOver, m_messages, &MessageBar::clear);
    if (m_verse != nullptr) {
        connect(m_services.verse, &services::VerseSource::failed, this,
                [this](const QString& message) {
                    m_messages->show(QStringLiteral("verse"),
                                     withDetails(tr("Verse cannot be marked or checked. Your text "
                                                    "is not affected."),
                                                 message));
                });
    }
    if (m_pictures != nullptr) {
        connect(m_session, &DocumentSession::stateChanged, m_pictures, [this] {
            const QString path = m_session->path();
            m_pictures->setDocumentFolder(path.isEmpty() ? QString()
                                                         : QFileInfo(path).absolutePath());
        });
        connect(m_pictures, &PicturesDesk::poemRequested, this, [this](const QString& theme) {
            if (m_verse != nullptr && m_verse->composes()) {
                m_verse->composeAbout(theme);
            }
        });
    }
    connect(m_messages, &MessageBar::dismissed, m_editor, qOverload<>(&QWidget::setFocus));
    connect(m_suggestions, &SuggestionController::wordsChanged, m_words, &WordBar::setWords);
    connect(m_suggestions, &SuggestionController::shown, this, &MainWindow::announce);
    connect(m_words, &WordBar::fitted, m_suggestions, &SuggestionController::setVisibleWords);
    connect(m_words, &WordBar::picked, m_suggestions, &SuggestionController::pick);
    connect(m_editor, &Editor::suggestionInserted, m_counts, &DocumentCounts::suggestionInserted);
    connect(m_editor, &Editor::filesDropped, this, &MainWindow::openRequested);
    connect(m_editor, &Editor::zoomChanged, this,
            [this](int percent) { m_services.settings.set(setting::zoom, percent); });
}

void MainWindow::connectStatus() {
    connect(m_counts, &DocumentCounts::changed, &m_countsLater, [this] {
        if (!m_countsLater.isActive()) {
            m_countsLater.start();
        }
    });
    connect(m_editor, &Editor::selectionChanged, &m_countsLater, [this] { m_countsLater.start(); });
    connect(&m_countsLater, &QTimer::timeout, this, &MainWindow::updateCounts);
    connect(m_status, &StatusStrip::documentClicked, this, [this] { m_session->save(); });
    connect(m_status, &StatusStrip::encodingClicked, this, &MainWindow::showEncodingMenu);
    connect(m_status, &StatusStrip::suggestionsClicked, this,
            [this] { switchSuggestions(!m_suggestions->isEnabled()); });
    connect(m_status, &StatusStrip::countsClicked, this,
            [this] { Q_EMIT settingsRequested(SettingsPage::Writing); });
    connect(m_status, &StatusStrip::whereClicked, this,
            [this] { Q_EMIT settingsRequested(SettingsPage::Remote); });
    connect(m_status, &StatusStrip::modelClicked, this,
            [this] { Q_EMIT settingsRequested(SettingsPage::Models); });
    connect(m_status, &StatusStrip::deviceClicked, this,
            [this] { Q_EMIT settingsRequested(SettingsPage::Models); });
}

void MainWindow::observeSettings() {
    services::Settings& settings = m_services.settings;
    applyTypography();
    connect(&settings, &services::Settings::changed, this, [this](const QString& key) {
        if (key.startsWith(QLatin1String("appearance/text")) ||
            key == QLatin1String(setting::chineseFont.key) ||
            key == QLatin1String(setting::lineHeight.key) ||
            key == QLatin1String(setting::columnWidth.key)) {
            applyTypography();
        }
    });
    connect(&settings, &services::Settings::shortcutsChanged, this, &MainWindow::applyShortcuts);
    applyShortcuts();
    settings.observe(setting::suggestionsEnabled, this, [this](bool) { applySuggestions(); });
    settings.observe(setting::ghostText, this,
                     [this](bool on) { m_suggestions->setGhostEnabled(on); });
    settings.observe(setting::wordBar, this, [this](bool on) {
        m_words->setVisible(on && !isFullScreen());
        applyWordCount();
    });
    settings.observe(setting::wordCount, this, [this](int) { applyWordCount(); });
    if (m_verse != nullptr) {
        const auto verse = [this, &settings] {
            m_suggestions->setVerse(m_verse->marksVerse(), settings.value(setting::verseForm));
        };
        connect(m_verse, &VerseDesk::marksShown, this, verse);
        settings.observe(setting::verseForm, this, [verse](const QString&) { verse(); });
    }
    settings.observe(setting::suggestionDelay, this,
                     [this](int delay) { m_suggestions->setDelay(delay); });
    settings.observe(setting::typewriterScrolling, this, [this](bool on) {
        m_editor->setTypewriter(on);
        m_actions.value(QStringLiteral("view.typewriter"))->setChecked(on);
    });
    settings.observe(setting::focusParagraph, this, [this](bool on) {
        m_editor->setFocusParagraph(on);
        m_actions.value(QStringLiteral("view.focus"))->setChecked(on);
    });
    settings.observe(setting::spellCheck, this, [this](bool on) {
        const bool can = m_services.spelling != nullptr && m_services.spelling->isAvailable();
        m_editor->setSpellChecker(on && can ? m_services.spelling : nullptr);
        m_actions.value(QStringLiteral("edit.spelling"))->setEnabled(can);
        m_actions.value(QStringLiteral("edit.spelling"))->setChecked(on && can);
    });
    const auto indentation = [this] {
        m_editor->setIndentation(m_services.settings.value(setting::tabWidth),
                                 m_services.settings.value(setting::tabInsertsSpaces));
    };
    settings.observe(setting::tabWidth, this, [indentation](int) { indentation(); });
    settings.observe(setting::tabInsertsSpaces, this, [indentation](bool) { indentation(); });
    settings.observe(setting::markdownHighlighting, this, [this](bool) { updateDocumentKind(); });
    settings.observe(setting::saveAutomatically, this,
                     [this](bool on) { m_session->setSaveAutomatically(on); });
    settings.observe(setting::showProvenance, this, [this](bool) { updateCounts(); });
    settings.observe(setting::showStatusBar, this,
                     [this](bool on) { m_status->setVisible(on && !isFullScreen()); });
    settings.observe(setting::zoom, this, [this](int percent) { m_editor->setZoom(percent); });
}

void MainWindow::openFile(const QString& path) {
    m_session->open(path);
}

bool MainWindow::isPristine() const {
    return m_session->isPristine();
}

// All of the window is to be on the screen, `frame` being what the window manager adds.
void MainWindow::fitToScreen(const QSize& frame) {
    if (isMaximized() || isFullScreen()) {
        return;
    }
    const QRect room = screen()->availableGeometry();
    const QSize largest = room.size() - frame;
    if (width() > largest.width() || height() > largest.height()) {
        resize(size().boundedTo(largest));
    }
    const QSize all = size() + frame;
    const QPoint corner(std::clamp(x(), room.left(), room.right() + 1 - all.width()),
                        std::clamp(y(), room.top(), room.bottom() + 1 - all.height()));
    if (isVisible() && corner != pos()) {
        move(corner);
    }
}

void MainWindow::setTheme(const Theme& theme) {
    m_editor->setTheme(theme);
    m_words->setTheme(theme);
    m_find->setTheme(theme);
    m_messages->setTheme(theme);
    m_status->setTheme(theme);
    if (m_verse != nullptr) {
        m_verse->setTheme(theme);
    }
    if (m_pictures != nullptr) {
        m_pictures->setTheme(theme);
    }
}

void MainWindow::setModelStatus(const services::ModelStatus& status) {
    m_status->setModel(status);
}

void MainWindow::setRemoteStatus(const services::RemoteStatus& status) {
    m_status->setRemote(status);
}

void MainWindow::clearNotice(const QString& topic) {
    m_messages->clear(topic);
}

void MainWindow::showNotice(const QString& topic, const QString& message,
                            const QList<MessageBar::Action>& actions) {
    m_messages->show(topic, message, actions);
}

void MainWindow::suppressSuggestions() {
    m_suppressed = true;
    applySuggestions();
}

void MainWindow::switchSuggestions(bool on) {
    if (m_suppressed && on) {
        m_suppressed = false;
        Q_EMIT suggestionsWanted();
    }
    m_services.settings.set(setting::suggestionsEnabled, on);
    applySuggestions();
}

void MainWindow::applySuggestions() {
    const bool on = m_services.settings.value(setting::suggestionsEnabled) && !m_suppressed;
    m_suggestions->setEnabled(on);
    m_status->setSuggestionsEnabled(on);
    m_actions.value(QStringLiteral("view.suggestions"))->setChecked(on);
    tellSourceDocument();
}

// Words that are not on screen take no keys.
void MainWindow::applyWordCount() {
    const services::Settings& settings = m_services.settings;
    const bool shown = settings.value(setting::wordBar) && !isFullScreen();
    m_suggestions->setWordCount(shown ? settings.value(setting::wordCount) : 0);
}

void MainWindow::applyTypography() {
    const Typography typography = typographyFrom(m_services.settings);
    m_editor->setTypography(typography);
    if (m_verse != nullptr) {
        m_verse->setTypography(typography);
    }
    if (m_pictures != nullptr) {
        m_pictures->setTypography(typography);
    }
}

void MainWindow::updateDocumentKind() {
    const QString suffix = QFileInfo(m_session->path()).suffix().toLower();
    const bool plain = suffix == QLatin1String("txt") || suffix == QLatin1String("text");
    m_editor->setMarkdown(m_services.settings.value(setting::markdownHighlighting) && !plain);
    if (m_verse != nullptr) {
        m_verse->setDocumentType(suffix.isEmpty() ? QStringLiteral("(none)") : suffix);
    }
}

void MainWindow::updateTitle() {
    const QString name = m_session->name();
    const bool modified = m_session->isModified();
    setWindowTitle(tr("%1[*] — Linnet").arg(name));
    setWindowModified(modified);
    QString state;
    QString hint;
    if (m_session->path().isEmpty()) {
        state = m_session->isSavingForLong() ? tr("saving…")
                : modified                   ? tr("not saved yet")
                                             : tr("new");
        hint = tr("This text has no file yet, but it would survive a crash. Click to save it.");
    } else {
        state = m_session->isSavingForLong() ? tr("saving…")
                : modified                   ? tr("changed")
                                             : tr("saved");
        hint = modified ? tr("%1\nThe latest changes are not in the file yet, but they would "
                             "survive a crash. Click to save.")
                              .arg(m_session->path())
                        : tr("%1\nEverything is on disk.").arg(m_session->path());
    }
    if (m_session->isLoading()) {
        m_status->setDocument(QFileInfo(m_session->loadingPath()).fileName(), tr("opening…"),
                              m_session->loadingPath());
    } else {
        m_status->setDocument(name, state, hint);
    }
    const QString encoding = m_session->encoding().label();
    m_status->setEncoding(encoding == QLatin1String("UTF-8") ? QString() : encoding);
    m_actions.value(QStringLiteral("file.reload"))->setEnabled(!m_session->path().isEmpty());
}

void MainWindow::updateCounts() {
    m_status->setCounts(m_counts->total(), m_counts->wordsFromSuggestions(),
                        m_services.settings.value(setting::showProvenance));
    const QTextCursor cursor = m_editor->textCursor();
    if (cursor.hasSelection()) {
        const services::TextCounts counts = services::countText(cursor.selectedText());
        m_status->setSelectionCounts(&counts);
    } else {
        m_status->setSelectionCounts(nullptr);
    }
}

void MainWindow::tellSourceDocument() {
    // Another window's text may have been the last one that the source heard of.
    const QVariant self = QVariant::fromValue<QObject*>(this);
    if (m_services.source.property(toldBy) != self && m_suggestions->isEnabled()) {
        m_services.source.setDocumentPath(m_session->path());
        m_services.source.setDocument(m_editor->text());
        m_services.source.setProperty(toldBy, self);
    }
}

void MainWindow::announce(const QString& ghost, const QStringList& words) {
    if (!m_services.settings.value(setting::announceSuggestions)) {
        return;
    }
    const QString text = ghost.isEmpty() ? tr("Suggested words: %1").arg(words.join(u", "))
                                         : tr("Suggestion: %1").arg(ghost.trimmed());
    m_words->setAccessibleName(text);
    QAccessibleEvent named(m_words, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&named);
    QAccessibleEvent alert(m_words, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void MainWindow::setFullScreen(bool on) {
    if (on == isFullScreen()) {
        return;
    }
    const services::Settings& settings = m_services.settings;
    if (on) {
        m_statesBefore = windowState();
        setWindowState(m_statesBefore | Qt::WindowFullScreen);
    } else {
        setWindowState(m_statesBefore & ~Qt::WindowFullScreen);
    }
    if (on) {
        m_docksBefore = saveState();
        for (auto* dock : findChildren<QDockWidget*>()) {
            dock->hide();
        }
    } else {
        restoreState(m_docksBefore);
    }
    menuBar()->setVisible(!on);
    m_status->setVisible(!on && settings.value(setting::showStatusBar));
    m_words->setVisible(!on && settings.value(setting::wordBar));
    applyWordCount();
    m_actions.value(QStringLiteral("view.fullScreen"))->setChecked(on);
}

void MainWindow::goToLine() {
    const QTextCursor now = m_editor->textCursor();
    const int line = m_services.dialogs.lineNumber(this, now.blockNumber() + 1,
                                                   m_editor->document()->blockCount());
    if (line > 0) {
        m_editor->setTextCursor(QTextCursor(m_editor->document()->findBlockByNumber(line - 1)));
        m_editor->centerCursor();
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_session->close() != DocumentSession::Closing::Now) {
        event->ignore();
        return;
    }
    if (!isFullScreen()) {
        m_services.settings.set(setting::windowGeometry, saveGeometry());
        m_services.settings.set(setting::windowState, saveState());
    }
    Q_EMIT closing();
    event->accept();
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && m_session != nullptr) {
        if (isActiveWindow()) {
            tellSourceDocument();
            m_session->checkDisk();
        } else {
            m_session->flushJournal();
        }
    }
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        if (m_find->isVisible()) {
            m_find->close();
            return;
        }
        if (isFullScreen()) {
            setFullScreen(false);
            return;
        }
    }
    QMainWindow::keyPressEvent(event);
}

bool MainWindow::event(QEvent* event) {
    const bool result = QMainWindow::event(event);
    if (event->type() == QEvent::Paint && !m_wasPainted) {
        m_wasPainted = true;
        // Queued: the paint device is flushed to the screen first.
        QMetaObject::invokeMethod(
            this,
            [this] {
                fitToScreen(frameGeometry().size() - size());
                Q_EMIT painted();
            },
            Qt::QueuedConnection);
    }
    return result;
}

} // namespace linnet::ui
