#include <QTest>

#include "caption/repetition.h"
#include "support/fake_captioner.h"

using namespace linnet;
using Tokens = std::vector<engine::TokenId>;

class TestRepetition : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runs_data() {
        QTest::addColumn<Tokens>("said");
        QTest::addColumn<int>("next");
        QTest::addColumn<int>("length");
        QTest::addColumn<bool>("repeats");
        QTest::newRow("nothing said") << Tokens{} << 1 << 1 << false;
        QTest::newRow("off") << Tokens{1} << 1 << 0 << false;
        QTest::newRow("one") << Tokens{1, 2} << 1 << 1 << true;
        QTest::newRow("another one") << Tokens{1, 2} << 3 << 1 << false;
        QTest::newRow("two") << Tokens{1, 2, 3, 1} << 2 << 2 << true;
        QTest::newRow("two, another end") << Tokens{1, 2, 3, 1} << 3 << 2 << false;
        QTest::newRow("two, another beginning") << Tokens{1, 2, 3, 3} << 2 << 2 << false;
        QTest::newRow("overlapping") << Tokens{1, 1} << 1 << 2 << true;
        QTest::newRow("three") << Tokens{4, 1, 2, 3, 1, 2} << 3 << 3 << true;
        QTest::newRow("three, one differs") << Tokens{4, 1, 2, 3, 4, 2} << 3 << 3 << false;
        QTest::newRow("too few") << Tokens{1, 2} << 3 << 4 << false;
    }
    void runs() {
        QFETCH(Tokens, said);
        QFETCH(int, next);
        QFETCH(int, length);
        QFETCH(bool, repeats);
        QCOMPARE(caption::repeatsRun(said, next, length), repeats);
    }

    void substance_data() {
        QTest::addColumn<QString>("bytes");
        QTest::addColumn<bool>("substance");
        QTest::newRow("noun") << " hat" << true;
        QTest::newRow("beginning of a word") << " skate" << true;
        QTest::newRow("end of a word") << "board" << false;
        QTest::newRow("preposition") << " with" << false;
        QTest::newRow("short") << " in" << false;
        QTest::newRow("space") << " " << false;
        QTest::newRow("nothing") << "" << false;
        QTest::newRow("chinese word") << "衣服" << true;
        QTest::newRow("chinese character") << "人" << false;
        QTest::newRow("chinese measure word") << "一个" << false;
    }
    void substance() {
        QFETCH(QString, bytes);
        QFETCH(bool, substance);
        const tests::WordTokenizer tokenizer({bytes.toStdString()});
        QCOMPARE(caption::isWordOfSubstance(tokenizer, 0), substance);
    }
};

QTEST_APPLESS_MAIN(TestRepetition)
#include "test_repetition.moc"
