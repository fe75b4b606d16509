#include <QDockWidget>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QSignalSpy>
#include <QTabBar>
#include <QTest>
#include <QTextBlock>

#include "ui/desk.h"
#include "ui/editor/verse_marks.h"
#include "ui/editor/verse_stanzas.h"
#include "ui/panels/poem_form.h"
#include "ui/panels/poem_panel.h"
#include "ui/panels/rhyme_finder.h"
#include "ui/verse_desk.h"

using namespace linnet;
using namespace linnet::ui;
using tests::Desk;
namespace setting = linnet::services::setting;

namespace {

// Answers until nothing more is asked.
void answerAll(Desk& desk) {
    QTRY_VERIFY(desk.verse.answered < desk.verse.queries.size());
    while (desk.verse.answered < desk.verse.queries.size()) {
        desk.verse.answer();
    }
}

QStringList textsOf(const QVector<services::VerseQuery>& queries) {
    QStringList texts;
    for (const services::VerseQuery& query : queries) {
        texts.append(query.text);
    }
    return texts;
}

} // namespace

class TestVerse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void passages_data();
    void passages();
    void marksWhatIsOnScreen();
    void asksOnlyAboutTheChangedStanza();
    void otherRowsKeepTheirMarks();
    void marksMoveWithTheirLines();
    void stanzasOfOnePoemAreReadTogether();
    void marksAreRememberedForTheType();
    void hintsExplain();
    void largeDocumentAsksForTheScreenOnly();
    void poemIsInsertedAsOneStep_data();
    void poemIsInsertedAsOneStep();
    void panelOpensAndCloses();
    void wordsAtTheCaret_data();
    void wordsAtTheCaret();
    void rhymeTakesTheWordsPlace();
    void rhymeForTheLineBefore();
    void rhymesThatFitBetterTakeTheirPlace();
};

void TestVerse::passages_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("stanzas"); // a passage begins with "|"
    QTest::newRow("one") << QStringLiteral("a\nb") << QStringList{QStringLiteral("|a\nb")};
    QTest::newRow("two stanzas") << QStringLiteral("a\nb\n\nc\n")
                                 << QStringList{QStringLiteral("|a\nb"), QStringLiteral("c")};
    QTest::newRow("two blank rows")
        << QStringLiteral("a\n\n\nc") << QStringList{QStringLiteral("|a"), QStringLiteral("|c")};
    QTest::newRow("heading") << QStringLiteral("# A\n\na\n\n# B\nb")
                             << QStringList{QStringLiteral("|a"), QStringLiteral("|b")};
    QTest::newRow("title") << QStringLiteral("T\n\na\nb\n\nc\nd")
                           << QStringList{QStringLiteral("|a\nb"), QStringLiteral("c\nd")};
    QTest::newRow("a first line") << QStringLiteral("t,\n\na\nb")
                                  << QStringList{QStringLiteral("|t,"), QStringLiteral("a\nb")};
    QTest::newRow("prose") << QString(200, u'x') + QStringLiteral("\n\na")
                           << QStringList{QStringLiteral("|a")};
    QTest::newRow("nothing") << QStringLiteral("\n\n") << QStringList();
}

void TestVerse::passages() {
    QFETCH(QString, text);
    QFETCH(QStringList, stanzas);
    QTextDocument document;
    document.setPlainText(text);
    QStringList found;
    for (const VersePassage& passage : passagesBetween(document.begin(), document.lastBlock())) {
        QString start = QStringLiteral("|");
        for (const VersePassage::Stanza& stanza : passage.stanzas) {
            found.append(start + passage.textOf(stanza));
            start.clear();
        }
    }
    QCOMPARE(found, stanzas);
}

void TestVerse::marksWhatIsOnScreen() {
    Desk desk;
    desk.editor().setText(QStringLiteral("春风又绿江南岸\n明月何时照我还\n\nx"));
    QVERIFY(desk.verse.queries.isEmpty()); // off until asked for
    desk.trigger("verse.marks");
    QVERIFY(desk.child<QAction>("verse.marks")->isChecked());
    answerAll(desk);
    const VerseMarks::Row* row = desk.window->verse()->marks().rowAt(1);
    QVERIFY(row != nullptr);
    QCOMPARE(row->lines.size(), 1);
    QCOMPARE(row->lines.first().count, 7);
    QCOMPARE(row->lines.first().rhyme, QStringLiteral("A"));
    QVERIFY(desk.window->verse()->marks().rowAt(2) == nullptr);
    QVERIFY(desk.child<QWidget>("verseMargin")->isVisible());
    desk.trigger("verse.marks");
    QVERIFY(desk.window->verse()->marks().rowAt(1) == nullptr);
    QVERIFY(!desk.child<QWidget>("verseMargin")->isVisible());
}

void TestVerse::asksOnlyAboutTheChangedStanza() {
    Desk desk;
    desk.editor().setText(QStringLiteral("aa\nbb\n\n\ncc\ndd"));
    desk.window->verse()->markVerse(true);
    answerAll(desk);
    QCOMPARE(textsOf(desk.verse.queries),
             (QStringList{QStringLiteral("aa\nbb"), QStringLiteral("cc\ndd")}));
    desk.verse.queries.clear();
    desk.verse.answered = 0;
    desk.editor().moveCursor(QTextCursor::End);
    desk.type(QStringLiteral("x"));
    answerAll(desk);
    QCOMPARE(textsOf(desk.verse.queries), QStringList{QStringLiteral("cc\nddx")});
    desk.editor().undo(); // known already
    QSignalSpy changed(&desk.window->verse()->marks(), &VerseMarks::changed);
    QVERIFY(changed.wait());
    QCOMPARE(desk.verse.queries.size(), 1);
    QCOMPARE(desk.window->verse()->marks().rowAt(5)->lines.first().count, 2);
}

void TestVerse::otherRowsKeepTheirMarks() {
    Desk desk;
    desk.editor().setText(QStringLiteral("aaa\nbbb\nccc"));
    desk.window->verse()->markVerse(true);
    answerAll(desk);
    VerseMarks& marks = desk.window->verse()->marks();
    desk.editor().setTextCursor(QTextCursor(desk.editor().document()->findBlockByNumber(1)));
    desk.type(QStringLiteral("x"));
    QTRY_COMPARE(desk.verse.queries.size(), 2); // asked, not answered
    QVERIFY(marks.rowAt(0) != nullptr && !marks.rowAt(0)->stale);
    QVERIFY(marks.rowAt(2) != nullptr && !marks.rowAt(2)->stale);
    QVERIFY(marks.rowAt(1) != nullptr && marks.rowAt(1)->stale); // its count stays for the moment
    QVERIFY(marks.hintFor(1, 0).isEmpty());
    desk.verse.answer();
    QVERIFY(!marks.rowAt(1)->stale);
    QCOMPARE(marks.rowAt(1)->lines.first().count, 4);
}

void TestVerse::marksMoveWithTheirLines() {
    Desk desk;
    desk.editor().setText(QStringLiteral("a\n\n\nbb\nccc"));
    desk.window->verse()->markVerse(true);
    answerAll(desk);
    VerseMarks& marks = desk.window->verse()->marks();
    QCOMPARE(marks.rowAt(4)->lines.first().count, 3);
    QTextCursor edit(desk.editor().document()->findBlockByNumber(1));
    edit.insertText(QStringLiteral("\n"));
    // At once, before anything is looked at again.
    QCOMPARE(marks.rowAt(5)->lines.first().count, 3);
    edit.deletePreviousChar();
    QCOMPARE(marks.rowAt(4)->lines.first().count, 3);
}

void TestVerse::stanzasOfOnePoemAreReadTogether() {
    Desk desk;
    desk.window->verse()->marks().setForm(QStringLiteral("qijue"));
    desk.editor().setText(QStringLiteral("aa\nbb\n\ncc\ndd"));
    desk.window->verse()->markVerse(true);
    answerAll(desk);
    QCOMPARE(textsOf(desk.verse.queries),
             (QStringList{QStringLiteral("aa\nbb"), QStringLiteral("cc\ndd"),
                          QStringLiteral("aa\nbb\n\ncc\ndd")}));
    QCOMPARE(desk.verse.queries.first().form, QStringLiteral("qijue"));
    const VerseMarks::Row* row = desk.window->verse()->marks().rowAt(3);
    QVERIFY(row != nullptr);
    QCOMPARE(row->lines.first().row, 3); // of the whole, not of its stanza
}

void TestVerse::marksAreRememberedForTheType() {
    Desk desk;
    const QString poem = desk.write(QStringLiteral("a.poem"), "aa\n");
    const QString text = desk.write(QStringLiteral("b.txt"), "bb\n");
    QVERIFY(desk.open(poem));
    desk.trigger("verse.marks");
    QVERIFY(desk.window->verse()->marksVerse());
    QVERIFY(desk.open(text));
    QVERIFY(!desk.window->verse()->marksVerse());
    QVERIFY(!desk.child<QAction>("verse.marks")->isChecked());
    QVERIFY(desk.open(poem));
    QVERIFY(desk.window->verse()->marksVerse());
    QCOMPARE(desk.settings.value(setting::verseDocuments), QStringList{QStringLiteral("poem")});
}

void TestVerse::hintsExplain() {
    Desk desk;
    desk.editor().setText(QStringLiteral("春风又绿江南岸上"));
    desk.window->verse()->marks().setForm(QStringLiteral("qijue"));
    desk.window->verse()->markVerse(true);
    answerAll(desk);
    const VerseMarks& marks = desk.window->verse()->marks();
    const QString place = marks.hintFor(0, 7);
    QVERIFY2(place.startsWith(QStringLiteral("“上” has the wrong tone")), qPrintable(place));
    QVERIFY(place.contains(QStringLiteral("平 一东")));
    const QString row = marks.hintFor(0, -1);
    QVERIFY2(row.contains(QLatin1String("8 character")), qPrintable(row));
    QVERIFY2(row.contains(QStringLiteral("rhyme A (一东)")), qPrintable(row));
    QVERIFY2(row.contains(QLatin1String("7-character quatrain")), qPrintable(row));
}

void TestVerse::largeDocumentAsksForTheScreenOnly() {
    Desk desk;
    QString text;
    for (int i = 0; i < 30'000; ++i) {
        text += QStringLiteral("line %1 of verse\n%2").arg(i).arg(i % 4 == 3 ? u"\n\n" : u"");
    }
    desk.editor().setText(text);
    desk.window->verse()->markVerse(true);
    answerAll(desk);
    QVERIFY(desk.verse.queries.size() < 40);
    qsizetype asked = 0;
    for (const services::VerseQuery& query : std::as_const(desk.verse.queries)) {
        asked += query.text.size();
    }
    QVERIFY(asked < 4000);
    const qsizetype before = desk.verse.queries.size();
    desk.editor().moveCursor(QTextCursor::End);
    QTRY_VERIFY(desk.verse.queries.size() > before); // what came on screen
    QVERIFY(desk.verse.queries.constLast().text.contains(QLatin1String("line 29999")));
}

void TestVerse::poemIsInsertedAsOneStep_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("caret");
    QTest::addColumn<QString>("result");
    QTest::newRow("empty") << QString() << 0 << QStringLiteral("A\nB");
    QTest::newRow("end of text") << QStringLiteral("one") << 3 << QStringLiteral("one\n\nA\nB");
    QTest::newRow("inside a line")
        << QStringLiteral("one two\nthree") << 3 << QStringLiteral("one two\n\nA\nB\n\nthree");
    QTest::newRow("on a blank line")
        << QStringLiteral("one\n\nthree") << 4 << QStringLiteral("one\nA\nB\n\nthree");
}

void TestVerse::poemIsInsertedAsOneStep() {
    QFETCH(QString, text);
    QFETCH(int, caret);
    QFETCH(QString, result);
    Desk desk;
    desk.editor().setText(text);
    QTextCursor cursor = desk.editor().textCursor();
    cursor.setPosition(caret);
    desk.editor().setTextCursor(cursor);
    Q_EMIT desk.window->verse()->panel().insertRequested(QStringLiteral("A\nB"));
    QCOMPARE(desk.editor().text(), result);
    QVERIFY(desk.editor().hasFocus());
    desk.editor().undo();
    QCOMPARE(desk.editor().text(), text);
    QVERIFY(!desk.editor().document()->isUndoAvailable());
}

void TestVerse::panelOpensAndCloses() {
    Desk desk;
    QVERIFY(!desk.window->verse()->isPanelVisible());
    QTest::keyClick(desk.window, Qt::Key_F9);
    QVERIFY(desk.window->verse()->isPanelVisible());
    QVERIFY(desk.child<QAction>("verse.panel")->isChecked());
    auto* theme = desk.child<QLineEdit>("poemTheme");
    QTRY_VERIFY(theme->hasFocus());
    desk.window->verse()->panel().form().setForm(QStringLiteral("qijue"));
    QCOMPARE(desk.settings.value(setting::poemForm), QStringLiteral("qijue"));
    QTest::keyClick(theme, Qt::Key_Escape);
    QVERIFY(!desk.window->verse()->isPanelVisible());
    QTRY_VERIFY(desk.editor().hasFocus());
    desk.trigger("verse.panel");
    desk.trigger("view.fullScreen");
    QVERIFY(!desk.window->verse()->isPanelVisible());
    desk.trigger("view.fullScreen");
    QVERIFY(desk.window->verse()->isPanelVisible());
    desk.window->close();
    QVERIFY(!desk.settings.value(setting::windowState).isEmpty());
}

void TestVerse::wordsAtTheCaret_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("position");
    QTest::addColumn<QString>("word");
    QTest::newRow("inside") << QStringLiteral("the silent night") << 8 << QStringLiteral("silent");
    QTest::newRow("behind") << QStringLiteral("the night") << 9 << QStringLiteral("night");
    QTest::newRow("space") << QStringLiteral("the  night") << 4 << QString();
    QTest::newRow("apostrophe") << QStringLiteral("I don't") << 7 << QStringLiteral("don't");
    QTest::newRow("chinese") << QStringLiteral("春风又绿") << 2 << QStringLiteral("风");
    QTest::newRow("chinese start") << QStringLiteral("春风") << 0 << QStringLiteral("春");
    QTest::newRow("nothing") << QString() << 0 << QString();
}

void TestVerse::wordsAtTheCaret() {
    QFETCH(QString, line);
    QFETCH(int, position);
    QFETCH(QString, word);
    const WordPlace place = rhymeWordAt(line, position);
    QCOMPARE(line.mid(place.start, place.length), word);
}

void TestVerse::rhymeTakesTheWordsPlace() {
    Desk desk;
    desk.editor().setText(QStringLiteral("a silent night, and"));
    QTextCursor cursor = desk.editor().textCursor();
    cursor.setPosition(12);
    desk.editor().setTextCursor(cursor);
    desk.trigger("verse.rhymes");
    auto* field = desk.child<QLineEdit>("rhymeWord");
    QTRY_VERIFY(field->hasFocus());
    QCOMPARE(desk.verse.words, QStringList{QStringLiteral("night")});
    services::RhymeReport report;
    report.sets = {{services::RhymeKind::Perfect,
                    QString(),
                    {QStringLiteral("light"), QStringLiteral("bright")}},
                   {services::RhymeKind::Slant, QString(), {QStringLiteral("side")}}};
    Q_EMIT desk.verse.rhymesFound(desk.verse.lastId, report);
    auto* words = desk.child<QListWidget>("rhymeWords");
    QCOMPARE(words->count(), 2);
    QCOMPARE(desk.child<QTabBar>("rhymeKinds")->count(), 2);
    words->setCurrentRow(1);
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(desk.editor().text(), QStringLiteral("a silent bright, and"));
    QVERIFY(desk.editor().hasFocus());
    desk.editor().undo();
    QCOMPARE(desk.editor().text(), QStringLiteral("a silent night, and"));
}

void TestVerse::rhymeForTheLineBefore() {
    Desk desk;
    desk.editor().setText(QStringLiteral("a silent night.\nwithout "));
    desk.editor().moveCursor(QTextCursor::End);
    desk.trigger("verse.rhymes");
    QCOMPARE(desk.verse.words, QStringList{QStringLiteral("night")});
    services::RhymeReport report;
    report.sets = {{services::RhymeKind::Perfect, QString(), {QStringLiteral("light")}}};
    Q_EMIT desk.verse.rhymesFound(desk.verse.lastId - 1, report); // an answer to something else
    QCOMPARE(desk.child<QListWidget>("rhymeWords")->count(), 0);
    Q_EMIT desk.verse.rhymesFound(desk.verse.lastId, report);
    QTest::keyClick(desk.child<QLineEdit>("rhymeWord"), Qt::Key_Return);
    QCOMPARE(desk.editor().text(), QStringLiteral("a silent night.\nwithout light"));
    desk.trigger("verse.rhymes");
    QTest::keyClick(desk.child<QLineEdit>("rhymeWord"), Qt::Key_Escape);
    QVERIFY(!desk.child<QWidget>("rhymeFinder")->isVisible());
    QVERIFY(desk.editor().hasFocus());
}

void TestVerse::rhymesThatFitBetterTakeTheirPlace() {
    Desk desk;
    desk.editor().setText(QStringLiteral("A wind\nthe silent night, and"));
    QTextCursor cursor = desk.editor().textCursor();
    cursor.setPosition(20); // in "night"
    desk.editor().setTextCursor(cursor);
    desk.trigger("verse.rhymes");
    QCOMPARE(desk.verse.rhymeQuery.before, QStringLiteral("A wind\nthe silent "));
    QCOMPARE(desk.verse.rhymeQuery.after, QStringLiteral(", and"));
    const auto reportOf = [](const QStringList& words) {
        services::RhymeReport report;
        report.sets = {{services::RhymeKind::Perfect, QString(), words},
                       {services::RhymeKind::Slant, QString(), {QStringLiteral("side")}}};
        return report;
    };
    const QStringList usual{QStringLiteral("light"), QStringLiteral("bright")};
    const QStringList fitted{QStringLiteral("bright"), QStringLiteral("light")};
    auto* words = desk.child<QListWidget>("rhymeWords");
    Q_EMIT desk.verse.rhymesFound(desk.verse.lastId, reportOf(usual));
    QCOMPARE(words->item(0)->text(), usual.first());
    Q_EMIT desk.verse.rhymesFound(desk.verse.lastId, reportOf(fitted));
    QCOMPARE(words->item(0)->text(), fitted.first());
    // Nothing moves once one of them has been chosen.
    words->setCurrentRow(1);
    Q_EMIT desk.verse.rhymesFound(desk.verse.lastId, reportOf(usual));
    QCOMPARE(words->item(0)->text(), fitted.first());
    QCOMPARE(words->currentRow(), 1);
    // The kind that is looked at stays.
    words->setCurrentRow(0);
    desk.child<QTabBar>("rhymeKinds")->setCurrentIndex(1);
    Q_EMIT desk.verse.rhymesFound(desk.verse.lastId, reportOf(usual));
    QCOMPARE(words->item(0)->text(), QStringLiteral("side"));
}

QTEST_MAIN(TestVerse)
#include "test_verse.moc"
