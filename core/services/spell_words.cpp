#include "services/spell_words.h"

#include <algorithm>

namespace linnet::services {

namespace {

constexpr QChar apostrophe(u'\'');
constexpr QChar closingQuote(0x2019);
constexpr QChar softHyphen(0x00AD);

bool isApostrophe(QChar c) {
    return c == apostrophe || c == closingQuote;
}

// Quotation marks and marks of emphasis look like parts of the word.
bool isEdge(QChar c) {
    return isApostrophe(c) || c == u'_';
}

// Can stand inside a word.
bool belongs(QChar c) {
    return c.isLetterOrNumber() || c.isMark() || c == u'_' || c == softHyphen || isApostrophe(c);
}

bool isLatin(QChar c) {
    return c.script() == QChar::Script_Latin || c.isMark() || c == softHyphen || isApostrophe(c);
}

// Between white space: "https://a.b/c", "me@home", "~/notes", "a/b/c", "C:\x", "#tag", "<br>".
bool isAddress(QStringView piece) {
    return piece.contains(QLatin1String("://")) || piece.contains(u'@') || piece.contains(u'\\') ||
           piece.startsWith(QLatin1String("www.")) || piece.startsWith(u'/') ||
           piece.startsWith(u'~') || std::count(piece.begin(), piece.end(), u'/') > 1 ||
           (piece.startsWith(u'#') && piece.size() > 1 && piece.at(1).isLetter()) ||
           (piece.startsWith(u'<') && piece.contains(u'>'));
}

bool canBeJudged(QStringView word) {
    int letters = 0;
    int capitals = 0;
    for (const QChar c : word) {
        if (!isLatin(c)) {
            return false;
        }
        letters += c.isLetter() ? 1 : 0;
        capitals += c.isUpper() ? 1 : 0;
    }
    const bool capitalInside = capitals > 1 || (capitals == 1 && !word.front().isUpper());
    return letters > 1 && !capitalInside;
}

// Letters on both sides of a full stop: "linnet.md", "example.org".
bool isDotted(QStringView text, qsizetype start, qsizetype end) {
    const auto joined = [&](qsizetype dot, qsizetype beyond) {
        return dot >= 0 && beyond >= 0 && beyond < text.size() && text.at(dot) == u'.' &&
               text.at(beyond).isLetterOrNumber();
    };
    return joined(start - 1, start - 2) || (end < text.size() && joined(end, end + 1));
}

void addWords(const QString& text, qsizetype from, qsizetype to, std::vector<SpellWord>& words) {
    const QStringView piece = QStringView(text).mid(from, to - from);
    if (isAddress(piece)) {
        return;
    }
    for (qsizetype i = 0; i < piece.size();) {
        if (!belongs(piece.at(i))) {
            ++i;
            continue;
        }
        qsizetype start = i;
        // Chinese is written without spaces, also round a word in Latin letters.
        const bool han = piece.at(i).isLetter() && !isLatin(piece.at(i));
        while (i < piece.size() && belongs(piece.at(i)) &&
               (piece.at(i).isLetter() && !isLatin(piece.at(i))) == han) {
            ++i;
        }
        qsizetype end = i;
        while (start < end && isEdge(piece.at(start))) {
            ++start;
        }
        while (end > start && isEdge(piece.at(end - 1))) {
            --end;
        }
        if (start < end && canBeJudged(piece.mid(start, end - start)) &&
            !isDotted(piece, start, end)) {
            words.push_back({static_cast<int>(from + start), static_cast<int>(end - start)});
        }
    }
}

} // namespace

std::vector<SpellWord> spellWords(const QString& text) {
    std::vector<SpellWord> words;
    for (qsizetype i = 0; i < text.size();) {
        while (i < text.size() && text.at(i).isSpace()) {
            ++i;
        }
        const qsizetype start = i;
        while (i < text.size() && !text.at(i).isSpace()) {
            ++i;
        }
        if (i > start) {
            addWords(text, start, i, words);
        }
    }
    return words;
}

QString spellForm(const QString& word) {
    QString form = word.normalized(QString::NormalizationForm_C);
    form.replace(closingQuote, apostrophe);
    form.remove(softHyphen);
    return form;
}

} // namespace linnet::services
