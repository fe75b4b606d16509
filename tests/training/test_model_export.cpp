// Torch's headers come before Qt's, whose macros they do not know.
#include <torch/types.h>

#include "engine/torch/torch_weights.h"
#include "training/checkpoint.h"
#include "training/language_network.h"
#include "training/model_export.h"
#include "training/model_gate.h"
#include "training/tensor_files.h"
#include "training/tokenizer_file.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "token_fixture.h"
#include "training/file_io.h"

using namespace linnet::training;
using linnet::engine::ModelConfig;
namespace fs = std::filesystem;

class TestModelExport : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;
    fs::path m_folder;
    Checkpoint m_checkpoint;

    ExportOptions options(const char* output, WeightFormat format = WeightFormat::Int8) const {
        ExportOptions o;
        o.checkpoint = m_folder / "run" / checkpointName(7);
        o.tokenizer = m_folder;
        o.output = m_folder / output;
        o.format = format;
        o.card.title = "Test";
        o.card.licence = "CC0-1.0";
        o.card.commands = "first\nsecond";
        return o;
    }

    nlohmann::json cardOf(const fs::path& folder) const {
        const auto text = readFile(folder / "card.json");
        return text ? nlohmann::json::parse(*text) : nlohmann::json();
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = test::pathOf(m_temporary);
        std::ofstream(m_folder / "tokenizer.json") << "{}";
        ModelConfig& config = m_checkpoint.config;
        config.architecture = "llama";
        config.vocabularySize = 64;
        config.hiddenSize = 32;
        config.layers = 1;
        config.heads = 2;
        config.kvHeads = 1;
        config.headDim = 16;
        config.intermediateSize = 64;
        config.maxPositions = 16;
        config.tiedEmbeddings = true;
        config.endOfText = {63};
        m_checkpoint.tensors = initialParameters(config, 4);
        m_checkpoint.tensors["optimizer.first.model.norm.weight"] = torch::zeros({32});
        m_checkpoint.step = 7;
        m_checkpoint.tokens = 7000;
        m_checkpoint.seed = 4;
        m_checkpoint.mixture = {{"a", 3.0}, {"b", 1.0}};
        m_checkpoint.optimizer = "muon";
        m_checkpoint.recipe = "linnet-train lm";
        m_checkpoint.tokenizerSha256 = *sha256OfFile(m_folder / "tokenizer.json");
        QVERIFY(writeCheckpoint(m_checkpoint, m_folder / "run", checkpointName(7)).ok());
        test::writeTokens(
            m_folder / "tokens", m_checkpoint.tokenizerSha256, 64,
            {{"a", test::countingTokens(200, 40)}, {"tiny", test::countingTokens(6, 5)}});
        test::writeTokens(m_folder / "alien", "another", 64, {{"a", test::countingTokens(99, 9)}});
    }

    void checkpointRoundTrip() {
        const auto read = readCheckpoint(m_folder / "run" / checkpointName(7));
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QCOMPARE(read->tensors.size(), m_checkpoint.tensors.size());
        for (const auto& [name, tensor] : m_checkpoint.tensors) {
            QVERIFY(torch::equal(read->tensors.at(name), tensor));
        }
        QCOMPARE(read->config.kvHeads, 1);
        QCOMPARE(read->mixture, m_checkpoint.mixture);
        std::ofstream(m_folder / "run" / "bad.json") << "";
        fs::create_directories(m_folder / "damaged");
        std::ofstream(m_folder / "damaged" / "state.json") << "{\"step\":\"x\"}";
        const auto damaged = readCheckpoint(m_folder / "damaged");
        QVERIFY(!damaged.ok());
        QVERIFY(damaged.error().message.find("step") != std::string::npos);
        QVERIFY(!readCheckpoint(m_folder / "nowhere").ok());
    }

    void quantizationErrorIsHalfAStep() {
        at::manual_seed(1);
        torch::Tensor matrix = torch::randn({5, 64});
        matrix.narrow(1, 32, 32)[2].zero_();
        const auto [values, scales] = quantizedInt8(matrix, 32);
        QCOMPARE(scales.sizes().vec(), (std::vector<std::int64_t>{5, 2}));
        QCOMPARE(values.scalar_type(), torch::kChar);
        const torch::Tensor step = scales.to(torch::kFloat).unsqueeze(-1);
        const torch::Tensor error =
            (values.to(torch::kFloat).view({5, 2, 32}) * step - matrix.view({5, 2, 32})).abs();
        QVERIFY(((error - 0.502 * step).max().item<double>()) <= 1e-7);
    }

    void engineOpensWhatWasExported_data() {
        QTest::addColumn<int>("format");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("int8") << int(WeightFormat::Int8) << 1e-3;
        QTest::newRow("float16") << int(WeightFormat::Float16) << 1e-4;
        QTest::newRow("float32") << int(WeightFormat::Float32) << 0.0;
    }
    void engineOpensWhatWasExported() {
        QFETCH(int, format);
        QFETCH(double, tolerance);
        const ExportOptions o = options("exported", static_cast<WeightFormat>(format));
        const auto done = exportModel(o);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
        const auto opened = linnet::engine::Checkpoint::open(o.output);
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        const auto weights = linnet::engine::torchWeights(*opened, torch::kCPU, torch::kFloat);
        for (const auto& [name, tensor] : m_checkpoint.tensors) {
            if (!name.starts_with("optimizer.")) {
                const auto error = (weights.at(name) - tensor).abs().max().item<double>();
                QVERIFY2(error <= tolerance, name.c_str());
            }
        }
    }

    void cardTellsTheStory() {
        ExportOptions o = options("card");
        o.card.use = "verse";
        o.measure.tokens = m_folder / "tokens";
        o.measuredOn = "held-out";
        fs::create_directories(o.output);
        std::ofstream(o.output / "words.bin") << "kept";
        const auto done = exportModel(o);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
        const auto card = cardOf(o.output);
        QCOMPARE(card["title"], "Test");
        QCOMPARE(card["use"], "verse");
        QCOMPARE(card["recipe"], nlohmann::json({"first", "second", "linnet-train lm"}));
        QCOMPARE(card["training"]["mixture"]["a"], 0.75);
        QCOMPARE(card["training"]["tokens"], 7000);
        QCOMPARE(card["measured"]["text"], "held-out");
        QVERIFY(std::abs(card["measured"]["nats_per_token"].get<double>() - std::log(64.0)) < 0.2);
        QVERIFY(card["measured"]["groups"].contains("tiny"));
        QVERIFY(fs::exists(o.output / "words.bin"));
        QVERIFY(!fs::exists(m_folder / "card.partial") && !fs::exists(m_folder / "card.old"));
    }

    void refusesTheWrongTokenizer() {
        ExportOptions o = options("wrong");
        fs::create_directories(m_folder / "alien-tokenizer");
        std::ofstream(m_folder / "alien-tokenizer" / "tokenizer.json") << "{ }";
        o.tokenizer = m_folder / "alien-tokenizer";
        QVERIFY(exportModel(o).error().message.find("tokenizer") != std::string::npos);
        o.tokenizer = m_folder / "nowhere";
        QVERIFY(!exportModel(o).ok());
        QVERIFY(!fs::exists(o.output));
    }

    void gateFigures() {
        const GateFigure perplexity{"p", 10.01, 10.0, false};
        QVERIFY(!perplexity.worse(0.002));
        QVERIFY(perplexity.worse(0.0005));
        const GateFigure savings{"s", 0.54, 0.55, true};
        QVERIFY(savings.worse(0.002));
        QVERIFY(!(GateFigure{"s", 0.56, 0.55, true}.worse(0.0)));
        QVERIFY((GateFigure{"n", std::nan(""), 1.0, false}.worse(0.5)));
    }

    void gateComparesModels() {
        QVERIFY(exportModel(options("shipped", WeightFormat::Float32)).ok());
        QVERIFY(exportModel(options("same")).ok());
        GateOptions gate;
        gate.candidate = m_folder / "same";
        gate.shipped = m_folder / "shipped";
        gate.measure.tokens = m_folder / "tokens";
        const auto equal = compareModels(gate);
        QVERIFY2(equal.ok(), equal.ok() ? "" : equal.error().message.c_str());
        QVERIFY(!equal->worse);
        gate.figures = {{"savings", 0.5, 0.6, true}};
        QVERIFY(compareModels(gate)->worse);
        gate.figures.clear();

        Checkpoint damaged = m_checkpoint;
        damaged.tensors["model.embed_tokens.weight"] =
            10.0 * m_checkpoint.tensors.at("model.embed_tokens.weight");
        QVERIFY(writeCheckpoint(damaged, m_folder / "run", "damaged").ok());
        ExportOptions o = options("worse");
        o.checkpoint = m_folder / "run" / "damaged";
        QVERIFY(exportModel(o).ok());
        gate.candidate = m_folder / "worse";
        QVERIFY(compareModels(gate)->worse);

        gate.measure.tokens = m_folder / "alien";
        QVERIFY(compareModels(gate).error().message.find("text") != std::string::npos);
        gate.candidate = m_folder / "nowhere";
        QVERIFY(!compareModels(gate).ok());
    }
};

QTEST_GUILESS_MAIN(TestModelExport)
#include "test_model_export.moc"
