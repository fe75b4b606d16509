#pragma once

#include <optional>

#include <QTextLayout>
#include <QWidget>

#include "services/verse_source.h"
#include "ui/theme.h"

namespace linnet::ui {

// A line of verse with the mark of each character or word under it, in a lighter hand. Hovering
// tells what a mark means and what is wrong with the place. Wraps when there is no room.
class VerseLineView : public QWidget {
    Q_OBJECT
public:
    explicit VerseLineView(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);
    void setText(const QString& text);
    QString text() const { return m_text; }
    // `row` is this one's in the report; null: nothing is known.
    void setReport(const services::VerseReport* report, int row);

    QString hintAt(const QPoint& point) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    void applyFont();
    void layOut(QTextLayout& layout, int width) const;
    qreal markHeight() const;
    void paintUnit(QPainter& painter, const services::VerseUnit& unit) const;
    bool isFaulty(const services::VerseUnit& unit) const;

    Theme m_theme;
    QStringList m_latin;
    QStringList m_chinese;
    QString m_text;
    QTextLayout m_layout;
    QFont m_markFont;
    std::optional<services::VerseReport> m_report;
    int m_row = -1;
};

} // namespace linnet::ui
