#include <QLocale>

#include "services/recovery.h"
#include "services/text_statistics.h"
#include "support/slow_disk.h"
#include "ui/desk.h"
#include "ui/message_bar.h"

using namespace linnet;
using namespace linnet::ui;
using linnet::tests::Desk;
namespace setting = linnet::services::setting;

// How a text gets into the window, and back to the disk.
class TestSaving : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensAndSaves();
    void savesAsWithASuggestedName();
    void asksBeforeClosing_data();
    void asksBeforeClosing();
    void noticesOtherPrograms();
    void writingOnIsNotOvertaken();
    void theLatestFileIsOpened();
    void longTextsComeWhole();
    void overwritingIsAsked();
    void encodingIsShownAndKept();
    void lackingCharactersAreTold();
    void typingWhileTheDiskIsSlow();
    void crashAfterTypingIntoASave();
    void closingWaitsForTheDisk();
    void failedSaveKeepsTheWindow();
    void writingOnKeepsTheWindow();
};

void TestSaving::opensAndSaves() {
    Desk desk;
    QVERIFY(desk.window->isPristine());
    const QString path = desk.write(QStringLiteral("a.md"), "one\r\ntwo\r\n");
    QVERIFY(desk.open(path));
    QCOMPARE(desk.editor().text(), QStringLiteral("one\ntwo\n"));
    QCOMPARE(desk.source.document, QStringLiteral("one\ntwo\n"));
    QCOMPARE(desk.status("statusDocument"), QStringLiteral("a.md \u00B7 saved"));
    QVERIFY(!desk.window->isPristine());
    desk.type(QStringLiteral("X"));
    QCOMPARE(desk.status("statusDocument"), QStringLiteral("a.md \u00B7 changed"));
    QVERIFY(desk.window->isWindowModified());
    desk.trigger("file.save");
    QTRY_VERIFY(!desk.window->isWindowModified());
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("Xone\r\ntwo\r\n"));
    QCOMPARE(desk.settings.value(setting::recentFiles), QStringList{path});
    desk.editor().undo();
    QVERIFY(desk.window->isWindowModified());
}

void TestSaving::savesAsWithASuggestedName() {
    Desk desk;
    desk.type(QStringLiteral("# The sea: a story."));
    desk.dialogs.save = QString();
    desk.trigger("file.save");
    QCOMPARE(desk.dialogs.suggested, QStringLiteral("The sea a story.md"));
    QVERIFY(desk.window->isWindowModified()); // cancelled
    desk.dialogs.save = desk.file(QStringLiteral("sea.md"));
    desk.trigger("file.save");
    QTRY_VERIFY(!desk.window->isWindowModified());
    QCOMPARE(desk.read(QStringLiteral("sea.md")), QByteArray("# The sea: a story."));
    QCOMPARE(desk.window->session().path(), desk.dialogs.save);
}

void TestSaving::asksBeforeClosing_data() {
    QTest::addColumn<int>("choice");
    QTest::addColumn<bool>("closes");
    QTest::addColumn<QByteArray>("onDisk");
    QTest::newRow("save") << int(Dialogs::SaveChoice::Save) << true << QByteArray("Xone");
    QTest::newRow("discard") << int(Dialogs::SaveChoice::Discard) << true << QByteArray("one");
    QTest::newRow("cancel") << int(Dialogs::SaveChoice::Cancel) << false << QByteArray("one");
}

void TestSaving::asksBeforeClosing() {
    QFETCH(int, choice);
    QFETCH(bool, closes);
    QFETCH(QByteArray, onDisk);
    Desk desk;
    QVERIFY(desk.open(desk.write(QStringLiteral("a.md"), "one")));
    desk.type(QStringLiteral("X"));
    desk.dialogs.choice = static_cast<Dialogs::SaveChoice>(choice);
    desk.window->close();
    QCOMPARE(desk.dialogs.asked, QStringList{QStringLiteral("a.md")});
    if (closes) {
        QTRY_VERIFY(desk.window.isNull()); // after the save, if there is one
        QCOMPARE(desk.dialogs.asked.size(), 1);
        QCOMPARE(desk.read(QStringLiteral("a.md")), onDisk);
        // Nothing is left to recover, for the writer has decided.
        QVERIFY(
            services::RecoveryStore(desk.paths).findFor(desk.file(QStringLiteral("a.md"))).empty());
    } else {
        QCOMPARE(desk.read(QStringLiteral("a.md")), onDisk);
        QVERIFY(desk.window->isVisible());
        QCOMPARE(desk.editor().text(), QStringLiteral("Xone"));
    }
}

void TestSaving::noticesOtherPrograms() {
    Desk desk;
    QVERIFY(desk.open(desk.write(QStringLiteral("a.md"), "one")));
    desk.write(QStringLiteral("a.md"), "another");
    desk.window->session().checkDisk();
    auto* bar = desk.child<MessageBar>("messageBar");
    QTRY_VERIFY(bar->isVisible());
    QVERIFY(bar->message().contains(QStringLiteral("another program")));
    QCOMPARE(desk.editor().text(), QStringLiteral("one"));
    QPushButton* reload = desk.button(QStringLiteral("Reload"));
    QVERIFY(reload != nullptr);
    reload->click();
    QTRY_COMPARE(desk.editor().text(), QStringLiteral("another"));
    QVERIFY(!bar->isVisible());
}

// The file is read while the writer goes on: what was written stays.
void TestSaving::writingOnIsNotOvertaken() {
    Desk desk;
    const QString path = desk.write(QStringLiteral("a.md"), "one");
    QSignalSpy elsewhere(desk.window, &MainWindow::openRequested);
    desk.window->openFile(path);
    QVERIFY(desk.window->session().isLoading());
    QVERIFY(!desk.window->isPristine());
    desk.editor().insertPlainText(QStringLiteral("mine"));
    QVERIFY(Desk::settle(*desk.window));
    QCOMPARE(desk.editor().text(), QStringLiteral("mine"));
    QVERIFY(desk.window->session().path().isEmpty());
    desk.button(QStringLiteral("Another Window"))->click();
    QCOMPARE(elsewhere.count(), 1);
    QCOMPARE(elsewhere.at(0).at(0).toStringList(), QStringList{path});
    // Likewise where it is read again.
    desk.editor().document()->setModified(false);
    QVERIFY(desk.open(path));
    desk.window->session().reload();
    desk.editor().insertPlainText(QStringLiteral("X"));
    QVERIFY(Desk::settle(*desk.window));
    QCOMPARE(desk.editor().text(), QStringLiteral("Xone"));
    QVERIFY(desk.window->isWindowModified());
    QVERIFY(desk.button(QStringLiteral("Reload")) != nullptr);
    QVERIFY(desk.dialogs.told.isEmpty());
}

void TestSaving::theLatestFileIsOpened() {
    Desk desk;
    desk.window->openFile(desk.write(QStringLiteral("a.md"), "one"));
    QVERIFY(desk.open(desk.write(QStringLiteral("b.md"), "two")));
    QCOMPARE(desk.editor().text(), QStringLiteral("two"));
    desk.editor().undo();
    QCOMPARE(desk.editor().text(), QStringLiteral("two"));
}

// In pieces, one of which would end inside a character.
void TestSaving::longTextsComeWhole() {
    Desk desk;
    const QString line = QStringLiteral("The sea, \u6D77 and the boats.\n");
    QString text;
    while (text.size() < 128 * 1024 - 1 - line.size()) {
        text += line;
    }
    text += QString(128 * 1024 - 1 - text.size(), u'x') + QStringLiteral("\U0001F426\n");
    while (text.size() < 400 * 1024) {
        text += line;
    }
    const QString path = desk.write(QStringLiteral("long.md"), text.toUtf8());
    desk.window->openFile(path);
    QTRY_VERIFY(!desk.editor().document()->isEmpty());
    if (desk.window->session().isLoading()) { // a part of it is there
        QVERIFY(desk.editor().text().size() < text.size());
        QVERIFY(desk.editor().isReadOnly());
        desk.trigger("file.save");
        QVERIFY(!desk.window->session().isSaving());
        QVERIFY(!desk.window->isWindowModified());
    }
    QVERIFY(Desk::settle(*desk.window));
    QVERIFY(desk.editor().text() == text);
    QVERIFY(!desk.editor().isReadOnly());
    QVERIFY(!desk.window->isWindowModified());
    QCOMPARE(desk.editor().textCursor().position(), 0);
    QVERIFY(!desk.editor().document()->isUndoAvailable());
    const int words = services::countText(text).words();
    QTRY_VERIFY(desk.status("statusCounts").startsWith(QLocale().toString(words)));
    desk.type(QStringLiteral("X"));
    QVERIFY(desk.save());
    QVERIFY(desk.read(QStringLiteral("long.md")) == "X" + text.toUtf8());
}

void TestSaving::overwritingIsAsked() {
    Desk desk;
    QVERIFY(desk.open(desk.write(QStringLiteral("a.md"), "one")));
    desk.type(QStringLiteral("X"));
    desk.write(QStringLiteral("a.md"), "another");
    QVERIFY(!desk.save());
    auto* bar = desk.child<MessageBar>("messageBar");
    QVERIFY(bar->message().contains(QStringLiteral("another program")));
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("another"));
    QVERIFY(desk.window->isWindowModified());
    desk.button(QStringLiteral("Overwrite"))->click();
    QTRY_VERIFY(!desk.window->isWindowModified());
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("Xone"));
    QVERIFY(!bar->isVisible());
}

void TestSaving::encodingIsShownAndKept() {
    Desk desk;
    const QByteArray utf16("\xFF\xFE"
                           "h\0i\0",
                           6);
    QVERIFY(desk.open(desk.write(QStringLiteral("a.txt"), utf16)));
    QCOMPARE(desk.editor().text(), QStringLiteral("hi"));
    QVERIFY(desk.child<QToolButton>("statusEncoding")->isVisible());
    QVERIFY(desk.status("statusEncoding").contains(QStringLiteral("UTF-16")));
    desk.type(QStringLiteral("X"));
    QVERIFY(desk.save());
    QCOMPARE(desk.read(QStringLiteral("a.txt")), QByteArray("\xFF\xFEX\0h\0i\0", 8));
    desk.window->session().setEncoding(QStringLiteral("UTF-8"));
    QVERIFY(desk.save());
    QCOMPARE(desk.read(QStringLiteral("a.txt")), QByteArray("Xhi"));
    QVERIFY(!desk.child<QToolButton>("statusEncoding")->isVisible());
}

void TestSaving::lackingCharactersAreTold() {
    Desk desk;
    QVERIFY(desk.open(desk.write(QStringLiteral("a.txt"), "caf\xE9")));
    QCOMPARE(desk.editor().text(), QStringLiteral("caf\u00E9"));
    desk.editor().insertPlainText(QStringLiteral("\u8336 "));
    QVERIFY(!desk.save());
    auto* bar = desk.child<MessageBar>("messageBar");
    QVERIFY2(bar->message().contains(QStringLiteral("lacks")), qPrintable(bar->message()));
    QCOMPARE(desk.read(QStringLiteral("a.txt")), QByteArray("caf\xE9"));
    desk.button(QStringLiteral("UTF-8"))->click();
    QTRY_VERIFY(!desk.window->isWindowModified());
    QCOMPARE(desk.read(QStringLiteral("a.txt")), QByteArray("\xE8\x8C\xB6 caf\xC3\xA9"));
}

// What is written while the disk is busy is not lost, not stalled, and not taken for saved.
void TestSaving::typingWhileTheDiskIsSlow() {
    tests::SlowDisk disk;
    Desk desk(disk.factory());
    QVERIFY(desk.open(desk.write(QStringLiteral("a.md"), "one")));
    desk.type(QStringLiteral("X"));
    desk.trigger("file.save");
    disk.begun.acquire();
    desk.type(QStringLiteral("YZ")); // would hang here if the disk were waited for
    QCOMPARE(desk.editor().text(), QStringLiteral("XYZone"));
    QTRY_COMPARE(desk.status("statusDocument"), QStringLiteral("a.md \u00B7 saving\u2026"));
    disk.mayCommit.release();
    QTRY_COMPARE(desk.status("statusDocument"), QStringLiteral("a.md \u00B7 changed"));
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("Xone"));
    QVERIFY(desk.window->isWindowModified());
    QVERIFY(!disk.onGuiThread);
    // Its own save does not look like another program's.
    desk.window->session().checkDisk();
    QVERIFY(!desk.child<MessageBar>("messageBar")->isVisible());
    // A save that waits takes the text as it is when its turn comes; a third has nothing to do.
    desk.trigger("file.save");
    disk.begun.acquire();
    desk.type(QStringLiteral("!"));
    desk.trigger("file.save");
    desk.trigger("file.save");
    disk.mayCommit.release(3);
    QTRY_VERIFY(!desk.window->isWindowModified());
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("XYZ!one"));
    QVERIFY(!desk.window->session().isSaving());
    QVERIFY(disk.mayCommit.try_acquire()); // the one that was not needed
}

void TestSaving::crashAfterTypingIntoASave() {
    tests::SlowDisk disk;
    disk.mayCommit.release();
    Desk desk(disk.factory());
    const QString path = desk.write(QStringLiteral("a.md"), "one");
    QVERIFY(desk.open(path));
    desk.type(QStringLiteral("X"));
    desk.trigger("file.save");
    desk.type(QStringLiteral("Y"));
    QTRY_VERIFY(!desk.window->session().isSaving());
    delete desk.window;
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("Xone"));
    const auto found = services::RecoveryStore(desk.paths).findFor(path);
    QCOMPARE(found.size(), size_t(1));
    QCOMPARE(found.front().text, QStringLiteral("XYone"));
    QCOMPARE(found.front().base, services::RecoverableDocument::Base::Unchanged);
}

void TestSaving::closingWaitsForTheDisk() {
    tests::SlowDisk disk;
    Desk desk(disk.factory());
    QVERIFY(desk.open(desk.write(QStringLiteral("a.md"), "one")));
    desk.type(QStringLiteral("X"));
    desk.trigger("file.save");
    disk.begun.acquire();
    QVERIFY(!desk.window->close());
    QVERIFY(desk.dialogs.asked.isEmpty()); // it is being saved already
    auto* bar = desk.child<MessageBar>("messageBar");
    QTRY_VERIFY(bar->message().contains(QStringLiteral("being saved")));
    QVERIFY(!desk.window->close()); // again, for the impatient
    disk.mayCommit.release();
    QTRY_VERIFY(desk.window.isNull());
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("Xone"));
    QVERIFY(services::RecoveryStore(desk.paths).findRecoverable().empty());
}

void TestSaving::failedSaveKeepsTheWindow() {
    tests::SlowDisk disk;
    disk.full = true;
    Desk desk(disk.factory());
    QVERIFY(desk.open(desk.write(QStringLiteral("a.md"), "one")));
    desk.type(QStringLiteral("X"));
    desk.dialogs.choice = Dialogs::SaveChoice::Save;
    QSignalSpy abandoned(desk.window, &MainWindow::closeAbandoned);
    desk.window->close();
    disk.mayCommit.release();
    auto* bar = desk.child<MessageBar>("messageBar");
    QTRY_VERIFY(bar->message().contains(QStringLiteral("not saved")));
    QVERIFY(bar->message().contains(QStringLiteral("no space left")));
    QCOMPARE(abandoned.count(), 1);
    QVERIFY(desk.window->isVisible() && desk.window->isWindowModified());
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("one"));
    disk.full = false;
    disk.mayCommit.release();
    desk.button(QStringLiteral("Try Again"))->click();
    QTRY_VERIFY(!desk.window->isWindowModified());
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("Xone"));
}

void TestSaving::writingOnKeepsTheWindow() {
    tests::SlowDisk disk;
    Desk desk(disk.factory());
    QVERIFY(desk.open(desk.write(QStringLiteral("a.md"), "one")));
    desk.type(QStringLiteral("X"));
    desk.dialogs.choice = Dialogs::SaveChoice::Save;
    desk.window->close();
    disk.begun.acquire();
    desk.type(QStringLiteral("Y"));
    disk.mayCommit.release();
    QTRY_VERIFY(!desk.window->session().isSaving());
    QCoreApplication::sendPostedEvents();
    QVERIFY(!desk.window.isNull() && desk.window->isVisible());
    QVERIFY(desk.window->isWindowModified());
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("Xone"));
}

QTEST_MAIN(TestSaving)
#include "test_saving.moc"
