#include "ui/editor/finder.h"

#include <QTextBlock>
#include <QTextDocument>

namespace linnet::ui {

Finder::Finder(const FindOptions& options)
    : m_options(options) {
    QString pattern =
        options.regularExpression ? options.text : QRegularExpression::escape(options.text);
    if (options.wholeWords) {
        pattern = QStringLiteral("(?<!\\w)(?:%1)(?!\\w)").arg(pattern);
    }
    auto flags = QRegularExpression::UseUnicodePropertiesOption;
    auto all = QRegularExpression::PatternOptions(flags);
    if (!options.caseSensitive) {
        all |= QRegularExpression::CaseInsensitiveOption;
    }
    m_expression = QRegularExpression(pattern, all);
    if (!m_expression.isValid()) {
        m_problem = m_expression.errorString();
    }
}

QVector<Editor::Match> Finder::matches(const QString& block) const {
    QVector<Editor::Match> found;
    if (!canFind()) {
        return found;
    }
    for (auto it = m_expression.globalMatch(block); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        if (match.capturedLength() > 0) {
            found.append({static_cast<int>(match.capturedStart()),
                          static_cast<int>(match.capturedLength())});
        }
    }
    return found;
}

int Finder::count(const QTextDocument& document) const {
    qsizetype total = 0;
    for (QTextBlock block = document.firstBlock(); canFind() && block.isValid();
         block = block.next()) {
        total += matches(block.text()).size();
    }
    return static_cast<int>(total);
}

QTextCursor Finder::find(QTextDocument& document, int from, bool backwards) const {
    if (!canFind()) {
        return {};
    }
    const QTextBlock start = document.findBlock(std::min(from, document.characterCount() - 1));
    QTextBlock block = start;
    const int blocks = document.blockCount();
    // The first block is looked at twice: on this side of `from`, and last on the other.
    for (int visited = 0; visited <= blocks; ++visited) {
        const QVector<Editor::Match> all = matches(block.text());
        const Editor::Match* best = nullptr;
        for (const Editor::Match& match : all) {
            const int begin = block.position() + match.start;
            const int end = begin + match.length;
            const bool fits = visited > 0 || (backwards ? end <= from : begin >= from);
            if (fits && (backwards || best == nullptr)) {
                best = &match;
            }
        }
        if (best != nullptr) {
            QTextCursor cursor(block);
            cursor.setPosition(block.position() + best->start);
            cursor.setPosition(block.position() + best->start + best->length,
                               QTextCursor::KeepAnchor);
            return cursor;
        }
        block = backwards ? block.previous() : block.next();
        if (!block.isValid()) {
            block = backwards ? document.lastBlock() : document.firstBlock();
        }
    }
    return {};
}

std::optional<QString> Finder::replacementFor(const QTextCursor& selection,
                                              const QString& replacement) const {
    if (!canFind() || !selection.hasSelection()) {
        return std::nullopt;
    }
    const QTextBlock block = selection.document()->findBlock(selection.selectionStart());
    const int start = selection.selectionStart() - block.position();
    const auto match = m_expression.match(block.text(), start);
    if (!match.hasMatch() || match.capturedStart() != start ||
        match.capturedLength() != selection.selectionEnd() - selection.selectionStart()) {
        return std::nullopt;
    }
    return expand(match, replacement);
}

int Finder::replaceAll(QTextDocument& document, const QString& replacement) const {
    if (!canFind()) {
        return 0;
    }
    int replaced = 0;
    QTextCursor cursor(&document);
    cursor.beginEditBlock();
    // From the end, so that what is to come keeps its place.
    for (QTextBlock block = document.lastBlock(); block.isValid(); block = block.previous()) {
        QVector<QRegularExpressionMatch> all;
        for (auto it = m_expression.globalMatch(block.text()); it.hasNext();) {
            all.append(it.next());
        }
        const int position = block.position();
        for (auto match = all.crbegin(); match != all.crend(); ++match) {
            if (match->capturedLength() == 0) {
                continue;
            }
            cursor.setPosition(position + static_cast<int>(match->capturedStart()));
            cursor.setPosition(position + static_cast<int>(match->capturedEnd()),
                               QTextCursor::KeepAnchor);
            cursor.insertText(expand(*match, replacement));
            ++replaced;
        }
        block = document.findBlock(position);
    }
    cursor.endEditBlock();
    return replaced;
}

QString Finder::expand(const QRegularExpressionMatch& match, const QString& replacement) const {
    if (!m_options.regularExpression) {
        return replacement;
    }
    QString text;
    for (qsizetype i = 0; i < replacement.size(); ++i) {
        const QChar c = replacement.at(i);
        if (c != u'\\' || i + 1 == replacement.size()) {
            text += c;
            continue;
        }
        const QChar next = replacement.at(++i);
        if (next.isDigit()) {
            text += match.captured(next.digitValue());
        } else if (next == u'n') {
            text += u'\n';
        } else if (next == u't') {
            text += u'\t';
        } else {
            text += next;
        }
    }
    return text;
}

} // namespace linnet::ui
