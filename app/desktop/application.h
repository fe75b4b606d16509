#pragma once

#include <memory>

#include <QApplication>
#include <QPointer>
#include <QTimer>

#include "desktop/local_models.h"
#include "services/app_paths.h"
#include "services/local_caption_source.h"
#include "services/local_poem_source.h"
#include "services/local_suggestion_source.h"
#include "services/local_verse_source.h"
#include "services/model_library.h"
#include "services/picture_download.h"
#include "services/recovery.h"
#include "services/remote_caption_source.h"
#include "services/remote_servers.h"
#include "services/remote_suggestion_source.h"
#include "services/routed_poem_source.h"
#include "services/routed_suggestion_source.h"
#include "services/secret_store.h"
#include "services/settings.h"
#include "services/spell_checker.h"
#include "ui/dialogs/dialogs.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/main_window.h"
#include "ui/system_scheme.h"
#include "ui/theme.h"

namespace linnet::desktop {

struct StartOptions {
    QStringList files;
    bool suggestions = true; // false: this session has none, whatever the settings say
};

// The program: its services in the order in which they depend on each other, and its windows.
class Application : public QObject {
    Q_OBJECT
public:
    // `secrets`: where tokens are kept; none: the system's keychain.
    Application(const services::AppPaths& paths, const StartOptions& options,
                std::unique_ptr<services::SecretStore> secrets = nullptr);
    ~Application() override;

    // Shows the windows. Everything that takes time begins after the first has painted.
    void start();

private:
    ui::MainWindow* addWindow();
    ui::MainWindow* activeWindow() const;
    void openFiles(const QStringList& paths);
    void openFile(const QString& path);
    void afterFirstPaint();
    void tellRecoverable(int count);
    void showRecovery(bool tellIfNone);
    void tellUnreadable();
    void restore(const services::RecoverableDocument& document);
    void showSettings(ui::SettingsPage page);
    void showAbout();
    void quit();
    void closeWindows();
    void rememberSession(const ui::MainWindow* closing);
    void applyTheme();
    const ui::Theme& theme() const;
    void observeSettings();
    void applyModel();
    void connectServers();
    void tellSuggesting();
    services::LocalFit fitsHere(const services::SuggestionQuery& query) const;
    bool composesHere(const services::PoemQuery& query) const;

    services::AppPaths m_paths;
    StartOptions m_options;
    services::Settings m_settings;
    services::ModelLibrary m_library;
    LocalModels m_models;
    services::RecoveryStore m_recovery;
    services::SpellChecker m_spelling;
    std::shared_ptr<services::ProjectMemory> m_memory;
    services::LocalSuggestionSource m_source;
    std::unique_ptr<services::SecretStore> m_secrets;
    services::TokenKeeper m_tokens;
    services::RemoteServers m_servers;
    services::RemoteSuggestionSource m_remote;
    services::RoutedSuggestionSource m_suggestions; // what the windows ask
    services::LocalVerseSource m_verse;
    services::LocalPoemSource m_poems;
    services::RemotePoemSource m_remotePoems;
    services::RoutedPoemSource m_routedPoems; // what the windows ask
    services::LocalCaptionSource m_captions;
    services::RemoteCaptionSource m_remoteCaptions;
    services::RoutedCaptionSource m_routedCaptions; // what the windows ask
    services::PictureDownload m_download;
    ui::SystemDialogs m_dialogs;
    ui::SystemScheme m_scheme;
    QTimer m_modelLater;
    QList<QPointer<ui::MainWindow>> m_windows;
    QPointer<ui::SettingsDialog> m_settingsDialog;
    QStringList m_later; // files to open after the first paint
    bool m_started = false;
    bool m_quitting = false;
};

} // namespace linnet::desktop
