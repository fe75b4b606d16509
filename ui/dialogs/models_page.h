#pragma once

#include "services/model_library.h"
#include "services/model_status.h"
#include "ui/dialogs/dialogs.h"
#include "ui/dialogs/settings_form.h"

class QListWidget;
class QPushButton;

namespace linnet::ui {

// Which model writes along, where it runs, and what is known about it.
class ModelsPage : public SettingsForm {
    Q_OBJECT
public:
    ModelsPage(services::Settings& settings, services::ModelLibrary& library, Dialogs& dialogs,
               QWidget* parent = nullptr);

    void setStatus(const services::ModelStatus& status);
    void refresh(); // looks at the folders again

Q_SIGNALS:
    void retryRequested();

private:
    void addFolders();
    void fillModels();
    void describe();

    services::ModelLibrary& m_library;
    Dialogs& m_dialogs;
    services::ModelStatus m_status;
    QComboBox* m_model = nullptr;
    QLabel* m_about = nullptr;
    QLabel* m_state = nullptr;
    QPushButton* m_retry = nullptr;
    QListWidget* m_folders = nullptr;
};

} // namespace linnet::ui
