#include "ui/editor/document_counts.h"

#include <algorithm>

#include <QTextBlock>
#include <QTextDocument>

#include "ui/editor/text_context.h"

namespace linnet::ui {

DocumentCounts::DocumentCounts(QTextDocument& document, QObject* parent)
    : QObject(parent)
    , m_document(document) {
    connect(&document, &QTextDocument::contentsChange, this, &DocumentCounts::onContentsChange);
    m_blocks.assign(static_cast<size_t>(document.blockCount()), Entry());
    recount(0, document.blockCount() - 1);
}

// The words are counted already, as the text came in.
void DocumentCounts::restart() {
    m_authorship.clear();
    for (Entry& entry : m_blocks) {
        entry.suggested = 0;
    }
    m_suggested = 0;
    Q_EMIT changed();
}

DocumentCounts::Entry DocumentCounts::countOf(const QTextBlock& block) const {
    const QString text = block.text();
    return {services::countBlock(text), m_authorship.wordsFromSuggestions(text, block.position())};
}

void DocumentCounts::recount(int firstBlock, int lastBlock) {
    QTextBlock block = m_document.findBlockByNumber(firstBlock);
    for (int i = firstBlock; i <= lastBlock && block.isValid(); ++i, block = block.next()) {
        Entry& entry = m_blocks[static_cast<size_t>(i)];
        m_total -= entry.counts;
        m_suggested -= entry.suggested;
        entry = countOf(block);
        m_total += entry.counts;
        m_suggested += entry.suggested;
    }
    Q_EMIT changed();
}

void DocumentCounts::onContentsChange(int position, int removed, int added) {
    // When everything is replaced, Qt counts a final paragraph mark that is not in the text.
    const int end = std::min(position + added, m_document.characterCount() - 1);
    m_authorship.documentChanged(position, removed, textBetween(m_document, position, end));
    const int first = m_document.findBlock(position).blockNumber();
    const int last = std::max(first, m_document.findBlock(end).blockNumber());
    const int difference = m_document.blockCount() - static_cast<int>(m_blocks.size());
    // Blocks first..last now stand where first..last - difference stood.
    const auto from = m_blocks.begin() + first;
    const auto oldLast =
        std::clamp(last - difference, first - 1, static_cast<int>(m_blocks.size()) - 1);
    for (auto it = from; it != m_blocks.begin() + oldLast + 1; ++it) {
        m_total -= it->counts;
        m_suggested -= it->suggested;
        *it = Entry();
    }
    if (difference > 0) {
        m_blocks.insert(from, static_cast<size_t>(difference), Entry());
    } else if (difference < 0) {
        m_blocks.erase(from, from - difference);
    }
    recount(first, std::min(last, m_document.blockCount() - 1));
}

void DocumentCounts::suggestionInserted(int position, const QString& text) {
    m_authorship.suggestionInserted(position, text);
    recount(m_document.findBlock(position).blockNumber(),
            m_document.findBlock(position + static_cast<int>(text.size())).blockNumber());
}

} // namespace linnet::ui
