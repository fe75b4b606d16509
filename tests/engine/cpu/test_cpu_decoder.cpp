#include <QtTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "decoder_fixture.h"
#include "engine/torch/cpu/benchmark.h"
#include "engine/torch/cpu/kernels.h"

using namespace linnet::engine;
using namespace linnet::engine::cpu;
using namespace linnet::test;

class TestCpuDecoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void prefillEqualsOneByOne_data() { architectures(); }
    void prefillEqualsOneByOne();
    void batchEqualsAlone();
    void manyTextsEqualEachAlone_data();
    void manyTextsEqualEachAlone();
    void threadsGiveTheSameBits();
    void truncateAndContinue();
    void forksAreIndependent();
    void longTextCrossesChunksAndPasses();
    void logitRowsAreAsAsked();
    void logSoftmaxSumsToOne();
    void findsTheLargest();
    void weighsAgainstTheLargest();
    void badRequestsLeaveSequencesAlone();
    void loadingErrorsNameTheWeight();
    void stopEndsLoading();
    void stopEndsAPass();
    void benchmarksRun();

private:
    static void architectures();
};

void TestCpuDecoder::architectures() {
    QTest::addColumn<QString>("architecture");
    QTest::newRow("llama") << "llama";
    QTest::newRow("qwen2") << "qwen2";
    QTest::newRow("gpt2") << "gpt2";
}

// To the bit, so that what a text gives does not depend on how its tokens were cut into passes.
void TestCpuDecoder::prefillEqualsOneByOne() {
    QFETCH(QString, architecture);
    const RandomModel model(configOf(architecture), Storage::Float32, 8);
    const auto tokens = randomTokens(50, model.config().vocabularySize, 9);
    for (const CpuLevel level : supportedLevels()) {
        const auto decoder = makeDecoder(model, 2, level);
        const auto whole = decoder->newSequence();
        const auto single = decoder->newSequence();
        const auto parts = decoder->newSequence();
        const Logits expected = runOneByOne(*decoder, *single, tokens);
        QVERIFY(run(*decoder, *whole, tokens) == expected);
        Logits logits;
        for (std::size_t begin = 0, length = 1; begin < tokens.size(); begin += length++) {
            const auto part =
                std::span(tokens).subspan(begin).first(std::min(length, tokens.size() - begin));
            const Logits rows = run(*decoder, *parts, part);
            logits.insert(logits.end(), rows.begin(), rows.end());
        }
        QVERIFY(logits == expected);
        // What they left in their caches serves equally.
        QCOMPARE(whole->length(), 50);
        const TokenId next = 1;
        const Logits after = run(*decoder, *single, std::span(&next, 1));
        QVERIFY(run(*decoder, *whole, std::span(&next, 1)) == after);
        QVERIFY(run(*decoder, *parts, std::span(&next, 1)) == after);
    }
}

void TestCpuDecoder::batchEqualsAlone() {
    const RandomModel model(smallQwen2(), Storage::Int8, 8);
    const auto decoder = makeDecoder(model, 2);
    constexpr int count = 7;
    std::vector<std::vector<TokenId>> texts;
    std::vector<std::unique_ptr<KvSequence>> together;
    std::vector<DecoderStep> steps;
    Logits expected;
    for (int i = 0; i < count; ++i) {
        texts.push_back(randomTokens(1 + 5 * i, model.config().vocabularySize, 10U + unsigned(i)));
        const auto alone = decoder->newSequence();
        const Logits row = run(*decoder, *alone, texts.back(), LogitRows::Last);
        expected.insert(expected.end(), row.begin(), row.end());
        together.push_back(decoder->newSequence());
    }
    for (int i = 0; i < count; ++i) {
        const auto index = static_cast<std::size_t>(i);
        steps.push_back({together[index].get(), texts[index], LogitRows::Last});
    }
    const auto logits = decoder->forward(steps);
    QVERIFY(logits.ok());
    QVERIFY(Logits(logits->begin(), logits->end()) == expected);
    for (int i = 0; i < count; ++i) {
        QCOMPARE(together[static_cast<std::size_t>(i)]->length(), 1 + 5 * i);
    }
}

void TestCpuDecoder::manyTextsEqualEachAlone_data() {
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("fewAlone");
    QTest::newRow("two threads") << 2 << false;
    QTest::newRow("three threads") << 3 << false;
    QTest::newRow("a second that joins") << 2 << true;
}

// Each thread takes some of the texts; prompts beside, or one too long for that; few, then many.
void TestCpuDecoder::manyTextsEqualEachAlone() {
    QFETCH(int, threads);
    QFETCH(bool, fewAlone);
    const RandomModel model(smallLlama(), Storage::Int8, 21);
    const auto single = makeDecoder(model);
    auto made = CpuDecoder::create(model.config(), model.source(),
                                   {.threads = threads, .terms = Terms::One, .fewAlone = fewAlone});
    QVERIFY(made.ok());
    CpuDecoder& decoder = **made;
    unsigned seed = 30;
    for (const int count : {3, 7, 12, 23, 40}) {
        std::vector<std::unique_ptr<KvSequence>> together;
        std::vector<std::unique_ptr<KvSequence>> alone;
        for (int pass = 0; pass < 3; ++pass) {
            std::vector<std::vector<TokenId>> texts;
            std::vector<DecoderStep> steps;
            Logits expected;
            for (int i = 0; i < count; ++i) {
                const int length = pass == 1 && i == 2 ? 60 : 1 + (i + pass) % 4 / 3;
                texts.push_back(randomTokens(length, model.config().vocabularySize, ++seed));
                if (pass == 0) {
                    together.push_back(decoder.newSequence());
                    alone.push_back(single->newSequence());
                }
            }
            for (int i = 0; i < count; ++i) {
                const auto at = static_cast<std::size_t>(i);
                const LogitRows rows = i % 3 == 0   ? LogitRows::All
                                       : i % 5 == 0 ? LogitRows::None
                                                    : LogitRows::Last;
                const Logits row = run(*single, *alone[at], texts[at], rows);
                expected.insert(expected.end(), row.begin(), row.end());
                steps.push_back({together[at].get(), texts[at], rows});
            }
            const auto logits = decoder.forward(steps);
            QVERIFY(logits.ok());
            QVERIFY(Logits(logits->begin(), logits->end()) == expected);
        }
    }
}

void TestCpuDecoder::threadsGiveTheSameBits() {
    const RandomModel model(smallLlama(), Storage::Int8, 12);
    const auto tokens = randomTokens(30, model.config().vocabularySize, 13);
    Logits expected;
    for (int threads = 1; threads <= 3; ++threads) {
        const auto decoder = makeDecoder(model, threads);
        QCOMPARE(decoder->threads(), threads);
        const auto sequence = decoder->newSequence();
        Logits logits = run(*decoder, *sequence, tokens);
        const Logits more = runOneByOne(*decoder, *sequence, tokens);
        logits.insert(logits.end(), more.begin(), more.end());
        if (threads == 1) {
            expected = logits;
        }
        QCOMPARE(logits, expected);
    }
}

void TestCpuDecoder::truncateAndContinue() {
    const RandomModel model(smallGpt2(), Storage::Int8, 14);
    const auto decoder = makeDecoder(model);
    const auto tokens = randomTokens(140, model.config().vocabularySize, 15);
    const auto straight = decoder->newSequence();
    const Logits expected = runOneByOne(*decoder, *straight, tokens);
    const auto sequence = decoder->newSequence();
    (void)runOneByOne(*decoder, *sequence, tokens);
    const auto vocabulary = static_cast<std::ptrdiff_t>(model.config().vocabularySize);
    for (const int keep : {131, 64, 63, 7, 0}) {
        sequence->truncate(keep);
        QCOMPARE(sequence->length(), keep);
        const Logits again =
            runOneByOne(*decoder, *sequence, std::span(tokens).subspan(std::size_t(keep)));
        QVERIFY(std::equal(again.begin(), again.end(), expected.begin() + keep * vocabulary));
    }
}

void TestCpuDecoder::forksAreIndependent() {
    const RandomModel model(smallLlama(), Storage::Int8, 16);
    const auto decoder = makeDecoder(model);
    const auto tokens = randomTokens(100, model.config().vocabularySize, 17);
    const auto context = std::span(tokens).first(70);
    const auto left = std::span(tokens).subspan(70, 15);
    const auto right = std::span(tokens).subspan(85, 15);

    const auto trunk = decoder->newSequence();
    (void)runOneByOne(*decoder, *trunk, context);
    const auto branch = decoder->forkSequence(*trunk);
    QCOMPARE(branch->length(), 70);
    const Logits ofTrunk = runOneByOne(*decoder, *trunk, left);
    const Logits ofBranch = runOneByOne(*decoder, *branch, right);

    const auto fresh = decoder->newSequence();
    (void)runOneByOne(*decoder, *fresh, context);
    QCOMPARE(runOneByOne(*decoder, *fresh, left), ofTrunk);
    fresh->truncate(70);
    QCOMPARE(runOneByOne(*decoder, *fresh, right), ofBranch);
    // Rewriting a position that a fork shares must not reach the other one.
    const auto second = decoder->forkSequence(*branch);
    second->truncate(10);
    (void)runOneByOne(*decoder, *second, right);
    branch->truncate(70);
    QCOMPARE(runOneByOne(*decoder, *branch, right), ofBranch);
}

void TestCpuDecoder::longTextCrossesChunksAndPasses() {
    ModelConfig config = smallLlama();
    config.layers = 1;
    config.maxPositions = 1024;
    const RandomModel model(config, Storage::Int8, 18);
    const auto decoder = makeDecoder(model, 2);
    const auto tokens = randomTokens(ForwardPass::maxColumns + 77, config.vocabularySize, 19);
    const auto whole = decoder->newSequence();
    const auto single = decoder->newSequence();
    const Logits expected = runOneByOne(*decoder, *single, tokens);
    QVERIFY(relativeError(run(*decoder, *whole, tokens), expected) < sameWithinRounding);
}

void TestCpuDecoder::logitRowsAreAsAsked() {
    const RandomModel model(smallLlama(), Storage::Int8, 20);
    const auto decoder = makeDecoder(model);
    const auto tokens = randomTokens(9, model.config().vocabularySize, 21);
    const auto vocabulary = static_cast<std::size_t>(model.config().vocabularySize);
    const auto a = decoder->newSequence();
    const auto b = decoder->newSequence();
    const auto c = decoder->newSequence();
    const auto d = decoder->newSequence();
    const std::vector<DecoderStep> steps = {{a.get(), tokens, LogitRows::All},
                                            {b.get(), tokens, LogitRows::None},
                                            {c.get(), {}, LogitRows::Last},
                                            {d.get(), tokens, LogitRows::Last}};
    const auto logits = decoder->forward(steps);
    QVERIFY(logits.ok());
    QCOMPARE(logits->size(), 10 * vocabulary);
    QCOMPARE(b->length(), 9);
    QCOMPARE(c->length(), 0);
    const auto last = logits->subspan(8 * vocabulary, vocabulary);
    QVERIFY(std::equal(last.begin(), last.end(), logits->begin() + 9 * std::ptrdiff_t(vocabulary)));
    QVERIFY(decoder->forward({})->empty());
}

void TestCpuDecoder::logSoftmaxSumsToOne() {
    const RandomModel model(smallLlama(), Storage::Int8, 22);
    for (const CpuLevel level : supportedLevels()) {
        const auto decoder = makeDecoder(model, 1, level);
        Logits logits(50257);
        std::mt19937 random(1);
        std::normal_distribution<float> normal(3.0F, 5.0F);
        double sum = 0.0;
        for (float& x : logits) {
            x = normal(random);
            sum += std::exp(static_cast<double>(x));
        }
        Logits out(logits.size());
        decoder->logSoftmax(logits, out);
        for (std::size_t i = 0; i < logits.size(); ++i) {
            QVERIFY(std::fabs(static_cast<double>(out[i]) -
                              (static_cast<double>(logits[i]) - std::log(sum))) < 1e-5);
        }
    }
}

void TestCpuDecoder::findsTheLargest() {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const CpuLevel level : supportedLevels()) {
        const auto largest = kernelsFor(level).largest;
        for (std::size_t size = 1; size < 150; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                Logits x(size, -3.0F);
                x[at] = -2.0F;
                x[(at + 1) % size] = size == 1 ? -2.0F : std::numeric_limits<float>::quiet_NaN();
                QCOMPARE(largest(x.data(), size), -2.0F);
            }
        }
        const Logits nothing(70, std::numeric_limits<float>::quiet_NaN());
        QCOMPARE(largest(nothing.data(), nothing.size()), -infinity);
    }
}

void TestCpuDecoder::weighsAgainstTheLargest() {
    for (const CpuLevel level : supportedLevels()) {
        std::mt19937 random(1);
        std::normal_distribution<float> normal(3.0F, 20.0F);
        Logits logits(71);
        for (float& x : logits) {
            x = normal(random);
        }
        logits[3] = -std::numeric_limits<float>::infinity();
        logits[70] = std::numeric_limits<float>::quiet_NaN();
        logits[12] = 70.0F;
        Logits out(logits.size(), -1.0F);
        const float sum =
            kernelsFor(level).weigh(logits.data(), logits.size(), 70.0F, 1.25F, out.data());
        double wanted = 0.0;
        for (std::size_t i = 0; i < logits.size(); ++i) {
            const double weight = std::exp((static_cast<double>(logits[i]) - 70.0) * 1.25);
            if (std::isnan(weight)) {
                continue;
            }
            // The smallest lose what makes those of minus infinity exactly nothing.
            QVERIFY(std::fabs(static_cast<double>(out[i]) - weight) < 2e-5 * weight + 3e-38);
            wanted += weight;
        }
        QCOMPARE(out[3], 0.0F);
        QCOMPARE(out[70], 0.0F);
        QVERIFY(std::fabs(static_cast<double>(sum) - wanted) < 1e-5 * wanted);
    }
}

void TestCpuDecoder::badRequestsLeaveSequencesAlone() {
    const RandomModel model(smallGpt2(), Storage::Int8, 23);
    const auto decoder = makeDecoder(model);
    const auto sequence = decoder->newSequence();
    const auto tokens = randomTokens(20, model.config().vocabularySize, 24);
    (void)run(*decoder, *sequence, tokens);
    const auto refuses = [&](const std::vector<DecoderStep>& steps) {
        const auto result = decoder->forward(steps);
        return !result && result.error().code == ErrorCode::InvalidArgument &&
               sequence->length() == 20;
    };
    const std::vector<TokenId> bad = {1, 131};
    const std::vector<TokenId> negative = {-1};
    const std::vector<TokenId> tooMany(141, 1);
    QVERIFY(refuses({{sequence.get(), bad, LogitRows::Last}}));
    QVERIFY(refuses({{sequence.get(), negative, LogitRows::Last}}));
    QVERIFY(refuses({{sequence.get(), tooMany, LogitRows::Last}}));
    QVERIFY(refuses({{nullptr, tokens, LogitRows::Last}}));
    QVERIFY(refuses(
        {{sequence.get(), tokens, LogitRows::Last}, {sequence.get(), tokens, LogitRows::Last}}));
}

void TestCpuDecoder::loadingErrorsNameTheWeight() {
    const auto fails = [](RandomModel& model, ErrorCode code, const char* name) {
        const auto decoder = CpuDecoder::create(model.config(), model.source(), {});
        return !decoder && decoder.error().code == code &&
               decoder.error().message.find(name) != std::string::npos;
    };
    RandomModel missing(smallLlama(), Storage::Float32, 25);
    missing.remove("layers.1.up.weight");
    QVERIFY(fails(missing, ErrorCode::NotFound, "layers.1.up.weight"));

    RandomModel shape(smallLlama(), Storage::Float32, 25);
    shape.view("layers.2.down.weight").rows -= 1;
    QVERIFY(fails(shape, ErrorCode::CorruptFile, "layers.2.down.weight"));

    RandomModel cut(smallGpt2(), Storage::Float32, 25);
    cut.view("layers.0.key.bias").bytes = cut.view("layers.0.key.bias").bytes.first(8);
    QVERIFY(fails(cut, ErrorCode::CorruptFile, "layers.0.key.bias"));

    RandomModel scales(smallLlama(), Storage::Int8, 25);
    scales.view("head.weight").scales = scales.view("head.weight").scales.first(100);
    QVERIFY(fails(scales, ErrorCode::CorruptFile, "head.weight"));

    RandomModel infinite(smallLlama(), Storage::Float32, 25);
    std::vector<float> bad(72 * 72, INFINITY);
    bad.resize(6 * 20 * 72, 0.0F);
    infinite.view("layers.1.query.weight").bytes = std::as_bytes(std::span(bad));
    QVERIFY(fails(infinite, ErrorCode::CorruptFile, "layers.1.query.weight"));

    ModelConfig config = smallLlama();
    config.architecture = "mamba";
    const RandomModel strange(config, Storage::Int8, 25);
    const auto refused = CpuDecoder::create(config, strange.source(), {});
    QVERIFY(!refused && refused.error().code == ErrorCode::UnsupportedFormat);

    // Far more than a machine has: an error, not a crash.
    ModelConfig huge = smallLlama();
    huge.vocabularySize = 2'000'000'000;
    huge.hiddenSize = 2'000'000;
    const auto large = CpuDecoder::create(huge, strange.source(), {});
    QVERIFY(!large && large.error().code == ErrorCode::OutOfMemory);
}

void TestCpuDecoder::stopEndsLoading() {
    const RandomModel model(smallLlama(), Storage::Float32, 26);
    std::stop_source stop;
    const auto source = [&](const std::string& name) {
        if (name.starts_with("layers.1.")) {
            stop.request_stop();
        }
        return model.source()(name);
    };
    const auto decoder = CpuDecoder::create(model.config(), source, {}, stop.get_token());
    QVERIFY(decoder.ok());
    QVERIFY(*decoder == nullptr);
}

void TestCpuDecoder::stopEndsAPass() {
    const RandomModel model(smallLlama(), Storage::Int8, 27);
    const auto decoder = makeDecoder(model);
    const auto tokens =
        randomTokens(ForwardPass::maxColumns + 9, model.config().vocabularySize, 28);
    const auto sequence = decoder->newSequence();
    const auto plain = decoder->newSequence();
    const auto context = std::span(tokens).first(70);
    (void)run(*decoder, *sequence, context);
    (void)run(*decoder, *plain, context);
    const auto branch = decoder->forkSequence(*sequence);
    std::stop_source stop;
    stop.request_stop();
    const DecoderStep step{sequence.get(), std::span(tokens).subspan(9), LogitRows::All};
    const auto stopped = decoder->forward({&step, 1}, stop.get_token());
    QVERIFY(stopped.ok() && stopped->empty());
    QCOMPARE(sequence->length(), 70);
    for (KvSequence* one : {sequence.get(), branch.get()}) {
        const Logits again = run(*decoder, *one, std::span(tokens).subspan(70));
        QCOMPARE(again, run(*decoder, *plain, std::span(tokens).subspan(70)));
        plain->truncate(70);
    }
}

void TestCpuDecoder::benchmarksRun() {
    for (const char* name : {"15m", "34m", "gpt2", "smollm2"}) {
        QVERIFY(benchmarkShape(name).has_value());
    }
    QVERIFY(!benchmarkShape("unknown").has_value());
    for (const ModelConfig& config : {smallLlama(), smallQwen2(), smallGpt2()}) {
        auto decoder = makeRandomDecoder(config, {2, defaultLevel()});
        QVERIFY(decoder.ok());
        QVERIFY(measureDecode(**decoder, 8, 1) > 0.0);
        QVERIFY(measurePrefill(**decoder, 40, 1) > 0.0);
    }
    QVERIFY(measureReadBandwidth(2, std::size_t{1} << 20) > 0.0);
}

QTEST_APPLESS_MAIN(TestCpuDecoder)
#include "test_cpu_decoder.moc"
