#include <QInputMethodEvent>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>

#include "ui/editor/editor.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/fake_suggestion_source.h"

using namespace linnet;
using namespace linnet::ui;
using linnet::tests::FakeSuggestionSource;

namespace {

// A real editor in a window, with the keyboard's focus.
struct Desk {
    Desk()
        : controller(editor, source) {
        Typography type;
        type.latin = {QStringLiteral("Noto Serif")};
        type.chinese = {QStringLiteral("Noto Serif CJK SC")};
        editor.setTypography(type);
        editor.resize(900, 500);
        editor.show();
        editor.activateWindow();
        editor.setFocus();
        QTRY_VERIFY(editor.hasFocus());
    }
    void type(const QString& text) { QTest::keyClicks(&editor, text); }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(&editor, key, modifiers);
    }
    void compose(const QString& preedit, const QString& commit = {}) {
        QInputMethodEvent event(preedit, {});
        event.setCommitString(commit);
        QCoreApplication::sendEvent(&editor, &event);
    }
    int caret() const { return editor.textCursor().position(); }
    void moveTo(int position) {
        QTextCursor cursor = editor.textCursor();
        cursor.setPosition(position);
        editor.setTextCursor(cursor);
    }

    FakeSuggestionSource source;
    Editor editor;
    SuggestionController controller;
};

} // namespace

class TestSuggestionController : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void asksAndShows();
    void ghostIsNoText();
    void tabAcceptsAll();
    void undoAfterAcceptRestoresTextAndCaret();
    void typingAfterAcceptIsAStepOfItsOwn();
    void typingConsumesWithoutRequest();
    void otherLettersAskAgain();
    void streamedReplyAfterConsuming();
    void ctrlRightTakesAWord();
    void ctrlRightLeftToNavigationAfterArrow();
    void escapeDismissesThisPlace();
    void picksFromTheBar();
    void spaceOfAPickGivesWayToPunctuation();
    void tabTakesTheFirstWordOrIndents();
    void cyclesAlternatives();
    void staleRepliesAreDropped_data();
    void staleRepliesAreDropped();
    void caretInsideWordAsksNothing();
    void ghostOnlyAtOpenEnds_data();
    void ghostOnlyAtOpenEnds();
    void preeditSuppressesEverything();
    void undoAsksNothing();
    void readOnlyAsksNothing();
    void switchedOffCancels();
    void delayWaits();
    void contextMovesInSteps();
};

void TestSuggestionController::asksAndShows() {
    Desk desk;
    desk.type(QStringLiteral("The old"));
    QCOMPARE(desk.source.requests(), 7);
    QCOMPARE(desk.source.queries.last().before, QStringLiteral("The old"));
    QCOMPARE(desk.controller.state(), SuggestionController::State::Running);
    QSignalSpy words(&desk.controller, &SuggestionController::wordsChanged);
    desk.source.answer(QStringLiteral(" man"), {QStringLiteral("old"), QStringLiteral("older")});
    QCOMPARE(desk.controller.state(), SuggestionController::State::Showing);
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral(" man"));
    QCOMPARE(words.count(), 1);
    QCOMPARE(desk.controller.words(), (QStringList{"old", "older"}));
}

void TestSuggestionController::ghostIsNoText() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    const QImage without = desk.editor.grab().toImage();
    desk.source.answer(QStringLiteral(" sea"));
    const QImage with = desk.editor.grab().toImage();
    QVERIFY(without != with); // it is painted
    QCOMPARE(desk.editor.text(), QStringLiteral("The"));
    desk.key(Qt::Key_Escape);
    QCOMPARE(desk.editor.grab().toImage(), without); // and leaves no trace
}

void TestSuggestionController::tabAcceptsAll() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    QSignalSpy inserted(&desk.editor, &Editor::suggestionInserted);
    desk.source.answer(QStringLiteral(" old man"));
    desk.key(Qt::Key_Tab);
    QCOMPARE(desk.editor.text(), QStringLiteral("The old man"));
    QCOMPARE(desk.caret(), 11);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted.at(0).at(0).toInt(), 3);
    QCOMPARE(inserted.at(0).at(1).toString(), QStringLiteral(" old man"));
    QCOMPARE(desk.source.requests(), 4); // what comes next
    QVERIFY(desk.editor.visibleGhost().isEmpty());
}

void TestSuggestionController::undoAfterAcceptRestoresTextAndCaret() {
    Desk desk;
    desk.editor.setText(QStringLiteral("first line\n\nlast line"));
    desk.moveTo(10);
    desk.type(QStringLiteral(" th"));
    desk.source.answer(QStringLiteral("e sea"), {QStringLiteral("then")});
    desk.key(Qt::Key_Tab);
    QCOMPARE(desk.editor.text(), QStringLiteral("first line the sea\n\nlast line"));
    desk.editor.undo();
    QCOMPARE(desk.editor.text(), QStringLiteral("first line th\n\nlast line"));
    QCOMPARE(desk.caret(), 13);
    desk.editor.redo();
    QCOMPARE(desk.editor.text(), QStringLiteral("first line the sea\n\nlast line"));
    desk.editor.undo();
    desk.moveTo(13);
    desk.type(QStringLiteral("i"));
    desk.source.answer(QString(), {QStringLiteral("THIS")});
    desk.key(Qt::Key_1, Qt::AltModifier); // replaces "thi", for its case is another
    QCOMPARE(desk.editor.text(), QStringLiteral("first line THIS \n\nlast line"));
    desk.editor.undo();
    QCOMPARE(desk.editor.text(), QStringLiteral("first line thi\n\nlast line"));
    QCOMPARE(desk.caret(), 14);
}

void TestSuggestionController::typingAfterAcceptIsAStepOfItsOwn() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    desk.source.answer(QStringLiteral(" sea"));
    desk.key(Qt::Key_Tab);
    desk.type(QStringLiteral("s"));
    QCOMPARE(desk.editor.text(), QStringLiteral("The seas"));
    desk.editor.undo();
    QCOMPARE(desk.editor.text(), QStringLiteral("The sea"));
    desk.editor.undo();
    QCOMPARE(desk.editor.text(), QStringLiteral("The"));
}

void TestSuggestionController::typingConsumesWithoutRequest() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    desk.source.answer(QStringLiteral(" old man"), {QStringLiteral("The"), QStringLiteral("Then")});
    const int asked = desk.source.requests();
    desk.type(QStringLiteral(" o"));
    QCOMPARE(desk.source.requests(), asked);
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral("ld man"));
    QCOMPARE(desk.controller.words(), QStringList{QStringLiteral("old")});
    desk.type(QStringLiteral("ld "));
    QCOMPARE(desk.source.requests(), asked);
    QCOMPARE(desk.controller.words(), QStringList{QStringLiteral("man")});
    desk.type(QStringLiteral("man"));
    QCOMPARE(desk.source.requests(), asked + 1); // nothing left of it
    QCOMPARE(desk.editor.text(), QStringLiteral("The old man"));
}

void TestSuggestionController::otherLettersAskAgain() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    desk.source.answer(QStringLiteral(" old"));
    const int cancels = desk.source.cancels;
    desk.type(QStringLiteral("n"));
    QVERIFY(desk.editor.visibleGhost().isEmpty());
    QCOMPARE(desk.source.requests(), 4);
    QVERIFY(desk.source.cancels > cancels);
    desk.key(Qt::Key_Backspace);
    QCOMPARE(desk.source.requests(), 5);
    QCOMPARE(desk.source.queries.last().before, QStringLiteral("The"));
}

void TestSuggestionController::streamedReplyAfterConsuming() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    const quint64 id = desk.source.lastId;
    desk.source.answer(id, QStringLiteral(" old"), {});
    desk.type(QStringLiteral(" o"));
    desk.source.answer(id, QStringLiteral(" old man"), {});
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral("ld man"));
    desk.source.answer(id, QStringLiteral(" young man"), {}); // does not continue what is typed
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral("ld man"));
}

void TestSuggestionController::ctrlRightTakesAWord() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    desk.source.answer(QStringLiteral(" old man"));
    desk.key(Qt::Key_Right, Qt::ControlModifier);
    QCOMPARE(desk.editor.text(), QStringLiteral("The old"));
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral(" man"));
    desk.key(Qt::Key_Right, Qt::ControlModifier);
    QCOMPARE(desk.editor.text(), QStringLiteral("The old man"));
    desk.editor.undo();
    QCOMPARE(desk.editor.text(), QStringLiteral("The old"));
    QCOMPARE(desk.caret(), 7);
}

void TestSuggestionController::ctrlRightLeftToNavigationAfterArrow() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    desk.source.answer(QStringLiteral(" old man"));
    desk.key(Qt::Key_Right); // at the end of the text: the caret stays, the suggestion too
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral(" old man"));
    desk.key(Qt::Key_Right, Qt::ControlModifier);
    QCOMPARE(desk.editor.text(), QStringLiteral("The"));

    Desk quoted;
    quoted.editor.setText(QStringLiteral("\u201CThe\u201D"));
    quoted.moveTo(4);
    quoted.type(QStringLiteral("n"));
    quoted.source.answer(QStringLiteral(" he"));
    QCOMPARE(quoted.editor.visibleGhost(), QStringLiteral(" he"));
    quoted.key(Qt::Key_Right, Qt::ControlModifier); // it stands behind the quotation mark
    QCOMPARE(quoted.editor.text(), QStringLiteral("\u201CThen\u201D"));
    QCOMPARE(quoted.caret(), 6);
}

void TestSuggestionController::escapeDismissesThisPlace() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    desk.source.answer(QStringLiteral(" old"));
    desk.key(Qt::Key_Escape);
    QVERIFY(desk.editor.visibleGhost().isEmpty());
    const int asked = desk.source.requests();
    desk.source.answer(QStringLiteral(" old man")); // late
    QVERIFY(desk.editor.visibleGhost().isEmpty());
    desk.type(QStringLiteral("n"));
    QCOMPARE(desk.source.requests(), asked + 1); // another place
    desk.key(Qt::Key_Backspace);
    QCOMPARE(desk.source.requests(), asked + 1); // the dismissed one
    QCOMPARE(desk.controller.state(), SuggestionController::State::Idle);
    desk.key(Qt::Key_Backslash, Qt::AltModifier); // but when asked for
    QCOMPARE(desk.source.requests(), asked + 2);
}

void TestSuggestionController::picksFromTheBar() {
    Desk desk;
    desk.type(QStringLiteral("Th"));
    desk.source.answer(QString(), {"The", "Then", "This"});
    desk.key(Qt::Key_3, Qt::AltModifier);
    QCOMPARE(desk.editor.text(), QStringLiteral("This "));
    desk.source.answer(QString(), {"was", "is"});
    desk.key(Qt::Key_1, Qt::AltModifier);
    QCOMPARE(desk.editor.text(), QStringLiteral("This was "));
    desk.source.answer(QString(), {"a"});
    desk.key(Qt::Key_2, Qt::AltModifier); // there is no second word
    QCOMPARE(desk.editor.text(), QStringLiteral("This was "));
    desk.editor.undo();
    QCOMPARE(desk.editor.text(), QStringLiteral("This "));
}

void TestSuggestionController::spaceOfAPickGivesWayToPunctuation() {
    Desk desk;
    desk.type(QStringLiteral("Th"));
    desk.source.answer(QString(), {"There"});
    desk.key(Qt::Key_1, Qt::AltModifier);
    desk.type(QStringLiteral(","));
    QCOMPARE(desk.editor.text(), QStringLiteral("There,"));
    desk.type(QStringLiteral(" a"));
    desk.source.answer(QString(), {"are"});
    desk.key(Qt::Key_1, Qt::AltModifier);
    desk.type(QStringLiteral("x"));
    desk.key(Qt::Key_Backspace);
    desk.type(QStringLiteral(".")); // the space is the writer's by now
    QCOMPARE(desk.editor.text(), QStringLiteral("There, are ."));
}

void TestSuggestionController::tabTakesTheFirstWordOrIndents() {
    Desk desk;
    desk.type(QStringLiteral("Th"));
    desk.source.answer(QString(), {"The", "Then"});
    QVERIFY(desk.controller.wordTakesTab());
    desk.key(Qt::Key_Tab);
    QCOMPARE(desk.editor.text(), QStringLiteral("The "));
    desk.key(Qt::Key_Tab); // nothing shows
    QCOMPARE(desk.editor.text(), QStringLiteral("The \t"));
    desk.key(Qt::Key_Return);
    desk.source.answer(QString(), {"He"});
    QVERIFY(!desk.controller.wordTakesTab()); // the start of a line is for indenting
    desk.key(Qt::Key_Tab);
    QCOMPARE(desk.editor.text(), QStringLiteral("The \t\n\t"));
}

void TestSuggestionController::cyclesAlternatives() {
    Desk desk;
    desk.type(QStringLiteral("The ol"));
    desk.source.answer(QStringLiteral("d man"), {"old", "older", "olive"});
    desk.key(Qt::Key_BracketRight, Qt::AltModifier);
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral("der"));
    desk.key(Qt::Key_BracketRight, Qt::AltModifier);
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral("ive"));
    desk.key(Qt::Key_BracketRight, Qt::AltModifier);
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral("d man"));
    desk.key(Qt::Key_BracketLeft, Qt::AltModifier);
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral("ive"));
    desk.key(Qt::Key_Tab);
    QCOMPARE(desk.editor.text(), QStringLiteral("The olive"));
}

void TestSuggestionController::staleRepliesAreDropped_data() {
    QTest::addColumn<int>("what");
    QTest::newRow("edit elsewhere") << 0;
    QTest::newRow("caret moved") << 1;
    QTest::newRow("selection") << 2;
    QTest::newRow("focus lost") << 3;
    QTest::newRow("older request") << 4;
    QTest::newRow("undone") << 5;
    QTest::newRow("pre-edit") << 6;
    QTest::newRow("read-only") << 7;
    QTest::newRow("switched off") << 8;
    QTest::newRow("moved and back") << 9;
    QTest::newRow("edited and back") << 10;
}

void TestSuggestionController::staleRepliesAreDropped() {
    QFETCH(int, what);
    Desk desk;
    desk.type(QStringLiteral("a The"));
    const quint64 id = desk.source.lastId;
    QTextCursor elsewhere(desk.editor.document());
    switch (what) {
    case 0:
        elsewhere.insertText(QStringLiteral("x"));
        break;
    case 1:
        desk.moveTo(2);
        break;
    case 2:
        desk.key(Qt::Key_Left, Qt::ShiftModifier);
        break;
    case 3:
        desk.editor.clearFocus();
        break;
    case 4:
        desk.type(QStringLiteral("n"));
        break;
    case 5:
        desk.editor.undo();
        break;
    case 6:
        desk.compose(QStringLiteral("ni"));
        break;
    case 7:
        desk.editor.setReadOnly(true);
        break;
    case 8:
        desk.controller.setEnabled(false);
        break;
    case 9:
        desk.moveTo(2);
        desk.moveTo(5);
        break;
    default:
        elsewhere.insertText(QStringLiteral("x"));
        elsewhere.deletePreviousChar();
        break;
    }
    desk.source.answer(id, QStringLiteral(" old"), {QStringLiteral("The"), QStringLiteral("Then")});
    QVERIFY(desk.editor.visibleGhost().isEmpty());
    QVERIFY(desk.controller.words().isEmpty());
}

void TestSuggestionController::caretInsideWordAsksNothing() {
    Desk desk;
    desk.editor.setText(QStringLiteral("oldest"));
    desk.moveTo(3);
    desk.type(QStringLiteral("x"));
    QCOMPARE(desk.source.requests(), 0);
}

void TestSuggestionController::ghostOnlyAtOpenEnds_data() {
    QTest::addColumn<QString>("after");
    QTest::addColumn<bool>("shows");
    QTest::newRow("nothing") << QString() << true;
    QTest::newRow("white space") << QStringLiteral("  ") << true;
    QTest::newRow("closing quotation") << QStringLiteral(".\u201D") << true;
    QTest::newRow("Chinese full stop") << QStringLiteral("\u3002") << true;
    QTest::newRow("words") << QStringLiteral(" man") << false;
}

void TestSuggestionController::ghostOnlyAtOpenEnds() {
    QFETCH(QString, after);
    QFETCH(bool, shows);
    Desk desk;
    desk.editor.setText(QStringLiteral("The ") + after);
    desk.moveTo(4);
    desk.type(QStringLiteral("o"));
    QCOMPARE(desk.source.requests(), 1);
    QCOMPARE(desk.source.queries.last().ghost, shows);
    desk.source.answer(QStringLiteral("ld"), {QStringLiteral("old")});
    QCOMPARE(!desk.editor.visibleGhost().isEmpty(), shows);
    QCOMPARE(desk.controller.words(), QStringList{QStringLiteral("old")});
}

void TestSuggestionController::preeditSuppressesEverything() {
    Desk desk;
    desk.type(QStringLiteral("a"));
    desk.source.answer(QStringLiteral(" man"), {QStringLiteral("and")});
    desk.compose(QStringLiteral("n"));
    QVERIFY(desk.editor.visibleGhost().isEmpty());
    QVERIFY(desk.controller.words().isEmpty());
    const int asked = desk.source.requests();
    desk.compose(QStringLiteral("ni"));
    desk.compose(QStringLiteral("ni h"));
    QCOMPARE(desk.source.requests(), asked);
    // Keys that the input method lets through do not act on suggestions.
    desk.key(Qt::Key_1, Qt::AltModifier);
    QCOMPARE(desk.editor.text(), QStringLiteral("a"));
    desk.compose(QString(), QStringLiteral("\u4F60\u597D"));
    QCOMPARE(desk.editor.text(), QStringLiteral("a\u4F60\u597D"));
    QCOMPARE(desk.source.requests(), asked + 1); // committed input asks
    desk.source.answer(QStringLiteral("\u5417"));
    QCOMPARE(desk.editor.visibleGhost(), QStringLiteral("\u5417"));
    desk.compose(QStringLiteral("x"));
    desk.compose(QString()); // composition given up
    QCOMPARE(desk.editor.text(), QStringLiteral("a\u4F60\u597D"));
    QVERIFY(desk.editor.visibleGhost().isEmpty());
}

void TestSuggestionController::undoAsksNothing() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    const int asked = desk.source.requests();
    desk.editor.undo();
    desk.editor.redo();
    QCOMPARE(desk.source.requests(), asked);
    QCOMPARE(desk.controller.state(), SuggestionController::State::Idle);
}

void TestSuggestionController::readOnlyAsksNothing() {
    Desk desk;
    desk.editor.setReadOnly(true);
    desk.type(QStringLiteral("The"));
    QCOMPARE(desk.source.requests(), 0);
    desk.controller.ask();
    QCOMPARE(desk.source.requests(), 0);
}

void TestSuggestionController::switchedOffCancels() {
    Desk desk;
    desk.type(QStringLiteral("The"));
    desk.source.answer(QStringLiteral(" old"), {QStringLiteral("The")});
    desk.controller.setEnabled(false);
    QVERIFY(desk.source.cancels > 0);
    QVERIFY(desk.editor.visibleGhost().isEmpty());
    const int asked = desk.source.requests();
    desk.type(QStringLiteral(" old"));
    QCOMPARE(desk.source.requests(), asked);
    desk.key(Qt::Key_Tab);
    QCOMPARE(desk.editor.text(), QStringLiteral("The old\t"));
    desk.controller.setEnabled(true);
    desk.type(QStringLiteral("s"));
    QCOMPARE(desk.source.requests(), asked + 1);
}

void TestSuggestionController::delayWaits() {
    Desk desk;
    desk.controller.setDelay(20);
    desk.type(QStringLiteral("The"));
    QCOMPARE(desk.controller.state(), SuggestionController::State::Waiting);
    QCOMPARE(desk.source.requests(), 0);
    QTRY_COMPARE(desk.source.requests(), 1);
    desk.type(QStringLiteral("n"));
    desk.moveTo(0); // moving on ends the wait
    QCOMPARE(desk.controller.state(), SuggestionController::State::Idle);
}

void TestSuggestionController::contextMovesInSteps() {
    Desk desk;
    QString text;
    for (int i = 0; text.size() < 9000; ++i) {
        text += QStringLiteral("word%1 ").arg(i);
    }
    desk.editor.setText(text);
    desk.moveTo(static_cast<int>(text.size()));
    QSet<QString> starts;
    for (int i = 0; i < 200; ++i) {
        desk.type(QStringLiteral("a"));
        const QString before = desk.source.queries.last().before;
        QVERIFY(before.size() <= 4096);
        QVERIFY(before.size() > 2900);
        QVERIFY(before.startsWith(QStringLiteral("word")));
        starts.insert(before.left(20));
    }
    QVERIFY(starts.size() <= 2);
}

QTEST_MAIN(TestSuggestionController)
#include "test_suggestion_controller.moc"
