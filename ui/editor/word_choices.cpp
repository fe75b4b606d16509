#include "ui/editor/word_choices.h"

#include <algorithm>

#include "ui/editor/markdown_highlighter.h"
#include "ui/editor/text_context.h"

namespace linnet::ui {

namespace {

bool joinsWords(QChar c) {
    return c == u'\'' || c == QChar(0x2019) || c == u'-';
}

// After a comma or a closing quotation mark a new word begins with a space.
bool wantsSpace(const QString& before) {
    static const QString closing = QStringLiteral(".,;:!?)]\u201D\u2026");
    if (before.isEmpty()) {
        return false;
    }
    if (before.back() == u'"') {
        return before.count(u'"') % 2 == 0;
    }
    return closing.contains(before.back());
}

bool sameLetters(QStringView a, QStringView b) {
    for (qsizetype i = 0; i < a.size(); ++i) {
        const QChar x = a.at(i) == QChar(0x2019) ? QChar(u'\'') : a.at(i).toCaseFolded();
        const QChar y = b.at(i) == QChar(0x2019) ? QChar(u'\'') : b.at(i).toCaseFolded();
        if (x != y) {
            return false;
        }
    }
    return true;
}

} // namespace

std::optional<WordEdit> editForWord(const QString& word, const QString& beforeCaret) {
    if (word.isEmpty()) {
        return std::nullopt;
    }
    // One character is the next one, also when it is to come twice in a row.
    if (word.size() == 1 && isChinese(word.front())) {
        return WordEdit{0, word};
    }
    const auto last = [&](qsizetype back) { return beforeCaret.at(beforeCaret.size() - 1 - back); };
    for (qsizetype typed = std::min(word.size(), beforeCaret.size()); typed >= 0; --typed) {
        const bool boundary =
            typed == beforeCaret.size() || !isWordCharacter(last(typed)) || isChinese(word.front());
        if (!boundary ||
            !sameLetters(QStringView(beforeCaret).right(typed), QStringView(word).left(typed))) {
            continue;
        }
        // Right after "don'" a new word cannot begin.
        if (typed == 0 && beforeCaret.size() > 1 && joinsWords(last(0)) &&
            isWordCharacter(last(1)) && isWordCharacter(word.front())) {
            continue;
        }
        const bool apart = typed == 0 && isWordCharacter(word.front()) && wantsSpace(beforeCaret);
        return WordEdit{static_cast<int>(typed), apart ? u' ' + word : word};
    }
    // A finished word before the caret: the suggested one follows it.
    if (isWordCharacter(last(0)) && isWordCharacter(word.front()) && !isChinese(word.front())) {
        return WordEdit{0, u' ' + word};
    }
    return std::nullopt;
}

QString remainderOfWord(const QString& word, const QString& beforeCaret) {
    const auto edit = editForWord(word, beforeCaret);
    if (!edit || beforeCaret.right(edit->before) != word.left(edit->before)) {
        return {};
    }
    return edit->text.mid(edit->before);
}

QString firstWord(const QString& ghost) {
    qsizetype end = 0;
    while (end < ghost.size() && ghost.at(end).isSpace()) {
        ++end;
    }
    if (end < ghost.size() && isChinese(ghost.at(end))) {
        return ghost.left(end + (ghost.at(end).isHighSurrogate() ? 2 : 1));
    }
    while (end < ghost.size() && !ghost.at(end).isSpace() && !isChinese(ghost.at(end))) {
        ++end;
    }
    return ghost.left(end);
}

} // namespace linnet::ui
