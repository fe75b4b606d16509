#pragma once

#include <QString>

class QTextDocument;

namespace linnet::ui {

// The text of `document` between two positions, with '\n' between blocks. Costs time in proportion
// to the text, not to the document.
QString textBetween(const QTextDocument& document, int from, int to);

// Where the text sent to a model should begin for a caret at `caret`: at most about 4,000
// characters before it, at the start of a word. It moves only every 1,024 characters, so that a
// model can keep what it has computed for the text between.
int contextStart(const QTextDocument& document, int caret);

// What follows the caret leaves room for suggestions: nothing but white space and closing
// punctuation up to the end of the line.
bool isOpenEnd(const QString& afterCaretOnLine);

bool isWordCharacter(QChar c); // letters, digits, marks; not Han

} // namespace linnet::ui
