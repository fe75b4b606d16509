#include "ui/editor/text_context.h"

#include <algorithm>

#include <QTextBlock>
#include <QTextDocument>

#include "ui/editor/markdown_highlighter.h"

namespace linnet::ui {

namespace {
constexpr int contextLength = 4096;
constexpr int contextStep = 1024;
constexpr int longestWord = 64;
} // namespace

QString textBetween(const QTextDocument& document, int from, int to) {
    QString text;
    text.reserve(std::max(0, to - from));
    for (QTextBlock block = document.findBlock(from); block.isValid() && block.position() < to;
         block = block.next()) {
        const int start = std::max(from, block.position()) - block.position();
        const int end = std::min(to - block.position(), block.length() - 1);
        if (end > start) {
            text += block.text().mid(start, end - start);
        }
        if (block.position() + block.length() <= to && block.next().isValid()) {
            text += u'\n';
        }
    }
    return text;
}

int contextStart(const QTextDocument& document, int caret) {
    if (caret <= contextLength) {
        return 0;
    }
    const int steps = (caret - contextLength + contextStep - 1) / contextStep;
    const int start = steps * contextStep;
    // A cut right after a block's end is at a word start, too.
    for (int i = start; i < start + longestWord; ++i) {
        const QChar before = document.characterAt(i - 1);
        if (before.isSpace() || before == QChar::ParagraphSeparator) {
            return i;
        }
    }
    return start;
}

bool isOpenEnd(const QString& afterCaretOnLine) {
    static const QString closing =
        QStringLiteral(".,;:!?)]}\"'*_`\u2019\u201D\u2026\u3002\uFF0C\uFF01\uFF1F\uFF1B\uFF1A\u3001"
                       "\uFF09\u300D\u300F\u300B\u3011");
    return std::all_of(afterCaretOnLine.begin(), afterCaretOnLine.end(),
                       [](QChar c) { return c.isSpace() || closing.contains(c); });
}

bool isWordCharacter(QChar c) {
    return (c.isLetterOrNumber() || c.isMark()) && !isChinese(c);
}

} // namespace linnet::ui
