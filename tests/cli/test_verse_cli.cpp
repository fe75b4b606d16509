// linnet-cli check, rhyme and forms as scripts see them.

#include <QJsonArray>
#include <QTest>

#include "cli/cli_run.h"

namespace {

const QByteArray poem = "登鹳雀楼\n\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。\n";

QJsonObject checked(const QStringList& options, const QByteArray& text) {
    const QTemporaryDir folder;
    const QString path = writeFile(folder, "poem.txt", text);
    const Run result = run(words("check --json --file") + QStringList{path} + options);
    return result.code == 0 && result.err.isEmpty() ? result.object() : QJsonObject();
}

QJsonArray listOf(const QJsonObject& object, const char* key) {
    return object.value(QLatin1String(key)).toArray();
}

} // namespace

class TestVerseCli : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void checkFinds() {
        const QJsonObject good = checked(words("--form wujue"), poem);
        QCOMPARE(good.value(QLatin1String("form")).toString(), QStringLiteral("wujue"));
        QCOMPARE(good.value(QLatin1String("title")).toString(), QStringLiteral("登鹳雀楼"));
        QVERIFY(good.value(QLatin1String("ok")).toBool());
        QCOMPARE(listOf(good, "faults").size(), 0);
        const QJsonArray lines = listOf(good, "lines");
        QCOMPARE(lines.size(), 4);
        const QJsonObject last = lines[3].toObject();
        QCOMPARE(last.value(QLatin1String("marks")).toString(), QStringLiteral("多仄仄平平"));
        QCOMPARE(last.value(QLatin1String("rhyme_with")).toString(), QStringLiteral("十一尤"));
        QCOMPARE(listOf(last, "characters").size(), 5);
        const QJsonArray readings =
            listOf(listOf(last, "characters")[0].toObject(), "readings"); // 更
        QCOMPARE(readings.size(), 2);

        QByteArray broken = poem;
        broken.replace("一层楼", "一层山");
        const QJsonObject bad = checked(words("--form wujue"), broken);
        QVERIFY(!bad.value(QLatin1String("ok")).toBool(true));
        const QJsonObject fault = listOf(bad, "faults")[0].toObject();
        QCOMPARE(fault.value(QLatin1String("line")).toInt(), 4);
        QCOMPARE(fault.value(QLatin1String("position")).toInt(), 5);
        QCOMPARE(fault.value(QLatin1String("kind")).toString(), QStringLiteral("rhyme"));
        QVERIFY(fault.value(QLatin1String("message")).toString().contains(QStringLiteral("山")));
    }

    void checkChoosesTheForm() {
        const auto formOf = [](const QByteArray& text) {
            return checked({}, text).value(QLatin1String("form")).toString();
        };
        QCOMPARE(formOf(poem), QStringLiteral("wujue"));
        QCOMPARE(formOf("The fair breeze blew, the white foam flew,\nThe furrow followed free;\n"
                        "We were the first that ever burst\nInto that silent sea.\n"),
                 QStringLiteral("ballad"));
    }

    void checkAnswersRequests() {
        const QByteArray requests =
            "{\"form\":\"wujue\",\"lines\":[\"白日依山尽\",\"黄河入海流\",\"欲穷千里目\","
            "\"更上一层楼\"],\"acrostic\":\"白黄欲更\"}\n"
            "{\"form\":\"ode\",\"text\":\"x\"}\n"
            "{\"form\":\"haiku\",\"text\":\"One\"}\n";
        const Run result = run(words("check --json --stdin"), requests);
        QCOMPARE(result.code, 1);
        const auto answers = result.objects();
        QCOMPARE(answers.size(), 3);
        QVERIFY(answers[0].value(QLatin1String("ok")).toBool());
        QVERIFY(answers[1].value(QLatin1String("error")).toString().contains("sonnet"));
        QVERIFY(!answers[2].value(QLatin1String("ok")).toBool(true));
    }

    void rhymes() {
        const QJsonObject night = run(words("rhyme night --json --syllables 2")).object();
        QCOMPARE(listOf(night, "pronunciations")[0].toString(), QStringLiteral("N AY1 T"));
        QStringList perfect;
        for (const QJsonValue& entry : listOf(night, "perfect")) {
            perfect << entry[QLatin1String("word")].toString();
            QCOMPARE(entry[QLatin1String("syllables")].toInt(), 2);
        }
        QVERIFY(perfect.contains(QStringLiteral("delight")) || perfect.size() == 40);
        QVERIFY(night.contains(QLatin1String("family")) && night.contains(QLatin1String("slant")));
        const QJsonObject mountain = run({"rhyme", "高山", "--json"}).object();
        QCOMPARE(mountain.value(QLatin1String("character")).toString(), QStringLiteral("山"));
        const QJsonObject reading = listOf(mountain, "readings")[0].toObject();
        QCOMPARE(reading.value(QLatin1String("group")).toString(), QStringLiteral("十五删"));
        QVERIFY(listOf(reading, "characters").contains(QStringLiteral("还")));
        QVERIFY(run(words("rhyme love")).out.contains("slant\t"));
    }

    void forms() {
        const auto all = run(words("forms --json")).objects();
        QCOMPARE(all.size(), 16);
        const QJsonObject first = all.first();
        QCOMPARE(first.value(QLatin1String("form")).toString(), QStringLiteral("wujue"));
        QCOMPARE(listOf(first.value(QLatin1String("options")).toObject(), "variant").size(), 4);
        QVERIFY(run(words("forms")).out.contains("五言绝句"));
    }

    void wrongUsage_data() {
        QTest::addColumn<QString>("line");
        for (const char* line :
             {"check", "check --form wujue", "check --form ode --file -",
              "check --form wujue --variant none --file -", "check --file - --stdin",
              "check --script old --file -", "check --file -", "rhyme", "rhyme ?",
              "rhyme night --syllables 0"}) {
            QTest::addRow("%s", line) << QString::fromLatin1(line);
        }
    }
    void wrongUsage() {
        QFETCH(QString, line);
        const Run result = run(line.split(QLatin1Char(' ')));
        QCOMPARE(result.code, 2);
        QVERIFY(!result.err.isEmpty());
        QVERIFY2(result.out.isEmpty(), result.out.constData());
    }

    void failures() {
        const Run missing = run(words("check --form wujue --file /nowhere/poem.txt"));
        QCOMPARE(missing.code, 1);
        QVERIFY(missing.err.contains("/nowhere/poem.txt"));
        const Run noData = run(words("forms"), {}, {QStringLiteral("LINNET_RESOURCES=/nowhere")});
        QCOMPARE(noData.code, 1);
        QVERIFY(noData.err.contains("/nowhere"));
    }
};

QTEST_GUILESS_MAIN(TestVerseCli)
#include "test_verse_cli.moc"
