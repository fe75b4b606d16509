#include <QApplication>
#include <QClipboard>
#include <QDropEvent>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "ui/fake_caption_source.h"
#include "ui/fake_dialogs.h"
#include "ui/panels/caption_field.h"
#include "ui/panels/picture_card.h"
#include "ui/panels/picture_cards.h"
#include "ui/panels/pictures_panel.h"
#include "ui/picture_words.h"

using namespace linnet;
using namespace linnet::ui;

namespace setting = services::setting;

namespace {

struct Bench {
    Bench()
        : settings(folder.filePath(QStringLiteral("settings.ini")))
        , panel(source, settings, dialogs, &download) {
        panel.resize(380, 800);
        panel.show();
        panel.activateWindow();
        (void)QTest::qWaitForWindowActive(&panel);
    }
    template <typename T>
    T* child(const char* name) {
        return panel.findChild<T*>(QString::fromLatin1(name));
    }
    template <typename T>
    T* inCard(int card, const char* name) {
        return panel.cards().cardInView(card)->findChild<T*>(QString::fromLatin1(name));
    }
    QString path(const QString& name) {
        const QString file = folder.filePath(name);
        QFile(file).open(QIODevice::WriteOnly);
        return file;
    }
    void drop(const QMimeData& data) {
        QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton,
                              Qt::NoModifier);
        QApplication::sendEvent(&panel, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&panel, &event);
    }
    QString progress() { return child<QLabel>("pictureProgress")->text(); }
    QString message() { return child<QLabel>("pictureMessage")->text(); }

    QTemporaryDir folder;
    services::Settings settings;
    tests::FakeCaptionSource source;
    tests::FakeDialogs dialogs;
    tests::FakeDownload download;
    PicturesPanel panel;
};

QMimeData* urls(const QStringList& files) {
    auto* data = new QMimeData;
    QList<QUrl> list;
    for (const QString& file : files) {
        list.append(file.contains(QLatin1String("://")) ? QUrl(file) : QUrl::fromLocalFile(file));
    }
    data->setUrls(list);
    return data;
}

} // namespace

class TestPicturesPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesDroppedFilesAndFolders();
    void showsCaptions();
    void choosesEditsAndInserts();
    void failedPictureKeepsItsCard();
    void pastesBitmapsAndBytes();
    void asksBeforeItDownloads();
    void refusesToDownload();
    void stopsAndCloses();
    void removesAndClears();
    void followsTheLanguageSetting();
    void exportsResults();
    void walksByKeyboard();
    void hundredsCostFewWidgets();
    void tellsTextFromPictures();
    void writesMarkdownImages_data();
    void writesMarkdownImages();
};

void TestPicturesPanel::takesDroppedFilesAndFolders() {
    Bench bench;
    const std::unique_ptr<QMimeData> data(
        urls({bench.path(QStringLiteral("a.jpg")), bench.folder.path(),
              bench.path(QStringLiteral("odd.dat"))}));
    bench.drop(*data);
    QCOMPARE(bench.source.queries.size(), 2); // a file is a picture whatever its name says
    QCOMPARE(bench.source.queries.at(0).file, bench.folder.filePath(QStringLiteral("a.jpg")));
    QCOMPARE(bench.source.queries.at(0).count, 3);
    QCOMPARE(bench.source.searches.size(), 1);
    QVERIFY(bench.panel.isBusy());
    Q_EMIT bench.source.found(bench.source.last,
                              {QStringLiteral("/x/1.png"), QStringLiteral("/x/2.png")}, false);
    QCOMPARE(bench.source.queries.size(), 4);
    QCOMPARE(bench.panel.cards().entries().size(), 4);
    QCOMPARE(bench.panel.cards().entries().at(2).name, QStringLiteral("1.png"));
    // An empty folder says so.
    bench.panel.addPaths({bench.folder.path()});
    Q_EMIT bench.source.found(bench.source.last, {}, false);
    QVERIFY(bench.message().contains(QStringLiteral("no pictures")));
}

void TestPicturesPanel::showsCaptions() {
    Bench bench;
    bench.panel.addPaths({QStringLiteral("/x/a.jpg"), QStringLiteral("/x/b.jpg")});
    QCOMPARE(bench.progress(), QStringLiteral("0 of 2"));
    QCOMPARE(bench.inCard<QLabel>(0, "pictureState")->text(), QStringLiteral("Waiting…"));
    Q_EMIT bench.source.started(1);
    QCOMPARE(bench.inCard<QLabel>(0, "pictureState")->text(),
             QStringLiteral("Looking at the picture…"));
    bench.source.answer(1);
    QCOMPARE(bench.progress(), QStringLiteral("1 of 2"));
    QVERIFY(!bench.inCard<QLabel>(0, "pictureState")->isVisible());
    QCOMPARE(bench.inCard<CaptionField>(0, "caption1")->toPlainText(),
             QStringLiteral("A black dog runs."));
    QCOMPARE(bench.inCard<CaptionField>(0, "caption3")->toPlainText(),
             QStringLiteral("Two dogs play."));
    QVERIFY(bench.inCard<QRadioButton>(0, "captionChoice1")->isChecked());
    const QImage seen = bench.inCard<QLabel>(0, "pictureThumbnail")->pixmap().toImage();
    QCOMPARE(seen.pixelColor(seen.width() / 2, 10), QColor(Qt::darkGreen));
    bench.source.answer(2, {QStringLiteral("One only.")});
    QVERIFY(!bench.inCard<CaptionField>(1, "caption2")->isVisible());
    QVERIFY(!bench.child<QLabel>("pictureProgress")->isVisible());
    // An answer to another window's picture is nothing to us.
    bench.source.answer(99);
    QCOMPARE(bench.panel.cards().entries().size(), 2);
}

void TestPicturesPanel::choosesEditsAndInserts() {
    Bench bench;
    QSignalSpy inserted(&bench.panel, &PicturesPanel::insertRequested);
    QSignalSpy markdown(&bench.panel, &PicturesPanel::markdownRequested);
    QSignalSpy poem(&bench.panel, &PicturesPanel::poemRequested);
    bench.panel.addPaths({QStringLiteral("/x/a.jpg")});
    bench.source.answer(1);
    bench.inCard<QPushButton>(0, "pictureInsert")->click();
    QCOMPARE(inserted.takeFirst().at(0).toString(), QStringLiteral("A black dog runs."));
    QTest::mouseClick(bench.inCard<QRadioButton>(0, "captionChoice2"), Qt::LeftButton);
    bench.inCard<QPushButton>(0, "picturePoem")->click();
    QCOMPARE(poem.takeFirst().at(0).toString(), QStringLiteral("A dog on the grass."));
    // Going into a caption chooses it; what is typed counts; Enter inserts.
    auto* field = bench.inCard<CaptionField>(0, "caption3");
    field->setFocus();
    QVERIFY(bench.inCard<QRadioButton>(0, "captionChoice3")->isChecked());
    field->selectAll();
    QTest::keyClicks(field, QStringLiteral("My dogs"));
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(inserted.takeFirst().at(0).toString(), QStringLiteral("My dogs"));
    QCOMPARE(field->toPlainText(), QStringLiteral("My dogs"));
    bench.inCard<QPushButton>(0, "pictureMarkdown")->click();
    QCOMPARE(markdown.at(0).at(0).toString(), QStringLiteral("/x/a.jpg"));
    QCOMPARE(markdown.at(0).at(1).toString(), QStringLiteral("My dogs"));
}

void TestPicturesPanel::failedPictureKeepsItsCard() {
    Bench bench;
    bench.panel.addPaths({QStringLiteral("/x/a.jpg")});
    Q_EMIT bench.source.failed(1, {engine::ErrorCode::CorruptFile, false, QStringLiteral("x")});
    QCOMPARE(bench.inCard<QLabel>(0, "pictureState")->text(),
             QStringLiteral("The file is damaged or incomplete."));
    QVERIFY(!bench.inCard<QPushButton>(0, "pictureInsert")->isVisible());
    QVERIFY(!bench.panel.isBusy());
}

void TestPicturesPanel::pastesBitmapsAndBytes() {
    Bench bench;
    QImage image(2, 1, QImage::Format_ARGB32);
    image.setPixelColor(0, 0, Qt::red);
    image.setPixelColor(1, 0, Qt::transparent);
    auto* data = new QMimeData;
    data->setImageData(image);
    QApplication::clipboard()->setMimeData(data);
    QTest::keySequence(&bench.panel, QKeySequence::Paste);
    QCOMPARE(bench.source.queries.size(), 1);
    QCOMPARE(bench.source.queries.at(0).pixels.width, 2);
    QCOMPARE(bench.source.queries.at(0).pixels.rgb, QByteArray::fromHex("ff0000ffffff"));
    auto* file = new QMimeData;
    file->setData(QStringLiteral("image/png"), "bytes of a file");
    QApplication::clipboard()->setMimeData(file);
    QTest::keySequence(&bench.panel, QKeySequence::Paste);
    QCOMPARE(bench.source.queries.at(1).bytes, QByteArray("bytes of a file"));
    bench.source.answer(1);
    // It has no file that a text could refer to.
    QVERIFY(!bench.inCard<QPushButton>(0, "pictureMarkdown")->isEnabled());
    QApplication::clipboard()->setText(QStringLiteral("words"));
    QTest::keySequence(&bench.panel, QKeySequence::Paste);
    QCOMPARE(bench.source.queries.size(), 2);
    QVERIFY(bench.message().contains(QStringLiteral("no picture")));
}

void TestPicturesPanel::asksBeforeItDownloads() {
    Bench bench;
    const std::unique_ptr<QMimeData> data(
        urls({QStringLiteral("https://pictures.example.org/cat.jpg")}));
    bench.drop(*data);
    QVERIFY(bench.download.started.isEmpty());
    QVERIFY(bench.source.queries.isEmpty());
    QVERIFY(bench.child<QLabel>("pictureQuestion")->isVisible());
    QVERIFY(bench.child<QLabel>("pictureQuestion")
                ->text()
                .contains(QStringLiteral("pictures.example.org")));
    bench.child<QPushButton>("pictureDownload")->click();
    QCOMPARE(bench.download.started.size(), 1);
    QCOMPARE(bench.download.most, qint64(50'000'000));
    QVERIFY(bench.panel.isBusy());
    Q_EMIT bench.download.finished(bench.download.started.at(0), "jpeg bytes");
    QCOMPARE(bench.source.queries.size(), 1);
    QCOMPARE(bench.source.queries.at(0).bytes, QByteArray("jpeg bytes"));
    QCOMPARE(bench.panel.cards().entries().at(0).name, QStringLiteral("cat.jpg"));
}

void TestPicturesPanel::refusesToDownload() {
    Bench bench;
    const std::unique_ptr<QMimeData> data(urls({QStringLiteral("https://example.org/cat.jpg")}));
    bench.drop(*data);
    bench.child<QPushButton>("pictureNoDownload")->click();
    QVERIFY(!bench.child<QLabel>("pictureQuestion")->isVisible());
    QVERIFY(bench.download.started.isEmpty());
    bench.drop(*data);
    bench.child<QPushButton>("pictureDownload")->click();
    Q_EMIT bench.download.failed(bench.download.started.at(0),
                                 {engine::ErrorCode::Network, "no route"});
    QVERIFY(bench.message().contains(QStringLiteral("no route")));
    QVERIFY(!bench.panel.isBusy());
}

void TestPicturesPanel::stopsAndCloses() {
    Bench bench;
    QSignalSpy closed(&bench.panel, &PicturesPanel::closeRequested);
    bench.panel.addPaths({QStringLiteral("/x/a.jpg"), QStringLiteral("/x/b.jpg"),
                          QStringLiteral("/x/c.jpg"), bench.folder.path()});
    bench.source.answer(1);
    QTest::keyClick(&bench.panel, Qt::Key_Escape);
    QVERIFY(!bench.panel.isBusy());
    QCOMPARE(QSet<quint64>(bench.source.cancelled.begin(), bench.source.cancelled.end()),
             (QSet<quint64>{2, 3}));
    QCOMPARE(bench.source.stoppedSearches, QVector<quint64>{4});
    QCOMPARE(bench.panel.cards().entries().size(), 1); // what was ready stays
    bench.source.answer(2);                            // too late
    QCOMPARE(bench.panel.cards().entries().size(), 1);
    QVERIFY(closed.isEmpty());
    QTest::keyClick(&bench.panel, Qt::Key_Escape);
    QCOMPARE(closed.size(), 1);
}

void TestPicturesPanel::removesAndClears() {
    Bench bench;
    bench.panel.addPaths({QStringLiteral("/x/a.jpg"), QStringLiteral("/x/b.jpg")});
    bench.inCard<QToolButton>(0, "pictureRemove")->click();
    QTRY_COMPARE(bench.panel.cards().entries().size(), 1);
    QCOMPARE(bench.source.cancelled, QVector<quint64>{1});
    QCOMPARE(bench.panel.cards().entries().at(0).name, QStringLiteral("b.jpg"));
    bench.source.answer(2);
    QCOMPARE(bench.inCard<CaptionField>(0, "caption1")->toPlainText(),
             QStringLiteral("A black dog runs."));
    bench.child<QPushButton>("pictureClear")->click();
    QVERIFY(bench.panel.cards().entries().isEmpty());
    QVERIFY(!bench.panel.cards().isVisible());
}

void TestPicturesPanel::followsTheLanguageSetting() {
    Bench bench;
    bench.panel.addPaths({QStringLiteral("/x/a.jpg")});
    QCOMPARE(bench.source.queries.at(0).languages, QStringList{QStringLiteral("en")});
    bench.settings.set(setting::captionLanguage, QStringLiteral("zh"));
    bench.panel.addPaths({QStringLiteral("/x/a.jpg")});
    QCOMPARE(bench.source.queries.at(1).languages, QStringList{QStringLiteral("zh")});
    bench.settings.set(setting::captionLanguage, QStringLiteral("both"));
    bench.panel.addPaths({QStringLiteral("/x/a.jpg")});
    QCOMPARE(bench.source.queries.at(2).languages,
             (QStringList{QStringLiteral("en"), QStringLiteral("zh")}));
    QCOMPARE(bench.source.queries.at(2).count, 2);
    bench.source.answer(3, {"a", "b", "c", "d"});
    QCOMPARE(bench.inCard<CaptionField>(2, "caption4")->toPlainText(), QStringLiteral("d"));
}

void TestPicturesPanel::exportsResults() {
    Bench bench;
    const QString picture = bench.path(QStringLiteral("a.jpg"));
    bench.panel.addPaths({picture, QStringLiteral("/x/b.jpg")});
    bench.source.answer(1);
    Q_EMIT bench.source.failed(2, {engine::ErrorCode::CorruptFile, false, {}});
    bench.panel.cards().cardInView(0)->choose(1);
    const QList<QAction*> actions = bench.child<QToolButton>("pictureExport")->menu()->actions();
    bench.dialogs.save = bench.folder.filePath(QStringLiteral("out.json"));
    actions.at(1)->trigger();
    QCOMPARE(bench.dialogs.suggested, bench.folder.filePath(QStringLiteral("captions.json")));
    QFile file(bench.dialogs.save);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonArray all = QJsonDocument::fromJson(file.readAll()).array();
    QCOMPARE(all.size(), 2);
    QCOMPARE(all.at(0).toObject()["captions"].toArray().at(0).toObject()["text"].toString(),
             QStringLiteral("A dog on the grass."));
    QCOMPARE(all.at(1).toObject()["error"].toString(),
             QStringLiteral("The file is damaged or incomplete."));
    actions.at(2)->trigger();
    QVERIFY(QFile::exists(picture + QStringLiteral(".txt")));
    QVERIFY(bench.dialogs.questions.isEmpty());
    actions.at(2)->trigger(); // it is there now: the writer is asked
    QCOMPARE(bench.dialogs.questions.size(), 1);
}

void TestPicturesPanel::walksByKeyboard() {
    Bench bench;
    bench.panel.addPaths({QStringLiteral("/x/a.jpg"), QStringLiteral("/x/b.jpg")});
    bench.source.answer(1);
    bench.source.answer(2);
    bench.panel.focusFirst();
    QStringList visited;
    for (int i = 0; i < 18; ++i) {
        QWidget* now = QApplication::focusWidget();
        QVERIFY(now != nullptr);
        visited << now->objectName();
        QVERIFY2(!now->accessibleName().isEmpty() || qobject_cast<QPushButton*>(now) ||
                     qobject_cast<QToolButton*>(now),
                 qPrintable(now->objectName()));
        QTest::keyClick(now, Qt::Key_Tab);
    }
    const QStringList card = {"caption1",        "caption2",    "caption3",     "pictureInsert",
                              "pictureMarkdown", "picturePoem", "pictureRemove"};
    const QStringList expected =
        QStringList{"choosePictures"} + card + card + QStringList{"pictureExport", "pictureClear"};
    QCOMPARE(visited.mid(0, expected.size()), expected);
}

void TestPicturesPanel::hundredsCostFewWidgets() {
    Bench bench;
    QStringList files;
    for (int i = 0; i < 500; ++i) {
        files << QStringLiteral("/x/%1.jpg").arg(i);
    }
    bench.panel.addPaths(files);
    QVERIFY(bench.panel.findChildren<PictureCard*>().size() < 12);
    for (quint64 id = 1; id <= 500; ++id) {
        bench.source.answer(id);
    }
    QVERIFY(bench.panel.findChildren<PictureCard*>().size() < 12);
    PictureCard* last = bench.panel.cards().reveal(499);
    QCOMPARE(last->index(), 499);
    QCOMPARE(last->accessibleName(), QStringLiteral("Picture 500: 499.jpg"));
    QVERIFY(bench.panel.cards().cardInView(0) == nullptr);
    QVERIFY(bench.panel.findChildren<PictureCard*>().size() < 20);
    // What the writer edited is there when the card comes back.
    bench.panel.cards()
        .reveal(0)
        ->findChild<CaptionField*>(QStringLiteral("caption2"))
        ->setPlainText("mine");
    bench.panel.cards().verticalScrollBar()->setValue(50'000);
    QVERIFY(bench.panel.cards().cardInView(0) == nullptr);
    QCOMPARE(bench.panel.cards().reveal(0)->captions().at(1), QStringLiteral("mine"));
}

void TestPicturesPanel::tellsTextFromPictures() {
    const QImage image(2, 2, QImage::Format_RGB32);
    QMimeData bitmap;
    bitmap.setImageData(image);
    QVERIFY(hasPictures(bitmap));
    QMimeData office; // words that also come as a picture of them
    office.setImageData(image);
    office.setText(QStringLiteral("Quarterly figures"));
    QVERIFY(!hasPictures(office));
    QMimeData browser;
    browser.setUrls({QUrl(QStringLiteral("https://example.org/article"))});
    browser.setText(QStringLiteral("https://example.org/article"));
    QVERIFY(!hasPictures(browser)); // a link
    browser.setHtml(
        QStringLiteral("<a href=x><img src=\"https://example.org/i?a=1&amp;b=2\"></a>"));
    QVERIFY(hasPictures(browser));
    QVERIFY(!hasPictures(browser, false));
    QCOMPARE(picturesIn(browser).remote, QUrl(QStringLiteral("https://example.org/i?a=1&b=2")));
    QMimeData words;
    words.setText(QStringLiteral("words"));
    QVERIFY(!hasPictures(words));
}

void TestPicturesPanel::writesMarkdownImages_data() {
    QTest::addColumn<QString>("alt");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("markdown");
    QTest::newRow("beside") << "A dog."
                            << "/t/a.jpg"
                            << "/t"
                            << "![A dog.](a.jpg)";
    QTest::newRow("below") << "A dog."
                           << "/t/p/a.jpg"
                           << "/t"
                           << "![A dog.](p/a.jpg)";
    QTest::newRow("elsewhere") << "A dog."
                               << "/q/a.jpg"
                               << "/t/u"
                               << "![A dog.](../../q/a.jpg)";
    QTest::newRow("no document") << "A dog."
                                 << "/q/a.jpg"
                                 << ""
                                 << "![A dog.](/q/a.jpg)";
    QTest::newRow("escapes") << "[a] *b* \\ <c>\nd"
                             << "/t/a (1) b%.jpg"
                             << "/t"
                             << "![\\[a\\] \\*b\\* \\\\ \\<c\\> d](a%20%281%29%20b%25.jpg)";
    QTest::newRow("chinese") << "一只猫。"
                             << "/t/猫.jpg"
                             << "/t"
                             << "![一只猫。](猫.jpg)";
}

void TestPicturesPanel::writesMarkdownImages() {
    QFETCH(QString, alt);
    QFETCH(QString, file);
    QFETCH(QString, folder);
    QFETCH(QString, markdown);
    QCOMPARE(markdownImage(alt, file, folder), markdown);
}

QTEST_MAIN(TestPicturesPanel)
#include "test_pictures_panel.moc"
