#include "services/line_endings.h"

#include <algorithm>
#include <array>

#include <QHash>
#include <QStringView>

namespace linnet::services {

namespace {

constexpr std::array<QStringView, 4> endingText{u"\n", u"\r\n", u"\r", u"\u2029"};

QStringView textOf(LineEnding ending) {
    return endingText[static_cast<size_t>(ending)];
}

// The ending that begins at `at`, if one does.
bool endingAt(QStringView text, qsizetype at, LineEnding& ending) {
    switch (text[at].unicode()) {
    case u'\n':
        ending = LineEnding::Lf;
        return true;
    case u'\r':
        ending = at + 1 < text.size() && text[at + 1] == u'\n' ? LineEnding::CrLf : LineEnding::Cr;
        return true;
    case 0x2029:
        ending = LineEnding::ParagraphSeparator;
        return true;
    default:
        return false;
    }
}

} // namespace

LineEndings LineEndings::normalize(QString& text) {
    LineEndings endings;
    std::array<qsizetype, 4> counts{};
    std::vector<Line> lines;
    QString normal;
    normal.reserve(text.size());
    qsizetype start = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        LineEnding ending = LineEnding::Lf;
        if (!endingAt(text, i, ending)) {
            continue;
        }
        const QStringView line = QStringView(text).sliced(start, i - start);
        lines.push_back({qHash(line), ending});
        ++counts[static_cast<size_t>(ending)];
        normal.append(line).append(u'\n');
        i += textOf(ending).size() - 1;
        start = i + 1;
    }
    normal.append(QStringView(text).sliced(start));

    const auto most = std::max_element(counts.begin(), counts.end());
    endings.m_dominant = static_cast<LineEnding>(most - counts.begin());
    if (*most != static_cast<qsizetype>(lines.size())) {
        endings.m_lines = std::move(lines);
    }
    if (normal != text) {
        text = std::move(normal);
    }
    return endings;
}

QString LineEndings::restore(const QString& text) const {
    if (!isMixed() && m_dominant == LineEnding::Lf) {
        return text;
    }
    std::vector<size_t> hashes;
    if (isMixed()) {
        qsizetype start = 0;
        for (qsizetype i = text.indexOf(u'\n'); i >= 0; i = text.indexOf(u'\n', start)) {
            hashes.push_back(qHash(QStringView(text).sliced(start, i - start)));
            start = i + 1;
        }
    }
    const std::vector<LineEnding> endings = endingsFor(hashes);

    QString result;
    result.reserve(text.size() + text.size() / 16);
    size_t line = 0;
    qsizetype start = 0;
    for (qsizetype i = text.indexOf(u'\n'); i >= 0; i = text.indexOf(u'\n', start)) {
        result.append(QStringView(text).sliced(start, i - start));
        const LineEnding ending = isMixed() ? endings[line] : m_dominant;
        // An empty line may have come to follow a CR; its LF would make one CRLF of the two.
        const bool merges = ending == LineEnding::Lf && result.endsWith(u'\r');
        result.append(textOf(merges ? LineEnding::Cr : ending));
        ++line;
        start = i + 1;
    }
    result.append(QStringView(text).sliced(start));
    return result;
}

// Lines are matched from both ends; between them, a line takes the ending of the next old line of
// the same text, in order. That keeps every line that was not touched, whatever was added, removed
// or rewritten around it.
std::vector<LineEnding> LineEndings::endingsFor(const std::vector<size_t>& hashes) const {
    std::vector<LineEnding> result(hashes.size(), m_dominant);
    const size_t shorter = std::min(hashes.size(), m_lines.size());
    size_t head = 0;
    while (head < shorter && hashes[head] == m_lines[head].hash) {
        result[head] = m_lines[head].ending;
        ++head;
    }
    size_t tail = 0;
    while (tail < shorter - head &&
           hashes[hashes.size() - 1 - tail] == m_lines[m_lines.size() - 1 - tail].hash) {
        result[hashes.size() - 1 - tail] = m_lines[m_lines.size() - 1 - tail].ending;
        ++tail;
    }

    QHash<size_t, std::vector<size_t>> places; // of each text among the old lines, last first
    for (size_t old = m_lines.size() - tail; old > head; --old) {
        places[m_lines[old - 1].hash].push_back(old - 1);
    }
    for (size_t line = head; line < hashes.size() - tail; ++line) {
        const auto found = places.find(hashes[line]);
        if (found != places.end() && !found->empty()) {
            result[line] = m_lines[found->back()].ending;
            if (found->size() > 1) {
                found->pop_back();
            }
        }
    }
    return result;
}

QString LineEndings::label() const {
    static constexpr std::array<QLatin1String, 4> names{
        QLatin1String("LF"), QLatin1String("CRLF"), QLatin1String("CR"), QLatin1String("U+2029")};
    const QString name = names[static_cast<size_t>(m_dominant)];
    return isMixed() ? QStringLiteral("mixed, mostly %1").arg(name) : name;
}

QString textFromRaw(QString rawText) {
    return rawText.replace(QChar(QChar::ParagraphSeparator), QLatin1Char('\n'));
}

} // namespace linnet::services
