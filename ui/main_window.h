#pragma once

#include <QHash>
#include <QMainWindow>
#include <QTimer>

#include "services/app_paths.h"
#include "services/caption_source.h"
#include "services/model_status.h"
#include "services/picture_download.h"
#include "services/poem_source.h"
#include "services/recent_files.h"
#include "services/remote_status.h"
#include "services/save_target.h"
#include "services/settings.h"
#include "services/spell_checker.h"
#include "services/suggestion_source.h"
#include "services/verse_source.h"
#include "ui/commands.h"
#include "ui/dialogs/dialogs.h"
#include "ui/message_bar.h"
#include "ui/theme.h"

class QMenu;

namespace linnet::ui {

class DocumentCounts;
class DocumentSession;
class Editor;
class FindBar;
class PicturesDesk;
class StatusStrip;
class SuggestionController;
class VerseDesk;
class WordBar;
enum class SettingsPage : int;

// What a window needs; all of it outlives the window.
struct WindowServices {
    services::Settings& settings;
    const services::AppPaths& paths;
    services::SuggestionSource& source;
    Dialogs& dialogs;
    services::SaveTargetFactory makeSaveTarget = services::makeAtomicSaveTarget;
    services::SpellChecker* spelling = nullptr;    // none: nothing is checked
    services::PoemSource* poems = nullptr;         // null: no poem is composed here
    services::VerseSource* verse = nullptr;        // null: the window has no verse at all
    services::CaptionSource* captions = nullptr;   // null: the window takes no pictures
    services::PictureDownload* download = nullptr; // null: nor any from the web
};

// One document: the page, the word bar and the status bar around it, and the menus. What is done
// lives in the parts; the window connects them.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(const WindowServices& services, QWidget* parent = nullptr);
    ~MainWindow() override;

    void openFile(const QString& path); // see DocumentSession::open
    // True when a file may be opened here instead of in a new window.
    bool isPristine() const;
    void setTheme(const Theme& theme);
    // In the message bar, as MessageBar::show().
    void showNotice(const QString& topic, const QString& message,
                    const QList<MessageBar::Action>& actions = {});
    void clearNotice(const QString& topic);
    void setModelStatus(const services::ModelStatus& status);
    void setRemoteStatus(const services::RemoteStatus& status);
    // None until the writer switches them on again, whatever the settings say.
    void suppressSuggestions();

    Editor& editor() { return *m_editor; }
    DocumentSession& session() { return *m_session; }
    SuggestionController& suggestions() { return *m_suggestions; }
    VerseDesk* verse() { return m_verse; }
    PicturesDesk* pictures() { return m_pictures; }

Q_SIGNALS:
    void newWindowRequested();
    void openRequested(const QStringList& paths);
    void quitRequested();
    void settingsRequested(linnet::ui::SettingsPage page);
    void aboutRequested();
    void recoveryRequested();
    void suggestionsWanted(); // after they were suppressed
    void closing();           // the writer has agreed
    void closeAbandoned();    // after close() had to wait
    void painted();           // once, after the first time

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void buildParts();
    void buildMenus();
    void buildFileMenu();
    void buildEditMenu();
    void buildViewMenu();
    void buildVerseMenu();
    void buildPicturesMenu();
    void connectParts();
    void connectStatus();
    void observeSettings();
    QAction* addCommand(QMenu* menu, const char* id, const std::function<void()>& run);
    void applyShortcuts();
    void fillRecentMenu(QMenu* menu);
    void applyTypography();
    void fitToScreen(const QSize& frame);
    void updateTitle();
    void updateCounts();
    void updateDocumentKind();
    void showEncodingMenu();
    void setFullScreen(bool on);
    void goToLine();
    void announce(const QString& ghost, const QStringList& words);
    void tellSourceDocument();
    void switchSuggestions(bool on);
    void applySuggestions();
    void applyWordCount();

    WindowServices m_services;
    services::RecentFiles m_recent;
    Editor* m_editor = nullptr;
    DocumentCounts* m_counts = nullptr;
    SuggestionController* m_suggestions = nullptr;
    VerseDesk* m_verse = nullptr;       // null: the window has no verse
    PicturesDesk* m_pictures = nullptr; // null: the window takes no pictures
    DocumentSession* m_session = nullptr;
    FindBar* m_find = nullptr;
    MessageBar* m_messages = nullptr;
    StatusStrip* m_status = nullptr;
    WordBar* m_words = nullptr;
    QHash<QString, QAction*> m_actions;
    QTimer m_countsLater;
    Qt::WindowStates m_statesBefore;
    QByteArray m_docksBefore; // full screen
    bool m_suppressed = false;
    bool m_wasPainted = false;
};

} // namespace linnet::ui
