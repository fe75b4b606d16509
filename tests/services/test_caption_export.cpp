#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "services/caption_export.h"
#include "services/picture_download.h"

using namespace linnet::services;

namespace {

const QVector<CaptionRecord> records = {
    {QStringLiteral("/p/a\tb.jpg"),
     {QStringLiteral("A dog."), QStringLiteral("“Two”\nlines.")},
     {0.25, -1},
     {}},
    {QStringLiteral("/p/c.jpg"), {}, {}, QStringLiteral("damaged JPEG")}};

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
}

} // namespace

class TestCaptionExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesTsv() {
        QCOMPARE(QString::fromUtf8(captionsAsTsv(records)),
                 QStringLiteral("file\tcaption\tothers\n/p/a b.jpg\tA dog.\t“Two” lines.\n"
                                "/p/c.jpg\t\n"));
    }

    void writesJson() {
        const QJsonArray all = QJsonDocument::fromJson(captionsAsJson(records)).array();
        QCOMPARE(all.size(), 2);
        const QJsonObject first = all.at(0).toObject();
        QCOMPARE(first.value("file").toString(), records.at(0).file);
        const QJsonArray captions = first.value("captions").toArray();
        QCOMPARE(captions.at(0).toObject().value("text").toString(), QStringLiteral("A dog."));
        QCOMPARE(captions.at(0).toObject().value("p").toDouble(), 0.25);
        QVERIFY(!captions.at(1).toObject().contains("p")); // the writer changed it
        QCOMPARE(all.at(1).toObject().value("error").toString(), QStringLiteral("damaged JPEG"));
    }

    void writesFilesBesidePictures() {
        const QTemporaryDir folder;
        const QString picture = folder.filePath(QStringLiteral("猫.jpg"));
        const auto written = writeCaptionFiles({{picture, {QStringLiteral("一只猫。")}, {1}, {}},
                                                {{}, {QStringLiteral("No file.")}, {1}, {}},
                                                {folder.filePath("b.jpg"), {}, {}, "damaged"}});
        QVERIFY(written.ok());
        QCOMPARE(*written, 1);
        QCOMPARE(contentOf(picture + ".txt"), QByteArray("一只猫。\n"));
        QVERIFY(!QFile::exists(folder.filePath("b.jpg.txt")));
        const auto failed = writeCaptionFiles({{"/no/such/a.jpg", {"A dog."}, {1}, {}}});
        QVERIFY(!failed.ok());
        QVERIFY(failed.error().message.find("/no/such/a.jpg.txt") != std::string::npos);
    }

    void fetchesOnlyPlainAddresses() {
        QVERIFY(PictureDownload::canFetch(QUrl("https://example.org/a.jpg")));
        QVERIFY(!PictureDownload::canFetch(QUrl("ftp://example.org/a.jpg")));
        QVERIFY(!PictureDownload::canFetch(QUrl("file:///etc/passwd")));
        QVERIFY(!PictureDownload::canFetch(QUrl("https://user:pass@example.org/a.jpg")));
        QVERIFY(!PictureDownload::canFetch(QUrl("data:image/png;base64,AAAA")));
    }
};

QTEST_GUILESS_MAIN(TestCaptionExport)
#include "test_caption_export.moc"
