#pragma once

#include <vector>

#include <QString>
#include <QStringView>
#include <QVector>

namespace linnet::services {

// Knows which characters of a document were inserted by accepting a suggestion. One per open
// document, on the GUI thread. Positions are UTF-16 indices, as in QTextDocument.
class AuthorshipTracker {
public:
    struct Range {
        int start = 0;
        int length = 0;
        friend bool operator==(const Range&, const Range&) = default;
    };

    // Call for every change of the document (QTextDocument::contentsChange), with the added text.
    // Text that was an accepted suggestion, was taken back and returns at the same place (undo,
    // then redo) is recognised.
    void documentChanged(int position, int removed, const QString& added);

    // Call right after the change that inserted accepted suggestion text.
    void suggestionInserted(int position, const QString& text);

    void clear(); // another document

    const std::vector<Range>& ranges() const { return m_ranges; }

    // Words of one block of text that came from suggestions: those with at least half of their
    // characters inserted by them. `start` is the block's position in the document. Costs time in
    // proportion to the block, and next to nothing for a block without accepted text.
    int wordsFromSuggestions(QStringView block, int start) const;

    // The same for a whole text with '\n' or U+2029 line ends; only blocks with accepted text are
    // looked at.
    int wordsFromSuggestions(QStringView text) const;

private:
    // A suggestion that was accepted, and where it is or was.
    struct Accepted {
        int start = 0;
        QString text;
        bool present = true;
    };

    void shift(int position, int removed, int added);
    void add(int start, int length);
    int covered(int start, int length) const;

    std::vector<Range> m_ranges;      // sorted, disjoint, not touching
    std::vector<Accepted> m_accepted; // the latest, to recognise them when they return
};

} // namespace linnet::services
