#pragma once

#include <QDialog>

#include "services/model_status.h"
#include "services/settings.h"
#include "ui/theme.h"

class QListWidget;
class QStackedWidget;

namespace linnet::services {
class ModelLibrary;
class SpellChecker;
} // namespace linnet::services

namespace linnet::ui {

// What the pages show and change; all of it outlives the dialog.
struct SettingsServices {
    services::Settings& settings;
    services::ModelLibrary& library;
    const services::SpellChecker* spelling = nullptr;
};

class KeysPage;
class ModelsPage;

enum class SettingsPage : int { Writing, Suggestions, Models, Appearance, Keys };

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

private:
    void addPage(const QString& title, const QString& icon, QWidget* page);

    QListWidget* m_list = nullptr;
    QStackedWidget* m_pages = nullptr;
    ModelsPage* m_models = nullptr;
    QStringList m_icons;
};

} // namespace linnet::ui
