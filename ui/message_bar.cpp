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
        clear(topic());
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
    remove(topic);
    m_notices.append({topic, message, actions});
    showLast();
}

void MessageBar::remove(const QString& topic) {
    m_notices.removeIf([&](const Notice& notice) { return notice.topic == topic; });
}

void MessageBar::showLast() {
    removeButtons();
    if (m_notices.isEmpty()) {
        hide();
        m_label->clear();
        return;
    }
    const Notice& notice = m_notices.constLast();
    m_label->setText(notice.message);
    setAccessibleName(notice.message);
    for (const Action& action : notice.actions) {
        auto* button = new QPushButton(action.text, this);
        connect(button, &QPushButton::clicked, this,
                [this, topic = notice.topic, run = action.run] {
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
    const bool shown = topic == this->topic();
    remove(topic);
    if (shown) {
        showLast();
    }
}

QString MessageBar::message() const {
    return m_label->text();
}

} // namespace linnet::ui
