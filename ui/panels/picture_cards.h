#pragma once

#include <utility>

#include <QHash>
#include <QScrollArea>

#include "ui/panels/picture_entry.h"
#include "ui/theme.h"

namespace linnet::ui {

class PictureCard;

// The pictures, a card each, one under the other. Only those in view are widgets, so that a folder
// of hundreds costs no more than a few.
class PictureCards : public QScrollArea {
    Q_OBJECT
public:
    explicit PictureCards(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);
    // Captions that a card has room for.
    void setRows(int rows);

    const QVector<PictureEntry>& entries() const { return m_entries; }
    void append(const QVector<PictureEntry>& entries);
    // Takes off the list what does not satisfy `wanted`.
    template <typename Wanted>
    void keep(const Wanted& wanted) {
        QVector<PictureEntry> kept;
        for (const PictureEntry& entry : std::as_const(m_entries)) {
            if (wanted(entry)) {
                kept.append(entry);
            }
        }
        setEntries(kept);
    }
    // Changes an entry and its card.
    template <typename Change>
    void change(int index, const Change& change) {
        change(m_entries[index]);
        showEntry(index);
    }
    int indexOf(quint64 id) const; // -1: none

    // The card of an entry, brought into view.
    PictureCard* reveal(int index);
    PictureCard* cardInView(int index) const; // null: out of view
    int firstInView() const;

Q_SIGNALS:
    void insertRequested(int index);
    void markdownRequested(int index);
    void poemRequested(int index);
    void removeRequested(int index);
    void left(bool forward); // Tab beyond the last card or the first

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void setEntries(const QVector<PictureEntry>& entries);
    PictureCard* makeCard();
    PictureCard* takeCard(int index);
    int step() const; // from card to card, in pixels
    void measure();
    void showInView();
    void showEntry(int index);
    void takeEdit(int index);
    void leave(int index, bool forward);

    Theme m_theme;
    QStringList m_latin;
    QStringList m_chinese;
    int m_rows = 3;
    int m_height = 1; // of a card
    QVector<PictureEntry> m_entries;
    QHash<quint64, int> m_indexes;    // by id
    QHash<int, PictureCard*> m_shown; // by index
    QList<PictureCard*> m_spare;
};

} // namespace linnet::ui
