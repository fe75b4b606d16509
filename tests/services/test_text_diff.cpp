#include <QRandomGenerator>
#include <QTest>

#include "services/text_diff.h"

using namespace linnet::services;

namespace {

// What the hunks say about both texts, checked line by line. Returns the number of lines removed
// and added.
int checkHunks(const QVector<DiffHunk>& hunks, const QStringList& before,
               const QStringList& after) {
    int oldLine = 0;
    int newLine = 0;
    int differences = 0;
    for (const DiffHunk& hunk : hunks) {
        if (hunk.oldLine != oldLine || hunk.newLine != newLine || hunk.count <= 0) {
            return -1;
        }
        if (hunk.kind == DiffKind::Equal) {
            if (before.mid(oldLine, hunk.count) != after.mid(newLine, hunk.count)) {
                return -1;
            }
        } else {
            differences += hunk.count;
        }
        oldLine += hunk.kind == DiffKind::Added ? 0 : hunk.count;
        newLine += hunk.kind == DiffKind::Removed ? 0 : hunk.count;
    }
    return oldLine == before.size() && newLine == after.size() ? differences : -1;
}

// The shortest number of differences, by the textbook table of longest common subsequences.
int shortest(const QStringList& before, const QStringList& after) {
    const qsizetype n = before.size();
    const qsizetype m = after.size();
    QVector<QVector<int>> common(n + 1, QVector<int>(m + 1, 0));
    for (qsizetype i = 1; i <= n; ++i) {
        for (qsizetype j = 1; j <= m; ++j) {
            common[i][j] = before[i - 1] == after[j - 1]
                               ? common[i - 1][j - 1] + 1
                               : std::max(common[i - 1][j], common[i][j - 1]);
        }
    }
    return static_cast<int>(n + m) - 2 * common[n][m];
}

QStringList randomLines(QRandomGenerator& random, int count, int kinds) {
    QStringList lines;
    for (int i = 0; i < count; ++i) {
        lines << QString(QChar(u'a' + random.bounded(kinds)));
    }
    return lines;
}

} // namespace

class TestTextDiff : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void simpleCases();
    void shortestScripts();
    void limitGivesAWholeReplacement();
    void largeTextsAreQuick();
};

void TestTextDiff::simpleCases() {
    QCOMPARE(diffText(QString(), QString()), (QVector<DiffHunk>{{DiffKind::Equal, 0, 0, 1}}));
    QCOMPARE(diffText(QStringLiteral("a\nb\nc"), QStringLiteral("a\nx\nc")),
             (QVector<DiffHunk>{{DiffKind::Equal, 0, 0, 1},
                                {DiffKind::Removed, 1, 1, 1},
                                {DiffKind::Added, 2, 1, 1},
                                {DiffKind::Equal, 2, 2, 1}}));
    QCOMPARE(diffLines({}, {QStringLiteral("a")}), (QVector<DiffHunk>{{DiffKind::Added, 0, 0, 1}}));
    QCOMPARE(diffLines({QStringLiteral("a")}, {}),
             (QVector<DiffHunk>{{DiffKind::Removed, 0, 0, 1}}));
}

void TestTextDiff::shortestScripts() {
    QRandomGenerator random(7);
    for (int round = 0; round < 2000; ++round) {
        const QStringList before = randomLines(random, random.bounded(25), 4);
        const QStringList after = randomLines(random, random.bounded(25), 4);
        const int differences = checkHunks(diffLines(before, after), before, after);
        QCOMPARE(differences, shortest(before, after));
    }
}

void TestTextDiff::limitGivesAWholeReplacement() {
    QRandomGenerator random(8);
    for (int round = 0; round < 200; ++round) {
        const QStringList before = randomLines(random, 30, 3);
        const QStringList after = randomLines(random, 30, 3);
        QVERIFY(checkHunks(diffLines(before, after, 3), before, after) >= 0);
    }
}

void TestTextDiff::largeTextsAreQuick() {
    QStringList before;
    for (int i = 0; i < 20000; ++i) {
        before << QStringLiteral("line %1").arg(i);
    }
    QStringList after = before;
    for (int i = 0; i < 100; ++i) {
        after[i * 199] += QStringLiteral(" changed");
    }
    QCOMPARE(checkHunks(diffLines(before, after), before, after), 200);
}

QTEST_APPLESS_MAIN(TestTextDiff)
#include "test_text_diff.moc"
