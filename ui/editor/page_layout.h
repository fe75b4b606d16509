#pragma once

#include <QPlainTextDocumentLayout>

namespace linnet::ui {

// The layout of a plain-text document with generous, even line height: all lines stand on one grid,
// whatever fonts their characters come from, so that nothing moves when a line gets its first
// Chinese character. Like its base it lays out a block only when somebody looks at it.
class PageLayout : public QPlainTextDocumentLayout {
    Q_OBJECT
public:
    explicit PageLayout(QTextDocument* document);

    // Distance of the lines; 1 is single spacing.
    void setLineHeight(qreal factor);
    qreal pitch() const { return m_pitch; }       // pixels from line to line
    qreal baseline() const { return m_baseline; } // pixels below the top of a line's slot

    // Call after the document's default font changed.
    void updateMetrics();

    QRectF blockBoundingRect(const QTextBlock& block) const override;

private:
    qreal m_factor = 1.5;
    qreal m_pitch = 0;
    qreal m_baseline = 0;
};

} // namespace linnet::ui
