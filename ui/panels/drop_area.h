#pragma once

#include <QWidget>

#include "ui/theme.h"

class QLabel;
class QPushButton;

namespace linnet::ui {

// The dashed area that says what can be dropped, with a button for who has no mouse.
class DropArea : public QWidget {
    Q_OBJECT
public:
    explicit DropArea(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Small: there are pictures below.
    void setSmall(bool small);
    // Something that can be dropped is held over it.
    void setActive(bool active);
    QPushButton& button() { return *m_choose; }

Q_SIGNALS:
    void chooseRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Theme m_theme;
    bool m_active = false;
    QLabel* m_label = nullptr;
    QPushButton* m_choose = nullptr;
};

} // namespace linnet::ui
