#include <QContextMenuEvent>
#include <QMenu>
#include <QTextBlock>

#include "support/small_dictionary.h"
#include "ui/desk.h"
#include "ui/editor/spell_marks.h"

using namespace linnet;
using namespace linnet::ui;
using linnet::tests::Desk;
namespace setting = linnet::services::setting;

namespace {

QAction* actionOf(QMenu* menu, const QString& text) {
    for (QAction* action : menu->actions()) {
        if (action->isVisible() && action->text().contains(text)) {
            return action;
        }
    }
    return nullptr;
}

// A window with a dictionary that knows "the", "old", "boat" and "and".
struct SpellingDesk {
    SpellingDesk()
        : checker({tests::writeDictionary(folder.path(), QStringLiteral("en_XX"),
                                          "the\nold\nboat\nand\n")},
                  folder.filePath(QStringLiteral("spelling.txt")))
        , desk(services::makeAtomicSaveTarget, &checker) {}

    QStringList marked() {
        QStringList words;
        auto* marks = desk.editor().findChild<SpellMarks*>();
        for (QTextBlock block = desk.editor().document()->begin(); marks && block.isValid();
             block = block.next()) {
            for (const Editor::Match& word : marks->of(block)) {
                words << block.text().mid(word.start, word.length);
            }
        }
        return words;
    }
    // The menu at a position of the text, with all spellings found.
    QMenu* menuAt(int position) {
        QTextCursor cursor(desk.editor().document());
        cursor.setPosition(position);
        const QPoint place = desk.editor().cursorRect(cursor).center();
        QSignalSpy ready(&checker, &services::SpellChecker::suggestionsReady);
        QContextMenuEvent event(QContextMenuEvent::Mouse, place,
                                desk.editor().viewport()->mapToGlobal(place));
        QCoreApplication::sendEvent(desk.editor().viewport(), &event);
        auto* menu = desk.editor().findChild<QMenu*>(QStringLiteral("editorMenu"));
        if (actionOf(menu, QStringLiteral("Looking")) != nullptr && ready.isEmpty()) {
            ready.wait();
        }
        return menu;
    }

    QTemporaryDir folder;
    services::SpellChecker checker;
    Desk desk;
};

} // namespace

class TestSpellMarks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void marksWhatIsWrong();
    void notTheWordBeingTyped();
    void marksMoveWithTheText();
    void notCode();
    void menuCorrects();
    void menuAddsAndIgnores();
    void switchedOff();
    void focusOnTheParagraph();
};

void TestSpellMarks::marksWhatIsWrong() {
    SpellingDesk here;
    here.desk.editor().setText(QStringLiteral("the odl boat\n\u8001\u4EBA https://wrods.org teh"));
    QTRY_COMPARE(here.marked(), (QStringList{"odl", "teh"}));
    // It shows: the page is not the same without.
    const QImage with = here.desk.editor().grab().toImage();
    here.desk.settings.set(setting::spellCheck, false);
    QVERIFY(here.desk.editor().grab().toImage() != with);
}

void TestSpellMarks::notTheWordBeingTyped() {
    SpellingDesk here;
    here.desk.type(QStringLiteral("the odl"));
    QTRY_VERIFY(here.checker.isCorrect(QStringLiteral("odl")).has_value());
    QCOMPARE(here.marked(), QStringList());
    here.desk.type(QStringLiteral(" "));
    QTRY_COMPARE(here.marked(), QStringList{"odl"});
    // Coming back to it by the arrow keys is not typing.
    QTest::keyClick(&here.desk.editor(), Qt::Key_Left);
    QTRY_COMPARE(here.marked(), QStringList{"odl"});
}

void TestSpellMarks::marksMoveWithTheText() {
    SpellingDesk here;
    here.desk.editor().setText(QStringLiteral("the odl boat"));
    QTRY_COMPARE(here.marked(), QStringList{"odl"});
    here.desk.type(QStringLiteral("and "));
    QCOMPARE(here.marked(), QStringList{"odl"}); // before anybody looked again
    QTest::keyClick(&here.desk.editor(), Qt::Key_End);
    for (int i = 0; i < 5; ++i) {
        QTest::keyClick(&here.desk.editor(), Qt::Key_Backspace);
    }
    QCOMPARE(here.desk.editor().text(), QStringLiteral("and the odl"));
    QTest::keyClick(&here.desk.editor(), Qt::Key_Backspace);
    QCOMPARE(here.marked(), QStringList()); // no longer that word
}

void TestSpellMarks::notCode() {
    SpellingDesk here;
    here.desk.editor().setText(QStringLiteral("the `odl` boat teh\n```\nteh\n```\nteh"));
    QTRY_COMPARE(here.marked(), (QStringList{"teh", "teh"}));
}

void TestSpellMarks::menuCorrects() {
    SpellingDesk here;
    here.desk.editor().setText(QStringLiteral("the baot"));
    QTRY_COMPARE(here.marked(), QStringList{"baot"});
    QMenu* menu = here.menuAt(6);
    QVERIFY(menu != nullptr);
    QAction* boat = actionOf(menu, QStringLiteral("boat"));
    QVERIFY(boat != nullptr);
    boat->trigger();
    QCOMPARE(here.desk.editor().text(), QStringLiteral("the boat"));
    here.desk.editor().undo();
    QCOMPARE(here.desk.editor().text(), QStringLiteral("the baot"));
    menu->close();
}

void TestSpellMarks::menuAddsAndIgnores() {
    SpellingDesk here;
    here.desk.editor().setText(QStringLiteral("the Marlow teh"));
    QTRY_COMPARE(here.marked(), (QStringList{"Marlow", "teh"}));
    QMenu* menu = here.menuAt(6);
    actionOf(menu, QStringLiteral("Add"))->trigger();
    QTRY_COMPARE(here.marked(), QStringList{"teh"});
    delete menu;
    menu = here.menuAt(13);
    actionOf(menu, QStringLiteral("Ignore"))->trigger();
    QTRY_COMPARE(here.marked(), QStringList());
    delete menu;
    menu = here.menuAt(6);
    actionOf(menu, QStringLiteral("Remove"))->trigger();
    QTRY_COMPARE(here.marked(), QStringList{"Marlow"});
    delete menu;
}

void TestSpellMarks::switchedOff() {
    SpellingDesk here;
    auto* action = here.desk.child<QAction>("edit.spelling");
    QVERIFY(action->isEnabled() && action->isChecked());
    action->trigger();
    QVERIFY(!here.desk.settings.value(setting::spellCheck));
    QVERIFY(here.desk.editor().findChild<SpellMarks*>() == nullptr);
    Desk none;
    QVERIFY(!none.child<QAction>("edit.spelling")->isEnabled());
}

void TestSpellMarks::focusOnTheParagraph() {
    Desk desk;
    desk.editor().setText(QStringLiteral("First.\n\none line\nand another\n\nLast."));
    const auto inkOf = [&desk](int block) {
        const QTextBlock line = desk.editor().document()->findBlockByNumber(block);
        const QRect place = desk.editor().cursorRect(QTextCursor(line));
        const QImage row = desk.editor()
                               .viewport()
                               ->grab(QRect(place.left() + 3, place.top(), 60, place.height()))
                               .toImage();
        int darkest = 255;
        for (int y = 0; y < row.height(); ++y) {
            for (int x = 0; x < row.width(); ++x) {
                darkest = std::min(darkest, qGray(row.pixel(x, y)));
            }
        }
        return darkest;
    };
    const int ink = inkOf(5);
    QVERIFY(ink < 80);
    desk.settings.set(setting::focusParagraph, true);
    QVERIFY(desk.child<QAction>("view.focus")->isChecked());
    QCOMPARE(inkOf(0), ink);
    QVERIFY(inkOf(2) > 120 && inkOf(5) > 120);
    // Lines of verse go together.
    QTest::keyClick(&desk.editor(), Qt::Key_Down);
    QTest::keyClick(&desk.editor(), Qt::Key_Down);
    QVERIFY(inkOf(0) > 120 && inkOf(5) > 120);
    QCOMPARE(inkOf(2), ink);
    QCOMPARE(inkOf(3), ink);
}

QTEST_MAIN(TestSpellMarks)
#include "test_spell_marks.moc"
