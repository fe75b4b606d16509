#include "ui/panels/picture_cards.h"

#include <algorithm>
#include <utility>

#include <QEvent>
#include <QScrollBar>

#include "ui/panels/picture_card.h"

namespace linnet::ui {

namespace {
constexpr int gap = 8;
constexpr int side = 12; // left and right of the cards
} // namespace

PictureCards::PictureCards(QWidget* parent)
    : QScrollArea(parent)
    , m_theme(lightTheme()) {
    setObjectName(QStringLiteral("pictureCards"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setWidget(new QWidget);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &PictureCards::showInView);
    setRows(m_rows);
}

PictureCard* PictureCards::makeCard() {
    auto* card = new PictureCard(m_rows, widget());
    card->setTheme(m_theme);
    card->setFamilies(m_latin, m_chinese);
    connect(card, &PictureCard::edited, this, &PictureCards::takeEdit);
    connect(card, &PictureCard::insertRequested, this, &PictureCards::insertRequested);
    connect(card, &PictureCard::markdownRequested, this, &PictureCards::markdownRequested);
    connect(card, &PictureCard::poemRequested, this, &PictureCards::poemRequested);
    connect(card, &PictureCard::removeRequested, this, &PictureCards::removeRequested,
            Qt::QueuedConnection); // the card may go, but not within its button's click
    connect(card, &PictureCard::left, this, &PictureCards::leave);
    return card;
}

void PictureCards::setTheme(const Theme& theme) {
    m_theme = theme;
    for (PictureCard* card : m_shown.values() + m_spare) {
        card->setTheme(theme);
    }
    showInView();
}

void PictureCards::setFamilies(const QStringList& latin, const QStringList& chinese) {
    m_latin = latin;
    m_chinese = chinese;
    for (PictureCard* card : m_shown.values() + m_spare) {
        card->setFamilies(latin, chinese);
    }
    measure();
}

void PictureCards::setRows(int rows) {
    if (rows == m_rows && (!m_spare.isEmpty() || !m_shown.isEmpty())) {
        return;
    }
    m_rows = rows;
    qDeleteAll(m_shown);
    qDeleteAll(m_spare);
    m_shown.clear();
    m_spare = {makeCard()};
    m_spare.constFirst()->hide();
    measure();
}

int PictureCards::step() const {
    return m_height + gap;
}

// Takes the height of a card from one of them.
void PictureCards::measure() {
    const PictureCard* one = m_spare.isEmpty() ? m_shown.begin().value() : m_spare.constFirst();
    m_height = one->height();
    widget()->resize(viewport()->width(), static_cast<int>(m_entries.size()) * step());
    showInView();
}

void PictureCards::append(const QVector<PictureEntry>& entries) {
    for (const PictureEntry& entry : entries) {
        m_indexes.insert(entry.id, static_cast<int>(m_entries.size()));
        m_entries.append(entry);
    }
    measure();
}

void PictureCards::setEntries(const QVector<PictureEntry>& entries) {
    for (PictureCard* card : std::as_const(m_shown)) {
        card->hide();
        m_spare.append(card);
    }
    m_shown.clear();
    m_entries.clear();
    m_indexes.clear();
    append(entries);
}

int PictureCards::indexOf(quint64 id) const {
    return m_indexes.value(id, -1);
}

PictureCard* PictureCards::takeCard(int index) {
    if (PictureCard* card = m_shown.value(index)) {
        return card;
    }
    PictureCard* card = m_spare.isEmpty() ? makeCard() : m_spare.takeLast();
    m_shown.insert(index, card);
    card->show(m_entries.at(index), index);
    return card;
}

// Cards for what is in view; the others become spare, but for the one that has the focus.
void PictureCards::showInView() {
    const int top = verticalScrollBar()->value();
    const int count = static_cast<int>(m_entries.size());
    const int first = std::clamp(top / step(), 0, count);
    const int last = std::clamp((top + viewport()->height()) / step() + 1, 0, count);
    for (auto it = m_shown.begin(); it != m_shown.end();) {
        PictureCard* card = it.value();
        const bool focused = card->isAncestorOf(focusWidget()) && it.key() < count;
        if ((it.key() < first || it.key() >= last) && !focused) {
            card->hide();
            m_spare.append(card);
            it = m_shown.erase(it);
        } else {
            ++it;
        }
    }
    for (int i = first; i < last; ++i) {
        takeCard(i);
    }
    for (auto it = m_shown.cbegin(); it != m_shown.cend(); ++it) {
        it.value()->setGeometry(side, it.key() * step(), widget()->width() - 2 * side, m_height);
    }
}

void PictureCards::showEntry(int index) {
    if (PictureCard* card = m_shown.value(index)) {
        card->show(m_entries.at(index), index);
    }
}

void PictureCards::takeEdit(int index) {
    if (const PictureCard* card = m_shown.value(index)) {
        m_entries[index].captions = card->captions();
        m_entries[index].chosen = card->chosen();
    }
}

PictureCard* PictureCards::reveal(int index) {
    PictureCard* card = takeCard(index);
    const int top = index * step();
    if (top < verticalScrollBar()->value() ||
        top + m_height > verticalScrollBar()->value() + viewport()->height()) {
        verticalScrollBar()->setValue(top - std::max(0, (viewport()->height() - m_height) / 2));
    }
    showInView();
    return m_shown.value(index, card);
}

int PictureCards::firstInView() const {
    return std::min((verticalScrollBar()->value() + step() / 2) / step(),
                    static_cast<int>(m_entries.size()) - 1);
}

PictureCard* PictureCards::cardInView(int index) const {
    return m_shown.value(index);
}

void PictureCards::leave(int index, bool forward) {
    const int next = index + (forward ? 1 : -1);
    if (next < 0 || next >= m_entries.size()) {
        Q_EMIT left(forward);
    } else if (forward) {
        reveal(next)->focusFirst();
    } else {
        reveal(next)->focusLast();
    }
}

void PictureCards::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    measure();
}

bool PictureCards::viewportEvent(QEvent* event) {
    // The panel takes what is dropped.
    return event->type() == QEvent::DragEnter || event->type() == QEvent::DragMove ||
                   event->type() == QEvent::Drop
               ? false
               : QScrollArea::viewportEvent(event);
}

} // namespace linnet::ui
