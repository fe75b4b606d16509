#pragma once

#include <vector>

#include <QHash>
#include <QSyntaxHighlighter>
#include <QTextCharFormat>

#include "ui/theme.h"

namespace linnet::ui {

// Quiet Markdown: marks step back, headings and emphasis are set as what they mean, nothing changes
// size. Works a block at a time; only fenced code carries state to the next. It also gives
// quotation marks, dashes and ellipses the Chinese font where they belong to Chinese text, since
// Latin fonts have (narrower) glyphs of their own for them.
class MarkdownHighlighter : public QSyntaxHighlighter {
    Q_OBJECT
public:
    explicit MarkdownHighlighter(QTextDocument* document);

    void setTheme(const Theme& theme);
    // Families in order of preference for Latin text, Chinese text and code. Does not re-highlight
    // by itself when nothing changed.
    void setFamilies(const QStringList& chinese, const QStringList& code);
    void setMarkdown(bool on); // off: plain text, only the fonts are seen to
    bool isMarkdown() const { return m_markdown; }

    enum Style : quint8 {
        Mark = 1,
        Strong = 2,
        Emphasis = 4,
        Code = 8,
        Link = 16,
        Quote = 32,
        Chinese = 64,
    };
    // The styles of each character of a block; the pure part, for tests. `inFence`: the block
    // before ended inside fenced code; set to whether this one does.
    static std::vector<quint8> styles(const QString& text, bool& inFence);

protected:
    void highlightBlock(const QString& text) override;

private:
    QTextCharFormat format(quint8 style);

    Theme m_theme;
    QStringList m_chinese;
    QStringList m_code;
    QHash<quint8, QTextCharFormat> m_formats;
    bool m_markdown = true;
};

// Han, kana, hangul, bopomofo and their punctuation.
bool isChinese(QChar c);

} // namespace linnet::ui
