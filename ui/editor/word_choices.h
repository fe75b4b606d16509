#pragma once

#include <optional>

#include <QString>
#include <QStringList>

namespace linnet::ui {

// How a suggested word becomes text at a caret: so many characters before it are replaced. The text
// has a space in front where one belongs there and is missing.
struct WordEdit {
    int before = 0;
    QString text;
};

// The edit that turns what is typed of `word` at the end of `beforeCaret` into `word`. A word that
// does not continue the finished word before the caret follows it after a space; none when it can
// do neither.
std::optional<WordEdit> editForWord(const QString& word, const QString& beforeCaret);

// What follows the caret once `word` is chosen, without changing what is typed: for alternatives
// shown as ghost text. Empty when it cannot be shown so.
QString remainderOfWord(const QString& word, const QString& beforeCaret);

// The first word of suggested text with the white space before it: what "accept a word" inserts.
// A Chinese character is a word.
QString firstWord(const QString& ghost);

} // namespace linnet::ui
