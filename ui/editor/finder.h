#pragma once

#include <optional>

#include <QRegularExpression>
#include <QString>
#include <QTextCursor>
#include <QVector>

#include "ui/editor/editor.h"

namespace linnet::ui {

struct FindOptions {
    QString text;
    bool caseSensitive = false;
    bool wholeWords = false;
    bool regularExpression = false;

    friend bool operator==(const FindOptions&, const FindOptions&) = default;
};

// Finds and replaces within lines of a document. A pure function of options and document.
class Finder {
public:
    Finder() = default; // finds nothing
    explicit Finder(const FindOptions& options);

    bool isEmpty() const { return m_options.text.isEmpty(); }
    // Not empty: why the regular expression cannot be used.
    QString problem() const { return m_problem; }
    bool canFind() const { return !isEmpty() && m_problem.isEmpty(); }
    const FindOptions& options() const { return m_options; }

    QVector<Editor::Match> matches(const QString& block) const;
    int count(const QTextDocument& document) const;

    // The match at or after (`backwards`: that ends before) a position, going around the ends of
    // the document; a null cursor when there is none.
    QTextCursor find(QTextDocument& document, int from, bool backwards) const;

    // What `replacement` means for the match at `selection`; \1 to \9, \n, \t and \\ in a regular
    // expression. None when the selection is not a match.
    std::optional<QString> replacementFor(const QTextCursor& selection,
                                          const QString& replacement) const;

    // As one undo step. Returns how many.
    int replaceAll(QTextDocument& document, const QString& replacement) const;

private:
    QString expand(const QRegularExpressionMatch& match, const QString& replacement) const;

    FindOptions m_options;
    QRegularExpression m_expression;
    QString m_problem;
};

} // namespace linnet::ui
