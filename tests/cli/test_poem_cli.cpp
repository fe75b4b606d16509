// linnet-cli poem, eval poems, bench poem and the tour's poems, with small random models.

#include <QJsonArray>
#include <QTest>

#include "cli/cli_run.h"
#include "cli/verse_model_files.h"

using namespace linnet;

class TestPoemCli : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_models;

    Run poem(const QStringList& arguments, const QByteArray& input = {}) {
        return run(QStringList{QStringLiteral("poem"), QStringLiteral("--json"),
                               QStringLiteral("--device"), QStringLiteral("cpu")} +
                       arguments,
                   input, {QStringLiteral("LINNET_MODELS=") + m_models.path()});
    }
    Run other(const QStringList& arguments) {
        return run(arguments, {}, {QStringLiteral("LINNET_MODELS=") + m_models.path()});
    }
    static QStringList linesOf(const QJsonObject& answer) {
        QStringList lines;
        for (const QJsonValue& line : answer.value(QStringLiteral("lines")).toArray()) {
            lines << line.toString();
        }
        return lines;
    }

private Q_SLOTS:
    void initTestCase() {
        const auto data = verse::VerseData::open(LINNET_SOURCE_DIR "/resources");
        QVERIFY(data);
        QVERIFY(tests::writeVerseModel(m_models.filePath(QStringLiteral("zh-verse")),
                                       tests::chineseTokens(*data)));
        QVERIFY(tests::writeVerseModel(m_models.filePath(QStringLiteral("en-verse")),
                                       tests::englishTokens(*data)));
    }

    // The same words in another order, most of them unknown to so small a model.
    void rhymesByTheLine() {
        const auto perfect = [&](const QStringList& more) {
            QStringList found;
            const Run result = other(words("rhyme night --json --device cpu --limit 5000") + more);
            const QJsonObject answer = result.object();
            for (const QJsonValue& word : answer.value(QStringLiteral("perfect")).toArray()) {
                found << word[QLatin1String("word")].toString();
            }
            return found;
        };
        QStringList usual = perfect({});
        QStringList fitted = perfect({QStringLiteral("--line"), QStringLiteral("The sea of")});
        QVERIFY(usual.size() > 50);
        QVERIFY(fitted != usual);
        usual.sort();
        fitted.sort();
        QCOMPARE(fitted, usual);
        const Run none =
            other({QStringLiteral("rhyme"), QStringLiteral("night"), QStringLiteral("--line"),
                   QStringLiteral("a"), QStringLiteral("--model"), QStringLiteral("missing")});
        QCOMPARE(none.code, 1);
        QVERIFY(none.err.contains("missing"));
        const Run chinese =
            other({QStringLiteral("rhyme"), QStringLiteral("流"), QStringLiteral("--json"),
                   QStringLiteral("--line"), QStringLiteral("白日依山")});
        QCOMPARE(chinese.code, 0);
        QVERIFY(!chinese.object().value(QStringLiteral("same_tone")).toObject().isEmpty());
    }

    void answers_data() {
        QTest::addColumn<QString>("form");
        QTest::addColumn<int>("lines");
        QTest::newRow("qijue") << "qijue" << 4;
        QTest::newRow("qilu") << "qilu" << 8;
        QTest::newRow("duilian") << "duilian" << 2;
        QTest::newRow("sonnet") << "sonnet" << 14;
        QTest::newRow("limerick") << "limerick" << 5;
    }
    void answers() {
        QFETCH(QString, form);
        QFETCH(int, lines);
        const QStringList arguments{QStringLiteral("--form"),  form,
                                    QStringLiteral("--seed"),  QStringLiteral("7"),
                                    QStringLiteral("--title"), QStringLiteral("T")};
        const Run result = poem(arguments);
        QVERIFY2(result.code == 0, result.err.constData());
        const QJsonObject answer = result.object();
        QCOMPARE(answer.keys(), QStringList({QStringLiteral("faults"), QStringLiteral("form"),
                                             QStringLiteral("from_corpus"), QStringLiteral("lines"),
                                             QStringLiteral("ms"), QStringLiteral("ok"),
                                             QStringLiteral("seed"), QStringLiteral("title")}));
        QCOMPARE(static_cast<int>(linesOf(answer).size()), lines);
        QVERIFY2(answer.value(QStringLiteral("ok")).toBool(), result.out.constData());
        QCOMPARE(answer.value(QStringLiteral("title")).toString(), QStringLiteral("T"));
        QCOMPARE(answer.value(QStringLiteral("seed")).toInt(), 7);
        QCOMPARE(linesOf(poem(arguments).object()), linesOf(answer)); // the same seed
    }

    void options() {
        const Run versions =
            poem(words("--form wujue --count 3 --seed 5 --acrostic 一一 --temperature 0.8"));
        QCOMPARE(versions.objects().size(), 3);
        for (const QJsonObject& answer : versions.objects()) {
            QVERIFY(linesOf(answer)[1].startsWith(QStringLiteral("一")));
        }
        const Run fixed = poem(words("--form wujue --fix 1=白日依山尽 --fix 4=更上一层楼"));
        const QStringList lines = linesOf(fixed.object());
        QCOMPARE(lines.first(), QStringLiteral("白日依山尽"));
        QCOMPARE(lines.last(), QStringLiteral("更上一层楼"));
        const Run people = other(words("poem --form haiku --seed 3"));
        QCOMPARE(people.code, 0);
        QVERIFY(people.out.contains("(seed 3, "));
    }

    void standardInput() {
        const Run result =
            poem({QStringLiteral("--stdin")},
                 "{\"form\":\"wujue\",\"seed\":1}\n"
                 "{\"form\":\"haiku\",\"seed\":2,\"theme\":\"sea\",\"keywords\":[\"night\"]}\n"
                 "{\"form\":\"wujue\",\"fix\":{\"1\":\"白日依山尽\"},\"count\":2}\n"
                 "{\"form\":\"wujue\",\"acrostic\":\"xyz\"}\n"
                 "{\"form\":\"wujue\",\"count\":\"many\"}\n"
                 "{\"form\":\"nothing\"}\n");
        QCOMPARE(result.code, 1);
        const QList<QJsonObject> answers = result.objects();
        QCOMPARE(answers.size(), 6);
        QCOMPARE(linesOf(answers[0]).size(), 4);
        QCOMPARE(linesOf(answers[1]).size(), 3);
        QCOMPARE(answers[2].value(QStringLiteral("versions")).toArray().size(), 2);
        for (int i = 3; i < 6; ++i) {
            QVERIFY(!answers[i].value(QStringLiteral("error")).toString().isEmpty());
        }
    }

    void wrongUsage_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("code");
        const auto row = [](const char* line, int code) {
            QTest::addRow("%s", line) << QString::fromUtf8(line) << code;
        };
        row("", 2);
        row("--form ghazal", 2);
        row("--form qijue --variant none", 2);
        row("--form qijue --style none", 2);
        row("--form qijue --count 0", 2);
        row("--form qijue --fix two=x", 2);
        row("--form qijue --acrostic abc", 1); // possible in itself, but not here
        row("--form haiku --rhyme sea", 1);
        row("--form qijue --fix 1=白日依山尽", 1);
        row("--form qijue --model en-verse", 1);
        row("--form qijue --model nowhere", 1);
    }
    void wrongUsage() {
        QFETCH(QString, line);
        QFETCH(int, code);
        const Run result = poem(line.isEmpty() ? QStringList() : line.split(QLatin1Char(' ')));
        QCOMPARE(result.code, code);
        QVERIFY(!result.err.isEmpty());
        QVERIFY2(result.out.isEmpty(), result.out.constData());
    }

    void measures() {
        const QString file = m_models.filePath(QStringLiteral("poems.jsonl"));
        const Run eval =
            other(words("eval poems --json --form wujue --count 12 --poems") + QStringList{file});
        QVERIFY2(eval.code == 0, eval.err.constData());
        const QJsonObject report = eval.object();
        QCOMPARE(report.value(QStringLiteral("poems")).toInt(), 12);
        QCOMPARE(report.value(QStringLiteral("correct")).toDouble(), 1.0);
        QCOMPARE(report.value(QStringLiteral("distinct_poems")).toDouble(), 1.0);
        QCOMPARE(report.value(QStringLiteral("refusals")).toInt(), 0);
        QVERIFY(report.contains(QStringLiteral("ms_p95")));
        QFile poems(file);
        QVERIFY(poems.open(QIODevice::ReadOnly));
        QCOMPARE(poems.readAll().count('\n'), 12);
        const Run bench = other(words("bench poem --json --repeats 2"));
        QVERIFY2(bench.code == 0, bench.err.constData());
        QCOMPARE(bench.objects().size(), 2);
    }
};

QTEST_GUILESS_MAIN(TestPoemCli)
#include "test_poem_cli.moc"
