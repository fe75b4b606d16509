#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QPainter>
#include <QTextBlock>
#include <QTextLayout>

#include "ui/editor/editor.h"
#include "ui/editor/verse_marks.h"

// How marked verse looks.

namespace linnet::ui {

namespace {
constexpr qreal markScale = 0.78;
constexpr int marksGap = 32;    // pixels between the longest line and the marks
constexpr int letterRight = 42; // pixels from the column
constexpr int countRight = 16;

bool isFaulty(const VerseMarks::Row& row) {
    return std::any_of(row.faults.begin(), row.faults.end(),
                       [](const services::VerseFault& fault) { return !fault.remark; });
}

QString joined(const VerseMarks::Row& row, const QString& separator,
               QString (*part)(const services::VerseLine&)) {
    QStringList parts;
    for (const services::VerseLine& line : row.lines) {
        parts.append(part(line));
    }
    return parts.join(separator);
}
} // namespace

QFont VerseMarks::markFont() const {
    QFont font = m_editor.document()->defaultFont();
    font.setPointSizeF(font.pointSizeF() * markScale);
    return font;
}

// The marks of a passage stand in one column, behind its longest line.
qreal VerseMarks::marksLeft(const Passage& passage) const {
    qreal widest = 0;
    m_editor.forEachVisibleBlock([&](const QTextBlock& block, const QPointF& origin) {
        const int row = block.blockNumber() - passage.text.firstBlock;
        if (row >= 0 && row < passage.rows.size()) {
            const QTextLayout* layout = block.layout();
            for (int i = 0; i < layout->lineCount(); ++i) {
                widest = std::max(widest, origin.x() + layout->lineAt(i).x() +
                                              layout->lineAt(i).naturalTextWidth());
            }
        }
    });
    return widest + marksGap;
}

void VerseMarks::paint(QPainter& painter) {
    for (const Passage& passage : std::as_const(m_passages)) {
        const qreal left = marksLeft(passage);
        painter.setFont(markFont());
        m_editor.forEachVisibleBlock([&](const QTextBlock& block, const QPointF& origin) {
            const Row* row =
                passageAt(block.blockNumber()) == &passage ? rowAt(block.blockNumber()) : nullptr;
            if (row != nullptr && !row->stale) {
                paintFaults(painter, block, origin, *row);
                paintRow(painter, block, QPointF(left, origin.y()), *row);
            }
        });
    }
}

void VerseMarks::paintRow(QPainter& painter, const QTextBlock& block, const QPointF& origin,
                          const Row& row) const {
    const QTextLayout* layout = block.layout();
    if (layout->lineCount() == 0) {
        return;
    }
    const bool ghostHere =
        block == m_editor.textCursor().block() && !m_editor.visibleGhost().isEmpty();
    const QString marks = joined(row, QStringLiteral("  "),
                                 [](const services::VerseLine& line) { return line.marks(); });
    const QFontMetricsF metrics(painter.font());
    const bool fits = origin.x() + metrics.horizontalAdvance(marks) <= m_editor.viewport()->width();
    if (ghostHere || !fits) {
        return;
    }
    const QTextLine last = layout->lineAt(layout->lineCount() - 1);
    painter.setPen(m_theme.muted);
    painter.drawText(QPointF(origin.x(), origin.y() + last.y() + last.ascent()), marks);
}

void VerseMarks::paintFaults(QPainter& painter, const QTextBlock& block, const QPointF& origin,
                             const Row& row) const {
    const QTextLayout* layout = block.layout();
    painter.save();
    painter.setPen(QPen(m_theme.bad, 1.2));
    for (const services::VerseFault& fault : row.faults) {
        const bool inText = fault.length > 0 && fault.start + fault.length < block.length();
        if (fault.remark || !inText) {
            continue;
        }
        for (int i = 0; i < layout->lineCount(); ++i) {
            const QTextLine line = layout->lineAt(i);
            const int from = std::max(fault.start, line.textStart());
            const int to =
                std::min(fault.start + fault.length, line.textStart() + line.textLength());
            if (from < to) {
                // Straight, since a wave is a misspelt word.
                const qreal y = std::round(origin.y() + line.y() + line.ascent() + 4) + 0.5;
                painter.drawLine(QPointF(origin.x() + line.cursorToX(from), y),
                                 QPointF(origin.x() + line.cursorToX(to), y));
            }
        }
    }
    painter.restore();
}

QString VerseMarks::hintAt(const QPoint& inViewport) const {
    QString hint;
    m_editor.forEachVisibleBlock([&](const QTextBlock& block, const QPointF& origin) {
        const QTextLayout* layout = block.layout();
        for (int i = 0; i < layout->lineCount(); ++i) {
            const QTextLine line = layout->lineAt(i);
            const qreal top = origin.y() + line.y();
            if (inViewport.y() < top || inViewport.y() >= top + line.height()) {
                continue;
            }
            const qreal x = inViewport.x() - origin.x();
            const bool onText = x >= line.x() && x < line.x() + line.naturalTextWidth();
            hint = hintFor(block.blockNumber(),
                           onText ? line.xToCursor(x, QTextLine::CursorOnCharacter) : -1);
        }
    });
    return hint;
}

VerseMargin::VerseMargin(const VerseMarks& marks, Editor& editor)
    : QWidget(&editor)
    , m_marks(marks)
    , m_editor(editor) {
    setObjectName(QStringLiteral("verseMargin"));
    setAccessibleName(tr("Syllables and rhymes"));
}

void VerseMargin::follow() {
    const QRect page = m_editor.viewport()->geometry();
    setGeometry(std::max(0, page.left() - wide), page.top(), std::min(wide, page.left()),
                page.height());
}

void VerseMargin::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(m_marks.markFont());
    const QFontMetricsF metrics(painter.font());
    const Theme& theme = m_marks.m_theme;
    const auto drawAt = [&](int right, qreal baseline, const QString& text) {
        painter.drawText(QPointF(width() - right - metrics.horizontalAdvance(text), baseline),
                         text);
    };
    m_editor.forEachVisibleBlock([&](const QTextBlock& block, const QPointF& origin) {
        const VerseMarks::Row* row = m_marks.rowAt(block.blockNumber());
        if (row == nullptr || block.layout()->lineCount() == 0) {
            return;
        }
        const QTextLine line = block.layout()->lineAt(0);
        const qreal baseline = origin.y() + line.y() + line.ascent();
        painter.setPen(isFaulty(*row) && !row->stale ? theme.bad : theme.muted);
        drawAt(countRight, baseline,
               joined(*row, QStringLiteral("·"),
                      [](const services::VerseLine& one) { return QString::number(one.count); }));
        painter.setPen(theme.muted);
        const QString letters =
            joined(*row, QString(), [](const services::VerseLine& one) { return one.rhyme; });
        drawAt(letterRight, baseline, letters);
    });
}

bool VerseMargin::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QPoint inViewport(0, help->pos().y());
        QString hint;
        m_editor.forEachVisibleBlock([&](const QTextBlock& block, const QPointF& origin) {
            const QTextLayout* layout = block.layout();
            const qreal height = layout->boundingRect().height();
            if (inViewport.y() >= origin.y() && inViewport.y() < origin.y() + height) {
                hint = m_marks.hintFor(block.blockNumber(), -1);
            }
        });
        m_marks.showHint(help->globalPos(), hint);
        return true;
    }
    return QWidget::event(event);
}

} // namespace linnet::ui
