#include <QRandomGenerator>
#include <QTest>

#include "services/authorship_tracker.h"

using namespace linnet::services;

namespace {

// A text with a mark for each character: what the tracker must know, kept the plain way.
struct Reference {
    QString text;
    QVector<bool> marks;

    void change(int position, int removed, const QString& added, bool accepted) {
        text.replace(position, removed, added);
        marks.remove(position, removed);
        marks.insert(position, added.size(), accepted);
    }
};

QVector<bool> marksOf(const AuthorshipTracker& tracker, int size) {
    QVector<bool> marks(size, false);
    for (const AuthorshipTracker::Range& range : tracker.ranges()) {
        for (int i = range.start; i < range.start + range.length; ++i) {
            marks[i] = true;
        }
    }
    return marks;
}

} // namespace

class TestAuthorshipTracker : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void countsWords();
    void undoAndRedo();
    void followsRandomEdits();
};

void TestAuthorshipTracker::countsWords() {
    AuthorshipTracker tracker;
    QString text = QStringLiteral("The old man lo");
    tracker.documentChanged(0, 0, text);
    QCOMPARE(tracker.wordsFromSuggestions(text), 0);
    const auto accept = [&](const QString& suggestion) {
        const int at = static_cast<int>(text.size());
        text += suggestion;
        tracker.documentChanged(at, 0, suggestion);
        tracker.suggestionInserted(at, suggestion);
    };
    accept(QStringLiteral("oked")); // four of the six letters of "looked"
    QCOMPARE(tracker.wordsFromSuggestions(text), 1);
    accept(QStringLiteral(" at the sea"));
    QCOMPARE(tracker.wordsFromSuggestions(text), 4);
    tracker.documentChanged(static_cast<int>(text.size()), 0, QStringLiteral("\nmine 床"));
    text += QStringLiteral("\nmine 床");
    accept(QStringLiteral("前明月光\n"));
    QCOMPARE(tracker.wordsFromSuggestions(text), 8);
    QCOMPARE(tracker.wordsFromSuggestions(u"The old man looked at the sea", 0), 4);
    // Writing over it makes it the writer's.
    tracker.documentChanged(14, 4, QStringLiteral("ng"));
    text.replace(14, 4, QStringLiteral("ng"));
    QCOMPARE(tracker.wordsFromSuggestions(text), 7);
    tracker.clear();
    QCOMPARE(tracker.wordsFromSuggestions(text), 0);
}

void TestAuthorshipTracker::undoAndRedo() {
    AuthorshipTracker tracker;
    tracker.documentChanged(0, 0, QStringLiteral("He went"));
    const QString suggestion = QStringLiteral(" home");
    tracker.documentChanged(7, 0, suggestion);
    tracker.suggestionInserted(7, suggestion);
    tracker.documentChanged(7, 5, QString()); // undo
    QVERIFY(tracker.ranges().empty());
    tracker.documentChanged(7, 0, suggestion); // redo
    QCOMPARE(tracker.ranges(), (std::vector<AuthorshipTracker::Range>{{7, 5}}));
    tracker.documentChanged(7, 5, QString());
    tracker.documentChanged(7, 0, QStringLiteral(" away")); // written by hand
    QVERIFY(tracker.ranges().empty());
    // A letter typed where a suggestion of that letter was taken back is the writer's own.
    tracker.clear();
    tracker.documentChanged(0, 0, QStringLiteral("e"));
    tracker.suggestionInserted(0, QStringLiteral("e"));
    tracker.documentChanged(0, 1, QString());
    tracker.documentChanged(0, 0, QStringLiteral("e"));
    QVERIFY(tracker.ranges().empty());
}

void TestAuthorshipTracker::followsRandomEdits() {
    QRandomGenerator random(3);
    AuthorshipTracker tracker;
    Reference reference;
    int unique = 0;
    for (int round = 0; round < 5000; ++round) {
        const int size = static_cast<int>(reference.text.size());
        const int position = random.bounded(size + 1);
        const int removed = std::min(random.bounded(8), size - position);
        // Every text is another one, so that nothing looks like a redo.
        const QString added =
            random.bounded(3) == 0 ? QString() : QString::number(10000 + ++unique);
        const bool accepted = !added.isEmpty() && random.bounded(2) == 0;
        tracker.documentChanged(position, removed, added);
        if (accepted) {
            tracker.suggestionInserted(position, added);
        }
        reference.change(position, removed, added, accepted);
        QCOMPARE(marksOf(tracker, static_cast<int>(reference.text.size())), reference.marks);
        for (size_t i = 1; i < tracker.ranges().size(); ++i) {
            const auto& before = tracker.ranges()[i - 1];
            QVERIFY(before.start + before.length < tracker.ranges()[i].start);
        }
    }
}

QTEST_APPLESS_MAIN(TestAuthorshipTracker)
#include "test_authorship_tracker.moc"
