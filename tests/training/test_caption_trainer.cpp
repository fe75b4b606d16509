#include "training/caption_fixture.h"

#include "training/captions/photo_file.h"

using namespace linnet;
using torch::Tensor;
using training::CaptionTrainerOptions;
namespace fs = std::filesystem;
using SmallCorpus = tests::SmallCaptionCorpus;

namespace {

training::NamedTensors weightsOf(const fs::path& path) {
    const auto tensors = training::readTensors(path);
    return tensors ? *tensors : training::NamedTensors();
}

} // namespace

class TestCaptionTrainer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void learnsToTellPicturesApart() {
        const SmallCorpus corpus;
        auto options = corpus.options("run");
        options.steps = 150;
        options.validEvery = 40;
        std::vector<double> losses;
        std::vector<training::CaptionValidation> validations;
        options.onProgress = [&](const training::CaptionProgress& p) { losses.push_back(p.loss); };
        options.onValidation = [&](const training::CaptionValidation& v) {
            validations.push_back(v);
        };
        const auto report = training::trainCaptioner(options);
        QVERIFY2(report, report ? "" : report.error().message.c_str());
        QVERIFY(report->finished);
        QCOMPARE(report->step, std::int64_t{150});
        QVERIFY2(losses.back() < 0.6 * losses.front(), qPrintable(QString::number(losses.back())));
        QCOMPARE(validations.size(), std::size_t{4}); // three, and one at the end
        QVERIFY2(validations.back().scores.bleu[2] > 0.9,
                 qPrintable(QString::number(validations.back().scores.bleu[2])));
        // What comes before the trained stage is as it was; what follows has moved.
        const auto before = weightsOf(corpus.root() / "encoder.safetensors");
        const auto after = weightsOf(corpus.root() / "run/latest.safetensors");
        QVERIFY(torch::equal(before.at("l00.weight"), after.at("encoder.l00.weight")));
        QVERIFY(!torch::equal(before.at("l11.weight"), after.at("encoder.l11.weight")));
        QVERIFY(fs::exists(corpus.root() / "run/best.safetensors"));
    }

    void goesOnToTheBit() {
        const SmallCorpus corpus;
        auto whole = corpus.options("whole");
        whole.steps = 16;
        QVERIFY(training::trainCaptioner(whole));
        auto parts = corpus.options("parts");
        parts.steps = 16;
        std::atomic<bool> stop{false};
        parts.stop = &stop;
        parts.onProgress = [&](const training::CaptionProgress& p) { stop = p.step == 7; };
        const auto first = training::trainCaptioner(parts);
        QVERIFY(first && !first->finished);
        parts.onProgress = nullptr;
        parts.stop = nullptr;
        QVERIFY(training::trainCaptioner(parts));
        const auto a = weightsOf(corpus.root() / "whole/latest.safetensors");
        const auto b = weightsOf(corpus.root() / "parts/latest.safetensors");
        QCOMPARE(a.size(), b.size());
        QVERIFY(!a.empty());
        for (const auto& [name, tensor] : a) {
            QVERIFY2(torch::equal(tensor, b.at(name)), name.c_str());
        }
    }

    void badInputsAreNamed() {
        const SmallCorpus corpus;
        const auto failureOf = [](const CaptionTrainerOptions& o) {
            const auto report = training::trainCaptioner(o);
            return report ? std::string() : report.error().message;
        };
        auto options = corpus.options("bad");
        options.subjects = corpus.root() / "none.tsv";
        QVERIFY(failureOf(options).find("none.tsv") != std::string::npos);
        QVERIFY(training::writeFileAtomically(corpus.root() / "photos/photos.u8", "short"));
        QVERIFY(failureOf(corpus.options("bad")).find("photos.u8") != std::string::npos);
        auto timeless = corpus.options("bad");
        timeless.steps = 0;
        QVERIFY(failureOf(timeless).find("steps") != std::string::npos);
    }

    void viewsAreRepeatable() {
        at::manual_seed(1);
        const Tensor pixels = (torch::rand({3, 16, 16}) * 255.0).floor();
        const Tensor plain = training::augmented(pixels, 9, 0);
        QVERIFY(torch::allclose(plain, pixels / 127.5 - 1.0));
        QVERIFY(torch::allclose(training::augmented(pixels, 9, 1), plain.flip({2})));
        const Tensor varied = training::augmented(pixels, 9, 2);
        QVERIFY(torch::equal(varied, training::augmented(pixels, 9, 2)));
        QVERIFY(!torch::equal(varied, training::augmented(pixels, 9, 3)));
        QVERIFY(!torch::equal(varied, training::augmented(pixels, 8, 2)));
        QVERIFY(varied.min().item<float>() >= -1.0F && varied.max().item<float>() <= 1.0F);
    }
};

QTEST_GUILESS_MAIN(TestCaptionTrainer)
#include "test_caption_trainer.moc"
