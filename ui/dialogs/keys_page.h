#pragma once

#include <QDialog>
#include <QWidget>

#include "services/settings.h"
#include "ui/commands.h"

class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace linnet::ui {

// Takes the next key that is pressed, Tab and Escape included.
class KeyCapture : public QDialog {
    Q_OBJECT
public:
    explicit KeyCapture(const QString& command, QWidget* parent = nullptr);
    QKeySequence key() const { return m_key; }

protected:
    bool event(QEvent* event) override;

private:
    QKeySequence m_key;
};

// Every command with its keys, to be changed.
class KeysPage : public QWidget {
    Q_OBJECT
public:
    explicit KeysPage(services::Settings& settings, QWidget* parent = nullptr);

    // Gives `key` to a command; another one that had it loses it, and the page says so.
    void assign(const Command& command, const QKeySequence& key, bool add);

private:
    void fill();
    void updateButtons();
    const Command* selected() const;
    void capture(bool add);

    services::Settings& m_settings;
    QTreeWidget* m_tree = nullptr;
    QLabel* m_note = nullptr;
    QPushButton* m_change = nullptr;
    QPushButton* m_add = nullptr;
    QPushButton* m_remove = nullptr;
    QPushButton* m_default = nullptr;
};

} // namespace linnet::ui
