#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "token_fixture.h"

using namespace linnet::training;

/// The program's contract: exit status 0, 1 with a message, 2 for wrong usage.
class TestTrainCommand : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    struct Outcome {
        int status = -1;
        QByteArray out, error;
    };
    Outcome run(const QStringList& arguments) const {
        QProcess process;
        process.setWorkingDirectory(m_folder.path());
        process.start(QStringLiteral(LINNET_TRAIN_PROGRAM), arguments);
        if (!process.waitForFinished(120000) || process.exitStatus() != QProcess::NormalExit) {
            return {};
        }
        return {process.exitCode(), process.readAllStandardOutput(),
                process.readAllStandardError()};
    }

private Q_SLOTS:
    void usage_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("help") << QStringList{"--help"} << 0 << QByteArray("gate");
        QTest::newRow("nothing") << QStringList{} << 2 << QByteArray("subcommand");
        QTest::newRow("unknown command") << QStringList{"fly"} << 2 << QByteArray();
        QTest::newRow("help of lm") << QStringList{"lm", "--help"} << 0 << QByteArray("--hours");
        QTest::newRow("missing option") << QStringList{"lm"} << 2 << QByteArray("--train");
        QTest::newRow("bad mixture")
            << QStringList{"lm", "--train", "t", "--out", "o", "--mix", "a=x"} << 2
            << QByteArray("--mix");
        QTest::newRow("bad heads")
            << QStringList{"lm", "--train", "t", "--out", "o", "--heads", "5"} << 2
            << QByteArray("--heads");
        QTest::newRow("no such folder")
            << QStringList{"lm", "--train", "absent", "--out", "o", "--steps", "1"} << 1
            << QByteArray("absent");
        QTest::newRow("verse without a dictionary")
            << QStringList{"verse", "en", "--corpus", "c", "--out", "o"} << 2
            << QByteArray("--pronunciations");
        QTest::newRow("verse in another language")
            << QStringList{"verse", "fr", "--corpus", "c", "--out", "o"} << 2 << QByteArray("fr");
        QTest::newRow("no such poems")
            << QStringList{"verse", "zh", "--corpus", "absent", "--out", "o"} << 1
            << QByteArray("absent");
        QTest::newRow("no such model to measure")
            << QStringList{"measure", "--model", "absent", "--tokens", "t"} << 1
            << QByteArray("absent");
        QTest::newRow("an lstm has no heads")
            << QStringList{"lm",     "--architecture", "lstm", "--heads", "5", "--train",
                           "absent", "--out",          "o",    "--steps", "1"}
            << 1 << QByteArray("absent");
        QTest::newRow("no such checkpoint")
            << QStringList{"export", "--checkpoint", "absent", "--tokenizer", ".", "--out", "m"}
            << 1 << QByteArray("absent");
        QTest::newRow("gate without text")
            << QStringList{"gate", "--candidate", "a", "--shipped", "b"} << 2
            << QByteArray("--tokens");
        QTest::newRow("bad figure")
            << QStringList{"gate",     "--candidate", "a",        "--shipped", "b",
                           "--tokens", "t",           "--figure", "x=1"}
            << 2 << QByteArray("--figure");
        QTest::newRow("no such model")
            << QStringList{"gate", "--candidate", "a", "--shipped", "b", "--tokens", "t"} << 1
            << QByteArray("a");
    }
    void usage() {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        const Outcome outcome = run(arguments);
        QCOMPARE(outcome.status, status);
        const QByteArray text = status == 0 ? outcome.out : outcome.error;
        QVERIFY2(text.contains(says), text.constData());
    }

    void trainsExportsAndGates() {
        const auto folder = test::pathOf(m_folder);
        std::ofstream(folder / "tokenizer.json") << "{}";
        // The digest of "{}".
        const std::string sha = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        test::writeTokens(folder / "train", sha, 64, {{"a", test::countingTokens(2000, 40)}});
        const QStringList lm = {"lm",  "--train",  "train", "--valid",  "train", "--out",
                                "run", "--length", "16",    "--batch",  "4",     "--layers",
                                "1",   "--hidden", "32",    "--heads",  "2",     "--ffn",
                                "32",  "--steps",  "3",     "--device", "cpu"};
        const Outcome trained = run(lm);
        QVERIFY2(trained.status == 0, trained.error.constData());
        QVERIFY(trained.error.contains("finished"));
        const Outcome again = run(lm);
        QVERIFY(again.error.contains("resumed"));
        const QStringList write = {
            "export",  "--checkpoint", "run/step-00000003", "--tokenizer", ".",
            "--title", "Tiny",         "--measure",         "train"};
        QCOMPARE(run(write + QStringList{"--out", "a"}).status, 0);
        QCOMPARE(run(write + QStringList{"--out", "b", "--format", "float16"}).status, 0);
        const QStringList gate = {"gate", "--candidate", "a",    "--shipped",
                                  "b",    "--tokens",    "train"};
        const Outcome equal = run(gate);
        QVERIFY2(equal.status == 0, equal.error.constData());
        QVERIFY(equal.out.contains("perplexity per word"));
        const Outcome worse = run(gate + QStringList{"--figure", "savings=0.5,0.6", "--json"});
        QCOMPARE(worse.status, 1);
        QVERIFY(worse.out.contains("\"worse\":true"));
    }
};

QTEST_GUILESS_MAIN(TestTrainCommand)
#include "test_train_command.moc"
