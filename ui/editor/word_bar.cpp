#include "ui/editor/word_bar.h"

#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace linnet::ui {

namespace {
constexpr int cellPadding = 12;
constexpr int digitGap = 6;
constexpr int cellGap = 6;
constexpr int keepMilliseconds = 150;
} // namespace

WordBar::WordBar(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme()) {
    setObjectName(QStringLiteral("wordBar"));
    setAccessibleName(tr("Suggested words"));
    setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_fade.setSingleShot(true);
    m_fade.setInterval(keepMilliseconds);
    connect(&m_fade, &QTimer::timeout, this, [this] {
        m_shown = m_words;
        layoutCells();
    });
}

QSize WordBar::sizeHint() const {
    return QSize(480, fontMetrics().height() + 16);
}

QSize WordBar::minimumSizeHint() const {
    return QSize(200, sizeHint().height());
}

void WordBar::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void WordBar::setKeyHints(const QStringList& hints) {
    m_hints = hints;
}

void WordBar::setWords(const QStringList& words, bool firstTakesTab) {
    if (words == m_words && words == m_shown && firstTakesTab == m_firstTakesTab) {
        return;
    }
    m_words = words;
    m_firstTakesTab = firstTakesTab;
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    if (words.isEmpty()) {
        m_fade.start();
        return;
    }
    m_fade.stop();
    m_shown = words;
    layoutCells();
}

void WordBar::layoutCells() {
    m_cells.clear();
    const QFontMetricsF metrics(font());
    qreal total = 0;
    for (const QString& word : std::as_const(m_shown)) {
        const QString digit = QString::number(m_cells.size() + 1);
        const qreal wide = std::ceil(metrics.horizontalAdvance(digit) + digitGap +
                                     metrics.horizontalAdvance(word) + 2 * cellPadding);
        if (total + wide > width()) {
            break;
        }
        m_cells.append({QRectF(total, 3, wide, height() - 6), word});
        total += wide + cellGap;
    }
    Q_EMIT fitted(static_cast<int>(m_cells.size()));
    const qreal shift = std::floor(std::max(0.0, (width() - total + cellGap) / 2));
    for (Cell& cell : m_cells) {
        cell.area.translate(shift, 0);
    }
    update();
}

void WordBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), m_theme.paper);
    const QFontMetricsF metrics(font());
    for (int i = 0; i < m_cells.size(); ++i) {
        const Cell& cell = m_cells.at(i);
        if (i == m_hovered) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.chrome);
            painter.drawRoundedRect(cell.area, 4, 4);
        }
        const qreal baseline = cell.area.center().y() + (metrics.ascent() - metrics.descent()) / 2;
        const QString digit = QString::number(i + 1);
        const qreal x = cell.area.left() + cellPadding;
        painter.setPen(m_theme.ghost);
        painter.drawText(QPointF(x, baseline), digit);
        const qreal wordX = x + metrics.horizontalAdvance(digit) + digitGap;
        painter.setPen(i == m_hovered ? m_theme.ink : m_theme.muted);
        painter.drawText(QPointF(wordX, baseline), cell.word);
        if (i == 0 && m_firstTakesTab) {
            // A line under the word that Tab completes.
            const qreal y = std::round(baseline + 4) + 0.5;
            painter.setPen(QPen(m_theme.accent, 1));
            painter.drawLine(QPointF(wordX, y),
                             QPointF(wordX + metrics.horizontalAdvance(cell.word), y));
        }
    }
}

int WordBar::cellAt(const QPointF& point) const {
    for (int i = 0; i < m_cells.size(); ++i) {
        if (m_cells.at(i).area.contains(point)) {
            return i;
        }
    }
    return -1;
}

void WordBar::mousePressEvent(QMouseEvent* event) {
    const int index = cellAt(event->position());
    if (event->button() == Qt::LeftButton && index >= 0 && index < m_words.size()) {
        Q_EMIT picked(index);
    }
}

void WordBar::mouseMoveEvent(QMouseEvent* event) {
    const int index = cellAt(event->position());
    if (index != m_hovered) {
        m_hovered = index;
        update();
    }
}

void WordBar::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}

bool WordBar::event(QEvent* event) {
    if (event->type() == QEvent::Resize) {
        layoutCells();
    } else if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int index = cellAt(help->pos());
        if (index >= 0 && index < m_hints.size() && !m_hints.at(index).isEmpty()) {
            const QString key = m_hints.at(index);
            QToolTip::showText(help->globalPos(),
                               index == 0 && m_firstTakesTab ? tr("%1, or Tab").arg(key) : key,
                               this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

} // namespace linnet::ui
