#pragma once

#include <QStringList>
#include <QTimer>
#include <QWidget>

#include "ui/theme.h"

namespace linnet::ui {

// Five quiet words under the page, with the digits that pick them. Keeps its height when there is
// nothing to show, and never takes the focus.
class WordBar : public QWidget {
    Q_OBJECT
public:
    explicit WordBar(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // `firstTakesTab`: the first word is what Tab would complete, and says so.
    void setWords(const QStringList& words, bool firstTakesTab);
    QStringList words() const { return m_words; }
    void setKeyHints(const QStringList& hints); // what to press for each word, for tooltips

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void picked(int index);
    // How many of the words there is room for; the others are not to be had by key either.
    void fitted(int count);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Cell {
        QRectF area;
        QString word;
    };
    void layoutCells();
    int cellAt(const QPointF& point) const;

    Theme m_theme;
    QStringList m_words; // may be picked
    QStringList m_shown; // painted: the last words stay for a moment, so that nothing flickers
    QStringList m_hints;
    QVector<Cell> m_cells;
    bool m_firstTakesTab = false;
    int m_hovered = -1;
    QTimer m_fade;
};

} // namespace linnet::ui
