#pragma once

#include <QDialog>

#include "services/model_status.h"
#include "services/settings.h"
#include "ui/dialogs/dialogs.h"
#include "ui/theme.h"

class QListWidget;
class QStackedWidget;

namespace linnet::services {
class ModelLibrary;
class ProjectMemory;
class RemoteServers;
class SpellChecker;
class TokenKeeper;
class VerseSource;
} // namespace linnet::services

namespace linnet::ui {

// What the pages show and change; all of it outlives the dialog.
struct SettingsServices {
    services::Settings& settings;
    services::ModelLibrary& library;
    Dialogs& dialogs;
    const services::SpellChecker* spelling = nullptr;
    const services::ProjectMemory* memory = nullptr; // none: nothing can be learned
    services::RemoteServers* servers = nullptr;      // none, or no tokens: no page for servers
    services::TokenKeeper* tokens = nullptr;
    const services::VerseSource* verse = nullptr; // none: no page for verse
};

class KeysPage;
class ModelsPage;
class SuggestionsPage;

enum class SettingsPage : int {
    Writing,
    Suggestions,
    Verse,
    Pictures,
    Models,
    Remote,
    Appearance,
    Keys
};

// All settings; every change applies at once.
class SettingsDialog : public QDialog {
    Q_OBJECT
public:
    explicit SettingsDialog(const SettingsServices& services, QWidget* parent = nullptr);

    void showPage(SettingsPage page);
    void setTheme(const Theme& theme);
    void setModelStatus(const services::ModelStatus& status);

Q_SIGNALS:
    void retryRequested(); // load the model again
    void projectForgotten();

private:
    void addPage(SettingsPage which, const QString& title, const QString& icon, QWidget* page);

    QListWidget* m_list = nullptr;
    QStackedWidget* m_pages = nullptr;
    ModelsPage* m_models = nullptr;
    SuggestionsPage* m_suggestions = nullptr;
    QStringList m_icons;
    QList<SettingsPage> m_rows;
};

} // namespace linnet::ui
