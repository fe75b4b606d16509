#include "services/text_statistics.h"

#include <algorithm>

#include <QTextBoundaryFinder>

namespace linnet::services {

namespace {

constexpr int wordsPerMinute = 250;
constexpr int cjkPerMinute = 500;

char32_t codePointAt(QStringView text, qsizetype at, qsizetype& units) {
    units = 1;
    if (text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate()) {
        units = 2;
        return QChar::surrogateToUcs4(text[at], text[at + 1]);
    }
    return text[at].unicode();
}

// Han and kana: the scripts that write no spaces between words.
bool isCjk(char32_t c) {
    if (c < 0x3005) {
        return false;
    }
    return c == 0x3005 || c == 0x3007 || (c >= 0x3041 && c <= 0x3096) ||
           (c >= 0x30A1 && c <= 0x30FA) || (c >= 0x31F0 && c <= 0x31FF) ||
           (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF66 && c <= 0xFF9F) ||
           (c >= 0x20000 && c <= 0x3FFFD);
}

bool isWordCharacter(char32_t c) {
    if (c < 0x80) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
    return (QChar::isLetterOrNumber(c) || QChar::category(c) == QChar::Mark_NonSpacing ||
            QChar::category(c) == QChar::Mark_SpacingCombining) &&
           !isCjk(c);
}

// Belongs to a word when there is a word character on both sides: don't, well-known, 3.14.
bool isJoiner(char32_t c) {
    return c == '\'' || c == 0x2019 || c == '-' || c == 0x2010 || c == 0x2011 || c == 0x00AD ||
           c == 0x00B7 || c == 0x200C || c == 0x200D;
}

bool isDigit(char32_t c) {
    return c >= '0' && c <= '9';
}

qsizetype wordEnd(QStringView block, qsizetype start) {
    qsizetype at = start;
    char32_t previous = 0;
    while (at < block.size()) {
        qsizetype units = 1;
        const char32_t c = codePointAt(block, at, units);
        if (!isWordCharacter(c)) {
            if (at + units >= block.size()) {
                break;
            }
            qsizetype nextUnits = 1;
            const char32_t next = codePointAt(block, at + units, nextUnits);
            const bool joins = isJoiner(c) && isWordCharacter(next);
            const bool number = (c == '.' || c == ',') && isDigit(previous) && isDigit(next);
            if (!joins && !number) {
                break;
            }
        }
        previous = c;
        at += units;
    }
    return at;
}

// Characters below U+0300 and plain CJK never join with their neighbours (CR LF apart, and lines
// have none); then units are characters and the slow segmentation is not needed.
bool simple(QStringView block) {
    return std::all_of(block.begin(), block.end(), [](QChar character) {
        const char16_t c = character.unicode();
        return c < 0x300 || (c >= 0x2010 && c <= 0x2027) || (c >= 0x3000 && c <= 0x3029) ||
               (c >= 0x3041 && c <= 0x3096) || (c >= 0x309B && c <= 0x30FF) ||
               (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xFF01 && c <= 0xFF65);
    });
}

void countCharacters(QStringView block, TextCounts& counts) {
    if (simple(block)) {
        const auto spaces = std::count_if(block.begin(), block.end(),
                                          [](QChar character) { return character.isSpace(); });
        counts.characters = static_cast<int>(block.size());
        counts.charactersNoSpaces = static_cast<int>(block.size() - spaces);
        return;
    }
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, block.data(), block.size());
    qsizetype start = 0;
    for (qsizetype next = finder.toNextBoundary(); next >= 0; next = finder.toNextBoundary()) {
        ++counts.characters;
        counts.charactersNoSpaces += block[start].isSpace() ? 0 : 1;
        start = next;
    }
}

} // namespace

int TextCounts::readingSeconds() const {
    return (60 * alphabeticWords + wordsPerMinute - 1) / wordsPerMinute +
           (60 * cjkCharacters + cjkPerMinute - 1) / cjkPerMinute;
}

TextCounts& TextCounts::operator+=(const TextCounts& other) {
    alphabeticWords += other.alphabeticWords;
    cjkCharacters += other.cjkCharacters;
    characters += other.characters;
    charactersNoSpaces += other.charactersNoSpaces;
    paragraphs += other.paragraphs;
    return *this;
}

TextCounts& TextCounts::operator-=(const TextCounts& other) {
    alphabeticWords -= other.alphabeticWords;
    cjkCharacters -= other.cjkCharacters;
    characters -= other.characters;
    charactersNoSpaces -= other.charactersNoSpaces;
    paragraphs -= other.paragraphs;
    return *this;
}

WordSpan nextWord(QStringView block, qsizetype from) {
    qsizetype at = from;
    while (at < block.size()) {
        qsizetype units = 1;
        const char32_t c = codePointAt(block, at, units);
        if (isCjk(c)) {
            return {at, units, true};
        }
        if (isWordCharacter(c)) {
            return {at, wordEnd(block, at) - at, false};
        }
        at += units;
    }
    return {block.size(), 0, false};
}

TextCounts countBlock(QStringView block) {
    TextCounts counts;
    for (WordSpan word = nextWord(block, 0); word.length > 0;
         word = nextWord(block, word.start + word.length)) {
        ++(word.cjk ? counts.cjkCharacters : counts.alphabeticWords);
    }
    countCharacters(block, counts);
    counts.paragraphs = counts.charactersNoSpaces > 0 ? 1 : 0;
    return counts;
}

TextCounts countText(QStringView text) {
    TextCounts counts;
    qsizetype start = 0;
    for (qsizetype i = 0; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == u'\n' || text[i] == QChar::ParagraphSeparator) {
            counts += countBlock(text.sliced(start, i - start));
            start = i + 1;
        }
    }
    return counts;
}

} // namespace linnet::services
