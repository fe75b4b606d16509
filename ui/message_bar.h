#pragma once

#include <functional>

#include <QWidget>

#include "ui/theme.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace linnet::ui {

// A notice under the page that does not stop the writer: what happened, whether the text is safe,
// and buttons for what can be done. A new notice covers the one before it, which comes back when
// the new one is closed, unless it is over by then; of each topic there is one.
class MessageBar : public QWidget {
    Q_OBJECT
public:
    struct Action {
        QString text;
        std::function<void()> run;
    };

    explicit MessageBar(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // `topic` names what it is about, so that clear(topic) removes only that.
    void show(const QString& topic, const QString& message, const QList<Action>& actions = {});
    void clear(const QString& topic);
    QString message() const;
    QString topic() const { return m_notices.isEmpty() ? QString() : m_notices.constLast().topic; }

Q_SIGNALS:
    void dismissed();

private:
    struct Notice {
        QString topic;
        QString message;
        QList<Action> actions;
    };
    void remove(const QString& topic);
    void showLast();
    void removeButtons();

    QLabel* m_label = nullptr;
    QHBoxLayout* m_row = nullptr;
    QToolButton* m_close = nullptr;
    QList<QWidget*> m_buttons;
    QList<Notice> m_notices; // the last one is on top
};

} // namespace linnet::ui
