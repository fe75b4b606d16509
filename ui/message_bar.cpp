#include "ui/message_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "ui/icons.h"

namespace linnet::ui {

MessageBar::MessageBar(QWidget* parent)
    : QWidget(parent) {
    setObjectName(QStringLiteral("messageBar"));
    setAutoFillBackground(true);
    m_row = new QHBoxLayout(this);
    m_row->setContentsMargins(16, 8, 10, 8);
    m_label = new QLabel(this);
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_row->addWidget(m_label, 1);
    m_close = new QToolButton(this);
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Close this notice"));
    m_close->setAccessibleName(tr("Close this notice"));
    m_row->addWidget(m_close);
    connect(m_close, &QToolButton::clicked, this, [this] {
        clear(m_topic);
        Q_EMIT dismissed();
    });
    setTheme(lightTheme());
    hide();
}

void MessageBar::setTheme(const Theme& theme) {
    QPalette palette = this->palette();
    palette.setColor(QPalette::Window, theme.match);
    palette.setColor(QPalette::WindowText, theme.ink);
    setPalette(palette);
    m_close->setIcon(lineIcon(QStringLiteral("close"), theme.ink));
}

void MessageBar::removeButtons() {
    for (QWidget* button : std::as_const(m_buttons)) {
        button->hide();
        button->deleteLater(); // it may be the one that was clicked
    }
    m_buttons.clear();
}

void MessageBar::show(const QString& topic, const QString& message, const QList<Action>& actions) {
    removeButtons();
    m_topic = topic;
    m_label->setText(message);
    setAccessibleName(message);
    for (const Action& action : actions) {
        auto* button = new QPushButton(action.text, this);
        connect(button, &QPushButton::clicked, this, [this, topic, run = action.run] {
            clear(topic);
            run();
        });
        m_row->insertWidget(m_row->count() - 1, button);
        button->show(); // at once, also when the bar is up already
        m_buttons.append(button);
    }
    QWidget::show();
}

void MessageBar::clear(const QString& topic) {
    if (topic != m_topic) {
        return;
    }
    hide();
    removeButtons();
    m_topic.clear();
    m_label->clear();
}

QString MessageBar::message() const {
    return m_label->text();
}

} // namespace linnet::ui
