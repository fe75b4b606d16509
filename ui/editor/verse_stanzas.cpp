#include "ui/editor/verse_stanzas.h"

#include <QTextBlock>

namespace linnet::ui {

namespace {

constexpr int longestRow = 160; // longer ones are prose
constexpr int longestPassage = 120;

enum class Row { Verse, Blank, Other };

Row kindOf(const QTextBlock& block) {
    if (block.length() - 1 > longestRow) {
        return Row::Other;
    }
    const QString text = block.text().trimmed();
    if (text.isEmpty()) {
        return Row::Blank;
    }
    return text.startsWith(u'#') ? Row::Other : Row::Verse;
}

bool endsPassage(const QTextBlock& block) {
    const Row kind = block.isValid() ? kindOf(block) : Row::Other;
    if (kind != Row::Blank) {
        return kind == Row::Other;
    }
    const QTextBlock next = block.next();
    return !next.isValid() || kindOf(next) != Row::Verse;
}

// The first block of the passage that `block`, a row of verse, is in.
QTextBlock startOf(QTextBlock block) {
    for (int i = 0; i < longestPassage; ++i) {
        QTextBlock before = block.previous();
        if (before.isValid() && kindOf(before) == Row::Blank) {
            before = before.previous();
        }
        if (!before.isValid() || kindOf(before) != Row::Verse) {
            break;
        }
        block = before;
    }
    return block;
}

// Behind the title, if the passage that begins with `block` has one: a row by itself, without a
// mark at its end, above a stanza of several.
QTextBlock pastTitle(const QTextBlock& block) {
    const QTextBlock blank = block.next();
    if (endsPassage(blank) || kindOf(blank) != Row::Blank) {
        return block;
    }
    const QTextBlock stanza = blank.next();
    const QTextBlock second = stanza.next();
    const QChar last = block.text().trimmed().back();
    const bool several = second.isValid() && kindOf(second) == Row::Verse;
    return several && last.isLetterOrNumber() ? stanza : block;
}

VersePassage passageFrom(QTextBlock block) {
    VersePassage passage;
    passage.firstBlock = block.blockNumber();
    bool inStanza = false;
    for (int i = 0; i < longestPassage && !endsPassage(block); ++i, block = block.next()) {
        const bool blank = kindOf(block) == Row::Blank;
        if (!blank && !inStanza) {
            passage.stanzas.append({static_cast<int>(passage.rows.size()), 0});
        }
        inStanza = !blank;
        passage.rows.append(blank ? QString() : block.text());
        if (!blank) {
            ++passage.stanzas.last().rows;
        }
    }
    return passage;
}

} // namespace

QString VersePassage::textOf(const Stanza& stanza) const {
    return rows.mid(stanza.first, stanza.rows).join(u'\n');
}

QVector<VersePassage> passagesBetween(const QTextBlock& first, const QTextBlock& last) {
    QVector<VersePassage> passages;
    QTextBlock block = first;
    if (block.isValid() && kindOf(block) == Row::Verse) {
        block = startOf(block);
    }
    while (block.isValid() && block.blockNumber() <= last.blockNumber()) {
        if (kindOf(block) != Row::Verse) {
            block = block.next();
            continue;
        }
        passages.append(passageFrom(pastTitle(block)));
        const int past =
            passages.constLast().firstBlock + static_cast<int>(passages.constLast().rows.size());
        block = block.document()->findBlockByNumber(past);
    }
    return passages;
}

} // namespace linnet::ui
