#pragma once

#include <vector>

#include <QObject>

#include "services/authorship_tracker.h"
#include "services/text_statistics.h"

class QTextBlock;
class QTextDocument;

namespace linnet::ui {

// Counts of a document kept up to date block by block, and which of its words came from
// suggestions. Listens to the document; an edit costs time in proportion to the blocks it touches.
class DocumentCounts : public QObject {
    Q_OBJECT
public:
    explicit DocumentCounts(QTextDocument& document, QObject* parent = nullptr);

    const services::TextCounts& total() const { return m_total; }
    int wordsFromSuggestions() const { return m_suggested; }

    // Text that was just inserted came from a suggestion.
    void suggestionInserted(int position, const QString& text);

    // The document is another one; what it holds was not suggested here.
    void restart();

Q_SIGNALS:
    void changed();

private:
    struct Entry {
        services::TextCounts counts;
        int suggested = 0;
    };
    void onContentsChange(int position, int removed, int added);
    void recount(int firstBlock, int lastBlock);
    Entry countOf(const QTextBlock& block) const;

    QTextDocument& m_document;
    services::AuthorshipTracker m_authorship;
    std::vector<Entry> m_blocks;
    services::TextCounts m_total;
    int m_suggested = 0;
};

} // namespace linnet::ui
