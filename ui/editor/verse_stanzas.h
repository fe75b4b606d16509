#pragma once

#include <QStringList>
#include <QVector>

class QTextBlock;

namespace linnet::ui {

// What may be one poem in a text: rows of moderate length, in stanzas divided by one blank row.
// Headings, long rows and two blank rows end it; a title above it does not belong to it.
struct VersePassage {
    struct Stanza {
        int first = 0; // row of the passage
        int rows = 0;
    };
    int firstBlock = 0;
    QStringList rows; // the blank ones between stanzas, too
    QVector<Stanza> stanzas;

    QString text() const { return rows.join(u'\n'); }
    QString textOf(const Stanza& stanza) const;
};

// The passages that overlap the blocks from `first` to `last`, in order. Looks a bounded number of
// rows beyond them.
QVector<VersePassage> passagesBetween(const QTextBlock& first, const QTextBlock& last);

} // namespace linnet::ui
