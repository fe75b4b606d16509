#include "ui/panels/verse_line_view.h"

#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/editor/markdown_highlighter.h"
#include "ui/verse_words.h"

namespace linnet::ui {

namespace {
constexpr qreal textScale = 1.2; // against the font of the interface
constexpr qreal markScale = 0.75;
constexpr qreal chineseSpacing = 0.4; // em between characters: room for the marks
constexpr int tall = 100000;
} // namespace

VerseLineView::VerseLineView(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme()) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setMouseTracking(true);
    applyFont();
}

void VerseLineView::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void VerseLineView::setFamilies(const QStringList& latin, const QStringList& chinese) {
    m_latin = latin;
    m_chinese = chinese;
    applyFont();
}

void VerseLineView::setText(const QString& text) {
    m_text = text;
    setAccessibleName(text);
    applyFont();
}

void VerseLineView::applyFont() {
    const bool chinese = std::any_of(m_text.begin(), m_text.end(), isChinese);
    QFont font = parentWidget() != nullptr ? parentWidget()->font() : this->font();
    const qreal size = font.pointSizeF();
    font.setFamilies(chinese ? m_chinese + m_latin : m_latin + m_chinese);
    font.setStyleHint(QFont::Serif);
    font.setPointSizeF(size * textScale);
    m_markFont = font;
    m_markFont.setPointSizeF(size * markScale);
    if (chinese) {
        font.setLetterSpacing(QFont::AbsoluteSpacing, chineseSpacing * QFontInfo(font).pixelSize());
    }
    m_layout.setFont(font);
    m_layout.setText(m_text);
    layOut(m_layout, width());
    updateGeometry();
    update();
}

void VerseLineView::setReport(const services::VerseReport* report, int row) {
    m_report = report != nullptr ? std::optional(*report) : std::nullopt;
    m_row = row;
    update();
}

qreal VerseLineView::markHeight() const {
    return QFontMetricsF(m_markFont).height();
}

void VerseLineView::layOut(QTextLayout& layout, int width) const {
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    layout.beginLayout();
    qreal y = 0;
    while (true) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) {
            break;
        }
        line.setLineWidth(std::max(width, 40));
        line.setPosition(QPointF(0, y));
        y += std::ceil(line.height() + markHeight());
    }
    layout.endLayout();
}

int VerseLineView::heightForWidth(int width) const {
    QTextLayout layout(m_text.isEmpty() ? QStringLiteral(" ") : m_text, m_layout.font());
    layOut(layout, width);
    const QTextLine last = layout.lineAt(layout.lineCount() - 1);
    return static_cast<int>(std::ceil(last.y() + last.height() + markHeight()));
}

QSize VerseLineView::sizeHint() const {
    QTextLayout layout(m_text.isEmpty() ? QStringLiteral(" ") : m_text, m_layout.font());
    layOut(layout, tall);
    const int wide = static_cast<int>(std::ceil(layout.lineAt(0).naturalTextWidth())) + 1;
    return QSize(wide, heightForWidth(wide));
}

QSize VerseLineView::minimumSizeHint() const {
    return QSize(80, sizeHint().height());
}

void VerseLineView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut(m_layout, width());
}

bool VerseLineView::isFaulty(const services::VerseUnit& unit) const {
    return std::any_of(m_report->faults.begin(), m_report->faults.end(),
                       [&](const services::VerseFault& fault) {
                           return !fault.remark && m_report->rowOf(fault) == m_row &&
                                  fault.length > 0 && fault.start < unit.start + unit.length &&
                                  fault.start + fault.length > unit.start;
                       });
}

void VerseLineView::paintUnit(QPainter& painter, const services::VerseUnit& unit) const {
    const QTextLine line = m_layout.lineForTextPosition(unit.start);
    if (!line.isValid()) {
        return;
    }
    services::VerseLine alone;
    alone.units = {unit};
    const QString mark = alone.marks();
    const qreal left = line.cursorToX(unit.start);
    const qreal spacing = m_layout.font().letterSpacing();
    const qreal right = line.cursorToX(unit.start + unit.length) - spacing;
    const QFontMetricsF metrics(m_markFont);
    const QPointF base((left + right - metrics.horizontalAdvance(mark)) / 2,
                       line.y() + line.height() + metrics.ascent());
    const bool faulty = isFaulty(unit);
    painter.setPen(faulty ? m_theme.bad : m_theme.muted);
    painter.drawText(base, mark);
    if (faulty) {
        const qreal y = std::round(line.y() + line.ascent() + 3) + 0.5;
        painter.drawLine(QPointF(left, y), QPointF(right, y));
    }
}

void VerseLineView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(m_theme.ink);
    m_layout.draw(&painter, QPointF(0, 0));
    if (!m_report) {
        return;
    }
    painter.setFont(m_markFont);
    for (const services::VerseLine& line : m_report->lines) {
        for (const services::VerseUnit& unit : line.units) {
            if (line.row == m_row && unit.start + unit.length <= m_text.size()) {
                paintUnit(painter, unit);
            }
        }
    }
}

QString VerseLineView::hintAt(const QPoint& point) const {
    if (!m_report) {
        return {};
    }
    for (int i = 0; i < m_layout.lineCount(); ++i) {
        const QTextLine line = m_layout.lineAt(i);
        const bool inside = point.y() >= line.y() &&
                            point.y() < line.y() + line.height() + markHeight() &&
                            point.x() < line.naturalTextWidth();
        if (inside) {
            const int place = line.xToCursor(point.x(), QTextLine::CursorOnCharacter);
            return explainPlace(m_text, *m_report, m_row, place);
        }
    }
    return {};
}

bool VerseLineView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString hint = hintAt(help->pos());
        if (hint.isEmpty()) {
            QToolTip::hideText();
        } else {
            QToolTip::showText(help->globalPos(), hint, this);
        }
        return true;
    }
    return QWidget::event(event);
}

} // namespace linnet::ui
