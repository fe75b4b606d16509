// linnet-cli caption and bench caption with a small random model: the shapes of the answers, and
// what is said of files that are no pictures.

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QTest>

#include <cmath>

#include "cli/cli_run.h"

namespace {

const QStringList common{QStringLiteral("--json"), QStringLiteral("--device"),
                         QStringLiteral("cpu"), QStringLiteral("--model"),
                         QStringLiteral(LINNET_TEST_DATA "/captioners/vit-gpt2")};

} // namespace

class TestCaptionCli : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString path(const QString& name) { return m_folder.filePath(name); }
    void write(const QString& name, const QByteArray& bytes) {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    static QString captionOf(const QString& file) {
        const Run result = run(QStringList{QStringLiteral("caption"), file} + common);
        return result.object().value("captions").toArray().at(0)["text"].toString();
    }
    // A tar of one file, as POSIX lays it out.
    static QByteArray tarOf(const QByteArray& name, const QByteArray& content) {
        QByteArray header(512, '\0');
        header.replace(0, name.size(), name);
        const QByteArray size = QByteArray::number(content.size(), 8).rightJustified(11, '0');
        header.replace(124, size.size(), size);
        header[156] = '0';
        header.replace(257, 5, "ustar");
        QByteArray tar = header + content;
        tar.append(QByteArray((512 - content.size() % 512) % 512 + 1024, '\0'));
        return tar;
    }
    void save(const QString& name, const QColor& colour) {
        QImage image(40, 30, QImage::Format_RGB32);
        image.fill(colour);
        QVERIFY(image.save(path(name)));
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("more")));
        save(QStringLiteral("b2.png"), Qt::red);
        save(QStringLiteral("b10.bmp"), Qt::blue);
        save(QStringLiteral("more/c.png"), Qt::darkGreen);
        QFile broken(path(QStringLiteral("broken.png")));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("no picture");
    }

    void wrongUsage_data() {
        QTest::addColumn<QString>("line");
        for (const char* line : {"caption", "caption --stdin x.png", "caption x.png --beams 0",
                                 "caption x.png --beams many", "bench caption --repeats 0"}) {
            QTest::addRow("%s", line) << QString::fromLatin1(line);
        }
    }
    void wrongUsage() {
        QFETCH(QString, line);
        const Run result = run(line.split(QLatin1Char(' ')) + common);
        QCOMPARE(result.code, 2);
        QVERIFY(!result.err.isEmpty());
        QVERIFY2(result.out.isEmpty(), result.out.constData());
    }

    void noModel() {
        const Run result = run({QStringLiteral("caption"), path(QStringLiteral("b2.png"))});
        QCOMPARE(result.code, 1);
        QVERIFY2(result.err.contains("no model that writes captions"), result.err.constData());
    }

    void filesAndFolders() {
        const Run result = run(QStringList{QStringLiteral("caption"), m_folder.path()} + common);
        QCOMPARE(result.code, 1); // one of them is broken
        QVERIFY2(result.err.contains("1 of 4 pictures failed"), result.out.constData());
        const QList<QJsonObject> answers = result.objects();
        QCOMPARE(answers.size(), 4);
        const QStringList names = {path("b2.png"), path("b10.bmp"), path("broken.png"),
                                   path("more/c.png")};
        for (int i = 0; i < 4; ++i) {
            QCOMPARE(answers.at(i).value("file").toString(), names.at(i));
            if (names.at(i).endsWith("broken.png")) {
                QVERIFY(answers.at(i).value("error").toString().contains("no picture"));
                continue;
            }
            QVERIFY(answers.at(i).value("ms").toDouble() > 0);
            const QJsonArray captions = answers.at(i).value("captions").toArray();
            QVERIFY(captions.size() >= 1 && captions.size() <= 3);
            for (const QJsonValue& caption : captions) {
                QVERIFY(!caption["text"].toString().isEmpty());
                QVERIFY(caption["p"].toDouble() > 0 && caption["p"].toDouble() <= 1);
            }
        }
    }

    void linesOfStandardInput() {
        const QByteArray input = path("b2.png").toUtf8() + "\n" + "{\"file\":\"" +
                                 path("b10.bmp").toUtf8() + "\",\"beams\":1,\"count\":1}" + "\n" +
                                 path("missing.png").toUtf8() + "\n{\"beams\":2}\n";
        const Run result =
            run(QStringList{QStringLiteral("caption"), QStringLiteral("--stdin")} + common, input);
        QCOMPARE(result.code, 1);
        const QList<QJsonObject> answers = result.objects();
        QCOMPARE(answers.size(), 4);
        QCOMPARE(answers.at(0).value("file").toString(), path("b2.png"));
        QCOMPARE(answers.at(1).value("captions").toArray().size(), 1);
        QCOMPARE(answers.at(2).value("file").toString(), path("missing.png"));
        QVERIFY(answers.at(2).value("error").toString().contains("no such file"));
        QVERIFY(answers.at(3).value("error").toString().contains("\"file\""));
    }

    void refusesUnknownLanguage() {
        const Run result = run(QStringList{QStringLiteral("caption"), path("b2.png"),
                                           QStringLiteral("--language"), QStringLiteral("xx")} +
                               common);
        QCOMPARE(result.code, 1);
        QVERIFY(result.object().value("error").toString().contains("\"xx\""));
    }

    // The caption that the model writes, as the reference, scores full marks; from a folder and
    // from a tar file alike.
    void evaluates() {
        const QString own = captionOf(path("b2.png"));
        QVERIFY(!own.isEmpty());
        write(QStringLiteral("own.tsv"),
              ("b2.png\t" + own + "\nb10.bmp\tNothing alike.\n").toUtf8());
        write(QStringLiteral("list.txt"), "b2.png\n");
        QFile png(path("b2.png"));
        QVERIFY(png.open(QIODevice::ReadOnly));
        write(QStringLiteral("some.tar"), tarOf("b2.png", png.readAll()));
        for (const QString& place : {m_folder.path(), path("some.tar")}) {
            const Run result =
                run(words("eval captions --references") + QStringList{path("own.tsv")} +
                    QStringList{QStringLiteral("--pictures"), place, QStringLiteral("--list"),
                                path("list.txt")} +
                    common);
            QVERIFY2(result.code == 0, result.err.constData());
            const QJsonObject scores = result.object();
            QCOMPARE(scores.value("pictures").toInt(), 1);
            QVERIFY(std::abs(scores.value("bleu1").toDouble() - 1) < 1e-6);
            QVERIFY(std::abs(scores.value("rouge_l").toDouble() - 1) < 1e-6);
        }
        const Run all = run(words("eval captions --references") + QStringList{path("own.tsv")} +
                            QStringList{QStringLiteral("--pictures"), path("some.tar")} + common);
        QCOMPARE(all.code, 1);
        QVERIFY2(all.err.contains("b10.bmp"), all.err.constData());
    }

    void measures() {
        const Run result = run(words("bench caption --repeats 3") + common);
        QCOMPARE(result.code, 0);
        const QJsonObject object = result.object();
        QVERIFY(object.value("ms_p50").toDouble() >= object.value("ms_best").toDouble());
        QVERIFY(object.value("ms_best").toDouble() > 0);
    }
};

QTEST_GUILESS_MAIN(TestCaptionCli)
#include "test_caption_cli.moc"
