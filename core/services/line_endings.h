#pragma once

#include <vector>

#include <QString>

namespace linnet::services {

// ParagraphSeparator is U+2029, which a text editor cannot tell from a line break either.
enum class LineEnding : quint8 { Lf, CrLf, Cr, ParagraphSeparator };

// How the lines of a file end. The editor works with '\n' only; this brings back what the file
// had. When endings are mixed, every line that is still there keeps its own, and new lines get the
// most frequent one.
class LineEndings {
public:
    LineEndings() = default; // all Lf
    explicit LineEndings(LineEnding uniform)
        : m_dominant(uniform) {}

    // Replaces every line ending of `text` by '\n' and remembers what they were.
    static LineEndings normalize(QString& text);

    // `text` (with '\n') as the file should have it.
    QString restore(const QString& text) const;

    bool isMixed() const { return !m_lines.empty(); }
    LineEnding dominant() const { return m_dominant; }
    QString label() const; // "LF", "CRLF", "mixed, mostly CRLF"

private:
    struct Line {
        size_t hash = 0;
        LineEnding ending = LineEnding::Lf;
    };
    std::vector<LineEnding> endingsFor(const std::vector<size_t>& hashes) const;

    LineEnding m_dominant = LineEnding::Lf;
    std::vector<Line> m_lines; // only when mixed: each line that had an ending
};

// The text of a QTextDocument from its toRawText(). (Its toPlainText() would turn no-break spaces
// into spaces, and so change the file.)
QString textFromRaw(QString rawText);

} // namespace linnet::services
