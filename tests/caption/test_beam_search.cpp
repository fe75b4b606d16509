#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "caption/beam_search.h"
#include "support/fake_captioner.h"

using namespace linnet;
using caption::Hypothesis;
using engine::TokenId;
using tests::FakeCaptioner;
using Prefix = FakeCaptioner::Prefix;

namespace {

// A distribution that depends on all of the caption so far, by a hash.
std::vector<float> randomNext(std::size_t vocabulary, int picture, const Prefix& prefix,
                              std::uint64_t seed) {
    std::uint64_t state = seed * 1000003U + static_cast<std::uint64_t>(picture) + 17U;
    for (const TokenId token : prefix) {
        state = (state ^ static_cast<std::uint64_t>(token + 1)) * 0x9E3779B97F4A7C15U;
        state ^= state >> 29U;
    }
    std::vector<float> row(vocabulary);
    double sum = 0;
    for (float& value : row) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        value = static_cast<float>(static_cast<double>(state >> 40U) / double(1 << 24)) * 4.0F;
        sum += std::exp(static_cast<double>(value));
    }
    for (float& value : row) {
        value -= static_cast<float>(std::log(sum));
    }
    return row;
}

// Every caption there is, by recursion over the model; words never repeated are found by comparing
// the halves of each even tail.
void enumerate(const FakeCaptioner& model, int picture, const Prefix& prefix, double logProbability,
               double power, std::vector<Hypothesis>& all) {
    const std::vector<float> next = model.nextOf(picture, "en", prefix);
    for (std::size_t t = 0; t < next.size(); ++t) {
        const double p = logProbability + static_cast<double>(next[t]);
        if (t == 0) {
            if (!prefix.empty()) {
                all.push_back({prefix, p, p / std::pow(double(prefix.size() + 1), power)});
            }
            continue;
        }
        Prefix longer = prefix;
        longer.push_back(static_cast<TokenId>(t));
        bool repeats = false;
        for (std::size_t n = 1; 2 * n <= longer.size(); ++n) {
            const Prefix tail(longer.end() - std::ptrdiff_t(n), longer.end());
            const Prefix before(longer.end() - std::ptrdiff_t(2 * n),
                                longer.end() - std::ptrdiff_t(n));
            repeats = repeats || tail == before;
        }
        if (repeats || model.forbidden.count(static_cast<TokenId>(t)) > 0) {
            continue;
        }
        if (static_cast<int>(longer.size()) == model.longest) {
            all.push_back({longer, p, p / std::pow(double(longer.size()), power)});
        } else {
            enumerate(model, picture, longer, p, power, all);
        }
    }
}

const std::vector<std::string> letters = {"", " a", " b", " c", " d"};

FakeCaptioner randomModel(std::uint64_t seed) {
    FakeCaptioner model(letters, [seed](int picture, const std::string&, const Prefix& prefix) {
        return randomNext(letters.size(), picture, prefix, seed);
    });
    model.longest = 4;
    return model;
}

} // namespace

class TestBeamSearch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isExhaustiveWhenWideEnough_data();
    void isExhaustiveWhenWideEnough();
    void greedyFollowsTheLikeliest();
    void picturesDoNotDisturbEachOther();
    void repeatsNothing();
    void lengthPowerPrefersLonger();
    void repeatsNoRun();
    void wordsSaidAgainCost();
    void survivesWhatIsNotANumber();
    void cancels();
    void refusesNonsense();
};

void TestBeamSearch::isExhaustiveWhenWideEnough_data() {
    QTest::addColumn<double>("power");
    QTest::newRow("sum") << 0.0;
    QTest::newRow("mean") << 1.0;
}

void TestBeamSearch::isExhaustiveWhenWideEnough() {
    QFETCH(double, power);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        FakeCaptioner model = randomModel(seed);
        model.forbidden = {3};
        std::vector<Hypothesis> all;
        enumerate(model, 0, {}, 0, power, all);
        std::sort(all.begin(), all.end(),
                  [](const auto& a, const auto& b) { return a.score > b.score; });
        const auto found = caption::searchCaptions(
            model, 1, "en", {.beams = static_cast<int>(all.size()) + 200, .lengthPower = power},
            {});
        QVERIFY(found.ok());
        const std::vector<Hypothesis>& captions = found->front();
        QCOMPARE(captions.size(), all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            QVERIFY(std::abs(captions[i].score - all[i].score) < 1e-9);
            QCOMPARE(captions[i].tokens, all[i].tokens);
            QVERIFY(std::abs(captions[i].logProbability - all[i].logProbability) < 1e-9);
        }
    }
}

void TestBeamSearch::greedyFollowsTheLikeliest() {
    FakeCaptioner model = randomModel(5);
    const auto found = caption::searchCaptions(model, 1, "en", {.beams = 1}, {});
    QVERIFY(found.ok());
    QCOMPARE(found->front().size(), std::size_t(1));
    Prefix expected;
    while (static_cast<int>(expected.size()) < model.longest) {
        std::vector<float> next = model.nextOf(0, "en", expected);
        if (expected.empty()) {
            next[0] = -100;
        } else {
            next[static_cast<std::size_t>(expected.back())] = -100; // not twice
        }
        const auto best = std::max_element(next.begin(), next.end()) - next.begin();
        if (best == 0) {
            break;
        }
        expected.push_back(static_cast<TokenId>(best));
    }
    QCOMPARE(found->front().front().tokens, expected);
}

void TestBeamSearch::picturesDoNotDisturbEachOther() {
    FakeCaptioner model = randomModel(9);
    model.longest = 6;
    // Each picture alone, under the number it has in the batch.
    std::vector<std::vector<Hypothesis>> alone;
    for (int i = 0; i < 5; ++i) {
        FakeCaptioner one(letters, [i](int, const std::string&, const Prefix& prefix) {
            return randomNext(letters.size(), i, prefix, 9);
        });
        one.longest = 6;
        QVERIFY(one.encode({}, 1, {}).ok());
        alone.push_back(caption::searchCaptions(one, 1, "en", {}, {})->front());
    }
    QVERIFY(model.encode({}, 5, {}).ok());
    const auto together = caption::searchCaptions(model, 5, "en", {}, {});
    QVERIFY(together.ok());
    QCOMPARE(together->size(), std::size_t(5));
    for (std::size_t i = 0; i < 5; ++i) {
        QCOMPARE((*together)[i].size(), std::size_t(3));
        for (std::size_t k = 0; k < 3; ++k) {
            QCOMPARE((*together)[i][k].tokens, alone[i][k].tokens);
        }
    }
}

void TestBeamSearch::repeatsNothing() {
    // Would say "a b a b ..." and 高高高 for ever.
    const std::vector<std::string> words = {"", " a", " b", "高", "山"};
    FakeCaptioner model(words, [](int, const std::string& language, const Prefix& prefix) {
        std::vector<float> row = {-6, -7, -7, -7, -7};
        if (language == "zh") {
            row[3] = -0.1F;
        } else {
            row[prefix.empty() || prefix.back() == 2 ? 1 : 2] = -0.1F;
        }
        return row;
    });
    const auto english = caption::searchCaptions(model, 1, "en", {.beams = 1}, {});
    const Prefix said = english->front().front().tokens;
    QCOMPARE(Prefix(said.begin(), said.begin() + 3), (Prefix{1, 2, 1}));
    QVERIFY(said.size() == 3 || said[3] != 2);
    model.known = {"zh"};
    const Prefix chinese =
        caption::searchCaptions(model, 1, "zh", {.beams = 1}, {})->front().front().tokens;
    QVERIFY(chinese.size() >= 2);
    QCOMPARE(Prefix(chinese.begin(), chinese.begin() + 2), (Prefix{3, 3}));
    QVERIFY(chinese.size() == 2 || chinese[2] != 3);
}

void TestBeamSearch::lengthPowerPrefersLonger() {
    // "a" ends with p 0.3; "b c d" has p 0.5^3 and then ends surely.
    const auto p = [](double value) { return static_cast<float>(std::log(value)); };
    FakeCaptioner model(letters, [p](int, const std::string&, const Prefix& prefix) {
        const float no = p(1e-6);
        if (prefix.empty()) {
            return std::vector<float>{no, p(0.3), p(0.5), no, no};
        }
        if (prefix.front() == 1 || prefix.size() == 3) {
            return std::vector<float>{p(0.99), no, no, no, no};
        }
        return prefix.size() == 1 ? std::vector<float>{no, no, no, p(0.5), no}
                                  : std::vector<float>{no, no, no, no, p(0.5)};
    });
    QCOMPARE(
        caption::searchCaptions(model, 1, "en", {.lengthPower = 0}, {})->front().front().tokens,
        (Prefix{1}));
    QCOMPARE(
        caption::searchCaptions(model, 1, "en", {.lengthPower = 1}, {})->front().front().tokens,
        (Prefix{2, 3, 4}));
}

void TestBeamSearch::repeatsNoRun() {
    // Would say "a b c a b d": "a b" for a second time, though not in a row.
    const Prefix wanted = {1, 2, 3, 1, 2, 4};
    FakeCaptioner model(letters, [wanted](int, const std::string&, const Prefix& prefix) {
        std::vector<float> row(letters.size(), -5.0F);
        row[prefix.size() < wanted.size() ? static_cast<std::size_t>(wanted[prefix.size()]) : 0] =
            -0.1F;
        return row;
    });
    model.longest = 6;
    const auto said = [&](int run) {
        return caption::searchCaptions(model, 1, "en", {.beams = 1, .noRepeat = run}, {})
            ->front()
            .front()
            .tokens;
    };
    QCOMPARE(said(0), wanted);
    QCOMPARE(said(3), wanted); // no three tokens come twice
    const Prefix pairsOnce = said(2);
    QVERIFY(pairsOnce.size() < 5 || pairsOnce[4] != 2);
    QCOMPARE(Prefix(pairsOnce.begin(), pairsOnce.begin() + 4), (Prefix{1, 2, 3, 1}));
    const Prefix once = said(1); // "a b c", and then only the end and "d" are left
    QCOMPARE(Prefix(once.begin(), once.begin() + 3), (Prefix{1, 2, 3}));
    QVERIFY(once.size() == 3 || (once.size() == 4 && once[3] == 4));
}

void TestBeamSearch::wordsSaidAgainCost() {
    // "hat and hat" has p 0.5 and "hat and coat" 0.4; the end is sure.
    const std::vector<std::string> words = {"", " hat", " and", " coat"};
    const auto p = [](double value) { return static_cast<float>(std::log(value)); };
    FakeCaptioner model(words, [p](int, const std::string&, const Prefix& prefix) {
        const float no = p(1e-9);
        switch (prefix.size()) {
        case 0:
            return std::vector<float>{no, p(1), no, no};
        case 1:
            return std::vector<float>{no, no, p(1), no};
        case 2:
            return std::vector<float>{no, p(0.5), no, p(0.4)};
        default:
            return std::vector<float>{p(1), no, no, no};
        }
    });
    const auto found = [&](double penalty) {
        return caption::searchCaptions(model, 1, "en",
                                       {.beams = 2, .lengthPower = 0, .repeatPenalty = penalty}, {})
            ->front();
    };
    QCOMPARE(found(0).front().tokens, (Prefix{1, 2, 1}));
    QCOMPARE(found(0.2).front().tokens, (Prefix{1, 2, 1})); // ln 0.5 - ln 0.4 = 0.223
    const auto captions = found(0.3);
    QCOMPARE(captions[0].tokens, (Prefix{1, 2, 3}));
    QCOMPARE(captions[1].tokens, (Prefix{1, 2, 1}));
    QVERIFY(std::abs(captions[1].score - (std::log(0.5) - 0.3)) < 1e-6);
    QVERIFY(std::abs(captions[1].logProbability - std::log(0.5)) < 1e-6);
}

void TestBeamSearch::survivesWhatIsNotANumber() {
    FakeCaptioner model(letters, [](int, const std::string&, const Prefix&) {
        return std::vector<float>(letters.size(), std::nanf(""));
    });
    const auto found = caption::searchCaptions(model, 1, "en", {}, {});
    QVERIFY(found.ok());
    QVERIFY(found->front().empty());
}

void TestBeamSearch::cancels() {
    FakeCaptioner model = randomModel(3);
    model.longest = 1000;
    std::stop_source stop;
    model.onStep = [&] {
        if (model.steps == 2) {
            stop.request_stop();
        }
    };
    const auto found = caption::searchCaptions(model, 1, "en", {}, stop.get_token());
    QVERIFY(found.ok());
    QVERIFY(found->empty());
    QCOMPARE(model.steps, 2);
}

void TestBeamSearch::refusesNonsense() {
    FakeCaptioner model = randomModel(3);
    QVERIFY(caption::searchCaptions(model, 1, "en", {.beams = 0}, {}).error().code ==
            engine::ErrorCode::InvalidArgument);
    QVERIFY(model.encode({}, 2, {}).ok());
    QVERIFY(caption::searchCaptions(model, 1, "en", {}, {}).error().code ==
            engine::ErrorCode::Internal);
}

QTEST_APPLESS_MAIN(TestBeamSearch)
#include "test_beam_search.moc"
