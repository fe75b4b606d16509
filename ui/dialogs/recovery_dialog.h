#pragma once

#include <vector>

#include <QDialog>
#include <QTimer>

#include "services/recovery.h"
#include "ui/theme.h"

class QLabel;
class QListWidget;
class QPushButton;
class QTextBrowser;
class QVBoxLayout;

namespace linnet::ui {

// Shows text that survived a crash, and what is new in it, before anything is done with it. It may
// come up while its writer is typing: until a moment without a key has passed, keys go on to the
// window behind it, and decide nothing here.
class RecoveryDialog : public QDialog {
    Q_OBJECT
public:
    RecoveryDialog(std::vector<services::RecoverableDocument> found, services::RecoveryStore& store,
                   const Theme& theme, QWidget* parent = nullptr);

Q_SIGNALS:
    void restoreRequested(const linnet::services::RecoverableDocument& document);

protected:
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

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
    QTimer m_typing{this}; // runs while keys are still meant for the text
};

} // namespace linnet::ui
