#include <algorithm>
#include <cmath>

#include <QPaintEvent>
#include <QPainter>
#include <QTextBlock>

#include "ui/editor/editor.h"
#include "ui/editor/markdown_highlighter.h"
#include "ui/editor/page_layout.h"
#include "ui/editor/page_overlay.h"
#include "ui/editor/spell_marks.h"
#include "ui/editor/text_context.h"

// What is painted behind and after the text: selection, search matches, suggested text.

namespace linnet::ui {

namespace {
constexpr int mostGhostLines = 6;
constexpr qreal lineEndMark = 6; // pixels: how a selected line end shows
constexpr qreal waveStep = 2.5;  // pixels
constexpr qreal waveHeight = 1.8;
constexpr float veilStrength = 0.62F;
} // namespace

void Editor::paintEvent(QPaintEvent* event) {
    {
        QPainter painter(viewport());
        painter.setClipRegion(event->region());
        paintBehindText(painter);
        paintSpelling(painter);
    }
    QPlainTextEdit::paintEvent(event);
    QPainter painter(viewport());
    painter.setClipRegion(event->region());
    if (m_focusParagraph) {
        paintOverOthers(painter);
    }
    if (m_ghost.isVisible()) {
        m_ghost.paint(painter, m_theme.ghost);
    }
    if (m_overlay != nullptr) {
        m_overlay->paint(painter);
    }
}

void Editor::setOverlay(PageOverlay* overlay) {
    m_overlay = overlay;
    viewport()->update();
}

void Editor::forEachVisibleBlock(const BlockVisitor& visit) const {
    QTextBlock block = firstVisibleBlock();
    QPointF origin = blockBoundingGeometry(block).translated(contentOffset()).topLeft();
    for (; block.isValid() && origin.y() < viewport()->height(); block = block.next()) {
        visit(block, origin);
        origin.ry() += blockBoundingRect(block).height();
    }
}

// A wave under each misspelt word.
void Editor::paintSpelling(QPainter& painter) {
    if (m_spelling == nullptr) {
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.bad, 1.1));
    QTextBlock block = firstVisibleBlock();
    QPointF origin = blockBoundingGeometry(block).translated(contentOffset()).topLeft();
    for (; block.isValid() && origin.y() < viewport()->height(); block = block.next()) {
        const qreal height = blockBoundingRect(block).height();
        for (const Match& word : m_spelling->of(block)) {
            const QTextLine line = block.layout()->lineForTextPosition(word.start);
            if (!line.isValid()) {
                continue;
            }
            const int lineEnd = line.textStart() + line.textLength();
            const qreal left = origin.x() + line.cursorToX(word.start);
            const qreal right =
                origin.x() + line.cursorToX(std::min(word.start + word.length, lineEnd));
            const qreal top = origin.y() + line.y() + line.ascent() + 2.5;
            if (top < 0 || top > viewport()->height()) {
                continue;
            }
            QPolygonF wave;
            for (int i = 0; left + i * waveStep <= right; ++i) {
                wave.append(QPointF(left + i * waveStep, top + (i % 2 == 0 ? 0 : waveHeight)));
            }
            painter.drawPolyline(wave);
        }
        origin.ry() += height;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

// Everything but the paragraph at the caret fades into the page.
void Editor::paintOverOthers(QPainter& painter) {
    QColor veil = m_theme.paper;
    veil.setAlphaF(veilStrength);
    const auto edge = [this](int number) {
        return blockBoundingGeometry(document()->findBlockByNumber(number))
            .translated(contentOffset());
    };
    const int top = static_cast<int>(edge(m_paragraph.first).top());
    const int bottom = static_cast<int>(edge(m_paragraph.second).bottom());
    if (top > 0) {
        painter.fillRect(0, 0, viewport()->width(), top, veil);
    }
    if (bottom < viewport()->height()) {
        painter.fillRect(0, bottom, viewport()->width(), viewport()->height() - bottom, veil);
    }
}

void Editor::paintBehindText(QPainter& painter) {
    const QTextCursor cursor = textCursor();
    if (!cursor.hasSelection() && !m_matcher) {
        return;
    }
    QTextBlock block = firstVisibleBlock();
    QPointF origin = blockBoundingGeometry(block).translated(contentOffset()).topLeft();
    for (; block.isValid() && origin.y() < viewport()->height(); block = block.next()) {
        const qreal height = blockBoundingRect(block).height();
        bool selectionIsMatch = false;
        if (m_matcher) {
            for (const Match& match : m_matcher(block.text())) {
                const bool current =
                    block.position() + match.start == cursor.selectionStart() &&
                    match.length == cursor.selectionEnd() - cursor.selectionStart();
                selectionIsMatch |= current;
                paintSpan(painter, block, origin, match.start, match.start + match.length, false,
                          current ? m_theme.current : m_theme.match);
            }
        }
        const int start = std::max(cursor.selectionStart() - block.position(), 0);
        const int end = std::min(cursor.selectionEnd() - block.position(), block.length() - 1);
        const bool throughEnd = cursor.selectionEnd() > block.position() + block.length() - 1;
        const bool here = start < end || (start == end && throughEnd);
        if (cursor.hasSelection() && here && !selectionIsMatch) {
            paintSpan(painter, block, origin, start, end, throughEnd, m_theme.selection);
        }
        origin.ry() += height;
    }
}

void Editor::paintSpan(QPainter& painter, const QTextBlock& block, const QPointF& origin, int start,
                       int end, bool throughLineEnd, const QColor& colour) const {
    const QTextLayout* layout = block.layout();
    for (int i = 0; i < layout->lineCount(); ++i) {
        const QTextLine line = layout->lineAt(i);
        const int lineEnd = line.textStart() + line.textLength();
        const bool last = i + 1 == layout->lineCount();
        if (line.textStart() > end || lineEnd < start || (lineEnd == start && !last)) {
            continue;
        }
        const qreal left = line.cursorToX(std::max(start, line.textStart()));
        qreal right = line.cursorToX(std::min(end, lineEnd));
        if (last && throughLineEnd) {
            right += lineEndMark;
        }
        const qreal top = origin.y() + line.y() + line.ascent() - m_layout->baseline();
        painter.fillRect(QRectF(origin.x() + std::min(left, right), top, std::abs(right - left),
                                m_layout->pitch()),
                         colour);
    }
}

void Editor::showGhost(const QString& text) {
    m_ghostText = text;
    layoutGhost();
}

void Editor::hideGhost() {
    m_ghostText.clear();
    layoutGhost();
}

bool Editor::ghostStartsAtCaret() const {
    const QTextCursor cursor = textCursor();
    return cursor.block().text().mid(cursor.positionInBlock()).trimmed().isEmpty();
}

void Editor::layoutGhost() {
    const QRectF before = m_ghost.bounds();
    if (m_ghostText.isEmpty()) {
        m_ghost.clear();
    } else {
        m_ghost.set(m_ghostText, ghostPlace());
    }
    const QRectF dirty = before | m_ghost.bounds();
    if (!dirty.isEmpty()) {
        // Italics lean over the edges of their boxes.
        viewport()->update(dirty.toAlignedRect().adjusted(-4, -2, 4, 2));
    }
}

GhostPlace Editor::ghostPlace() const {
    const QTextCursor cursor = textCursor();
    const QTextBlock block = cursor.block();
    const QTextLayout* layout = block.layout();
    const QRectF geometry = blockBoundingGeometry(block).translated(contentOffset());
    const QTextLine line = layout->lineForTextPosition(cursor.positionInBlock());
    GhostPlace place;
    if (!line.isValid() || line.lineNumber() + 1 != layout->lineCount()) {
        return place; // no room at all: right == left
    }
    // The writer's closing punctuation stays where it is; the suggestion follows it.
    const QString after = block.text().mid(cursor.positionInBlock());
    qsizetype behind = after.size();
    while (behind > 0 && after.at(behind - 1).isSpace()) {
        --behind;
    }
    const int anchor = cursor.positionInBlock() + static_cast<int>(behind);
    const qreal slotTop = geometry.top() + line.y() + line.ascent() - m_layout->baseline();
    // Beside the caret, not under it.
    const qreal beside = behind == 0 ? cursorWidth() : 0;
    place.start = QPointF(geometry.left() + line.cursorToX(anchor) + beside, slotTop);
    place.left = geometry.left();
    place.right = viewport()->width();
    place.pitch = m_layout->pitch();
    place.baseline = m_layout->baseline();
    place.font = ghostFont();
    const int onScreen =
        static_cast<int>(std::floor((viewport()->height() - slotTop - place.pitch) / place.pitch));
    int blank = 0;
    QTextBlock below = block.next();
    while (below.isValid() && blank < mostGhostLines && below.text().trimmed().isEmpty()) {
        ++blank;
        below = below.next();
    }
    place.freeLines = std::max(0, std::min(onScreen, below.isValid() ? blank : mostGhostLines));
    return place;
}

// The caret's own font: bold in a heading, italic in emphasis.
QFont Editor::ghostFont() const {
    QFont font = document()->defaultFont();
    if (std::any_of(m_ghostText.begin(), m_ghostText.end(), isChinese)) {
        font.setFamilies(m_typography.chinese + m_typography.latin);
    }
    const QTextCursor cursor = textCursor();
    const int at = cursor.positionInBlock() - 1;
    const auto formats = cursor.block().layout()->formats();
    for (const QTextLayout::FormatRange& range : formats) {
        if (at >= range.start && at < range.start + range.length) {
            if (range.format.hasProperty(QTextFormat::FontWeight)) {
                font.setWeight(static_cast<QFont::Weight>(range.format.fontWeight()));
            }
            font.setItalic(range.format.fontItalic());
        }
    }
    return font;
}

} // namespace linnet::ui
