#pragma once

#include <QColor>
#include <QFont>
#include <QPointF>
#include <QString>
#include <QTextLayout>

class QPainter;

namespace linnet::ui {

// Where suggested text may be painted, in pixels of the page.
struct GhostPlace {
    QPointF start;  // left end of the first line, y at the top of its slot
    qreal left = 0; // of the column
    qreal right = 0;
    qreal pitch = 0;    // line height
    qreal baseline = 0; // of the text, below the slot's top
    int freeLines = 0;  // below the first one that hold none of the writer's text
    QFont font;
};

// Suggested text laid out on the page without being part of the document. It takes what room there
// is and never more: words that do not fit where nothing is written are left out.
class GhostText {
public:
    // `text` up to its first line break. Lays out and decides what is visible.
    void set(const QString& text, const GhostPlace& place);
    void clear();

    bool isVisible() const { return !m_visible.isEmpty(); }
    // What the writer sees, and so what accepting inserts. A prefix of the text that was set.
    const QString& visibleText() const { return m_visible; }

    void paint(QPainter& painter, const QColor& colour) const;
    QRectF bounds() const { return m_bounds; }

private:
    struct Line {
        QPointF baselineStart;
        QString text;
    };
    QVector<Line> m_lines;
    QFont m_font;
    QString m_visible;
    QRectF m_bounds;
};

} // namespace linnet::ui
