#include "ui/editor/ghost_text.h"

#include <algorithm>

#include <QPainter>
#include <QTextOption>

namespace linnet::ui {

namespace {

// How many characters of `text` fit into `width` when it is broken between words. Trailing spaces
// may hang over.
qsizetype fitting(const QString& text, const QFont& font, qreal width) {
    if (text.isEmpty() || width <= 0) {
        return 0;
    }
    QTextLayout layout(text, font);
    QTextOption option;
    option.setWrapMode(QTextOption::WordWrap);
    layout.setTextOption(option);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setLineWidth(width);
    layout.endLayout();
    // A first word wider than the line comes back whole.
    return line.naturalTextWidth() > width + 0.5 ? 0 : line.textLength();
}

} // namespace

void GhostText::clear() {
    m_lines.clear();
    m_visible.clear();
    m_bounds = QRectF();
}

void GhostText::set(const QString& text, const GhostPlace& place) {
    clear();
    m_font = place.font;
    const qsizetype lineBreak = text.indexOf(u'\n');
    const QString whole = lineBreak < 0 ? text : text.left(lineBreak);
    if (whole.trimmed().isEmpty()) {
        return;
    }
    const QFontMetricsF metrics(m_font);
    qsizetype taken = 0;
    QPointF at(place.start.x(), place.start.y() + place.baseline);
    for (int row = 0; row <= place.freeLines && taken < whole.size(); ++row) {
        const QString rest = whole.mid(taken);
        const qsizetype fits = fitting(rest, m_font, place.right - at.x());
        // The rest of a word that is begun stays with it; only a new word may start a line.
        if (fits == 0 && (row > 0 || !rest.front().isSpace())) {
            break;
        }
        if (fits > 0) {
            const QString part = rest.left(fits);
            m_lines.append({at, part});
            const qreal width = metrics.horizontalAdvance(part);
            m_bounds |= QRectF(at.x(), at.y() - place.baseline, width + 1, place.pitch);
        }
        taken += fits;
        if (fits == 0) { // the space that the new line swallows
            while (taken < whole.size() && whole.at(taken).isSpace()) {
                ++taken;
            }
        }
        at = QPointF(place.left, at.y() + place.pitch);
    }
    if (m_lines.isEmpty()) {
        return;
    }
    m_visible = whole.left(taken);
    while (!m_visible.isEmpty() && taken < whole.size() && m_visible.back().isSpace()) {
        m_visible.chop(1); // cut between words: the space belongs to the word not shown
    }
}

void GhostText::paint(QPainter& painter, const QColor& colour) const {
    painter.setFont(m_font);
    painter.setPen(colour);
    for (const Line& line : m_lines) {
        painter.drawText(line.baselineStart, line.text);
    }
}

} // namespace linnet::ui
