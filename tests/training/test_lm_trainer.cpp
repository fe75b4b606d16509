// Torch's headers come before Qt's, whose macros they do not know.
#include <torch/types.h>

#include "training/checkpoint.h"
#include "training/lm_trainer.h"
#include "training/model_measure.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <limits>

#include "token_fixture.h"

using namespace linnet::training;
namespace fs = std::filesystem;

class TestLmTrainer : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;
    fs::path m_folder;

    LmOptions options(const char* output) const {
        LmOptions o;
        o.train = m_folder / "train";
        o.valid = m_folder / "valid";
        o.output = m_folder / output;
        o.shape.architecture = "llama";
        o.shape.layers = 2;
        o.shape.hiddenSize = 32;
        o.shape.heads = o.shape.kvHeads = 2;
        o.shape.headDim = 16;
        o.shape.intermediateSize = 64;
        o.shape.maxPositions = 16;
        o.shape.tiedEmbeddings = true;
        o.length = 16;
        o.batch = 8;
        o.steps = 12;
        o.schedule.warmupSteps = 2;
        o.device = "cpu";
        o.validEvery = 0;
        o.recipe = "linnet-train lm";
        return o;
    }

    static bool sameTensors(const Checkpoint& a, const Checkpoint& b) {
        if (a.tensors.size() != b.tensors.size()) {
            return false;
        }
        for (const auto& [name, tensor] : a.tensors) {
            if (!torch::equal(tensor, b.tensors.at(name))) {
                return false;
            }
        }
        return a.step == b.step && a.tokens == b.tokens && a.drawn == b.drawn;
    }

    /// Trains to the end, or stops by request after `stopAfter` updates.
    static Checkpoint trained(LmOptions o,
                              std::int64_t stopAfter = std::numeric_limits<std::int64_t>::max()) {
        std::atomic<bool> stop{false};
        o.stop = &stop;
        std::int64_t seen = 0;
        o.onProgress = [&](const LmProgress&) { stop = ++seen >= stopAfter; };
        const auto report = trainLanguageModel(o);
        if (!report) {
            qWarning("%s", report.error().message.c_str());
            return {};
        }
        auto checkpoint = readCheckpoint(report->checkpoint);
        return checkpoint ? std::move(*checkpoint) : Checkpoint{};
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = test::pathOf(m_temporary);
        test::writeTokens(m_folder / "train", "sha", 64,
                          {{"a", test::countingTokens(2000, 40)},
                           {"b", test::countingTokens(900, 20, 5)},
                           {"short", test::countingTokens(10, 5)}});
        test::writeTokens(m_folder / "valid", "sha", 64, {{"a", test::countingTokens(300, 40, 9)}});
        test::writeTokens(m_folder / "other", "other sha", 64,
                          {{"a", test::countingTokens(300, 40)}});
    }

    void trainsAnLstm() {
        LmOptions o = options("lstm");
        o.shape = {};
        o.shape.architecture = "lstm";
        o.shape.layers = 2;
        o.shape.hiddenSize = 32;
        o.shape.maxPositions = 16;
        o.mixture = {{"a", 1.0}};
        o.optimizer.kind = OptimizerKind::AdamW;
        o.optimizer.rate = 2e-2;
        o.batch = 16;
        o.workers = 2;
        o.steps = 150;
        LmValidation validation;
        o.onValidation = [&](const LmValidation& v) { validation = v; };
        const auto report = trainLanguageModel(o);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().message.c_str());
        QVERIFY2(validation.lossPerToken < 2.6, std::to_string(validation.lossPerToken).c_str());
        MeasureOptions measure;
        measure.tokens = m_folder / "valid";
        const auto scores = measureModel(report->checkpoint, measure);
        QVERIFY2(scores.ok(), scores.ok() ? "" : scores.error().message.c_str());
        QVERIFY(std::abs(total(*scores).lossPerToken() - validation.lossPerToken) < 1e-4);
        const Checkpoint whole = trained(o); // is at its end already: the same
        QCOMPARE(whole.step, std::int64_t(150));
    }

    void learns() {
        LmOptions o = options("learns");
        o.mixture = {{"a", 3.0}, {"b", 1.0}};
        o.steps = 120;
        double last = 0.0;
        LmValidation validation;
        double first = 0.0;
        o.onProgress = [&](const LmProgress& p) {
            first = p.step == 1 ? p.loss : first;
            last = p.loss;
        };
        o.onValidation = [&](const LmValidation& v) { validation = v; };
        const auto report = trainLanguageModel(o);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().message.c_str());
        QVERIFY(report->finished);
        QCOMPARE(report->tokens, std::uint64_t(120 * 8 * 16));
        QVERIFY(std::abs(first - std::log(64.0)) < 0.3);
        QVERIFY2(last < 2.0, std::to_string(last).c_str());
        QVERIFY(validation.lossPerToken < 2.0);
        QVERIFY(validation.lossOfGroup.count("a") == 1);
        QVERIFY(fs::exists(o.output / "before-decay" / "state.json"));
        QVERIFY(fs::exists(o.output / "log.jsonl"));
    }

    void resumesToTheBit_data() {
        QTest::addColumn<QString>("precision");
        QTest::addColumn<int>("workers");
        QTest::addColumn<bool>("muon");
        QTest::newRow("float32, AdamW") << "float32" << 1 << false;
        QTest::newRow("bfloat16, Muon") << "bfloat16" << 1 << true;
        QTest::newRow("two workers") << "bfloat16" << 2 << true;
    }
    void resumesToTheBit() {
        QFETCH(QString, precision);
        QFETCH(int, workers);
        QFETCH(bool, muon);
        QTemporaryDir output;
        LmOptions o = options("resume");
        o.mixture = {{"a", 1.0}, {"b", 1.0}};
        o.precision = precision.toStdString();
        o.workers = workers;
        o.accumulate = 2;
        o.optimizer.kind = muon ? OptimizerKind::Muon : OptimizerKind::AdamW;
        o.output = test::pathOf(output) / "whole";
        const Checkpoint whole = trained(o);
        QCOMPARE(whole.step, std::int64_t(12));
        o.output = test::pathOf(output) / "parts";
        QCOMPARE(trained(o, 5).step, std::int64_t(5));
        QCOMPARE(trained(o, 1).step, std::int64_t(6));
        QVERIFY(sameTensors(trained(o), whole));
    }

    void workersAgree() {
        LmOptions o = options("workers1");
        o.mixture = {{"a", 1.0}};
        o.precision = "float32";
        o.optimizer.kind = OptimizerKind::AdamW;
        o.steps = 3;
        const Checkpoint one = trained(o);
        o.output = m_folder / "workers4";
        o.workers = 4;
        const Checkpoint four = trained(o);
        const auto name = std::string("model.layers.0.self_attn.q_proj.weight");
        const auto difference = (one.tensors.at(name) - four.tensors.at(name)).abs().max();
        QVERIFY(difference.item<double>() < 1e-4);
    }

    void keepsTheNewestCheckpoints() {
        LmOptions o = options("keeps");
        o.mixture = {{"a", 1.0}};
        o.checkpointMinutes = 1e-9;
        o.keepCheckpoints = 2;
        QVERIFY(trainLanguageModel(o).ok());
        const auto all = listCheckpoints(o.output);
        QCOMPARE(all.size(), std::size_t(2));
        QCOMPARE(all.back().filename().string(), checkpointName(12));
    }

    void errors_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("message");
        QTest::newRow("no length") << "length"
                                   << "steps or in hours";
        QTest::newRow("group") << "group"
                               << "no group \"c\"";
        QTest::newRow("short group") << "short"
                                     << "shorter than one window";
        QTest::newRow("folder") << "folder"
                                << "nowhere";
        QTest::newRow("tokenizers") << "tokenizer"
                                    << "different tokenizers";
        QTest::newRow("device") << "device"
                                << "unknown device";
        QTest::newRow("workers") << "workers"
                                 << "share evenly";
    }
    void errors() {
        QFETCH(QString, what);
        QFETCH(QString, message);
        LmOptions o = options("errors");
        o.mixture = {{"a", 1.0}};
        if (what == "length") {
            o.steps = 0;
        } else if (what == "group") {
            o.mixture = {{"c", 1.0}};
        } else if (what == "short") {
            o.mixture = {{"short", 1.0}};
        } else if (what == "folder") {
            o.train = m_folder / "nowhere";
        } else if (what == "tokenizer") {
            o.valid = m_folder / "other";
        } else if (what == "device") {
            o.device = "abacus";
        } else {
            o.workers = 3;
        }
        const auto report = trainLanguageModel(o);
        QVERIFY(!report.ok());
        QVERIFY2(report.error().message.find(message.toStdString()) != std::string::npos,
                 report.error().message.c_str());
    }

    void refusesCheckpointsOfOthers() {
        LmOptions o = options("mine");
        o.mixture = {{"a", 1.0}};
        o.steps = 2;
        QVERIFY(trainLanguageModel(o).ok());
        o.steps = 4;
        o.optimizer.kind = OptimizerKind::AdamW;
        const auto otherOptimizer = trainLanguageModel(o);
        QVERIFY(!otherOptimizer.ok());
        QVERIFY(otherOptimizer.error().message.find("optimizer") != std::string::npos);
        o.train = m_folder / "other";
        o.valid.clear();
        QVERIFY(trainLanguageModel(o).error().message.find("tokenizer") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestLmTrainer)
#include "test_lm_trainer.moc"
