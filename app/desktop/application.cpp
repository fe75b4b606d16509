#include "desktop/application.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <QFileInfo>
#include <QLocale>

#include "ui/diagnostics.h"
#include "ui/dialogs/about_dialog.h"
#include "ui/dialogs/recovery_dialog.h"
#include "ui/document_session.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/recovery_notice.h"
#include "ui/remote_words.h"
#include "ui/translations.h"
#include "ui/typography.h"
#include "verse/caret_passage.h"

namespace linnet::desktop {

namespace setting = services::setting;

namespace {

constexpr qint64 quickToOpen = 256 * 1024;
const QString remoteNotice = QStringLiteral("remote");
constexpr int modelDelay = 400; // ms: several settings of the model often change together

} // namespace

Application::Application(const services::AppPaths& paths, const StartOptions& options,
                         std::unique_ptr<services::SecretStore> secrets)
    : m_paths(paths)
    , m_options(options)
    , m_settings(paths.config + QStringLiteral("/settings.ini"))
    , m_library(paths, m_settings.value(setting::modelFolders))
    , m_models(m_settings, m_library, m_paths)
    , m_recovery(paths)
    , m_spelling(services::findDictionaries(services::dictionaryFolders(paths)),
                 paths.data + QStringLiteral("/spelling.txt"))
    , m_memory(std::make_shared<services::ProjectMemory>(paths))
    , m_source(m_models.forSuggestions(m_memory))
    , m_secrets(secrets ? std::move(secrets) : std::make_unique<services::KeychainStore>())
    , m_tokens(*m_secrets)
    , m_servers(m_settings, m_tokens)
    , m_remote(m_servers)
    , m_suggestions(m_source, m_remote,
                    [this](const services::SuggestionQuery& query) { return fitsHere(query); })
    , m_verse(paths.resources)
    , m_poems(m_models.forPoems())
    , m_remotePoems(m_servers, m_verse)
    , m_routedPoems(m_poems, m_remotePoems,
                    [this](const services::PoemQuery& query) { return composesHere(query); })
    , m_captions(m_models.forCaptions())
    , m_remoteCaptions(m_servers, m_models.pictureLimits(),
                       [] { return caption::openPictureDecoder(); })
    , m_routedCaptions(m_captions, m_remoteCaptions,
                       [this] { return !m_models.captioner().empty(); }) {
    qApp->setQuitOnLastWindowClosed(true);
    QApplication::setFont(ui::interfaceFont(QApplication::font()));
    ui::installLanguage(ui::languageFor(m_settings.value(setting::language),
                                        QLocale::system().uiLanguages(), ui::translatedLanguages()),
                        this);
    m_modelLater.setSingleShot(true);
    m_modelLater.setInterval(modelDelay);
    connect(&m_modelLater, &QTimer::timeout, this, &Application::applyModel);
    connect(&m_source, &services::LocalSuggestionSource::statusChanged, this,
            [this](const services::ModelStatus& status) {
                for (const auto& window : std::as_const(m_windows)) {
                    if (window) {
                        window->setModelStatus(status);
                    }
                }
                if (m_settingsDialog) {
                    m_settingsDialog->setModelStatus(status);
                }
            });
    connect(&m_scheme, &ui::SystemScheme::changed, this, &Application::applyTheme);
    connectServers();
    observeSettings();
}

Application::~Application() {
    for (const auto& window : std::as_const(m_windows)) {
        delete window.data();
    }
}

void Application::observeSettings() {
    m_settings.observe(setting::theme, this, [this](const QString&) { applyTheme(); });
    m_settings.observe(setting::spellDictionary, this,
                       [this](const QString& name) { m_spelling.setDictionary(name); });
    connect(&m_spelling, &services::SpellChecker::failed, this, [this](const QString& message) {
        if (ui::MainWindow* window = activeWindow()) {
            window->showNotice(
                QStringLiteral("spelling"),
                ui::withDetails(tr("Spelling cannot be checked as it should be."), message));
        }
    });
    m_settings.observe(setting::learnFromDocuments, this,
                       [this](bool on) { m_source.setLearning(on); });
    m_settings.observe(setting::suggestionsEnabled, this,
                       [this](bool on) { m_source.setEnabled(on && m_options.suggestions); });
    m_settings.observe(setting::suggestionsEnabled, this, [this](bool) { tellSuggesting(); });
    m_settings.observe(setting::verseSuggestions, this,
                       [this](bool) { m_source.setVerseModels(m_models.suggestingVerse()); });
    m_settings.observe(setting::ghostText, this, [this](bool) { tellSuggesting(); });
    const auto ghost = [this] {
        m_source.setGhost(m_settings.value(setting::ghostThreshold),
                          m_settings.value(setting::ghostWords));
        m_remote.setGhost(m_settings.value(setting::ghostThreshold),
                          m_settings.value(setting::ghostWords));
    };
    m_settings.observe(setting::ghostThreshold, this, [ghost](double) { ghost(); });
    m_settings.observe(setting::ghostWords, this, [ghost](int) { ghost(); });
    m_settings.observe(setting::idleUnload, this, [this](int minutes) {
        const std::chrono::minutes idle(minutes);
        m_source.setIdleUnload(idle);
        m_poems.setIdleUnload(idle);
        m_captions.setIdleUnload(idle);
        m_verse.orderRhymesBy(m_models.forRhymes());
    });
    connect(&m_settings, &services::Settings::changed, this, [this](const QString& key) {
        if (key == QLatin1String(setting::modelFolders.key)) {
            m_library.setFolders(m_settings.value(setting::modelFolders));
            m_modelLater.start();
        }
        if (key == QLatin1String(setting::pictureMegabytes.key) ||
            key == QLatin1String(setting::pictureMegapixels.key)) {
            m_captions.setLimits(m_models.pictureLimits());
            m_remoteCaptions.setLimits(m_models.pictureLimits());
        }
        for (const char* of : {setting::proseModel.key, setting::captionModel.key,
                               setting::device.key, setting::precision.key, setting::threads.key}) {
            if (key == QLatin1String(of)) {
                m_modelLater.start();
            }
        }
    });
}

// The models here are of English prose, and of verse in both languages.
services::LocalFit Application::fitsHere(const services::SuggestionQuery& query) const {
    using services::LocalFit;
    const services::ModelStatus status = m_source.status();
    if (status.name.isEmpty() || status.state == services::ModelState::Failed) {
        return LocalFit::None;
    }
    const bool chinese = services::endsInHan(query.before);
    const auto language = chinese ? verse::Language::Chinese : verse::Language::English;
    const bool inVerse =
        chinese ? verse::chineseCaret(query.before.toStdString()).has_value() : query.verse;
    if (inVerse && m_models.suggestingVerse().contains(language)) {
        return LocalFit::Alone;
    }
    return chinese ? LocalFit::None : LocalFit::Fits;
}

bool Application::composesHere(const services::PoemQuery& query) const {
    const services::VerseForm* form = m_verse.findForm(query.form);
    return form == nullptr || // let the composer here say so
           m_models.verse().contains(form->language == services::VerseLanguage::Chinese
                                         ? verse::Language::Chinese
                                         : verse::Language::English);
}

void Application::connectServers() {
    connect(&m_servers, &services::RemoteServers::statusChanged, this,
            [this](const services::RemoteStatus& status) {
                for (const auto& window : std::as_const(m_windows)) {
                    if (window) {
                        window->setRemoteStatus(status);
                        if (status.troubled.isEmpty()) {
                            window->clearNotice(remoteNotice);
                        }
                    }
                }
            });
    connect(&m_servers, &services::RemoteServers::troubled, this,
            [this](const services::RemoteProfile& profile, const services::RemoteError& error) {
                if (ui::MainWindow* window = activeWindow()) {
                    window->showNotice(
                        remoteNotice,
                        tr("%1 Your text is safe; the models on this computer go on.")
                            .arg(ui::explainRemoteError(error, ui::nameOf(profile))),
                        {{tr("Settings…"), [this] { showSettings(ui::SettingsPage::Remote); }}});
                }
            });
}

void Application::tellSuggesting() {
    m_servers.setSuggesting(m_options.suggestions &&
                            m_settings.value(setting::suggestionsEnabled) &&
                            m_settings.value(setting::ghostText));
}

void Application::applyModel() {
    m_source.setModel(m_models.prose(), m_models.load());
    m_source.setVerseModels(m_models.suggestingVerse());
    m_poems.setModels(m_models.verse(), m_models.load());
    m_verse.orderRhymesBy(m_models.forRhymes());
    m_captions.setModel(m_models.captioner(), m_models.load());
}

const ui::Theme& Application::theme() const {
    const QString choice = m_settings.value(setting::theme);
    const bool dark =
        choice == QLatin1String("dark") || (choice == QLatin1String("system") && m_scheme.isDark());
    return dark ? ui::darkTheme() : ui::lightTheme();
}

void Application::applyTheme() {
    const ui::Theme& now = theme();
    QApplication::setPalette(now.palette());
    for (const auto& window : std::as_const(m_windows)) {
        if (window) {
            window->setTheme(now);
        }
    }
    if (m_settingsDialog) {
        m_settingsDialog->setTheme(now);
    }
}

ui::MainWindow* Application::addWindow() {
    auto* window = new ui::MainWindow({.settings = m_settings,
                                       .paths = m_paths,
                                       .source = m_suggestions,
                                       .dialogs = m_dialogs,
                                       .spelling = &m_spelling,
                                       .poems = &m_routedPoems,
                                       .verse = &m_verse,
                                       .captions = &m_routedCaptions,
                                       .download = &m_download});
    if (!m_options.suggestions) {
        window->suppressSuggestions();
    }
    window->setTheme(theme());
    window->setModelStatus(m_source.status());
    window->setRemoteStatus(m_servers.status());
    m_windows.removeAll(QPointer<ui::MainWindow>());
    m_windows.append(window);
    connect(window, &ui::MainWindow::newWindowRequested, this, [this, window] {
        ui::MainWindow* added = addWindow();
        added->move(window->pos() + QPoint(24, 24));
        added->show();
    });
    connect(window, &ui::MainWindow::openRequested, this, &Application::openFiles);
    connect(window, &ui::MainWindow::quitRequested, this, &Application::quit);
    connect(window, &ui::MainWindow::settingsRequested, this, &Application::showSettings);
    connect(window, &ui::MainWindow::aboutRequested, this, &Application::showAbout);
    connect(window, &ui::MainWindow::recoveryRequested, this, [this] {
        showRecovery(true);
        tellUnreadable();
    });
    connect(window, &ui::MainWindow::suggestionsWanted, this, [this] {
        m_options.suggestions = true;
        m_source.setEnabled(m_settings.value(setting::suggestionsEnabled));
        tellSuggesting();
    });
    connect(window, &ui::MainWindow::closing, this, [this, window] {
        if (!m_quitting) {
            rememberSession(window);
        } else {
            QMetaObject::invokeMethod(this, &Application::closeWindows, Qt::QueuedConnection);
        }
    });
    connect(window, &ui::MainWindow::closeAbandoned, this, [this] { m_quitting = false; });
    connect(window, &ui::MainWindow::painted, this, [this] {
        if (!m_started) {
            m_started = true;
            afterFirstPaint();
        }
    });
    return window;
}

ui::MainWindow* Application::activeWindow() const {
    auto* active = qobject_cast<ui::MainWindow*>(QApplication::activeWindow());
    if (active != nullptr) {
        return active;
    }
    for (auto it = m_windows.crbegin(); it != m_windows.crend(); ++it) {
        if (*it) {
            return it->data();
        }
    }
    return nullptr;
}

void Application::start() {
    ui::MainWindow* window = addWindow();
    window->show();
    window->activateWindow(); // without a window manager nobody else does
    QStringList files = m_options.files;
    if (files.isEmpty() && m_settings.value(setting::restoreSession)) {
        files = m_settings.value(setting::openDocuments);
        files.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
    }
    // A small text is there in the first frame; a large one does not hold it up.
    const bool small = std::all_of(files.begin(), files.end(), [](const QString& path) {
        return QFileInfo(path).size() < quickToOpen;
    });
    if (small) {
        openFiles(files);
    } else {
        m_later = files;
    }
}

void Application::afterFirstPaint() {
    openFiles(std::exchange(m_later, {}));

    m_source.start();
    m_scheme.ask();
    tellRecoverable(static_cast<int>(m_recovery.findRecoverable().size()));
    tellUnreadable();
}

void Application::openFiles(const QStringList& paths) {
    for (const QString& path : paths) {
        openFile(QFileInfo(path).absoluteFilePath());
    }
}

void Application::openFile(const QString& path) {
    for (const auto& window : std::as_const(m_windows)) {
        if (window &&
            (window->session().path() == path || window->session().loadingPath() == path)) {
            window->raise();
            window->activateWindow();
            return;
        }
    }
    ui::MainWindow* target = activeWindow();
    const bool fresh = target == nullptr || !target->isPristine();
    if (fresh) {
        target = addWindow();
    }
    if (fresh) {
        connect(&target->session(), &ui::DocumentSession::openFailed, target, [target] {
            if (target->isPristine()) {
                target->close();
            }
        });
    }
    target->openFile(path);
    target->show();
    if (!m_started) {
        return; // the start looks at all journals
    }
    tellRecoverable(static_cast<int>(m_recovery.findFor(path).size()));
    tellUnreadable();
}

void Application::tellUnreadable() {
    if (ui::MainWindow* window = activeWindow()) {
        ui::tellUnreadable(*window, m_recovery);
    }
}

// In the message bar, for the writer may be typing already: no dialog takes the keys away.
void Application::tellRecoverable(int count) {
    ui::MainWindow* window = activeWindow();
    if (count > 0 && window != nullptr) {
        window->showNotice(
            QStringLiteral("recoverable"),
            tr("Linnet ended before %n text(s) could be saved. Nothing is lost: look "
               "at what there is, and restore what you want to keep.",
               nullptr, count),
            {{tr("Show…"), [this] { showRecovery(false); }}});
    }
}

void Application::showRecovery(bool tellIfNone) {
    ui::MainWindow* parent = activeWindow();
    std::vector<services::RecoverableDocument> found = m_recovery.findRecoverable();
    if (found.empty()) {
        if (tellIfNone && m_recovery.unreadable().empty()) {
            m_dialogs.tell(parent, tr("There is no unsaved text to recover."),
                           tr("Everything that Linnet knows of was saved or discarded."));
        }
        return;
    }
    if (parent != nullptr) {
        parent->clearNotice(QStringLiteral("recoverable"));
    }
    auto* dialog = new ui::RecoveryDialog(std::move(found), m_recovery, theme(), parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ui::RecoveryDialog::restoreRequested, this, &Application::restore);
    dialog->open();
}

void Application::restore(const services::RecoverableDocument& document) {
    // The window that shows the file already takes it, else an unused one, else a new one.
    ui::MainWindow* target = nullptr;
    for (const auto& window : std::as_const(m_windows)) {
        const bool shows = window && !document.path.isEmpty() &&
                           window->session().path() == document.path &&
                           !window->session().isModified() && !window->session().isSaving() &&
                           !window->session().isLoading();
        if (window && (shows || (target == nullptr && window->isPristine()))) {
            target = window;
        }
    }
    if (target == nullptr) {
        target = addWindow();
    }
    target->show();
    target->session().restore(document);
}

void Application::showSettings(ui::SettingsPage page) {
    if (!m_settingsDialog) {
        m_settingsDialog = new ui::SettingsDialog({m_settings, m_library, m_dialogs, &m_spelling,
                                                   m_memory.get(), &m_servers, &m_tokens, &m_verse},
                                                  activeWindow());
        m_settingsDialog->setAttribute(Qt::WA_DeleteOnClose);
        m_settingsDialog->setTheme(theme());
        m_settingsDialog->setModelStatus(m_source.status());
        connect(m_settingsDialog, &ui::SettingsDialog::retryRequested, &m_source,
                &services::LocalSuggestionSource::retry);
        connect(m_settingsDialog, &ui::SettingsDialog::projectForgotten, this,
                [this] { m_source.setLearning(m_settings.value(setting::learnFromDocuments)); });
    }
    m_settingsDialog->showPage(page);
    m_settingsDialog->show();
    m_settingsDialog->raise();
    m_settingsDialog->activateWindow();
}

void Application::showAbout() {
    const QString chosen = m_settings.value(setting::proseModel);
    auto* dialog = new ui::AboutDialog(chosen.isEmpty() ? m_library.bestFor(QStringLiteral("en"))
                                                        : m_library.find(chosen),
                                       activeWindow());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void Application::rememberSession(const ui::MainWindow* closing) {
    QStringList open;
    QString last;
    for (const auto& window : std::as_const(m_windows)) {
        const QString path = window ? window->session().path() : QString();
        if (path.isEmpty()) {
            continue;
        }
        if (window == closing) {
            last = path;
        } else {
            open.append(path);
        }
    }
    // The last window to go is where the writer goes on next time.
    if (open.isEmpty() && !last.isEmpty()) {
        open.append(last);
    }
    m_settings.set(setting::openDocuments, open);
}

void Application::quit() {
    rememberSession(nullptr);
    m_quitting = true;
    closeWindows();
}

// One that waits for its text to be saved goes on with this when it closes.
void Application::closeWindows() {
    const auto windows = m_windows;
    for (const auto& window : windows) {
        if (window && window->isVisible() && !window->close()) {
            m_quitting = window->session().isSaving();
            return;
        }
    }
}

} // namespace linnet::desktop
