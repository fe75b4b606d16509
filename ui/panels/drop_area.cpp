#include "ui/panels/drop_area.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace linnet::ui {

namespace {
constexpr int roomy = 24;
constexpr int tight = 8;
constexpr qreal radius = 6;
} // namespace

DropArea::DropArea(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme()) {
    setObjectName(QStringLiteral("dropArea"));
    m_label = new QLabel(tr("Drop pictures here, or paste"), this);
    m_label->setObjectName(QStringLiteral("dropLabel"));
    m_label->setAlignment(Qt::AlignCenter);
    m_label->setWordWrap(true);
    m_choose = new QPushButton(tr("Choose Pictures…"), this);
    m_choose->setObjectName(QStringLiteral("choosePictures"));
    m_choose->setAutoDefault(false);
    connect(m_choose, &QPushButton::clicked, this, &DropArea::chooseRequested);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(10);
    column->addStretch(1);
    column->addWidget(m_label);
    column->addWidget(m_choose, 0, Qt::AlignHCenter);
    column->addStretch(1);
    setSmall(false);
}

void DropArea::setTheme(const Theme& theme) {
    m_theme = theme;
    setTextColour(m_label, theme.muted);
    update();
}

void DropArea::setSmall(bool small) {
    const int space = small ? tight : roomy;
    layout()->setContentsMargins(space, space, space, space);
    layout()->setSpacing(small ? 4 : 10);
    setSizePolicy(QSizePolicy::Preferred, small ? QSizePolicy::Fixed : QSizePolicy::Expanding);
}

void DropArea::setActive(bool active) {
    if (active != m_active) {
        m_active = active;
        update();
    }
}

void DropArea::paintEvent(QPaintEvent* event) {
    QWidget::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(m_active ? m_theme.accent : m_theme.muted, m_active ? 2 : 1.2);
    pen.setDashPattern({5, 4});
    painter.setPen(pen);
    if (m_active) {
        painter.setBrush(m_theme.selection);
    }
    painter.drawRoundedRect(QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5), radius, radius);
}

} // namespace linnet::ui
