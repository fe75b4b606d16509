// Pictures in the window: dropped on the page, and what of them goes into the text.

#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "ui/dialogs/shortcut_sheet.h"
#include "ui/document_session.h"
#include "ui/editor/editor.h"
#include "ui/fake_caption_source.h"
#include "ui/fake_dialogs.h"
#include "ui/fake_poem_source.h"
#include "ui/fake_suggestion_source.h"
#include "ui/fake_verse_source.h"
#include "ui/main_window.h"
#include "ui/panels/picture_cards.h"
#include "ui/panels/pictures_panel.h"
#include "ui/pictures_desk.h"
#include "ui/verse_desk.h"

using namespace linnet;
using namespace linnet::ui;

namespace {

struct Desk {
    Desk()
        : paths(services::AppPaths::under(folder.filePath(QStringLiteral("linnet"))))
        , settings(folder.filePath(QStringLiteral("settings.ini")))
        , window(new MainWindow({.settings = settings,
                                 .paths = paths,
                                 .source = source,
                                 .dialogs = dialogs,
                                 .poems = &poems,
                                 .verse = &verse,
                                 .captions = &captions,
                                 .download = &download})) {
        window->show();
        window->activateWindow();
        (void)QTest::qWaitForWindowActive(window);
    }
    ~Desk() { delete window; }

    Editor& editor() { return window->editor(); }
    PicturesPanel& panel() { return window->pictures()->panel(); }
    QString write(const QString& name) {
        QFile file(folder.filePath(name));
        (void)file.open(QIODevice::WriteOnly);
        return file.fileName();
    }
    void dropOnPage(const QMimeData& data) {
        QWidget* page = editor().viewport();
        const QPoint place = page->rect().center();
        QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(page, &enter);
        QDropEvent drop(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(page, &drop);
    }
    // A captioned picture in the panel.
    void caption(const QString& file, const QStringList& texts) {
        window->pictures()->showPanel(true);
        panel().addPaths({file});
        captions.answer(captions.last, texts);
    }
    void click(const char* button) {
        panel().findChild<QPushButton*>(QString::fromLatin1(button))->click();
    }

    QTemporaryDir folder;
    services::AppPaths paths;
    services::Settings settings;
    tests::FakeSuggestionSource source;
    tests::FakeDialogs dialogs;
    tests::FakePoemSource poems;
    tests::FakeVerseSource verse;
    tests::FakeCaptionSource captions;
    tests::FakeDownload download;
    MainWindow* window;
};

} // namespace

class TestPictures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensAndCloses();
    void takesWhatIsDroppedOnThePage();
    void insertIsOneStep();
    void spacesWhereTheyAreMissing_data();
    void spacesWhereTheyAreMissing();
    void markdownRefersFromTheDocument();
    void poemFromAPicture();
};

void TestPictures::opensAndCloses() {
    Desk desk;
    auto* action = desk.window->findChild<QAction*>(QStringLiteral("pictures.panel"));
    QCOMPARE(action->shortcut(), QKeySequence(Qt::Key_F10));
    // The sheet of shortcuts lists it.
    ShortcutSheet sheet(desk.settings);
    const QList<QLabel*> labels = sheet.findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->text().contains(QStringLiteral("F10"));
    }));
    QVERIFY(!desk.window->pictures()->isPanelVisible());
    action->trigger();
    QVERIFY(desk.window->pictures()->isPanelVisible());
    QVERIFY(action->isChecked());
    QTRY_VERIFY(desk.panel().isAncestorOf(QApplication::focusWidget()));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QVERIFY(!desk.window->pictures()->isPanelVisible());
    QVERIFY(desk.editor().hasFocus());
    desk.dialogs.pictures = {QStringLiteral("/x/a.jpg")};
    desk.window->findChild<QAction*>(QStringLiteral("pictures.add"))->trigger();
    desk.dialogs.folder = desk.folder.path();
    desk.window->findChild<QAction*>(QStringLiteral("pictures.addFolder"))->trigger();
    QCOMPARE(desk.captions.queries.size(), 1);
    QCOMPARE(desk.captions.searches.size(), 1);
}

void TestPictures::takesWhatIsDroppedOnThePage() {
    Desk desk;
    QSignalSpy opened(desk.window, &MainWindow::openRequested);
    const QString picture = desk.write(QStringLiteral("a.jpg"));
    const QString text = desk.write(QStringLiteral("notes.txt"));
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(picture), QUrl::fromLocalFile(text)});
    desk.dropOnPage(data);
    QVERIFY(desk.window->pictures()->isPanelVisible());
    QCOMPARE(desk.captions.queries.size(), 1);
    QCOMPARE(desk.captions.queries.at(0).file, picture);
    QCOMPARE(opened.takeFirst().at(0).toStringList(), QStringList{text});
    QVERIFY(desk.editor().text().isEmpty());
    QMimeData bitmap;
    bitmap.setImageData(QImage(3, 3, QImage::Format_RGB32));
    desk.dropOnPage(bitmap);
    QCOMPARE(desk.captions.queries.size(), 2);
    QMimeData words;
    words.setText(QStringLiteral("only words"));
    desk.dropOnPage(words);
    QCOMPARE(desk.editor().text(), QStringLiteral("only words"));
    QCOMPARE(desk.captions.queries.size(), 2);
}

void TestPictures::insertIsOneStep() {
    Desk desk;
    QTest::keyClicks(&desk.editor(), QStringLiteral("Then: "));
    desk.caption(QStringLiteral("/x/a.jpg"), {QStringLiteral("A black dog runs.")});
    desk.click("pictureInsert");
    QCOMPARE(desk.editor().text(), QStringLiteral("Then: A black dog runs."));
    QVERIFY(desk.editor().hasFocus());
    // They are Linnet's words.
    QTRY_VERIFY(desk.window->findChild<QToolButton*>(QStringLiteral("statusCounts"))
                    ->text()
                    .contains(QStringLiteral("4 by Linnet")));
    desk.editor().undo();
    QCOMPARE(desk.editor().text(), QStringLiteral("Then: "));
    desk.editor().redo();
    QCOMPARE(desk.editor().text(), QStringLiteral("Then: A black dog runs."));
}

void TestPictures::spacesWhereTheyAreMissing_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("caption");
    QTest::addColumn<QString>("after");
    QTest::newRow("word") << "Here"
                          << "A dog."
                          << "Here A dog.";
    QTest::newRow("space") << "Here "
                           << "A dog."
                           << "Here A dog.";
    QTest::newRow("bracket") << "("
                             << "A dog."
                             << "(A dog.";
    QTest::newRow("start") << ""
                           << "A dog."
                           << "A dog.";
    QTest::newRow("chinese") << "你看："
                             << "一只狗。"
                             << "你看：一只狗。";
}

void TestPictures::spacesWhereTheyAreMissing() {
    QFETCH(QString, before);
    QFETCH(QString, caption);
    QFETCH(QString, after);
    Desk desk;
    desk.editor().setText(before);
    desk.editor().moveCursor(QTextCursor::End);
    desk.window->pictures()->insertCaption(caption);
    QCOMPARE(desk.editor().text(), after);
}

void TestPictures::markdownRefersFromTheDocument() {
    Desk desk;
    const QString document = desk.write(QStringLiteral("story.md"));
    desk.window->openFile(document);
    QTRY_COMPARE(desk.window->session().path(), document);
    const QString picture = desk.write(QStringLiteral("my dog.jpg"));
    desk.caption(picture, {QStringLiteral("A [black] dog.")});
    desk.click("pictureMarkdown");
    QCOMPARE(desk.editor().text(), QStringLiteral("![A \\[black\\] dog.](my%20dog.jpg)"));
}

void TestPictures::poemFromAPicture() {
    Desk desk;
    desk.caption(QStringLiteral("/x/a.jpg"), {QStringLiteral("A black dog runs.")});
    desk.click("picturePoem");
    QVERIFY(desk.window->verse()->isPanelVisible());
    QCOMPARE(desk.window->findChild<QLineEdit*>(QStringLiteral("poemTheme"))->text(),
             QStringLiteral("A black dog runs."));
}

QTEST_MAIN(TestPictures)
#include "test_pictures.moc"
