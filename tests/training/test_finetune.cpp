// Torch's headers come before Qt's, whose macros they do not know.
#include <torch/types.h>

#include "training/checkpoint.h"
#include "training/finetune.h"
#include "training/language_network.h"
#include "training/model_export.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "token_fixture.h"
#include "training/bpe_trainer.h"
#include "training/corpus.h"
#include "training/file_io.h"
#include "training/tokenizer_file.h"

using namespace linnet::training;
using linnet::engine::ErrorCode;
namespace fs = std::filesystem;

class TestFinetune : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;
    fs::path m_folder;

    FinetuneOptions options(const char* output) const {
        FinetuneOptions o;
        o.model = m_folder / "model";
        o.inputs = {m_folder / "mine.txt"};
        o.held = {m_folder / "held.txt"};
        o.output = m_folder / output;
        o.length = 16;
        o.batch = 4;
        o.passes = 20;
        o.rate = 0.01;
        o.matrixRate = 0.02;
        o.device = "cpu";
        o.recipe = "linnet-train finetune mine.txt";
        return o;
    }

    /// A random model of a small tokenizer, exported as any other.
    void writeModel() {
        BpeTrainer trainer;
        for (const char* piece : {" the", " sea", " ship", "The"}) {
            trainer.add(piece, 5);
        }
        const auto bpe = trainer.train(264, {kEndOfDocument}, " ?\\p{L}+|[^\\p{L}]");
        QVERIFY(bpe.ok());
        QVERIFY(writeTokenizerFile(*bpe, m_folder / "tokenizer.json").ok());
        Checkpoint checkpoint;
        auto& config = checkpoint.config;
        config.architecture = "llama";
        config.vocabularySize = 264;
        config.hiddenSize = 32;
        config.layers = 1;
        config.heads = config.kvHeads = 2;
        config.headDim = 16;
        config.intermediateSize = 64;
        config.maxPositions = 16;
        config.tiedEmbeddings = true;
        config.endOfText = {263};
        checkpoint.tensors = initialParameters(config, 4);
        checkpoint.step = 1;
        checkpoint.optimizer = "muon";
        checkpoint.recipe = "linnet-train lm first";
        checkpoint.tokenizerSha256 = *sha256OfFile(m_folder / "tokenizer.json");
        QVERIFY(writeCheckpoint(checkpoint, m_folder / "run", checkpointName(1)).ok());
        ExportOptions exporting;
        exporting.checkpoint = m_folder / "run" / checkpointName(1);
        exporting.tokenizer = m_folder;
        exporting.output = m_folder / "model";
        exporting.card.title = "Sea prose";
        exporting.card.licence = "CC0-1.0";
        exporting.card.data = "Tales.";
        QVERIFY(exportModel(exporting).ok());
        std::ofstream(m_folder / "model" / "ngram.bin") << "counts";
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = test::pathOf(m_temporary);
        writeModel();
        std::ofstream mine(m_folder / "mine.txt");
        for (int i = 0; i < 60; ++i) {
            mine << "The ship the sea the ship.\n";
        }
        std::ofstream(m_folder / "held.txt") << "The ship the sea the ship.\nThe ship the sea.\n";
        std::ofstream(m_folder / "short.txt") << "The sea";
    }

    void learnsTheWritersTexts() {
        int updates = 0;
        FinetuneOptions o = options("tuned");
        o.onProgress = [&](const LmProgress&) { ++updates; };
        const auto report = finetuneModel(o);
        QVERIFY2(report.ok(), report ? "" : report.error().message.c_str());
        QVERIFY(report->finished);
        const double expected = std::ceil(20.0 * static_cast<double>(report->tokens) / (16 * 4));
        QCOMPARE(static_cast<double>(report->steps), expected);
        QCOMPARE(updates, static_cast<int>(report->steps));
        QVERIFY(report->before && report->after);
        QVERIFY(report->after->perplexityPerWord() < report->before->perplexityPerWord() / 2);

        QCOMPARE(*readFile(m_folder / "tuned" / "ngram.bin"), std::string("counts"));
        QVERIFY(!fs::exists(m_folder / "tuned.work"));
        const auto card = nlohmann::json::parse(*readFile(m_folder / "tuned" / "card.json"));
        QCOMPARE(card["title"].get<std::string>(), std::string("Sea prose, tuned"));
        QCOMPARE(card["licence"].get<std::string>(), std::string("CC0-1.0"));
        QCOMPARE(card["recipe"].front().get<std::string>(), std::string("linnet-train lm first"));
        QCOMPARE(card["recipe"].back().get<std::string>(), o.recipe);
        QVERIFY(card["measured"]["perplexity_per_word"].get<double>() > 0);
    }

    void goesOnAfterAStop() {
        std::atomic<bool> stop{false};
        FinetuneOptions o = options("resumed");
        o.stop = &stop;
        o.onProgress = [&](const LmProgress& p) { stop = p.step >= 3; };
        const auto broken = finetuneModel(o);
        QVERIFY(broken && !broken->finished);
        QVERIFY(!fs::exists(o.output));
        o.stop = nullptr;
        std::int64_t first = 0;
        o.onProgress = [&](const LmProgress& p) { first = first == 0 ? p.step : first; };
        const auto finished = finetuneModel(o);
        QVERIFY(finished && finished->finished);
        QCOMPARE(first, std::int64_t{4});
        QVERIFY(fs::exists(o.output / "model.safetensors"));
    }

    void refusesWhatItCannotUse() {
        FinetuneOptions o = options("refused");
        o.inputs = {m_folder / "short.txt"};
        const auto tooShort = finetuneModel(o);
        QVERIFY(!tooShort);
        QVERIFY(tooShort.error().code == ErrorCode::InvalidArgument);
        QVERIFY(tooShort.error().message.find("--length") != std::string::npos);
        o = options("model");
        QVERIFY(!finetuneModel(o));
        o = options("refused");
        o.model = m_folder / "absent";
        const auto absent = finetuneModel(o);
        QVERIFY(!absent);
        QVERIFY(absent.error().message.find("absent") != std::string::npos);
        QVERIFY(!fs::exists(m_folder / "refused"));
    }
};

QTEST_GUILESS_MAIN(TestFinetune)
#include "test_finetune.moc"
