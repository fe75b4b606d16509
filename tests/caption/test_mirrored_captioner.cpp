#include <QTest>

#include <cmath>

#include "caption/caption_writer.h"
#include "caption/mirrored_captioner.h"
#include "support/fake_captioner.h"

using namespace linnet;
using tests::FakeCaptioner;
using Prefix = FakeCaptioner::Prefix;

namespace {

float ln(double p) {
    return static_cast<float>(std::log(p));
}

// Of two pictures, 0 and 1; 2 and 3 are their mirror images. Says " a" and " b" with probabilities
// of each view, then ends.
FakeCaptioner twoPictures() {
    FakeCaptioner model({"", " a", " b"}, [](int picture, const std::string&, const Prefix& said) {
        const double a[] = {0.6, 0.9, 0.1, 0.7};
        const auto view = static_cast<std::size_t>(picture);
        return said.empty() ? std::vector<float>{ln(0.05), ln(a[view]), ln(0.95 - a[view])}
                            : std::vector<float>{ln(0.9), ln(0.02 * (1 + picture)), ln(0.01)};
    });
    model.format.width = 3;
    model.format.height = 1;
    return model;
}

} // namespace

class TestMirroredCaptioner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void looksAtBothViews() {
        FakeCaptioner model = twoPictures();
        caption::MirroredCaptioner both(model);
        // Two pictures of three channels, one row and three columns.
        std::vector<float> pixels;
        for (int i = 0; i < 18; ++i) {
            pixels.push_back(static_cast<float>(i));
        }
        QVERIFY(both.encode(pixels, 2, {}));
        std::vector<float> expected = pixels;
        for (const int value : {2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, 17, 16, 15}) {
            expected.push_back(static_cast<float>(value));
        }
        QCOMPARE(model.lastPixels, expected);
    }

    void averagesProbabilities() {
        FakeCaptioner model = twoPictures();
        caption::MirroredCaptioner both(model);
        QVERIFY(both.encode(std::vector<float>(18), 2, {}));
        const auto first = both.begin("en", {});
        QVERIFY(first);
        QCOMPARE(first->rows, 2);
        QVERIFY(std::abs(std::exp(first->row(0)[1]) - 0.35F) < 1e-5F); // of 0.6 and 0.1
        QVERIFY(std::abs(std::exp(first->row(1)[1]) - 0.8F) < 1e-5F);  // of 0.9 and 0.7
        // Three captions: two of the second picture, then one of the first.
        const std::vector<int> parents = {1, 1, 0};
        const std::vector<engine::TokenId> tokens = {1, 2, 1};
        const auto next = both.advance(parents, tokens, {});
        QVERIFY(next);
        QCOMPARE(next->rows, 3);
        QVERIFY(std::abs(std::exp(next->row(0)[1]) - 0.06F) < 1e-5F); // of 0.04 and 0.08
        QVERIFY(std::abs(std::exp(next->row(2)[1]) - 0.04F) < 1e-5F); // of 0.02 and 0.06
    }

    void survivesImpossibleTokens() {
        FakeCaptioner model({"", " a", " b"}, [](int picture, const std::string&, const Prefix&) {
            const float never = -std::numeric_limits<float>::infinity();
            return std::vector<float>{picture == 0 ? 0.0F : never, never, std::nanf("")};
        });
        caption::MirroredCaptioner both(model);
        QVERIFY(both.encode({}, 1, {}));
        const auto next = both.begin("en", {});
        QVERIFY(std::abs(std::exp(next->row(0)[0]) - 0.5F) < 1e-6F);
        QVERIFY(std::isinf(next->row(0)[1]));
        QVERIFY(std::isnan(next->row(0)[2]));
    }

    void averagesSubjects() {
        FakeCaptioner model = twoPictures();
        const engine::Subject cat{{{"en", {"cat"}}}, 0.6};
        engine::Subject dog{{{"en", {"dog"}}}, 0.3, true};
        dog.kinds = {{"en", {"animal"}}};
        engine::Subject people{{{"en", {"man"}}}, 0.9};
        people.people = true;
        model.subjectsOf = {{cat, people}, {}, {dog, cat, people}, {}};
        caption::MirroredCaptioner both(model);
        const auto seen = both.encode(std::vector<float>(18), 2, {});
        QVERIFY(seen);
        QCOMPARE(seen->size(), std::size_t(2));
        QCOMPARE(seen->front().size(), std::size_t(3));
        QCOMPARE(seen->front()[0].nouns.at("en").front(), std::string("cat"));
        QVERIFY(std::abs(seen->front()[0].probability - 0.6) < 1e-12);
        QVERIFY(std::abs(seen->front()[1].probability - 0.15) < 1e-12);
        QVERIFY(seen->front()[1].aside);
        QCOMPARE(seen->front()[1].kinds, dog.kinds);
        QVERIFY(seen->front()[2].people); // last, though more probable
        QVERIFY(std::abs(seen->front()[2].probability - 0.9) < 1e-12);
        QVERIFY(seen->back().empty());
    }

    // The writer takes the second view where the model asks for it, and not otherwise.
    void writesFromBothViews() {
        FakeCaptioner model = twoPictures();
        model.searched.beams = 1;
        caption::CaptionOptions options;
        options.count = 1;
        options.beams = 1;
        const std::vector<float> pixels(9);
        QCOMPARE(caption::writeCaptions(model, pixels, 1, options, {})->front().front().text,
                 std::string("A."));
        QCOMPARE(model.lastPixels.size(), std::size_t(9));
        // Views 0 and 1 now: 0.6 and 0.9 of " a" still.
        model.searched.mirrored = true;
        const auto written = caption::writeCaptions(model, pixels, 1, options, {});
        QCOMPARE(model.lastPixels.size(), std::size_t(18));
        // ln of the mean of 0.6 and 0.9, and of the end's, 0.9 in both.
        QVERIFY(std::abs(written->front().front().probability - 0.75 * 0.9) < 1e-5);
    }

    void cancels() {
        FakeCaptioner model = twoPictures();
        caption::MirroredCaptioner both(model);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(both.encode(std::vector<float>(9), 1, stop.get_token())->empty());
        QCOMPARE(both.begin("en", stop.get_token())->rows, 0);
    }
};

QTEST_APPLESS_MAIN(TestMirroredCaptioner)
#include "test_mirrored_captioner.moc"
