#pragma once

#include <vector>

#include <QDialog>

#include "services/recovery.h"
#include "ui/theme.h"

class QLabel;
class QListWidget;
class QPushButton;
class QTextBrowser;
class QVBoxLayout;

namespace linnet::ui {

// Shows text that survived a crash, and what is new in it, before anything is done with it.
class RecoveryDialog : public QDialog {
    Q_OBJECT
public:
    RecoveryDialog(std::vector<services::RecoverableDocument> found, services::RecoveryStore& store,
                   const Theme& theme, QWidget* parent = nullptr);

Q_SIGNALS:
    void restoreRequested(const linnet::services::RecoverableDocument& document);

private:
    void buildButtons(QVBoxLayout* column);
    void showSelected();
    void finishSelected();
    void restore();
    void discard();
    QString describe(const services::RecoverableDocument& document) const;
    QString difference(const services::RecoverableDocument& document) const;

    std::vector<services::RecoverableDocument> m_found;
    services::RecoveryStore& m_store;
    Theme m_theme;
    QListWidget* m_list = nullptr;
    QLabel* m_about = nullptr;
    QTextBrowser* m_view = nullptr;
    QPushButton* m_whole = nullptr;
    QPushButton* m_discard = nullptr;
};

} // namespace linnet::ui
