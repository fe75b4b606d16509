#include "services/remote_ghost.h"

#include <cmath>
#include <optional>

namespace linnet::services {

namespace {

constexpr qsizetype longestPrompt = 2048; // characters
// It moves on in steps, so that a server can keep what it has computed for the text between.
constexpr qsizetype promptStep = 1024;

bool isHan(QChar c) {
    return c.script() == QChar::Script_Han;
}

bool isWordPart(QChar c) {
    return (c.isLetterOrNumber() || c.isMark() || c == u'\'' || c == u'’' || c.isSurrogate()) &&
           !isHan(c);
}

// Where `text` may end: behind a word and the punctuation that belongs to it. The last word counts
// only if nothing more is to come. Positions ascend.
std::vector<qsizetype> wordEnds(const QString& text, bool complete) {
    std::vector<qsizetype> ends;
    for (qsizetype i = 1; i <= text.size(); ++i) {
        const bool last = i == text.size();
        const QChar before = text[i - 1];
        if (before.isSpace() || (last && !complete)) {
            continue;
        }
        if (last || text[i].isSpace() || isHan(before) || isHan(text[i]) ||
            isWordPart(before) != isWordPart(text[i])) {
            ends.push_back(i);
        }
    }
    return ends;
}

double countWords(const QString& text) {
    double words = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (isHan(text[i])) {
            words += 0.5;
        } else if (isWordPart(text[i]) && (i == 0 || !isWordPart(text[i - 1]))) {
            words += 1;
        }
    }
    return words;
}

// The logarithm of the probability of the first `bytes` of the completion.
std::optional<double> logProbability(const std::vector<protocol::TokenInfo>& tokens,
                                     qsizetype bytes) {
    double sum = 0;
    qsizetype covered = 0;
    for (const protocol::TokenInfo& token : tokens) {
        if (covered >= bytes) {
            break;
        }
        if (!token.logProb || !std::isfinite(*token.logProb)) {
            return std::nullopt;
        }
        sum += std::min(0.0, *token.logProb);
        covered += static_cast<qsizetype>(token.bytes.size());
    }
    return covered >= bytes ? std::optional(sum) : std::nullopt;
}

} // namespace

RemotePrompt remotePromptFor(const QString& before) {
    RemotePrompt prompt;
    qsizetype end = before.size();
    while (end > 0 && before[end - 1] == u' ') {
        --end;
    }
    if (end == 0 || before[end - 1] == u'\n') {
        return prompt; // what begins a line is anybody's guess
    }
    prompt.spaced = end < before.size();
    const qsizetype over = std::max<qsizetype>(0, end - longestPrompt);
    qsizetype start = (over + promptStep - 1) / promptStep * promptStep;
    if (start > 0 && before[start].isLowSurrogate()) {
        ++start;
    }
    prompt.text = before.mid(start, end - start);
    return prompt;
}

RemoteGhost remoteGhost(const RemotePrompt& prompt, const QString& completion,
                        const std::vector<protocol::TokenInfo>& tokens, bool complete,
                        const RemoteGhostOptions& options) {
    RemoteGhost ghost;
    const qsizetype lineEnd = completion.indexOf(u'\n');
    const QString line = completion.left(lineEnd < 0 ? completion.size() : lineEnd);
    qsizetype skip = 0;
    if (prompt.spaced) {
        while (skip < line.size() && line[skip] == u' ') {
            ++skip;
        }
        if (skip == 0 && !line.isEmpty() && isWordPart(line[0])) {
            return ghost; // it goes on with a word that the writer has ended
        }
    }
    for (const qsizetype end : wordEnds(line, complete || lineEnd >= 0)) {
        if (end <= skip) {
            continue;
        }
        const QString text = line.mid(skip, end - skip);
        if (countWords(text) > options.words) {
            break;
        }
        double probability = -1;
        if (!tokens.empty()) {
            const auto log = logProbability(tokens, line.left(end).toUtf8().size());
            if (!log || std::exp(*log) < options.threshold) {
                break;
            }
            probability = std::exp(*log);
        }
        ghost = {text, probability};
    }
    return ghost;
}

bool endsInHan(const QString& before) {
    for (qsizetype i = before.size() - 1; i >= 0 && before[i] != u'\n'; --i) {
        if (before[i].isLetterOrNumber()) {
            return isHan(before[i]);
        }
    }
    return false;
}

QString firstWordOfGhost(const QString& before, const QString& ghost) {
    qsizetype start = before.size();
    while (start > 0 && isWordPart(before[start - 1])) {
        --start;
    }
    QString text = before.mid(start) + ghost;
    qsizetype from = 0;
    if (start == before.size() || (!ghost.isEmpty() && ghost[0].isSpace())) {
        text = ghost;
        while (from < text.size() && text[from].isSpace()) {
            ++from;
        }
    }
    qsizetype end = from;
    while (end < text.size() && isWordPart(text[end])) {
        ++end;
    }
    return text.mid(from, end - from);
}

} // namespace linnet::services
