#include "ui/editor/markdown_highlighter.h"

#include <QRegularExpression>
#include <QTextDocument>

namespace linnet::ui {

namespace {

using Styles = std::vector<quint8>;

void add(Styles& styles, qsizetype start, qsizetype length, quint8 style) {
    for (qsizetype i = start; i < start + length; ++i) {
        styles[static_cast<size_t>(i)] |= style;
    }
}

bool isAmbiguous(QChar c) {
    static const QString marks = QStringLiteral("\u2018\u2019\u201C\u201D\u2014\u2026\u00B7\u2013");
    return marks.contains(c);
}

// Quotation marks and the like lean on the nearest character that has a script.
void styleChinesePunctuation(const QString& text, Styles& styles) {
    const auto scriptAt = [&text](qsizetype from, int step) {
        for (qsizetype i = from; i >= 0 && i < text.size(); i += step) {
            if (isChinese(text.at(i))) {
                return 1;
            }
            if (text.at(i).isLetterOrNumber()) {
                return -1;
            }
        }
        return 0;
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!isAmbiguous(text.at(i))) {
            continue;
        }
        const int before = scriptAt(i - 1, -1);
        const int after = scriptAt(i + 1, 1);
        const bool opening = text.at(i) == QChar(0x201C) || text.at(i) == QChar(0x2018);
        const int decisive =
            opening ? (after != 0 ? after : before) : (before != 0 ? before : after);
        if (decisive > 0) {
            add(styles, i, 1, MarkdownHighlighter::Chinese);
        }
    }
}

// Chinese has no italics: emphasis is weight, and a quotation is known by its mark.
void straightenChinese(const QString& text, Styles& styles) {
    for (qsizetype i = 0; i < text.size(); ++i) {
        quint8& style = styles[static_cast<size_t>(i)];
        if (style == 0 || !(isChinese(text.at(i)) || style & MarkdownHighlighter::Chinese)) {
            continue;
        }
        const bool emphasis = style & MarkdownHighlighter::Emphasis;
        style = static_cast<quint8>(style &
                                    ~(MarkdownHighlighter::Emphasis | MarkdownHighlighter::Quote));
        if (emphasis) {
            style |= MarkdownHighlighter::Strong;
        }
    }
}

// Headings, quotes, list marks and rules; returns where inline text begins.
qsizetype styleLineStart(const QString& text, Styles& styles) {
    static const QRegularExpression heading(QStringLiteral("^\\s{0,3}(#{1,6})\\s+"));
    static const QRegularExpression quote(QStringLiteral("^\\s{0,3}(>\\s?)+"));
    static const QRegularExpression list(QStringLiteral("^\\s*(?:[-+*]|\\d{1,9}[.)])\\s+"));
    static const QRegularExpression rule(QStringLiteral("^\\s{0,3}([-*_])(?:\\s*\\1){2,}\\s*$"));
    if (const auto match = heading.match(text); match.hasMatch()) {
        add(styles, 0, text.size(), MarkdownHighlighter::Strong);
        add(styles, 0, match.capturedLength(), MarkdownHighlighter::Mark);
        return match.capturedLength();
    }
    if (rule.match(text).hasMatch()) {
        add(styles, 0, text.size(), MarkdownHighlighter::Mark);
        return text.size();
    }
    if (const auto match = quote.match(text); match.hasMatch()) {
        add(styles, 0, text.size(), MarkdownHighlighter::Quote);
        add(styles, 0, match.capturedLength(), MarkdownHighlighter::Mark);
        return match.capturedLength();
    }
    if (const auto match = list.match(text); match.hasMatch()) {
        add(styles, 0, match.capturedLength(), MarkdownHighlighter::Mark);
        return match.capturedLength();
    }
    return 0;
}

// `*a*`, `**a**`, `_a_`, `__a__`: the mark stands at a word, closes at a word, and underscores
// inside words are letters. Returns the length of the run handled, 0 if it opens nothing.
qsizetype styleEmphasis(const QString& text, qsizetype at, Styles& styles) {
    const QChar mark = text.at(at);
    qsizetype run = 1;
    while (run < 3 && at + run < text.size() && text.at(at + run) == mark) {
        ++run;
    }
    const qsizetype inside = at + run;
    const bool intoWord = at > 0 && text.at(at - 1).isLetterOrNumber() && mark == u'_';
    if (inside >= text.size() || text.at(inside).isSpace() || intoWord) {
        return 0;
    }
    const QString closing(run, mark);
    for (qsizetype end = text.indexOf(closing, inside + 1); end > 0;
         end = text.indexOf(closing, end + 1)) {
        const qsizetype past = end + run;
        const bool word = mark == u'_' && past < text.size() && text.at(past).isLetterOrNumber();
        const bool longer = past < text.size() && text.at(past) == mark;
        if (text.at(end - 1).isSpace() || word || longer) {
            continue;
        }
        quint8 style = 0;
        style |= run >= 2 ? MarkdownHighlighter::Strong : 0;
        style |= run != 2 ? MarkdownHighlighter::Emphasis : 0;
        add(styles, at, run, MarkdownHighlighter::Mark);
        add(styles, end, run, MarkdownHighlighter::Mark);
        add(styles, inside, end - inside, style);
        return run;
    }
    return 0;
}

qsizetype styleCode(const QString& text, qsizetype at, Styles& styles) {
    qsizetype run = 1;
    while (at + run < text.size() && text.at(at + run) == u'`') {
        ++run;
    }
    const qsizetype end = text.indexOf(QString(run, u'`'), at + run);
    if (end < 0) {
        return run;
    }
    add(styles, at, run, MarkdownHighlighter::Mark);
    add(styles, end, run, MarkdownHighlighter::Mark);
    add(styles, at + run, end - at - run, MarkdownHighlighter::Code);
    return end + run - at;
}

void styleInline(const QString& text, qsizetype from, Styles& styles) {
    static const QRegularExpression link(QStringLiteral("!?\\[([^\\[\\]]*)\\](\\([^()\\s]*\\))"));
    static const QRegularExpression address(
        QStringLiteral("\\bhttps?://[^\\s<>\"]+[^\\s<>\".,;:)]"));
    for (qsizetype i = from; i < text.size();) {
        const QChar c = text.at(i);
        if (c == u'\\') {
            i += 2;
        } else if (c == u'`') {
            i += styleCode(text, i, styles);
        } else if (c == u'*' || c == u'_') {
            i += std::max<qsizetype>(1, styleEmphasis(text, i, styles));
        } else {
            ++i;
        }
    }
    if (text.contains(u'[')) {
        for (auto it = link.globalMatch(text, from); it.hasNext();) {
            const auto match = it.next();
            add(styles, match.capturedStart(), match.capturedLength(), MarkdownHighlighter::Mark);
            for (qsizetype i = match.capturedStart(1); i < match.capturedEnd(1); ++i) {
                auto& style = styles[static_cast<size_t>(i)];
                style = static_cast<quint8>((style & ~MarkdownHighlighter::Mark) |
                                            MarkdownHighlighter::Link);
            }
        }
    }
    if (text.contains(QLatin1String("://"))) {
        for (auto it = address.globalMatch(text, from); it.hasNext();) {
            const auto match = it.next();
            add(styles, match.capturedStart(), match.capturedLength(), MarkdownHighlighter::Mark);
        }
    }
}

} // namespace

bool isChinese(QChar c) {
    const char16_t u = c.unicode();
    return (u >= 0x2E80 && u <= 0x9FFF) || (u >= 0xAC00 && u <= 0xD7AF) ||
           (u >= 0xF900 && u <= 0xFAFF) || (u >= 0xFE30 && u <= 0xFE4F) ||
           (u >= 0xFF00 && u <= 0xFFEF) || (u >= 0xD840 && u <= 0xD888);
}

MarkdownHighlighter::MarkdownHighlighter(QTextDocument* document)
    : QSyntaxHighlighter(document)
    , m_theme(lightTheme()) {
}

void MarkdownHighlighter::setTheme(const Theme& theme) {
    m_theme = theme;
    m_formats.clear();
    rehighlight();
}

void MarkdownHighlighter::setFamilies(const QStringList& chinese, const QStringList& code) {
    if (chinese == m_chinese && code == m_code) {
        return;
    }
    m_chinese = chinese;
    m_code = code;
    m_formats.clear();
    rehighlight();
}

void MarkdownHighlighter::setMarkdown(bool on) {
    if (on != m_markdown) {
        m_markdown = on;
        rehighlight();
    }
}

std::vector<quint8> MarkdownHighlighter::styles(const QString& text, bool& inFence) {
    Styles styles(static_cast<size_t>(text.size()), 0);
    static const QRegularExpression fence(QStringLiteral("^\\s{0,3}(?:```|~~~)"));
    const bool isFence = fence.match(text).hasMatch();
    if (inFence || isFence) {
        add(styles, 0, text.size(), isFence ? Mark : Code);
        inFence = inFence != isFence;
        return styles;
    }
    styleInline(text, styleLineStart(text, styles), styles);
    styleChinesePunctuation(text, styles);
    straightenChinese(text, styles);
    return styles;
}

void MarkdownHighlighter::highlightBlock(const QString& text) {
    Styles all;
    if (m_markdown) {
        bool inFence = previousBlockState() == 1;
        all = styles(text, inFence);
        setCurrentBlockState(inFence ? 1 : 0);
    } else {
        all.assign(static_cast<size_t>(text.size()), 0);
        styleChinesePunctuation(text, all);
        setCurrentBlockState(0);
    }
    for (size_t start = 0; start < all.size();) {
        size_t end = start + 1;
        while (end < all.size() && all[end] == all[start]) {
            ++end;
        }
        if (all[start] != 0) {
            setFormat(static_cast<int>(start), static_cast<int>(end - start), format(all[start]));
        }
        start = end;
    }
}

QTextCharFormat MarkdownHighlighter::format(quint8 style) {
    if (const auto found = m_formats.constFind(style); found != m_formats.constEnd()) {
        return *found;
    }
    QTextCharFormat format;
    if (style & Strong) {
        format.setFontWeight(QFont::DemiBold);
    }
    if (style & Emphasis) {
        format.setFontItalic(true);
    }
    if (style & Code) {
        format.setFontFamilies(m_code);
        format.setFontFixedPitch(true);
    }
    if (style & Chinese) {
        format.setFontFamilies(m_chinese);
    }
    if (style & Link) {
        format.setForeground(m_theme.accent);
    }
    if (style & Quote) {
        format.setFontItalic(true);
    }
    if (style & Mark) {
        format.setForeground(m_theme.muted);
        format.setFontItalic(false);
    }
    m_formats.insert(style, format);
    return format;
}

} // namespace linnet::ui
