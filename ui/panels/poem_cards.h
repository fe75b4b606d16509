#pragma once

#include <QWidget>

#include "ui/theme.h"

class QGridLayout;

namespace linnet::ui {

class PoemCard;

// The versions of a poem: side by side where there is room, else one under the other.
class PoemCards : public QWidget {
    Q_OBJECT
public:
    explicit PoemCards(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);
    // Less than this and cards stand under each other.
    void setCardWidth(int width);

    // Takes away all cards and makes `count` new ones.
    void reset(int count);
    void remove(PoemCard* card);
    const QList<PoemCard*>& cards() const { return m_cards; }
    PoemCard* card(int version) const; // null: none
    int columns() const { return m_columns; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();

    Theme m_theme;
    QStringList m_latin;
    QStringList m_chinese;
    QGridLayout* m_grid = nullptr;
    QList<PoemCard*> m_cards;
    int m_cardWidth = 260;
    int m_columns = 1;
};

} // namespace linnet::ui
