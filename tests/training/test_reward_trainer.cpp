#include "training/caption_fixture.h"

#include "training/captions/caption_reward.h"
#include "training/captions/caption_sampling.h"
#include "training/captions/reward_trainer.h"

#include <cmath>
#include <map>

using namespace linnet;
using engine::CrossMemory;
using torch::Tensor;
using training::CaptionedPhoto;
using training::CaptionNetwork;
using training::CaptionReward;
using training::CaptionRows;
using training::RewardTrainerOptions;
namespace fs = std::filesystem;
using Ids = std::vector<std::int64_t>;

namespace {

bool near(double a, double b, double tolerance = 1e-9) {
    return std::abs(a - b) < tolerance;
}

/// A small captioner with random weights.
struct SmallCaptioner {
    SmallCaptioner() {
        shape.encoder.imageSize = 32;
        shape.encoder.stemChannels = 4;
        shape.encoder.stages = {{1, 4, 1, 1}};
        shape.encoder.hiddenSize = 6;
        shape.encoder.classes = 3;
        engine::ModelConfig& d = shape.decoder;
        d.vocabularySize = 12;
        d.hiddenSize = 16;
        d.layers = 2;
        d.heads = 2;
        d.intermediateSize = 24;
        d.maxPositions = 24;
        training::completeCaptionDecoder(d);
        at::manual_seed(11);
        for (const auto& [name, size] : training::captionTensors(shape)) {
            const bool scale = name.find("ln_") != std::string::npos && name.ends_with("weight");
            tensors[name] = torch::randn(size) * 0.4 + (scale ? 1.0 : 0.0);
        }
        grid = torch::rand({2, 6, 2, 2});
    }

    CaptionNetwork network() const { return {shape, tensors, torch::kFloat}; }

    training::CaptionShape shape;
    training::NamedTensors tensors;
    Tensor grid;
    Tensor prompts = torch::tensor({8, 9, 10, 9, 8, 10}).view({2, 3});
};

/// ln of the probability of a caption of picture `which`, as a plain product.
Tensor logProbability(const CaptionNetwork& network, const SmallCaptioner& small, int which,
                      const Ids& caption, double temperature) {
    Ids ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(small.prompts[which][i].item<std::int64_t>());
    }
    ids.insert(ids.end(), caption.begin(), caption.end());
    const auto length = static_cast<std::int64_t>(ids.size());
    const CrossMemory own = network.memory(small.grid).selected(torch::tensor({which}));
    const Tensor states = network.decoder().hidden(
        torch::tensor(ids).unsqueeze(0).narrow(1, 0, length - 1), {nullptr, &own});
    const Tensor logProbs =
        torch::log_softmax(network.decoder().logits(states)[0] / temperature, -1);
    Tensor sum = torch::zeros({});
    for (std::int64_t i = 2; i < length - 1; ++i) {
        sum = sum + logProbs[i][ids[static_cast<std::size_t>(i) + 1]];
    }
    return sum;
}

} // namespace

class TestRewardTrainer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // One picture's "a cat" is worth what CIDEr-D by hand gives: with two pictures, a gram of one
    // has the weight ln 2, and one of both has none.
    void rewardsAreThoseOfTheDefinition() {
        const std::vector<CaptionedPhoto> photos = {{"a", 0, {{"en", {"A cat sits."}}}},
                                                    {"b", 1, {{"en", {"A dog runs."}}}}};
        const CaptionReward cider(photos, "en", 0.0);
        QVERIFY(near(cider.of(0, "A cat sits", true), 10.0)); // itself
        QVERIFY(near(cider.of(0, "A dog runs.", true), 0.0));
        // "a cat" and the end: of the single words cat counts, of two (cat; sits: 2), "a" and the
        // end being in both; of two words "a cat" of (a cat, cat end) and (a cat, cat sits, sits
        // end); nothing longer. Lengths in pairs of words are 2 and 3.
        const double penalty = std::exp(-1.0 / 72.0);
        const double expected =
            10.0 / 4.0 * penalty * (1.0 / std::sqrt(2.0) + 1.0 / std::sqrt(6.0));
        QVERIFY2(near(cider.of(0, "a cat", true), expected),
                 qPrintable(QString::number(cider.of(0, "a cat", true), 'g', 12)));
        // Cut off, it does not end where people end.
        QVERIFY(cider.of(0, "a cat sits", false) < cider.of(0, "a cat sits", true) - 1.0);
        // BLEU-4 of "a cat <end>" against "a cat sits <end>": 3/3, (1+1)/(2+1), (0+1)/(1+1), 1/1,
        // and four words are wanted of three.
        const CaptionReward both(photos, "en", 2.0);
        const double bleu = std::exp(1.0 - 4.0 / 3.0) * std::pow(1.0 / 3.0, 0.25);
        QVERIFY(near(both.of(0, "a cat", true) - expected, 2.0 * bleu));
        QCOMPARE(CaptionReward(photos, "zh", 1.0).of(0, "一只猫", true), 0.0);
    }

    void advantagesAreAgainstTheOthers() {
        const auto a = training::advantages({1.0, 2.0, 6.0, 4.0, 4.0, 4.0}, 3);
        const std::vector<double> expected = {-3.0, -1.5, 4.5, 0.0, 0.0, 0.0};
        QCOMPARE(a, expected);
    }

    // A finished caption is as frequent as the network says, and none goes on after its end.
    void captionsAreDrawnAsOftenAsTheyAreLikely() {
        const SmallCaptioner small;
        const CaptionNetwork network = small.network();
        const at::NoGradGuard guard;
        constexpr int times = 4000;
        const training::CaptionSampling sampling = {times, 0.7, 1, {8, 9, 10}, 3};
        std::mt19937_64 random(5);
        const auto drawn = training::sampledCaptions(network, small.prompts,
                                                     network.memory(small.grid), sampling, random);
        QCOMPARE(drawn.size(), std::size_t{2 * times});
        for (int which = 0; which < 2; ++which) {
            std::map<Ids, int> counts;
            for (int i = 0; i < times; ++i) {
                const Ids& caption = drawn[static_cast<std::size_t>(which * times + i)];
                ++counts[caption];
                const auto end = std::find(caption.begin(), caption.end(), 1);
                QVERIFY(end == caption.end() ? caption.size() == 3 : end + 1 == caption.end());
                for (const std::int64_t never : sampling.forbidden) {
                    QVERIFY(std::find(caption.begin(), caption.end(), never) == caption.end());
                }
            }
            // The forbidden tokens' share goes to the others; that of the first place tells by how
            // much, for captions of one token.
            std::vector<std::pair<int, Ids>> frequent;
            for (const auto& [caption, count] : counts) {
                frequent.push_back({count, caption});
            }
            std::sort(frequent.rbegin(), frequent.rend());
            for (std::size_t i = 0; i < 5; ++i) {
                double allowed = 1.0; // of the mass at each place, multiplied
                Ids before;
                for (const std::int64_t token : frequent[i].second) {
                    double never = 0.0;
                    for (const std::int64_t one : sampling.forbidden) {
                        Ids with = before;
                        with.push_back(one);
                        never += std::exp(
                            logProbability(network, small, which, with, 0.7).item<double>() -
                            (before.empty() ? 0.0
                                            : logProbability(network, small, which, before, 0.7)
                                                  .item<double>()));
                    }
                    allowed *= 1.0 - never;
                    before.push_back(token);
                }
                const double p =
                    std::exp(logProbability(network, small, which, frequent[i].second, 0.7)
                                 .item<double>()) /
                    allowed;
                const double share = frequent[i].first / static_cast<double>(times);
                QVERIFY2(std::abs(share - p) < 5.0 * std::sqrt(p * (1.0 - p) / times),
                         qPrintable(QString("%1 against %2").arg(share).arg(p)));
            }
        }
    }

    // The loss is the weighted sum of plain log-probabilities, and one step against its gradient
    // makes the caption that was worth more likelier, and the other less so.
    void theGradientRaisesWhatIsRewarded() {
        SmallCaptioner small;
        for (auto& [name, tensor] : small.tensors) {
            tensor.requires_grad_(!name.starts_with("encoder."));
        }
        const std::vector<Ids> captions = {{3, 1}, {4, 5, 1}, {6, 2, 1}, {7, 1}};
        const CaptionRows rows = {
            small.prompts, torch::tensor({3, 1, -1, 4, 5, 1, 6, 2, 1, 7, 1, -1}).view({4, 3}), 2};
        const std::vector<double> weights = {0.5, -0.5, 0.4, -0.4};
        const auto plain = [&](const CaptionNetwork& network) {
            std::vector<double> values;
            for (int i = 0; i < 4; ++i) {
                values.push_back(logProbability(network, small, i / 2,
                                                captions[static_cast<std::size_t>(i)], 0.8)
                                     .item<double>());
            }
            return values;
        };
        const CaptionNetwork network = small.network();
        const std::vector<double> before = plain(network);
        const Tensor loss = network.weightedLoss(
            rows, network.memory(small.grid),
            torch::tensor(weights, torch::kDouble).to(torch::kFloat), 0.8, 0.0);
        double expected = 0.0;
        for (std::size_t i = 0; i < 4; ++i) {
            expected -= weights[i] * before[i];
        }
        QVERIFY2(near(loss.item<double>(), expected, 1e-4),
                 qPrintable(QString("%1 against %2").arg(loss.item<double>()).arg(expected)));
        loss.backward();
        const at::NoGradGuard guard;
        for (auto& [name, tensor] : small.tensors) {
            if (tensor.grad().defined()) {
                tensor.sub_(tensor.grad() * 1e-3);
            }
        }
        const std::vector<double> after = plain(small.network());
        QVERIFY(after[0] > before[0] && after[1] < before[1]);
        QVERIFY(after[2] > before[2] && after[3] < before[3]);
    }

    void trainingRaisesTheReward() {
        const tests::SmallCaptionCorpus corpus;
        auto options = started(corpus, "rewarded");
        options.steps = 80;
        std::vector<double> rewards;
        options.onProgress = [&](const training::RewardProgress& p) {
            rewards.push_back(p.reward.at("en"));
        };
        // The more updates, the better: the last candidate is the best.
        std::vector<std::string> validated;
        options.validEvery = 40;
        options.validate =
            [&](const std::string& name) -> engine::Result<training::ScoresByLanguage> {
            const auto file =
                training::readCaptionRunFile(options.output / (name + ".safetensors"));
            if (!file) {
                return file.error();
            }
            validated.push_back(file->state);
            training::CaptionScores scores;
            scores.ciderD = static_cast<double>(validated.size());
            return training::ScoresByLanguage{{"en", scores}};
        };
        const auto report = training::trainOnRewards(options);
        QVERIFY2(report, report ? "" : report.error().message.c_str());
        QVERIFY(report->finished);
        QCOMPARE(validated.size(), std::size_t{3}); // before, half-way, at the end
        QCOMPARE(report->best, 3.0);
        QVERIFY2(rewards.back() > rewards.front() + 0.5,
                 qPrintable(QString("%1 after %2").arg(rewards.back()).arg(rewards.front())));
        // The encoder stays, the decoder does not, and the best is what was validated.
        const auto start = training::readCaptionRunFile(options.start / "best.safetensors");
        const auto best = training::readCaptionRunFile(options.output / "best.safetensors");
        QVERIFY(start && best);
        QCOMPARE(best->state, validated.back());
        for (const auto& [name, tensor] : start->parameters) {
            QCOMPARE(torch::equal(tensor, best->parameters.at(name)), name.starts_with("encoder."));
        }
    }

    void goesOnToTheBit() {
        const tests::SmallCaptionCorpus corpus;
        auto whole = started(corpus, "whole");
        whole.steps = 9;
        QVERIFY(training::trainOnRewards(whole));
        auto parts = started(corpus, "parts");
        parts.steps = 9;
        std::atomic<bool> stop{false};
        parts.stop = &stop;
        parts.onProgress = [&](const training::RewardProgress& p) { stop = p.step == 4; };
        const auto first = training::trainOnRewards(parts);
        QVERIFY(first && !first->finished);
        QCOMPARE(first->step, std::int64_t{4});
        parts.onProgress = nullptr;
        parts.stop = nullptr;
        QVERIFY(training::trainOnRewards(parts));
        const auto a = training::readTensors(whole.output / "latest.safetensors");
        const auto b = training::readTensors(parts.output / "latest.safetensors");
        QVERIFY(a && b && a->size() == b->size());
        for (const auto& [name, tensor] : *a) {
            QVERIFY2(torch::equal(tensor, b->at(name)), name.c_str());
        }
    }

    void badInputsAreNamed() {
        const tests::SmallCaptionCorpus corpus;
        const auto failureOf = [](const RewardTrainerOptions& o) {
            const auto report = training::trainOnRewards(o);
            return report ? std::string() : report.error().message;
        };
        auto alone = started(corpus, "bad");
        alone.steps = 1;
        alone.samples = 1;
        QVERIFY(failureOf(alone).find("at least 2") != std::string::npos);
        auto nowhere = started(corpus, "bad");
        nowhere.steps = 1;
        nowhere.start = corpus.root() / "nowhere";
        QVERIFY(failureOf(nowhere).find("nowhere") != std::string::npos);
        auto foreign = started(corpus, "bad");
        foreign.steps = 1;
        const auto encoder = training::readTensors(corpus.root() / "encoder.safetensors");
        QVERIFY(encoder && training::writeTensors(foreign.start / "best.safetensors", *encoder));
        QVERIFY(failureOf(foreign).find("not of a captioner's run") != std::string::npos);
    }

private:
    /// Options to go on from a short run on people's captions.
    static RewardTrainerOptions started(const tests::SmallCaptionCorpus& corpus,
                                        const char* output) {
        auto first = corpus.options("start");
        first.steps = 30;
        first.validEvery = 0;
        if (!fs::exists(first.output / "best.safetensors")) {
            if (!training::trainCaptioner(first)) {
                return {};
            }
            fs::copy(first.output / "latest.safetensors", first.output / "best.safetensors");
        }
        RewardTrainerOptions o;
        o.sources = {first.data, first.photos, first.subjects, first.outside};
        o.start = first.output;
        o.output = corpus.root() / output;
        o.batch = 4;
        o.samples = 4;
        o.views = 2;
        o.texts = 2;
        o.optimizer.rate = 5e-3;
        o.average = 0.5;
        o.schedule.warmupSteps = 2;
        o.precision = "float32";
        o.recipe = "rewarded";
        return o;
    }
};

QTEST_GUILESS_MAIN(TestRewardTrainer)
#include "test_reward_trainer.moc"
