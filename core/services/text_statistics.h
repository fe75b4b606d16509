#pragma once

#include <QStringView>

namespace linnet::services {

// Counts of a text. The counts of a text are the sums of the counts of its lines, so an editor
// keeps one value per block and adds them up.
struct TextCounts {
    int alphabeticWords = 0; // runs of letters and digits with inner apostrophes and hyphens
    int cjkCharacters = 0;   // Han and kana, each counted as a word
    int characters = 0;      // user-perceived (grapheme clusters), without line ends
    int charactersNoSpaces = 0;
    int paragraphs = 0; // lines that are not blank

    int words() const { return alphabeticWords + cjkCharacters; }
    // At 250 words and 500 CJK characters a minute.
    int readingSeconds() const;

    TextCounts& operator+=(const TextCounts& other);
    TextCounts& operator-=(const TextCounts& other);
    friend bool operator==(const TextCounts&, const TextCounts&) = default;
};

// Counts one line or block without its line end. Cheap enough for each keystroke. Any thread.
TextCounts countBlock(QStringView block);

// Counts a whole text or a selection; lines end in '\n' or U+2029.
TextCounts countText(QStringView text);

// Calls `visit(start, length)` for each word of one block: alphabetic words and single CJK
// characters alike.
template <typename Visitor>
void forEachWord(QStringView block, Visitor visit);

// The next word of `block` at or after `from`; length 0 when there is none.
struct WordSpan {
    qsizetype start = 0;
    qsizetype length = 0;
    bool cjk = false;
};
WordSpan nextWord(QStringView block, qsizetype from);

template <typename Visitor>
void forEachWord(QStringView block, Visitor visit) {
    for (WordSpan word = nextWord(block, 0); word.length > 0;
         word = nextWord(block, word.start + word.length)) {
        visit(word.start, word.length);
    }
}

} // namespace linnet::services
