#pragma once

#include <vector>

#include "services/background_work.h"
#include "services/project_memory.h"
#include "ui/dialogs/dialogs.h"
#include "ui/dialogs/settings_form.h"

class QListWidget;
class QPushButton;

namespace linnet::ui {

// When and how suggestions are shown, and what they have learned.
class SuggestionsPage : public SettingsForm {
    Q_OBJECT
public:
    SuggestionsPage(services::Settings& settings, const services::ProjectMemory* memory,
                    Dialogs& dialogs, QWidget* parent = nullptr);

    void refresh(); // looks at what is learned again; the list follows when it is read

Q_SIGNALS:
    void projectForgotten();

private:
    using Words = std::vector<suggest::PastCounts::Word>;

    void addLearning();
    void list(std::vector<services::LearnedProject> found);
    void readWords();
    void showWords(const QString& folder, const Words& words);
    void forget();

    const services::ProjectMemory* m_memory;
    Dialogs& m_dialogs;
    std::vector<services::LearnedProject> m_found;
    QListWidget* m_projects = nullptr;
    QPushButton* m_show = nullptr;
    QPushButton* m_forget = nullptr;
    services::BackgroundWork m_work; // reads what is learned
};

} // namespace linnet::ui
