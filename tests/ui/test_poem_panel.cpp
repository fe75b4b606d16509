#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

#include "ui/fake_poem_source.h"
#include "ui/fake_verse_source.h"
#include "ui/panels/poem_card.h"
#include "ui/panels/poem_cards.h"
#include "ui/panels/poem_form.h"
#include "ui/panels/poem_line_row.h"
#include "ui/panels/poem_panel.h"
#include "ui/panels/verse_line_view.h"

using namespace linnet;
using namespace linnet::ui;

namespace {

const QStringList quatrain = {QStringLiteral("春风又绿江南岸"), QStringLiteral("明月何时照我还"),
                              QStringLiteral("千里莺啼绿映红"), QStringLiteral("水村山郭酒旗风")};

struct Bench {
    Bench()
        : panel(poems, verse) {
        panel.setSeeds([this] { return ++seed; });
        panel.form().setForm(QStringLiteral("qijue"));
        panel.resize(360, 900);
        panel.show();
        panel.activateWindow();
    }
    template <typename T>
    T* child(const char* name) {
        return panel.findChild<T*>(QString::fromLatin1(name));
    }
    template <typename T>
    T* inCard(int card, const char* name) {
        return panel.cards().card(card)->findChild<T*>(QString::fromLatin1(name));
    }
    QList<PoemLineRow*> rows(int card) {
        return panel.cards().card(card)->findChildren<PoemLineRow*>();
    }
    // Composes two versions of the quatrain; the second is told best.
    void composeTwo() {
        panel.compose();
        poems.poem(0, quatrain, QStringLiteral("ping"));
        QStringList other = quatrain;
        other[0] = QStringLiteral("白日依山尽处长");
        poems.poem(1, other, QStringLiteral("ze"));
        poems.finish({1, 0});
        verse.answer();
    }
    QString message() { return child<QLabel>("poemMessage")->text(); }

    tests::FakePoemSource poems;
    tests::FakeVerseSource verse;
    quint64 seed = 100;
    PoemPanel panel;
};

} // namespace

class TestPoemPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void asksForWhatIsFilledIn();
    void showsOnlyWhatTheFormCanHave();
    void linesStreamIn();
    void bestVersionIsTheDefault();
    void stanzasAreKeptApart();
    void againKeepsLockedLines();
    void anotherLineKeepsTheOthers();
    void stopKeepsWhatIsWhole();
    void failureAfterAgainRestores();
    void refusalsAreSentences_data();
    void refusalsAreSentences();
    void laterRequestElsewhereEndsOurs();
    void modelStateIsTold();
    void marksAndFaultsAreExplained();
    void scriptSwitchConverts();
    void cardsStandSideBySideWhenWide();
    void copyAndKeys();
};

void TestPoemPanel::asksForWhatIsFilledIn() {
    Bench bench;
    bench.child<QLineEdit>("poemTheme")->setText(QStringLiteral(" 秋夜 "));
    bench.child<QLineEdit>("poemAcrostic")->setText(QStringLiteral("平安喜乐"));
    bench.child<QLineEdit>("poemFirstLine")->setText(quatrain.first());
    bench.child<QLineEdit>("poemKeywords")->setText(QStringLiteral("月、 江，舟"));
    bench.child<QComboBox>("poemRhyme")->setEditText(QStringLiteral("一东"));
    bench.child<QComboBox>("poemVariant")->setCurrentIndex(2);
    bench.child<QComboBox>("poemStyle")->setCurrentIndex(1);
    bench.child<QCheckBox>("poemTraditional")->setChecked(true);
    bench.child<QSpinBox>("poemVersions")->setValue(3);
    bench.child<QPushButton>("poemCompose")->click();
    const services::PoemQuery query = bench.poems.query();
    QCOMPARE(query.form, QStringLiteral("qijue"));
    QCOMPARE(query.variant, QStringLiteral("ze"));
    QCOMPARE(query.theme, QStringLiteral("秋夜"));
    QCOMPARE(query.acrostic, QStringLiteral("平安喜乐"));
    QCOMPARE(query.firstLine, quatrain.first());
    QCOMPARE(query.keywords,
             (QStringList{QStringLiteral("月"), QStringLiteral("江"), QStringLiteral("舟")}));
    QCOMPARE(query.rhyme, QStringLiteral("一东"));
    QCOMPARE(query.style, QStringLiteral("唐"));
    QVERIFY(query.traditional);
    QCOMPARE(query.count, 3);
    QCOMPARE(query.seed, 101U); // another one each time
    bench.poems.finish();
    bench.child<QSpinBox>("poemSeed")->setValue(7);
    bench.panel.compose();
    QCOMPARE(bench.poems.query().seed, 7U);
}

void TestPoemPanel::showsOnlyWhatTheFormCanHave() {
    Bench bench;
    bench.child<QToolButton>("poemMore")->click();
    QVERIFY(bench.child<QComboBox>("poemVariant")->isVisible());
    QVERIFY(bench.child<QComboBox>("poemStyle")->isVisible());
    QVERIFY(bench.child<QComboBox>("poemRhyme")->isVisible());
    bench.child<QComboBox>("poemVariant")->setCurrentIndex(1);
    bench.child<QComboBox>("poemStyle")->setCurrentIndex(1);
    bench.child<QComboBox>("poemRhyme")->setEditText(QStringLiteral("一东"));
    bench.panel.form().setForm(QStringLiteral("couplets"));
    QVERIFY(!bench.child<QComboBox>("poemVariant")->isVisible());
    QVERIFY(!bench.child<QComboBox>("poemStyle")->isVisible());
    QVERIFY(!bench.child<QComboBox>("poemRhyme")->isVisible());
    QVERIFY(!bench.child<QCheckBox>("poemTraditional")->isVisible());
    QVERIFY(bench.child<QSpinBox>("poemLines")->isVisible()); // the form leaves it open
    bench.child<QSpinBox>("poemLines")->setValue(6);
    bench.panel.compose();
    QCOMPARE(bench.poems.query().lines, 6);
    const services::PoemQuery query = bench.poems.query();
    QVERIFY(query.variant.isEmpty() && query.style.isEmpty() && query.rhyme.isEmpty());
    // The title of a form tells its lines and their length where they are settled.
    auto* forms = bench.child<QComboBox>("poemForm");
    QCOMPARE(forms->itemText(forms->findData(QStringLiteral("qijue"))),
             QStringLiteral("7-character quatrain  4 × 7"));
    QCOMPARE(forms->itemText(forms->findData(QStringLiteral("couplets"))),
             QStringLiteral("Couplets"));
}

void TestPoemPanel::linesStreamIn() {
    Bench bench;
    bench.child<QSpinBox>("poemVersions")->setValue(1);
    bench.panel.compose();
    QVERIFY(bench.panel.isComposing());
    QVERIFY(!bench.child<QPushButton>("poemCompose")->isEnabled());
    QCOMPARE(bench.rows(0).size(), 4); // their places are there from the start
    bench.poems.line(0, 0, quatrain.at(0), true);
    bench.poems.line(0, 1, quatrain.at(1), false, true);
    const QList<PoemLineRow*> rows = bench.rows(0);
    QVERIFY(!rows.at(1)->isWaiting());
    QVERIFY(rows.at(2)->isWaiting());
    QVERIFY(rows.at(0)->isLocked()); // the writer's own line
    QVERIFY(rows.at(0)->findChild<QLabel*>(QStringLiteral("lineFromCorpus"))->isHidden());
    QVERIFY(!rows.at(1)->findChild<QLabel*>(QStringLiteral("lineFromCorpus"))->isHidden());
    QVERIFY(!bench.inCard<QPushButton>(0, "poemInsert")->isEnabled());
    bench.verse.answer();
    QCOMPARE(rows.at(1)->findChild<QLabel*>(QStringLiteral("lineRhyme"))->text(),
             QStringLiteral("A"));
    bench.poems.poem(0, quatrain);
    QVERIFY(bench.inCard<QPushButton>(0, "poemInsert")->isEnabled());
    QVERIFY(!bench.inCard<QPushButton>(0, "poemAgain")->isEnabled()); // still composing
    bench.poems.finish({0});
    QVERIFY(bench.inCard<QPushButton>(0, "poemAgain")->isEnabled());
    QVERIFY(!bench.panel.isComposing());
}

void TestPoemPanel::bestVersionIsTheDefault() {
    Bench bench;
    bench.composeTwo();
    QCOMPARE(bench.panel.current(), bench.panel.cards().card(1));
    QVERIFY(bench.inCard<QPushButton>(1, "poemInsert")->isDefault());
    QVERIFY(!bench.inCard<QPushButton>(0, "poemInsert")->isDefault());
    QSignalSpy inserted(&bench.panel, &PoemPanel::insertRequested);
    bench.inCard<QPushButton>(0, "poemInsert")->click();
    QCOMPARE(inserted.takeFirst().first().toString(), quatrain.join(u'\n'));
    QCOMPARE(bench.panel.current(), bench.panel.cards().card(0));
}

void TestPoemPanel::stanzasAreKeptApart() {
    Bench bench;
    bench.panel.form().setForm(QStringLiteral("couplets"));
    bench.child<QSpinBox>("poemVersions")->setValue(1);
    bench.panel.compose();
    bench.poems.poem(
        0, {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("d")});
    bench.poems.finish({0});
    QCOMPARE(bench.panel.cards().card(0)->text(), QStringLiteral("a\nb\n\nc\nd"));
}

void TestPoemPanel::againKeepsLockedLines() {
    Bench bench;
    bench.composeTwo();
    bench.rows(0).at(1)->setLocked(true);
    bench.inCard<QPushButton>(0, "poemAgain")->click();
    const services::PoemQuery query = bench.poems.query();
    QCOMPARE(query.fixed, (QMap<int, QString>{{1, quatrain.at(1)}}));
    QCOMPARE(query.count, 1);
    QCOMPARE(query.variant, QStringLiteral("ping")); // the locked line was written for it
    QCOMPARE(query.seed, 102U);
    QVERIFY(bench.rows(0).at(0)->isWaiting());
    QVERIFY(!bench.rows(0).at(1)->isWaiting());
    QVERIFY(!bench.rows(1).at(0)->isWaiting()); // the other card is left alone
    QStringList other = quatrain;
    other[3] = QStringLiteral("多少楼台烟雨中");
    bench.poems.poem(0, other, QStringLiteral("ping"));
    bench.poems.finish({0});
    QCOMPARE(bench.panel.cards().card(0)->lines(), other);
    QVERIFY(bench.rows(0).at(1)->isLocked());
    QVERIFY(!bench.rows(0).at(3)->isLocked());
    for (PoemLineRow* row : bench.rows(0)) {
        row->setLocked(true);
    }
    QVERIFY(!bench.inCard<QPushButton>(0, "poemAgain")->isEnabled());
}

void TestPoemPanel::anotherLineKeepsTheOthers() {
    Bench bench;
    bench.composeTwo();
    bench.rows(1).at(2)->findChild<QToolButton*>(QStringLiteral("lineAgain"))->click();
    const QMap<int, QString> fixed = bench.poems.query().fixed;
    QCOMPARE(fixed.keys(), (QList<int>{0, 1, 3}));
    QCOMPARE(fixed.value(3), quatrain.at(3));
    QStringList other = quatrain;
    other[0] = QStringLiteral("白日依山尽处长");
    other[2] = QStringLiteral("南朝四百八十寺");
    bench.poems.poem(0, other, QStringLiteral("ze"));
    bench.poems.finish({0});
    QCOMPARE(bench.panel.cards().card(1)->lines(), other);
    QVERIFY(!bench.rows(1).at(0)->isLocked()); // kept for this once
}

void TestPoemPanel::stopKeepsWhatIsWhole() {
    Bench bench;
    bench.panel.compose();
    bench.poems.poem(0, quatrain);
    bench.poems.line(1, 0, QStringLiteral("half"));
    QTest::keyClick(bench.child<QLineEdit>("poemTheme"), Qt::Key_Escape);
    QCOMPARE(bench.poems.cancels, 1);
    QVERIFY(!bench.panel.isComposing());
    QCOMPARE(bench.panel.cards().cards().size(), 1);
    QCOMPARE(bench.panel.cards().card(0)->lines(), quatrain);
    bench.poems.line(1, 1, QStringLiteral("late")); // what comes late is nobody's
    QCOMPARE(bench.panel.cards().card(0)->lines(), quatrain);
    QSignalSpy closed(&bench.panel, &PoemPanel::closeRequested);
    QTest::keyClick(bench.child<QLineEdit>("poemTheme"), Qt::Key_Escape);
    QCOMPARE(closed.size(), 1);
}

void TestPoemPanel::failureAfterAgainRestores() {
    Bench bench;
    bench.composeTwo();
    bench.inCard<QPushButton>(0, "poemAgain")->click();
    bench.poems.line(0, 0, QStringLiteral("half"));
    bench.poems.fail({std::nullopt, -1, {}, QStringLiteral("out of memory")});
    bench.poems.finish();
    QCOMPARE(bench.panel.cards().card(0)->lines(), quatrain);
    QVERIFY(bench.message().contains(QLatin1String("out of memory")));
}

void TestPoemPanel::refusalsAreSentences_data() {
    using K = verse::RefusalKind;
    QTest::addColumn<K>("kind");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("subject");
    QTest::addColumn<QString>("part");
    const QString none;
    QTest::newRow("acrostic") << K::Acrostic << -1 << QStringLiteral("乐")
                              << QStringLiteral("begin with “乐”");
    QTest::newRow("rhyme") << K::Rhyme << -1 << QStringLiteral("orange")
                           << QStringLiteral("rhymes on “orange”");
    QTest::newRow("line") << K::FixedLine << 2 << none << QStringLiteral("Line 3 cannot stay");
    QTest::newRow("together") << K::NoSolution << -1 << none << QStringLiteral("not all together");
    QTest::newRow("style") << K::UnknownStyle << -1 << QStringLiteral("夏")
                           << QStringLiteral("no style “夏”");
}

void TestPoemPanel::refusalsAreSentences() {
    QFETCH(verse::RefusalKind, kind);
    QFETCH(int, line);
    QFETCH(QString, subject);
    QFETCH(QString, part);
    Bench bench;
    bench.panel.compose();
    bench.poems.fail({kind, line, subject, QStringLiteral("diagnostic")});
    bench.poems.finish();
    QVERIFY2(bench.message().contains(part), qPrintable(bench.message()));
    QVERIFY(!bench.message().contains(QLatin1String("diagnostic")));
    QVERIFY(bench.message().endsWith(u'.'));
    QVERIFY(bench.panel.cards().cards().isEmpty());
    bench.panel.compose();
    QVERIFY(bench.message().isEmpty());
}

void TestPoemPanel::laterRequestElsewhereEndsOurs() {
    Bench bench;
    bench.panel.compose();
    const quint64 ours = bench.poems.lastId;
    bench.poems.compose({}); // another window
    bench.poems.line(0, 0, QStringLiteral("theirs"));
    QVERIFY(!bench.panel.isComposing());
    QVERIFY(bench.panel.cards().cards().isEmpty());
    Q_EMIT bench.poems.lineReady(ours, 0, 0, {QStringLiteral("late"), false, false});
    QVERIFY(bench.panel.cards().cards().isEmpty());
}

void TestPoemPanel::modelStateIsTold() {
    Bench bench;
    auto* label = bench.child<QLabel>("poemModel");
    QVERIFY(!label->isVisible());
    bench.poems.tellStatus({services::ModelState::Loading, {}, {}, {}, {}});
    QVERIFY(label->isVisible());
    bench.poems.tellStatus(
        {services::ModelState::Failed, {}, {}, {}, QStringLiteral("no folder zh-verse")});
    QVERIFY(label->text().contains(QLatin1String("zh-verse")));
    bench.poems.tellStatus({services::ModelState::Ready, {}, {}, {}, {}});
    QVERIFY(!label->isVisible());
}

void TestPoemPanel::marksAndFaultsAreExplained() {
    Bench bench;
    bench.child<QSpinBox>("poemVersions")->setValue(1);
    bench.panel.compose();
    QStringList lines = quatrain;
    lines[1] += QStringLiteral("长");
    bench.poems.poem(0, lines);
    bench.poems.finish({0});
    bench.verse.answer();
    const QString good =
        bench.rows(0).at(0)->findChild<QLabel*>(QStringLiteral("lineCheck"))->toolTip();
    QVERIFY2(good.startsWith(QLatin1String("The line has its form.")), qPrintable(good));
    const QString bad =
        bench.rows(0).at(1)->findChild<QLabel*>(QStringLiteral("lineCheck"))->toolTip();
    QVERIFY2(bad.contains(QStringLiteral("“长” has the wrong tone")), qPrintable(bad));
    const QString verdict = bench.inCard<QLabel>(0, "poemVerdict")->toolTip();
    QVERIFY2(verdict.startsWith(QLatin1String("Line 2: ")), qPrintable(verdict));
    auto* view = bench.rows(0).at(0)->findChild<VerseLineView*>();
    const QString hint = view->hintAt(QPoint(4, 4));
    QVERIFY2(hint.startsWith(QStringLiteral("春: level tone")), qPrintable(hint));
    QVERIFY(hint.contains(QStringLiteral("平 一东")));
    // An answer to an earlier question does not count.
    const quint64 stale = bench.verse.analyse({});
    QVERIFY(stale > 0);
}

void TestPoemPanel::scriptSwitchConverts() {
    Bench bench;
    bench.composeTwo();
    bench.rows(0).at(1)->setLocked(true);
    bench.child<QCheckBox>("poemTraditional")->setChecked(true);
    QCOMPARE(bench.verse.conversions.size(), 2);
    QCOMPARE(bench.verse.conversions.first(), quatrain);
    QVERIFY(bench.verse.toTraditional);
    QStringList traditional = quatrain;
    traditional[0] = QStringLiteral("春風又綠江南岸");
    Q_EMIT bench.verse.converted(bench.verse.lastId - 1, traditional);
    QCOMPARE(bench.panel.cards().card(0)->lines(), traditional);
    QVERIFY(bench.rows(0).at(1)->isLocked());
    // Back again without converting: the characters are those that were there before.
    bench.child<QCheckBox>("poemTraditional")->setChecked(false);
    QCOMPARE(bench.panel.cards().card(0)->lines(), quatrain);
    bench.child<QCheckBox>("poemTraditional")->setChecked(true);
    QCOMPARE(bench.panel.cards().card(0)->lines(), traditional);
    QCOMPARE(bench.verse.conversions.size(), 2);
    bench.inCard<QPushButton>(0, "poemAgain")->click();
    QVERIFY(bench.poems.query().traditional);
}

void TestPoemPanel::cardsStandSideBySideWhenWide() {
    Bench bench;
    bench.composeTwo();
    QTRY_COMPARE(bench.panel.cards().columns(), 1);
    QTRY_VERIFY(bench.panel.cards().card(1)->y() > bench.panel.cards().card(0)->y());
    bench.panel.resize(800, 700);
    QTRY_COMPARE(bench.panel.cards().columns(), 2);
    QTRY_COMPARE(bench.panel.cards().card(1)->y(), bench.panel.cards().card(0)->y());
}

void TestPoemPanel::copyAndKeys() {
    Bench bench;
    auto* theme = bench.child<QLineEdit>("poemTheme");
    theme->setFocus();
    QTRY_VERIFY(theme->hasFocus());
    QTest::keyClick(theme, Qt::Key_Return);
    QVERIFY(bench.panel.isComposing());
    bench.poems.poem(0, quatrain);
    bench.poems.finish({0});
    QSignalSpy inserted(&bench.panel, &PoemPanel::insertRequested);
    auto* copy = bench.inCard<QPushButton>(0, "poemCopy");
    copy->click();
    QCOMPARE(QApplication::clipboard()->text(), quatrain.join(u'\n'));
    copy->setFocus();
    QTRY_VERIFY(copy->hasFocus());
    QTest::keyClick(bench.rows(0).at(0)->findChild<QToolButton*>(QStringLiteral("lineLock")),
                    Qt::Key_Return);
    QCOMPARE(inserted.size(), 1);
}

QTEST_MAIN(TestPoemPanel)
#include "test_poem_panel.moc"
