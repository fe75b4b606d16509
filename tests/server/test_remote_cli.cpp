#include <QJsonArray>
#include <QTcpServer>
#include <QTest>

#include "cli/cli_run.h"
#include "cli/verse_model_files.h"
#include "server/server_run.h"
#include "server/small_bitmap.h"

using namespace linnet::tests;

class TestRemoteCli : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(copyModel(QStringLiteral(LINNET_TEST_DATA "/models/llama-int8"),
                          m_models.filePath(QStringLiteral("llama"))));
#ifdef LINNET_HAVE_CAPTIONS
        QVERIFY(copyModel(QStringLiteral(LINNET_TEST_DATA "/captioners/blip"),
                          m_models.filePath(QStringLiteral("blip"))));
#endif
        const auto data = linnet::verse::VerseData::open(LINNET_SOURCE_DIR "/resources");
        QVERIFY(data.ok());
        QVERIFY(
            writeVerseModel(m_models.filePath(QStringLiteral("zh-verse")), chineseTokens(*data)));
        const QString keys = writeFile(m_files, "keys", "the-key-0123456789\n");
        m_key = writeFile(m_files, "key", "the-key-0123456789\n");
        QVERIFY(m_server.startReady(m_models.path(), {QStringLiteral("--api-keys-file"), keys}));
        m_url = QStringLiteral("http://127.0.0.1:%1").arg(m_server.port());
    }

    // A server's answers are those of the same model here.
    void answersAsLocally() {
        const QStringList complete =
            words("complete --model llama --prompt The --max-tokens 9 --json --models") +
            QStringList{m_models.path()};
        const Run away = run(complete + remote(m_url));
        QVERIFY2(away.code == 0, away.err.constData());
        const Run here = run(complete);
        QCOMPARE(away.object().value(QStringLiteral("text")),
                 here.object().value(QStringLiteral("text")));
        QCOMPARE(away.object().value(QStringLiteral("logprobs")).toArray().size(), 9);
        QCOMPARE(away.object().value(QStringLiteral("finish")).toString(),
                 QStringLiteral("length"));
        // As text while it comes; the path may name the version.
        const Run text = run(words("complete --model llama --prompt The --max-tokens 9") +
                             remote(m_url + QStringLiteral("/v1/")));
        QCOMPARE(text.out, here.object().value(QStringLiteral("text")).toString().toUtf8() + '\n');

        // Without a name it is the first model that continues texts.
        const Run unnamed = run(words("complete --prompt The --max-tokens 9") + remote(m_url));
        QVERIFY2(unnamed.code == 0, unnamed.err.constData());
        QCOMPARE(unnamed.out, text.out);

        const QStringList poem = words("poem --form wujue --seed 5 --count 2 --json --models") +
                                 QStringList{m_models.path()};
        const Run composed = run(poem + remote(m_url));
        QVERIFY2(composed.code == 0, composed.err.constData());
        const Run own = run(poem);
        QCOMPARE(composed.objects().size(), 2);
        for (int i = 0; i < 2; ++i) {
            for (const char* key : {"form", "title", "lines", "ok", "faults", "seed"}) {
                QCOMPARE(composed.objects()[i].value(QLatin1String(key)),
                         own.objects()[i].value(QLatin1String(key)));
            }
        }
        const Run suggested =
            run(words("suggest --model llama --text The --count 3") + remote(m_url));
        QVERIFY2(suggested.code == 0, suggested.err.constData());
        QCOMPARE(
            suggested.object().keys(),
            QStringList({QStringLiteral("ghost"), QStringLiteral("ms"), QStringLiteral("words")}));
    }

    void captionsAsLocally() {
#ifndef LINNET_HAVE_CAPTIONS
        QSKIP("needs libtorch and OpenCV");
#endif
        const QString picture = writeFile(m_files, "a.bmp", bitmap());
        const QString missing = m_files.filePath(QStringLiteral("b.bmp"));
        const QStringList caption = words("caption --model blip --count 2 --device cpu --json") +
                                    QStringList{QStringLiteral("--models"), m_models.path()};
        const Run here = run(caption + QStringList{picture});
        QVERIFY2(here.code == 0, here.err.constData());
        const Run away = run(caption + QStringList{picture, missing} + remote(m_url));
        QCOMPARE(away.code, 1);
        QCOMPARE(away.objects().size(), 2);
        const auto texts = [](const QJsonObject& answer) {
            QStringList list;
            for (const auto& one : answer.value(QStringLiteral("captions")).toArray()) {
                list << one.toObject().value(QStringLiteral("text")).toString();
            }
            return list;
        };
        QVERIFY(!texts(here.object()).isEmpty());
        QCOMPARE(texts(away.objects()[0]), texts(here.object()));
        QVERIFY(away.objects()[1].contains(QStringLiteral("error")));
    }

    void says_data() {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QStringList>("remote");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("message");
        const QString complete = QStringLiteral("complete --model llama --prompt a");
        QTest::newRow("no key") << complete << QStringList{QStringLiteral("--remote"), url()} << 1
                                << QByteArray("(401)");
        QTest::newRow("no such model") << QStringLiteral("complete --model none --prompt a")
                                       << remote(url()) << 1 << QByteArray("(404)");
        QTest::newRow("bad request")
            << QStringLiteral("complete --model llama --prompt a --temperature 9") << remote(url())
            << 2 << QByteArray("temperature: ");
        QTest::newRow("refused poem")
            << QStringLiteral("poem --form wujue --acrostic abcdef --json") << remote(url()) << 1
            << QByteArray("422");
        QTest::newRow("nobody there") << complete << remote(QStringLiteral("http://127.0.0.1:1"))
                                      << 1 << QByteArray("cannot reach");
        QTest::newRow("no address") << complete << remote(QStringLiteral("localhost")) << 2
                                    << QByteArray("http://HOST:PORT");
        QTest::newRow("no file of the key")
            << complete
            << QStringList{QStringLiteral("--remote"), url(), QStringLiteral("--api-key-file"),
                           QStringLiteral("/nonexistent/key")}
            << 1 << QByteArray("/nonexistent/key");
    }

    void says() {
        QFETCH(QString, arguments);
        QFETCH(QStringList, remote);
        QFETCH(int, code);
        QFETCH(QByteArray, message);
        const Run result = run(arguments.split(QLatin1Char(' ')) + remote);
        QVERIFY2(result.err.contains(message), result.err.constData());
        QCOMPARE(result.code, code);
        QVERIFY(!result.err.contains("the-key-0123456789"));
    }

    // A server that accepts and says nothing.
    void timesOut() {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        const Run result =
            run(words("complete --model llama --prompt a --timeout 1") +
                remote(QStringLiteral("http://127.0.0.1:%1").arg(silent.serverPort())));
        QCOMPARE(result.code, 1);
        QVERIFY2(result.err.contains("--timeout"), result.err.constData());
    }

private:
    QString url() const {
        return m_url;
    }
    QStringList remote(const QString& address) const {
        return {QStringLiteral("--remote"), address, QStringLiteral("--api-key-file"), m_key};
    }

    QTemporaryDir m_models;
    QTemporaryDir m_files;
    ServerRun m_server;
    QString m_url;
    QString m_key;
};

QTEST_GUILESS_MAIN(TestRemoteCli)
#include "test_remote_cli.moc"
