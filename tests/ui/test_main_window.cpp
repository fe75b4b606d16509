#include <QAbstractScrollArea>
#include <QAccessible>
#include <QAction>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenuBar>
#include <QPushButton>
#include <QScreen>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>

#include "services/model_library.h"
#include "ui/desk.h"
#include "ui/dialogs/recovery_dialog.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/shortcut_sheet.h"
#include "ui/document_session.h"
#include "ui/editor/editor.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/editor/word_bar.h"
#include "ui/english_plurals.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/recovery_notice.h"
#include "ui/status_strip.h"

using namespace linnet;
using namespace linnet::ui;
using linnet::tests::Desk;
namespace setting = linnet::services::setting;

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void failedOpenLeavesTheText();
    void recoversAfterACrash();
    void recoveryDialogDiscards();
    void noticesComeBack();
    void recoveryDialogTakesNoKeysOfTheText();
    void statusTellsCounts();
    void modelStateIsShown();
    void suggestionSwitch();
    void suppressedSuggestions();
    void wordBarPicks();
    void sourceHearsOfTheActiveText();
    void zoomIsRemembered();
    void findBarWorks();
    void fullScreenHidesEverythingElse();
    void everythingHasAName();
    void unreadableRecoveryFilesAreTold();
    void fitsTheScreen();
    void commandsHaveNoConflicts();
};

void TestMainWindow::initTestCase() {
    auto* english = new EnglishPlurals(this);
    QCoreApplication::installTranslator(english);
}

void TestMainWindow::failedOpenLeavesTheText() {
    Desk desk;
    desk.type(QStringLiteral("mine"));
    QVERIFY(!desk.open(desk.file(QStringLiteral("missing.md"))));
    QCOMPARE(desk.dialogs.told.size(), 1);
    QCOMPARE(desk.editor().text(), QStringLiteral("mine"));
    QVERIFY(!desk.open(desk.folder.path())); // a folder
    QCOMPARE(desk.dialogs.told.size(), 2);
}

// The window goes without a word, as in a crash; the next one offers the text and its difference.
void TestMainWindow::recoversAfterACrash() {
    Desk desk;
    const QString path = desk.write(QStringLiteral("a.md"), "first\nsecond\n");
    QVERIFY(desk.open(path));
    desk.type(QStringLiteral("Typed. "));
    delete desk.window;
    QCOMPARE(desk.read(QStringLiteral("a.md")), QByteArray("first\nsecond\n"));

    services::RecoveryStore store(desk.paths);
    std::vector<services::RecoverableDocument> found = store.findFor(path);
    QCOMPARE(found.size(), size_t(1));
    RecoveryDialog dialog(std::move(found), store, lightTheme());
    dialog.show();
    const QString view =
        dialog.findChild<QTextBrowser*>(QStringLiteral("recoveredText"))->toPlainText();
    QVERIFY2(view.contains(QStringLiteral("Typed. first")), qPrintable(view));
    QVERIFY(view.contains(QStringLiteral("second")));
    MainWindow next({desk.settings, desk.paths, desk.source, desk.dialogs});
    next.setAttribute(Qt::WA_DeleteOnClose, false);
    connect(&dialog, &RecoveryDialog::restoreRequested, &next,
            [&next](const services::RecoverableDocument& document) {
                QVERIFY(next.session().restore(document));
            });
    dialog.findChild<QPushButton*>(QStringLiteral("restore"))->click();
    QVERIFY(!dialog.isVisible());
    QTRY_COMPARE(next.editor().text(), QStringLiteral("Typed. first\nsecond\n"));
    QCOMPARE(next.session().path(), path);
    QVERIFY(next.session().isModified());
    next.editor().undo();
    QCOMPARE(next.editor().text(), QStringLiteral("first\nsecond\n"));
}

// It comes up while the writer is typing.
void TestMainWindow::recoveryDialogTakesNoKeysOfTheText() {
    Desk desk;
    services::RecoveryStore store(desk.paths);
    services::RecoverableDocument document;
    document.text = QStringLiteral("text");
    RecoveryDialog dialog({document}, store, lightTheme(), desk.window);
    QSignalSpy restored(&dialog, &RecoveryDialog::restoreRequested);
    dialog.show();
    auto* restore = dialog.findChild<QPushButton*>(QStringLiteral("restore"));
    auto* typing = dialog.findChild<QTimer*>(QStringLiteral("typing"));
    QVERIFY(typing->isActive());
    QTest::keyClick(dialog.findChild<QListWidget*>(), Qt::Key_A);
    QTest::keyClick(restore, Qt::Key_Space);
    QTest::keyClick(restore, Qt::Key_Return);
    QTest::keyClick(&dialog, Qt::Key_Escape);
    QVERIFY(dialog.isVisible());
    QCOMPARE(restored.count(), 0);
    QCOMPARE(desk.editor().text(), QStringLiteral("a \n"));
    typing->stop(); // as after a pause
    QTest::keyClick(restore, Qt::Key_Space);
    QCOMPARE(restored.count(), 1);
    QCOMPARE(desk.editor().text(), QStringLiteral("a \n"));
}

void TestMainWindow::recoveryDialogDiscards() {
    Desk desk;
    desk.type(QStringLiteral("never saved"));
    delete desk.window;
    services::RecoveryStore store(desk.paths);
    std::vector<services::RecoverableDocument> found = store.findRecoverable();
    QCOMPARE(found.size(), size_t(1));
    QCOMPARE(found.front().text, QStringLiteral("never saved"));
    {
        RecoveryDialog dialog(found, store, darkTheme());
        QSignalSpy restored(&dialog, &RecoveryDialog::restoreRequested);
        dialog.show();
        dialog.findChild<QPushButton*>(QStringLiteral("discard"))->click();
        QVERIFY(!dialog.isVisible());
        QCOMPARE(restored.count(), 0);
    }
    found.clear();
    QVERIFY(store.findRecoverable().empty());
}

// A later notice does not make an earlier one forgotten, such as that there is text to recover.
void TestMainWindow::noticesComeBack() {
    Desk desk;
    int looked = 0;
    desk.window->showNotice(QStringLiteral("recovery"), QStringLiteral("Text to recover"),
                            {{QStringLiteral("Look"), [&looked] { ++looked; }}});
    desk.window->showNotice(QStringLiteral("disk"), QStringLiteral("The disk"));
    auto* bar = desk.child<MessageBar>("messageBar");
    QVERIFY(bar->isVisible());
    QVERIFY(desk.editor().hasFocus()); // the keys stay with the text
    QCOMPARE(bar->message(), QStringLiteral("The disk"));
    QVERIFY(desk.button(QStringLiteral("Look")) == nullptr);
    desk.window->showNotice(QStringLiteral("disk"), QStringLiteral("The disk again"));
    desk.window->clearNotice(QStringLiteral("disk"));
    QCOMPARE(bar->message(), QStringLiteral("Text to recover"));
    desk.button(QStringLiteral("Look"))->click();
    QCOMPARE(looked, 1);
    QVERIFY(!bar->isVisible());
    // Over before it was seen again.
    desk.window->showNotice(QStringLiteral("save"), QStringLiteral("Not saved"));
    desk.window->showNotice(QStringLiteral("disk"), QStringLiteral("The disk"));
    desk.window->clearNotice(QStringLiteral("save"));
    desk.window->clearNotice(QStringLiteral("disk"));
    QVERIFY(!bar->isVisible());
}

void TestMainWindow::statusTellsCounts() {
    Desk desk;
    desk.type(QStringLiteral("One"));
    QTRY_COMPARE(desk.status("statusCounts"), QStringLiteral("1 word"));
    desk.source.answer(QStringLiteral(" old man"));
    QTest::keyClick(&desk.editor(), Qt::Key_Tab);
    QTRY_COMPARE(desk.status("statusCounts"), QStringLiteral("3 words (2 by Linnet)"));
    desk.settings.set(setting::showProvenance, false);
    QTRY_COMPARE(desk.status("statusCounts"), QStringLiteral("3 words"));
    desk.editor().selectAll();
    QTRY_COMPARE(desk.status("statusCounts"), QStringLiteral("3 selected words"));
}

void TestMainWindow::modelStateIsShown() {
    Desk desk;
    auto* model = desk.child<QToolButton>("statusModel");
    desk.window->setModelStatus({services::ModelState::Failed,
                                 QStringLiteral("en-prose"),
                                 {},
                                 {},
                                 QStringLiteral("config.json is missing")});
    QCOMPARE(model->text(), QStringLiteral("en-prose"));
    QVERIFY(model->toolTip().contains(QStringLiteral("config.json is missing")));
    const QImage red = model->icon().pixmap(16).toImage();
    desk.window->setModelStatus({services::ModelState::Ready,
                                 QStringLiteral("en-prose"),
                                 QStringLiteral("cpu"),
                                 QStringLiteral("int8"),
                                 {}});
    QVERIFY(model->icon().pixmap(16).toImage() != red);
    QVERIFY(desk.child<QToolButton>("statusDevice")->isVisible());
    QCOMPARE(desk.status("statusDevice"), QStringLiteral("CPU"));
    QCOMPARE(desk.status("statusWhere"), QStringLiteral("local"));
    QSignalSpy asked(desk.window, &MainWindow::settingsRequested);
    model->click();
    QCOMPARE(asked.at(0).at(0).value<SettingsPage>(), SettingsPage::Models);
}

void TestMainWindow::suggestionSwitch() {
    Desk desk;
    desk.type(QStringLiteral("a"));
    QCOMPARE(desk.source.requests(), 1);
    desk.child<QToolButton>("statusSuggestions")->click();
    QVERIFY(!desk.settings.value(setting::suggestionsEnabled));
    QVERIFY(!desk.child<QAction>("view.suggestions")->isChecked());
    QCOMPARE(desk.status("statusSuggestions"), QStringLiteral("suggestions off"));
    desk.type(QStringLiteral("b"));
    QCOMPARE(desk.source.requests(), 1);
    desk.trigger("view.suggestions");
    QVERIFY(desk.settings.value(setting::suggestionsEnabled));
    desk.type(QStringLiteral("c"));
    QCOMPARE(desk.source.requests(), 2);
}

void TestMainWindow::suppressedSuggestions() {
    Desk desk;
    desk.window->suppressSuggestions();
    desk.type(QStringLiteral("a"));
    QCOMPARE(desk.source.requests(), 0);
    QVERIFY(desk.settings.value(setting::suggestionsEnabled)); // only for this session
    QSignalSpy wanted(desk.window, &MainWindow::suggestionsWanted);
    desk.trigger("view.suggestions");
    QCOMPARE(wanted.count(), 1);
    desk.type(QStringLiteral("b"));
    QCOMPARE(desk.source.requests(), 1);
}

void TestMainWindow::wordBarPicks() {
    Desk desk;
    auto* bar = desk.child<WordBar>("wordBar");
    const int height = bar->height();
    desk.type(QStringLiteral("Th"));
    desk.source.answer(QString(), {"The", "Then", "This", "They", "There"});
    QCOMPARE(bar->words().size(), 5);
    QCOMPARE(bar->height(), height);
    Q_EMIT bar->picked(1);
    QCOMPARE(desk.editor().text(), QStringLiteral("Then "));
    QVERIFY(bar->words().isEmpty());
    QVERIFY(desk.editor().hasFocus());
    // What does not fit into a narrow window takes no key.
    desk.type(QStringLiteral("th"));
    const QString before = desk.editor().text();
    const QString wide = QStringLiteral("th").append(QStringLiteral("e").repeated(60));
    desk.source.answer(QString(), {wide, wide, wide, wide, QStringLiteral("the")});
    QTest::keyClick(&desk.editor(), Qt::Key_5, Qt::AltModifier);
    QCOMPARE(desk.editor().text(), before);
    desk.settings.set(setting::wordBar, false);
    QVERIFY(!bar->isVisible());
}

void TestMainWindow::sourceHearsOfTheActiveText() {
    Desk desk;
    QVERIFY(desk.open(desk.write(QStringLiteral("a.md"), "first text")));
    QCOMPARE(desk.source.document, QStringLiteral("first text"));
    auto* other = new MainWindow({desk.settings, desk.paths, desk.source, desk.dialogs});
    other->show();
    QVERIFY(Desk::open(*other, desk.write(QStringLiteral("b.md"), "second text")));
    QCOMPARE(desk.source.document, QStringLiteral("second text"));
    other->activateWindow();
    QTRY_VERIFY(other->isActiveWindow());
    desk.window->activateWindow();
    QTRY_COMPARE(desk.source.document, QStringLiteral("first text"));
    // Coming back from a dialog is not another text.
    desk.source.document = QStringLiteral("(not told)");
    QDialog dialog;
    dialog.show();
    dialog.activateWindow();
    QTRY_VERIFY(dialog.isActiveWindow());
    desk.window->activateWindow();
    QTRY_VERIFY(desk.window->isActiveWindow());
    QCOMPARE(desk.source.document, QStringLiteral("(not told)"));
    delete other;
}

void TestMainWindow::zoomIsRemembered() {
    Desk desk;
    QTest::keyClick(&desk.editor(), Qt::Key_Plus, Qt::ControlModifier);
    QTRY_COMPARE(desk.editor().zoom(), 110);
    MainWindow other({desk.settings, desk.paths, desk.source, desk.dialogs});
    other.setAttribute(Qt::WA_DeleteOnClose, false);
    QCOMPARE(other.editor().zoom(), 110);
    QTest::keyClick(&desk.editor(), Qt::Key_0, Qt::ControlModifier);
    QTRY_COMPARE(desk.editor().zoom(), 100);
}

void TestMainWindow::findBarWorks() {
    Desk desk;
    desk.editor().setText(QStringLiteral("The sea and the boat\nthe end"));
    desk.trigger("edit.replace");
    auto* text = desk.child<QLineEdit>("findText");
    QTRY_VERIFY(text->hasFocus());
    QTest::keyClicks(text, QStringLiteral("the"));
    QTRY_COMPARE(desk.child<QLabel>("findCount")->text(), QStringLiteral("3 matches"));
    QCOMPARE(desk.editor().textCursor().selectedText(), QStringLiteral("The"));
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(desk.editor().textCursor().selectionStart(), 12);
    QTest::keyClick(text, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(desk.editor().textCursor().selectionStart(), 0);
    desk.child<QToolButton>("findCase")->click();
    QTRY_COMPARE(desk.child<QLabel>("findCount")->text(), QStringLiteral("2 matches"));
    desk.child<QLineEdit>("replaceText")->setText(QStringLiteral("a"));
    desk.child<QPushButton>("replaceAll")->click();
    QCOMPARE(desk.editor().text(), QStringLiteral("The sea and a boat\na end"));
    desk.editor().undo();
    QCOMPARE(desk.editor().text(), QStringLiteral("The sea and the boat\nthe end"));
    desk.child<QToolButton>("findExpression")->click();
    text->setText(QStringLiteral("(the"));
    QTRY_VERIFY(
        desk.child<QLabel>("findCount")->text().startsWith(QStringLiteral("Not a pattern")));
    QTest::keyClick(text, Qt::Key_Escape);
    QVERIFY(!desk.child<QWidget>("findBar")->isVisible());
    QTRY_VERIFY(desk.editor().hasFocus());
}

void TestMainWindow::fullScreenHidesEverythingElse() {
    Desk desk;
    desk.trigger("view.fullScreen");
    QVERIFY(desk.window->isFullScreen());
    QVERIFY(!desk.window->menuBar()->isVisible());
    QVERIFY(!desk.child<QWidget>("statusStrip")->isVisible());
    QVERIFY(!desk.child<QWidget>("wordBar")->isVisible());
    QVERIFY(desk.editor().isVisible());
    QTest::keyClick(&desk.editor(), Qt::Key_Escape);
    QVERIFY(!desk.window->isFullScreen());
    QVERIFY(desk.child<QWidget>("statusStrip")->isVisible());
    QVERIFY(desk.child<QWidget>("wordBar")->isVisible());
}

void TestMainWindow::everythingHasAName() {
    Desk desk;
    services::ModelLibrary library(desk.paths);
    SettingsDialog dialog({desk.settings, library, desk.dialogs}, desk.window);
    dialog.show();
    desk.trigger("edit.replace");
    for (const QWidget* widget : desk.window->findChildren<QWidget*>()) {
        const bool takesFocus = widget->focusPolicy() & Qt::TabFocus;
        const bool inner = widget->objectName().startsWith(QLatin1String("qt_")) ||
                           widget->inherits("QComboBoxListView");
        if (!takesFocus || inner || !widget->isEnabled()) {
            continue;
        }
        const QAccessibleInterface* face =
            QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
        QVERIFY(face != nullptr);
        const bool scroll = qobject_cast<const QAbstractScrollArea*>(widget) != nullptr &&
                            widget->inherits("QScrollArea");
        QVERIFY2(scroll || !face->text(QAccessible::Name).isEmpty(),
                 qPrintable(QString::fromLatin1(widget->metaObject()->className()) + u' ' +
                            widget->objectName()));
    }
}

void TestMainWindow::unreadableRecoveryFilesAreTold() {
    Desk desk;
    const QString journals = desk.paths.state + QStringLiteral("/journals");
    QVERIFY(QDir().mkpath(journals));
    const QString garbage = journals + QStringLiteral("/untitled-1.linnet-journal");
    QFile file(garbage);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not a journal, but longer than the header of one, so that it is read on and on");
    file.close();
    services::RecoveryStore store(desk.paths);
    QVERIFY(store.findRecoverable().empty());
    QCOMPARE(store.unreadable().size(), size_t(1));
    tellUnreadable(*desk.window, store);
    auto* bar = desk.child<MessageBar>("messageBar");
    QVERIFY(bar->isVisible());
    QVERIFY(bar->message().contains(garbage));
    QVERIFY(QFile::exists(garbage));
    desk.button(QStringLiteral("Delete"))->click();
    QVERIFY(!bar->isVisible());
    QVERIFY(!QFile::exists(garbage));
}

void TestMainWindow::fitsTheScreen() {
    Desk desk;
    const QRect room = desk.window->screen()->availableGeometry();
    QVERIFY(room.contains(desk.window->frameGeometry()));
    // Neither does one that was larger when it was closed last, on another screen.
    QWidget large;
    large.setGeometry(50, 50, room.width() + 700, room.height() + 500);
    desk.settings.set(setting::windowGeometry, large.saveGeometry());
    MainWindow other({desk.settings, desk.paths, desk.source, desk.dialogs});
    other.setAttribute(Qt::WA_DeleteOnClose, false);
    QSignalSpy painted(&other, &MainWindow::painted);
    other.show();
    QTRY_COMPARE(painted.count(), 1);
    QVERIFY(room.contains(other.frameGeometry()));
}

void TestMainWindow::commandsHaveNoConflicts() {
    Desk desk;
    QHash<QString, QString> owners;
    for (const Command& command : allCommands()) {
        QVERIFY(!commandPlainTitle(command).isEmpty());
        for (const QString& key : command.keys) {
            QVERIFY2(!QKeySequence(key, QKeySequence::PortableText).isEmpty(), qPrintable(key));
            QVERIFY2(!owners.contains(key), qPrintable(key));
            owners.insert(key, QString::fromLatin1(command.id));
        }
        // The desk has no source of captions, so no menu of pictures; test_pictures has one.
        const bool inMenu =
            command.section != Section::Suggestions && command.section != Section::Pictures;
        QCOMPARE(desk.window->findChild<QAction*>(QString::fromLatin1(command.id)) != nullptr,
                 inMenu);
    }
    ShortcutSheet sheet(desk.settings);
    QStringList shown;
    for (const QLabel* label : sheet.findChildren<QLabel*>()) {
        shown.append(label->text());
    }
    for (const Command& command : allCommands()) {
        QVERIFY(command.keys.isEmpty() || shown.contains(commandPlainTitle(command)));
    }
}

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
