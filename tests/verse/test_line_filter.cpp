#include <QtTest>

#include <fstream>

#include "verse/line_filter.h"

using namespace linnet::verse;
using linnet::engine::ErrorCode;

namespace {

std::string keyOf(const char* prefix, int number) {
    return prefix + std::to_string(number);
}

std::vector<std::string> keys(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(keyOf("a line of verse ", i));
    }
    return all;
}

std::string contentOf(const LineFilter& filter) {
    const std::vector<std::uint8_t> bytes = filter.serialized();
    return {bytes.begin(), bytes.end()};
}

} // namespace

class TestLineFilter : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    std::filesystem::path write(const std::string& content) {
        const std::filesystem::path path = m_folder.filePath("lines.bin").toStdString();
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }

private Q_SLOTS:
    void holdsEveryLine_data() {
        QTest::addColumn<int>("count");
        for (const int count : {1, 2, 3, 10, 100, 1000, 50000}) {
            QTest::addRow("%d", count) << count;
        }
    }

    void holdsEveryLine() {
        QFETCH(int, count);
        const LineFilter filter = LineFilter::build(keys(count));
        QCOMPARE(filter.size(), std::uint64_t(count));
        for (const std::string& key : keys(count)) {
            QVERIFY(filter.mayContain(key));
        }
    }

    void takesFewOthers() {
        const LineFilter filter = LineFilter::build(keys(20000));
        int wrong = 0;
        for (int i = 0; i < 100000; ++i) {
            wrong += filter.mayContain(keyOf("another line ", i)) ? 1 : 0;
        }
        // One in 256 is 391; ten standard deviations of that are 197.
        QVERIFY2(wrong > 194 && wrong < 588, qPrintable(QString::number(wrong)));
        QVERIFY(!filter.mayContain(""));
        // Nine bits a line and no more than a third above, for a set of this size.
        QVERIFY(filter.serialized().size() < 20000 * 9 / 8 * 4 / 3);
    }

    void repetitionsCountOnce() {
        const LineFilter filter = LineFilter::build({"one line here", "one line here", ""});
        QCOMPARE(filter.size(), std::uint64_t(1));
        QVERIFY(filter.mayContain("one line here"));
        QVERIFY(!LineFilter::build({}).mayContain("one line here"));
    }

    void readsWhatItWrote() {
        const LineFilter filter = LineFilter::build(keys(500));
        const auto read = LineFilter::load(write(contentOf(filter)));
        QVERIFY(read);
        QCOMPARE(read->serialized(), filter.serialized());
        QVERIFY(read->mayContain(keys(500).back()));
    }

    void refusesDamage() {
        const std::string good = contentOf(LineFilter::build(keys(500)));
        for (const std::size_t at :
             {std::size_t{0}, std::size_t{8}, std::size_t{30}, good.size() / 2, good.size() - 1}) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 1);
            const auto read = LineFilter::load(write(bad));
            QVERIFY(!read);
            QVERIFY(read.error().code == ErrorCode::CorruptFile);
        }
        for (const std::size_t size : {std::size_t{0}, std::size_t{20}, good.size() - 1}) {
            QVERIFY(!LineFilter::load(write(good.substr(0, size))));
        }
        QVERIFY(!LineFilter::load(write(good + "x")));
        const auto missing = LineFilter::load(m_folder.filePath("none.bin").toStdString());
        QVERIFY(!missing);
        QVERIFY(missing.error().code == ErrorCode::NotFound);
    }

    void keysLeaveOutWhatDoesNotMatter() {
        QCOMPARE(chineseLineKey("白日依山尽，"), std::string("白日依山尽"));
        QCOMPARE(chineseLineKey("白日 a"), std::string());
        QCOMPARE(englishLineKey("The love I gave, — the 'love'!"),
                 std::string("theloveigavethe'love'"));
        QCOMPARE(englishLineKey("Don\u2019t go to the sea"), std::string("don'tgotothesea"));
        QCOMPARE(englishLineKey("O love!"), std::string());
    }
};

QTEST_APPLESS_MAIN(TestLineFilter)
#include "test_line_filter.moc"
