#include <QElapsedTimer>
#include <QTest>

#include "services/text_statistics.h"

using namespace linnet::services;

class TestTextStatistics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void counts_data();
    void counts();
    void blocksAddUp();
    void readingTime();
    void wordSpans();
    void largeDocument();
};

void TestTextStatistics::counts_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("alphabetic");
    QTest::addColumn<int>("cjk");
    QTest::addColumn<int>("characters");
    QTest::addColumn<int>("noSpaces");
    QTest::addColumn<int>("paragraphs");
    QTest::newRow("empty") << "" << 0 << 0 << 0 << 0 << 0;
    QTest::newRow("plain") << "The old man looked." << 4 << 0 << 19 << 16 << 1;
    QTest::newRow("apostrophe, hyphen")
        << QStringLiteral("don’t well-known rock ’n’ roll") << 5 << 0 << 30 << 26 << 1;
    QTest::newRow("dash") << QStringLiteral("yes—no -- maybe") << 3 << 0 << 15 << 13 << 1;
    QTest::newRow("numbers") << "In 1,204 pages 3.14 or 5." << 6 << 0 << 25 << 20 << 1;
    QTest::newRow("chinese") << QStringLiteral("床前明月光，疑是地上霜。") << 0 << 10 << 12 << 12
                             << 1;
    QTest::newRow("mixed") << QStringLiteral("我用 Linnet 写诗") << 1 << 4 << 12 << 10 << 1;
    QTest::newRow("kana") << QStringLiteral("ひらがなとカタカナ") << 0 << 9 << 9 << 9 << 1;
    QTest::newRow("rare han") << QStringLiteral("𠮷野") << 0 << 2 << 2 << 2 << 1;
    QTest::newRow("combining") << QStringLiteral("cafe\u0301 naïve") << 2 << 0 << 10 << 9 << 1;
    QTest::newRow("emoji") << QStringLiteral("hi 👩‍👩‍👧 👍🏽") << 1 << 0 << 6 << 4
                           << 1;
    QTest::newRow("korean") << QStringLiteral("안녕 세상") << 2 << 0 << 5 << 4 << 1;
    QTest::newRow("paragraphs") << "one\n\n  \ntwo three\n" << 3 << 0 << 14 << 11 << 2;
    QTest::newRow("wide space") << QStringLiteral("\u3000\u3000春眠") << 0 << 2 << 4 << 2 << 1;
}

void TestTextStatistics::counts() {
    QFETCH(QString, text);
    const TextCounts counts = countText(text);
    QTEST(counts.alphabeticWords, "alphabetic");
    QTEST(counts.cjkCharacters, "cjk");
    QTEST(counts.characters, "characters");
    QTEST(counts.charactersNoSpaces, "noSpaces");
    QTEST(counts.paragraphs, "paragraphs");
}

void TestTextStatistics::blocksAddUp() {
    const QString text = QStringLiteral("One two\n春眠不觉晓\n\nthree");
    TextCounts sum;
    for (const QString& block : text.split(u'\n')) {
        sum += countBlock(block);
    }
    QVERIFY(sum == countText(text));
    sum -= countBlock(u"three");
    QCOMPARE(sum.words(), 7);
}

void TestTextStatistics::readingTime() {
    TextCounts counts;
    counts.alphabeticWords = 500;
    QCOMPARE(counts.readingSeconds(), 120);
    counts.cjkCharacters = 250;
    QCOMPARE(counts.readingSeconds(), 150);
    QCOMPARE(TextCounts().readingSeconds(), 0);
}

void TestTextStatistics::wordSpans() {
    const QString text = QStringLiteral("“It’s” 月-ok");
    QStringList words;
    forEachWord(text, [&](qsizetype start, qsizetype length) { words << text.mid(start, length); });
    QCOMPARE(words,
             QStringList({QStringLiteral("It’s"), QStringLiteral("月"), QStringLiteral("ok")}));
}

void TestTextStatistics::largeDocument() {
    const QString paragraph =
        QStringLiteral("The old man looked at the sea for a long time, and then he turned back. ")
            .repeated(10);
    const QString text = (paragraph + u'\n').repeated(1400); // about 1 MB
    QElapsedTimer timer;
    timer.start();
    const TextCounts whole = countText(text);
    const qint64 all = timer.nsecsElapsed();
    QCOMPARE(whole.words(), 1400 * 10 * 16);
    timer.restart();
    const TextCounts one = countBlock(paragraph);
    const qint64 block = timer.nsecsElapsed();
    QCOMPARE(one.words(), 160);
    qInfo("1 MB: %.1f ms; one block of it: %.3f ms", static_cast<double>(all) / 1e6,
          static_cast<double>(block) / 1e6);
}

QTEST_APPLESS_MAIN(TestTextStatistics)
#include "test_text_statistics.moc"
