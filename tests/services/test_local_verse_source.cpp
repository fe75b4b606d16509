#include <algorithm>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

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
    source.findRhymes(word);
    return found.wait() ? found.constFirst().at(1).value<RhymeReport>() : RhymeReport();
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

void TestLocalVerseSource::chineseRhymes() {
    LocalVerseSource source(resources);
    const RhymeReport report = rhymes(source, QStringLiteral("流"));
    QCOMPARE(report.language, VerseLanguage::Chinese);
    QVERIFY(!report.sets.isEmpty());
    QCOMPARE(report.sets.constFirst().group, QStringLiteral("十一尤"));
    QVERIFY(report.sets.constFirst().words.contains(QStringLiteral("楼")));
    QVERIFY(!report.sets.constFirst().words.contains(QStringLiteral("东")));
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
