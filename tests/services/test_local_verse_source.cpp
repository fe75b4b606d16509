#include <algorithm>
#include <atomic>
#include <memory>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "continuation/pair_model.h"
#include "services/local_verse_source.h"

using namespace linnet::services;
using linnet::verse::FaultKind;

namespace {

const QString resources = QStringLiteral(LINNET_SOURCE_DIR "/resources");

// 王之涣《登鹳雀楼》: 五绝, 仄起首句不入韵, 下平十一尤.
const QString stork = QStringLiteral("白日依山尽，\n黄河入海流。\n欲穷千里目，\n更上一层楼。");

VerseReport analyse(LocalVerseSource& source, const VerseQuery& query) {
    QSignalSpy analysed(&source, &VerseSource::analysed);
    const quint64 id = source.analyse(query);
    while (analysed.isEmpty() || analysed.constLast().first().toULongLong() != id) {
        if (!analysed.wait()) {
            return {};
        }
    }
    return analysed.constLast().at(1).value<VerseReport>();
}

RhymeReport rhymes(LocalVerseSource& source, const QString& word) {
    QSignalSpy found(&source, &VerseSource::rhymesFound);
    source.findRhymes({word, {}, {}, false, {}});
    return found.wait() ? found.constFirst().at(1).value<RhymeReport>() : RhymeReport();
}

// A model by whose lights the words of prose begin with one letter rather than others.
class LetterEngine : public linnet::engine::Engine {
public:
    explicit LetterEngine(std::shared_ptr<std::atomic<int>> loads)
        : m_loads(std::move(loads)) {}
    linnet::engine::Result<std::unique_ptr<linnet::engine::Generator>>
    load(const std::filesystem::path& folder, const linnet::engine::LoadOptions&,
         std::stop_token) override {
        ++*m_loads;
        if (folder == "/models/broken") {
            return linnet::engine::Error{linnet::engine::ErrorCode::CorruptFile, "broken"};
        }
        auto model = std::make_unique<linnet::tests::PairModel>(
            std::make_unique<linnet::tests::ByteTokenizer>());
        model->set('a', 's', -1); // "sight" after "a"
        model->set('a', 'm', -2);
        model->set('a', 'l', -3);
        return std::unique_ptr<linnet::engine::Generator>(std::move(model));
    }
    bool cudaAvailable() const override { return false; }

private:
    std::shared_ptr<std::atomic<int>> m_loads;
};

RhymeOrderOptions orderBy(const char* model, const std::shared_ptr<std::atomic<int>>& loads) {
    RhymeOrderOptions options;
    options.proseModel = model;
    options.openEngine = [loads] {
        return linnet::engine::Result<std::unique_ptr<linnet::engine::Engine>>(
            std::make_unique<LetterEngine>(loads));
    };
    return options;
}

} // namespace

class TestLocalVerseSource : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void formsAreListed();
    void chinesePoemIsMarked();
    void severalLinesInARow();
    void placesAreUtf16();
    void faultsNameTheirPlace();
    void englishLineIsScanned();
    void englishRhymes();
    void rhymesOverTwoWords();
    void rhymesThatFitComeLater();
    void theLatestRhymesAreOrdered();
    void withoutAModelTheyStay();
    void chineseRhymes();
    void convertsScript();
    void answersInOrder();
    void missingFilesAreTold();
};

void TestLocalVerseSource::formsAreListed() {
    const LocalVerseSource source(resources);
    const VerseForm* qilu = source.findForm(QStringLiteral("qilu"));
    QVERIFY(qilu != nullptr);
    QCOMPARE(qilu->language, VerseLanguage::Chinese);
    QCOMPARE(qilu->shortTitle.zh, QStringLiteral("七律"));
    QCOMPARE(qilu->lines, 8);
    QCOMPARE(qilu->shortest, 7);
    QCOMPARE(qilu->longest, 7);
    QCOMPARE(qilu->variants.size(), 4);
    QVERIFY(qilu->rhymed && qilu->patterned);
    const VerseForm* free = source.findForm(QStringLiteral("free-verse"));
    QVERIFY(free != nullptr);
    QCOMPARE(free->lines, 0);
    QVERIFY(!free->rhymed);
    const VerseForm* sonnet = source.findForm(QStringLiteral("sonnet"));
    QVERIFY(sonnet != nullptr);
    QCOMPARE(sonnet->variants.constFirst().breaks, (QVector<int>{4, 8, 12}));
    QVERIFY(source.findForm(QStringLiteral("none")) == nullptr);
    QCOMPARE(source.rhymeGroups().size(), 30); // the level groups of 平水韵
    QCOMPARE(source.rhymeGroups().constFirst(), QStringLiteral("一东"));
}

void TestLocalVerseSource::chinesePoemIsMarked() {
    LocalVerseSource source(resources);
    const VerseReport report = analyse(source, {QString(), QString(), stork});
    QCOMPARE(report.form, QStringLiteral("wujue"));
    QVERIFY(report.isCorrect());
    QCOMPARE(report.lines.size(), 4);
    const VerseLine& second = report.lines.at(1);
    QCOMPARE(second.row, 1);
    QCOMPARE(second.start, 0);
    QCOMPARE(second.length, 5); // without its full stop
    QCOMPARE(second.count, 5);
    QCOMPARE(second.marks(), QStringLiteral("平平仄仄平"));
    QCOMPARE(second.rhyme, QStringLiteral("A"));
    QCOMPARE(second.rhymeWith, QStringLiteral("十一尤"));
    QCOMPARE(second.units.at(4).start, 4);
    QVERIFY(second.units.at(4).readings.contains(QStringLiteral("平 十一尤")));
}

void TestLocalVerseSource::severalLinesInARow() {
    LocalVerseSource source(resources);
    const VerseReport report =
        analyse(source, {QStringLiteral("wujue"), QString(),
                         QStringLiteral("白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。")});
    QCOMPARE(report.lines.size(), 4);
    QCOMPARE(report.lines.at(1).row, 0);
    QCOMPARE(report.lines.at(1).start, 6);
    QCOMPARE(report.lines.at(1).units.at(0).start, 6);
    QCOMPARE(report.lines.at(3).row, 1);
}

// Characters of three bytes, of four (two units of UTF-16), and ASCII.
void TestLocalVerseSource::placesAreUtf16() {
    LocalVerseSource source(resources);
    const QString text = QStringLiteral("𠀀日依山尽\n黄河入海流");
    const VerseReport report = analyse(source, {QStringLiteral("wujue"), QString(), text});
    QVERIFY(report.lines.size() >= 2);
    QCOMPARE(report.lines.at(0).units.at(0).length, 2);
    QCOMPARE(report.lines.at(0).units.at(1).start, 2);
    QCOMPARE(report.lines.at(0).length, 6);
    QCOMPARE(report.lines.at(1).start, 0);
}

void TestLocalVerseSource::faultsNameTheirPlace() {
    LocalVerseSource source(resources);
    QString broken = stork;
    broken.replace(QStringLiteral("黄河入海流"), QStringLiteral("黄河入海中"));
    const VerseReport report = analyse(source, {QStringLiteral("wujue"), QString(), broken});
    QVERIFY(!report.isCorrect());
    const auto rhyme =
        std::find_if(report.faults.begin(), report.faults.end(), [](const VerseFault& fault) {
            return fault.kind == FaultKind::Rhyme && !fault.remark;
        });
    QVERIFY(rhyme != report.faults.end());
    QVERIFY(!rhyme->subject.isEmpty());
    const VerseReport shorter =
        analyse(source, {QStringLiteral("wujue"), QString(),
                         QStringLiteral("白日依山尽\n黄河入海\n欲穷千里目\n更上一层楼")});
    const auto length =
        std::find_if(shorter.faults.begin(), shorter.faults.end(),
                     [](const VerseFault& fault) { return fault.kind == FaultKind::Length; });
    QVERIFY(length != shorter.faults.end());
    QCOMPARE(length->line, 1);
    QCOMPARE(length->found, 4);
    QCOMPARE(length->wanted, 5);
}

void TestLocalVerseSource::englishLineIsScanned() {
    LocalVerseSource source(resources);
    const QString text = QStringLiteral("Shall I compare thee to a summer's day?");
    const VerseReport report = analyse(source, {QStringLiteral("blank-verse"), QString(), text});
    QVERIFY(!report.lines.isEmpty());
    const VerseLine& line = report.lines.constFirst();
    QCOMPARE(report.language, VerseLanguage::English);
    QCOMPARE(line.count, 10);
    QCOMPARE(line.units.size(), 8);
    QCOMPARE(line.units.at(2).start, 8); // compare
    QCOMPARE(line.units.at(2).marks, (QVector<VerseMark>{VerseMark::Weak, VerseMark::Strong}));
    QCOMPARE(line.marks().size(), 10);
    QCOMPARE(line.start + line.length, text.size() - 1); // without the question mark
}

void TestLocalVerseSource::englishRhymes() {
    LocalVerseSource source(resources);
    const RhymeReport report = rhymes(source, QStringLiteral("night"));
    QCOMPARE(report.language, VerseLanguage::English);
    QVERIFY(!report.sets.isEmpty());
    QCOMPARE(report.sets.constFirst().kind, RhymeKind::Perfect);
    QVERIFY(report.sets.constFirst().words.contains(QStringLiteral("light")));
    QVERIFY(!report.sets.constFirst().words.contains(QStringLiteral("night")));
    QVERIFY(rhymes(source, QStringLiteral("  ")).sets.isEmpty());
}

void TestLocalVerseSource::rhymesOverTwoWords() {
    LocalVerseSource source(resources);
    const RhymeReport report = rhymes(source, QStringLiteral("poet"));
    const auto mosaic =
        std::find_if(report.sets.begin(), report.sets.end(),
                     [](const RhymeSet& set) { return set.kind == RhymeKind::Mosaic; });
    QVERIFY(mosaic != report.sets.end());
    QVERIFY(mosaic->words.contains(QStringLiteral("know it")));
    const RhymeReport back = rhymes(source, QStringLiteral("know it"));
    QVERIFY(back.sets.value(0).words.contains(QStringLiteral("poet")));
}

void TestLocalVerseSource::rhymesThatFitComeLater() {
    const auto loads = std::make_shared<std::atomic<int>>(0);
    LocalVerseSource source(resources);
    source.orderRhymesBy(orderBy("/models/prose", loads));
    QSignalSpy found(&source, &VerseSource::rhymesFound);
    for (int i = 0; i < 2; ++i) {
        found.clear();
        const quint64 id =
            source.findRhymes({QStringLiteral("night"), QStringLiteral("a"), {}, false, {}});
        QTRY_COMPARE(found.size(), 2);
        const auto first = found.at(0).at(1).value<RhymeReport>();
        const auto second = found.at(1).at(1).value<RhymeReport>();
        QCOMPARE(found.at(0).at(0).toULongLong(), id);
        QCOMPARE(found.at(1).at(0).toULongLong(), id);
        QVERIFY(!first.fitted && second.fitted);
        QCOMPARE(first.sets.size(), second.sets.size());
        QStringList before = first.sets.at(0).words;
        QStringList after = second.sets.at(0).words;
        QVERIFY(before != after);
        QVERIFY(after.at(0).startsWith(u's'));
        before.sort();
        after.sort();
        QCOMPARE(before, after);
    }
    QCOMPARE(loads->load(), 1);
}

void TestLocalVerseSource::theLatestRhymesAreOrdered() {
    LocalVerseSource source(resources);
    source.orderRhymesBy(orderBy("/models/prose", std::make_shared<std::atomic<int>>(0)));
    QSignalSpy found(&source, &VerseSource::rhymesFound);
    const auto query = [](const char* word) {
        return RhymeQuery{QString::fromLatin1(word), QStringLiteral("a"), {}, false, {}};
    };
    source.findRhymes(query("night"));
    const quint64 last = source.findRhymes(query("sea"));
    QTRY_COMPARE(found.size(), 3); // both at once, and the later one again
    QCOMPARE(found.at(2).at(0).toULongLong(), last);
    QVERIFY(found.at(2).at(1).value<RhymeReport>().fitted);
}

void TestLocalVerseSource::withoutAModelTheyStay() {
    const auto loads = std::make_shared<std::atomic<int>>(0);
    LocalVerseSource source(resources);
    source.orderRhymesBy(orderBy("/models/broken", loads));
    QSignalSpy found(&source, &VerseSource::rhymesFound);
    source.findRhymes({QStringLiteral("night"), QStringLiteral("a"), {}, false, {}});
    QTRY_COMPARE(loads->load(), 1);
    QTRY_COMPARE(found.size(), 1);
    source.orderRhymesBy(orderBy("/models/prose", loads)); // now there is one
    source.findRhymes({QStringLiteral("night"), QStringLiteral("a"), {}, false, {}});
    QTRY_COMPARE(found.size(), 3);
}

void TestLocalVerseSource::chineseRhymes() {
    LocalVerseSource source(resources);
    const RhymeReport report = rhymes(source, QStringLiteral("流"));
    QCOMPARE(report.language, VerseLanguage::Chinese);
    QVERIFY(!report.sets.isEmpty());
    QCOMPARE(report.sets.constFirst().group, QStringLiteral("十一尤"));
    QVERIFY(report.sets.constFirst().words.contains(QStringLiteral("楼")));
    QVERIFY(!report.sets.constFirst().words.contains(QStringLiteral("东")));
    const RhymeSet& tone = report.sets.constLast();
    QCOMPARE(tone.kind, RhymeKind::Tone);
    QCOMPARE(tone.group, QStringLiteral("平"));
    QVERIFY(tone.words.contains(QStringLiteral("东")));
    QVERIFY(!tone.words.contains(QStringLiteral("月")));
}

void TestLocalVerseSource::convertsScript() {
    LocalVerseSource source(resources);
    QSignalSpy converted(&source, &VerseSource::converted);
    source.convert({QStringLiteral("黄河入海流")}, true);
    QVERIFY(converted.wait());
    const QStringList lines = converted.constFirst().at(1).toStringList();
    if (lines.constFirst() == QStringLiteral("黄河入海流")) {
        QSKIP("built without OpenCC");
    }
    QCOMPARE(lines, QStringList{QStringLiteral("黃河入海流")});
}

void TestLocalVerseSource::answersInOrder() {
    LocalVerseSource source(resources);
    QSignalSpy analysed(&source, &VerseSource::analysed);
    QVector<quint64> asked;
    for (int i = 0; i < 50; ++i) {
        asked.append(source.analyse({QString(), QString(), stork}));
    }
    QTRY_COMPARE(analysed.size(), 50);
    for (int i = 0; i < 50; ++i) {
        QCOMPARE(analysed.at(i).first().toULongLong(), asked.at(i));
    }
}

void TestLocalVerseSource::missingFilesAreTold() {
    const QTemporaryDir folder;
    LocalVerseSource source(folder.path());
    QVERIFY(source.forms().isEmpty());
    QSignalSpy failed(&source, &VerseSource::failed);
    QVERIFY(source.analyse({QString(), QString(), stork}) > 0);
    QVERIFY(failed.wait());
    QVERIFY(!failed.constFirst().constFirst().toString().isEmpty());
    source.analyse({QString(), QString(), stork});
    QCoreApplication::sendPostedEvents();
    QCOMPARE(failed.size(), 1); // told once
}

QTEST_GUILESS_MAIN(TestLocalVerseSource)
#include "test_local_verse_source.moc"
