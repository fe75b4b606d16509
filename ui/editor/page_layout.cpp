#include "ui/editor/page_layout.h"

#include <algorithm>
#include <cmath>

#include <QFontInfo>
#include <QFontMetricsF>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>

namespace linnet::ui {

PageLayout::PageLayout(QTextDocument* document)
    : QPlainTextDocumentLayout(document) {
    updateMetrics();
}

void PageLayout::setLineHeight(qreal factor) {
    m_factor = factor;
    updateMetrics();
}

void PageLayout::updateMetrics() {
    const QFont font = document()->defaultFont();
    const QFontMetricsF metrics(font);
    // Single spacing is a share of the em, not of the font's box: boxes of fonts differ by half.
    const qreal single = 1.12 * QFontInfo(font).pixelSize();
    m_pitch = std::round(std::max(single * m_factor, metrics.height()));
    m_baseline = std::round((m_pitch - metrics.height()) / 2 + metrics.ascent());
}

QRectF PageLayout::blockBoundingRect(const QTextBlock& block) const {
    QRectF bounds = QPlainTextDocumentLayout::blockBoundingRect(block);
    if (!block.isValid() || !block.isVisible()) {
        return bounds;
    }
    const QTextLayout* layout = block.layout();
    qreal top = 0;
    for (int i = 0; i < layout->lineCount(); ++i) {
        QTextLine line = layout->lineAt(i);
        const qreal slot = std::max(m_pitch, std::ceil(line.height()));
        const qreal y = slot > m_pitch ? top : std::max(top, top + m_baseline - line.ascent());
        if (line.y() != y) {
            line.setPosition(QPointF(line.x(), y));
        }
        top += slot;
    }
    const qreal below = block.next().isValid() ? 0 : document()->documentMargin();
    bounds.setHeight(top + below);
    return bounds;
}

} // namespace linnet::ui
