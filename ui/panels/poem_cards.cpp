#include "ui/panels/poem_cards.h"

#include <algorithm>

#include <QGridLayout>

#include "ui/panels/poem_card.h"

namespace linnet::ui {

PoemCards::PoemCards(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme())
    , m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(8);
}

void PoemCards::setTheme(const Theme& theme) {
    m_theme = theme;
    for (PoemCard* card : std::as_const(m_cards)) {
        card->setTheme(theme);
    }
}

void PoemCards::setFamilies(const QStringList& latin, const QStringList& chinese) {
    m_latin = latin;
    m_chinese = chinese;
    for (PoemCard* card : std::as_const(m_cards)) {
        card->setFamilies(latin, chinese);
    }
}

void PoemCards::setCardWidth(int width) {
    m_cardWidth = width;
    arrange();
}

void PoemCards::reset(int count) {
    qDeleteAll(m_cards);
    m_cards.clear();
    for (int i = 0; i < count; ++i) {
        auto* card = new PoemCard(i + 1, this);
        card->setTheme(m_theme);
        card->setFamilies(m_latin, m_chinese);
        m_cards.append(card);
    }
    arrange();
}

void PoemCards::remove(PoemCard* card) {
    m_cards.removeOne(card);
    delete card;
    arrange();
}

PoemCard* PoemCards::card(int version) const {
    return m_cards.value(version);
}

void PoemCards::arrange() {
    for (int column = 0; column < m_columns; ++column) {
        m_grid->setColumnStretch(column, 0);
    }
    const int room = std::max(1, (width() + m_grid->spacing()) / (m_cardWidth + m_grid->spacing()));
    m_columns = std::clamp(room, 1, std::max(1, static_cast<int>(m_cards.size())));
    for (int i = 0; i < m_cards.size(); ++i) {
        m_grid->addWidget(m_cards.at(i), i / m_columns, i % m_columns, Qt::AlignTop);
    }
    for (int column = 0; column < m_columns; ++column) {
        m_grid->setColumnStretch(column, 1);
    }
}

void PoemCards::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

} // namespace linnet::ui
