#pragma once

#include <QString>
#include <QStringList>
#include <QStringView>
#include <QVector>

namespace linnet::services {

enum class DiffKind { Equal, Removed, Added };

// A run of lines. Equal: `count` lines from `oldLine` and from `newLine`; Removed: lines of the
// old text; Added: lines of the new text. Line numbers start at 0; both are always valid starts.
struct DiffHunk {
    DiffKind kind = DiffKind::Equal;
    int oldLine = 0;
    int newLine = 0;
    int count = 0;

    friend bool operator==(const DiffHunk&, const DiffHunk&) = default;
};

// The shortest edit script between two lists of lines (Myers 1986, "An O(ND) Difference Algorithm
// and Its Variations"). Lines common to both ends are set aside first. When the middle differs in
// more than `maxDifferences` lines, it comes out as one Removed and one Added hunk, which is
// correct but not shortest. Time O((N + M) * maxDifferences) at worst. Any thread.
QVector<DiffHunk> diffLines(const QStringList& before, const QStringList& after,
                            int maxDifferences = 2000);

// The same over texts with '\n' line ends.
QVector<DiffHunk> diffText(const QString& before, const QString& after, int maxDifferences = 2000);

} // namespace linnet::services
