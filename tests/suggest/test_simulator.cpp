#include <QTest>

#include "suggest/calibration.h"
#include "suggest/simulator.h"
#include "suggest/word_stream.h"

using namespace linnet;
using namespace linnet::suggest;

namespace {

engine::Result<Prediction> always(std::string_view, bool) {
    return Prediction{{"a", "the"}, "the end", 0.5};
}

std::string numbered() {
    std::string text;
    for (int d = 0; d < 3; ++d) {
        for (int i = 0; i < 120; ++i) {
            const std::string n = std::to_string(i);
            text += "Para" + std::to_string(d) + "x" + n + " said, \"don't w" + n +
                    "\xE2\x80\x94the well-known caf\xC3\xA9 a" + n + " b\" I.\n";
        }
        text += "<|endofdoc|>\n";
    }
    return text;
}

} // namespace

class TestSimulator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void byHand();
    void silence();
    void oracle();
    void contextMovesInSteps();
    void calibration();
    void failures();
};

// "The" is not "the"; "a" and its space are spared one key, "a." none; "the" before a comma is
// worth a pick. T h e _ c a t _ = 8 keys, "a " 1, "the" 1, ", " 2, "a" 1, ". " 2, "the " 1, end 3.
void TestSimulator::byHand() {
    const auto report = simulate("The cat a the, a. the end", {}, always);
    QVERIFY(report.ok());
    QCOMPARE(report->characters, std::size_t{25});
    QCOMPARE(report->keys, std::size_t{19});
    QCOMPARE(report->words, std::size_t{7});
    QCOMPARE(report->picks, std::size_t{3});
    QCOMPARE(report->first, std::size_t{2});
    QCOMPARE(report->listed, std::size_t{4});
    QCOMPARE(report->ghosts, std::size_t{7});
    QCOMPARE(report->ghostsRight, std::size_t{2});
    QCOMPARE(report->savings(), 1.0 - 19.0 / 25.0);
}

void TestSimulator::silence() {
    SimulationOptions options;
    options.characters = 3000;
    const auto report = simulate(numbered(), options, [](std::string_view, bool) {
        return engine::Result<Prediction>(Prediction{});
    });
    QVERIFY(report.ok());
    QCOMPARE(report->keys, report->characters);
    QVERIFY(report->characters > 2700 && report->characters <= 3000);
    QCOMPARE(report->ghosts, std::size_t{0});
}

void TestSimulator::oracle() {
    SimulationOptions options;
    options.characters = 3000;
    const std::string text = numbered();
    const auto report = simulate(text, options, [&](std::string_view before, bool) {
        const std::size_t at = text.find(before) + before.size();
        const std::size_t from = at < 80 ? 0 : at - 80;
        WordSpan word = nextWord(text, from);
        while (word.end <= at) {
            word = nextWord(text, word.end);
        }
        const std::string whole = text.substr(word.begin, word.end - word.begin);
        return engine::Result<Prediction>(Prediction{{whole}, whole, 1.0});
    });
    QVERIFY(report.ok());
    QCOMPARE(report->first, report->words);
    QCOMPARE(report->ghostsRight, report->words);
    QCOMPARE(report->milliseconds.size(), report->words);
    QVERIFY(report->savings() > 0.5);
}

void TestSimulator::contextMovesInSteps() {
    SimulationOptions options;
    options.characters = 3000;
    options.windows = 1;
    options.context = 500;
    const std::string text = numbered();
    std::size_t shortest = text.size();
    std::size_t longest = 0;
    const auto report = simulate(text, options, [&](std::string_view before, bool) {
        shortest = std::min(shortest, before.size());
        longest = std::max(longest, before.size());
        return engine::Result<Prediction>(Prediction{});
    });
    QVERIFY(report.ok());
    QVERIFY(shortest > 450 && longest < 500 + 256 + 60);
    options.cold = true;
    shortest = text.size();
    QVERIFY(simulate(text, options, [&](std::string_view before, bool) {
                shortest = std::min(shortest, before.size());
                return engine::Result<Prediction>(Prediction{});
            }).ok());
    QCOMPARE(shortest, std::size_t{0});
}

// Words that say 0.2 are right 4 times in 10, those that say 0.8 9 times in 10: two points fix the
// line, logit(0.4) and logit(0.9) over logit(0.2) and logit(0.8).
void TestSimulator::calibration() {
    std::vector<std::pair<double, bool>> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.emplace_back(0.2, i % 10 < 4);
        seen.emplace_back(0.8, i % 10 < 9);
    }
    const GhostCalibration fit = calibrateGhost(seen, 0.8);
    QVERIFY(std::abs(calibrated(0.2, fit.bias, fit.slope) - 0.4) < 1e-3);
    QVERIFY(std::abs(calibrated(0.8, fit.bias, fit.slope) - 0.9) < 1e-3);
    QVERIFY(std::abs(fit.threshold - 0.9) < 1e-3);
    QVERIFY(std::abs(calibrateGhost(seen, 0.6).threshold - 0.4) < 1e-3);
    QCOMPARE(calibrateGhost({}, 0.5).threshold, 1.0);
}

void TestSimulator::failures() {
    QVERIFY(!simulate(" \n<|endofdoc|>\n", {}, always).ok());
    const auto failed = simulate("Some words", {}, [](std::string_view, bool) {
        return engine::Result<Prediction>(engine::Error{engine::ErrorCode::Internal, "broken"});
    });
    QVERIFY(!failed.ok());
    QCOMPARE(QString::fromStdString(failed.error().message), QString("broken"));
}

QTEST_APPLESS_MAIN(TestSimulator)
#include "test_simulator.moc"
