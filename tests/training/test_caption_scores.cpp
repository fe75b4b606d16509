#include "training/scores/caption_scores.h"

#include <QtTest>

#include <cmath>

using namespace linnet;
using training::CaptionScores;
using training::CaptionWords;
using training::ScoredCaption;

namespace {

CaptionWords words(const char* text) {
    return training::captionWords(text, "en");
}

ScoredCaption picture(const char* candidate, std::initializer_list<const char*> references) {
    ScoredCaption item{words(candidate), {}};
    for (const char* reference : references) {
        item.references.push_back(words(reference));
    }
    return item;
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-8;
}

} // namespace

class TestCaptionScores : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The expected figures are those of tests/support/reference/reference_caption_scores.py.
    void scoresAgreeWithTheReference() {
        const std::vector<ScoredCaption> pictures = {
            picture("A brown dog runs on the grass.",
                    {"a dog is running across the grass", "a brown dog runs in a field",
                     "the dog runs through green grass"}),
            picture("Two children play in the water.",
                    {"two kids are playing in the water", "children play in a fountain"}),
            picture("A man a man a man rides a bike.",
                    {"a man rides a red bike down a hill", "a cyclist rides a bike"}),
            picture("A cat.",
                    {"a black cat sleeps on a red couch in the sun", "a cat on a couch"})};
        const CaptionScores scores = training::scoreCaptions(pictures);
        const std::array<double, 4> bleu = {0.766703679, 0.677134355, 0.569349376, 0.402029569};
        for (std::size_t n = 0; n < bleu.size(); ++n) {
            QVERIFY2(near(scores.bleu[n], bleu[n]),
                     qPrintable(QString::number(scores.bleu[n], 'g', 12)));
        }
        QVERIFY(near(scores.rougeL, 0.601320539));
        QVERIFY2(near(scores.cider, 2.572230548),
                 qPrintable(QString::number(scores.cider, 'g', 12)));
        QVERIFY2(near(scores.ciderD, 2.248070955),
                 qPrintable(QString::number(scores.ciderD, 'g', 12)));
    }

    // Worked out by hand from Papineni et al.'s clipped counts and Banerjee & Lavie's formula.
    void knownCases() {
        // "the" seven times against "the cat is on the mat": 2 of 7.
        const auto the = training::scoreCaptions(
            {picture("the the the the the the the", {"the cat is on the mat"})});
        QVERIFY(near(the.bleu[0], 2.0 / 7.0));
        // All six words in one chunk: 1 - 0.5 (1/6)^3.
        const CaptionWords sentence = words("the cat is on the mat");
        QVERIFY(near(training::meteorLikeScore(sentence, sentence), 1.0 - 0.5 / 216.0));
        // Two of two words, stems, the other way round: two chunks, 0.5 of F = 1.
        QVERIFY(near(training::meteorLikeScore(words("running dogs"), words("dog runs")), 0.5));
        QVERIFY(near(training::meteorLikeScore(words("a"), words("b")), 0.0));
        // An empty caption scores nothing and breaks nothing.
        const auto empty = training::scoreCaptions({picture("", {"a dog"})});
        QCOMPARE(empty.bleu[3], 0.0);
        QCOMPARE(empty.ciderD, 0.0);
        QVERIFY(training::scoreCaptions({}).bleu[0] == 0.0);
    }

    void wordsAreThoseOfTheTreebank() {
        const CaptionWords expected = {"the", "dog", "'s",   "t-shirt", "do",
                                       "n't", "fit", "well", "he",      "'ll"};
        QCOMPARE(words("The dog's \"T-shirt\" don't fit - well; he'll."), expected);
        const CaptionWords chinese = {"两", "只", "狗", "3", "t", "恤"};
        QCOMPARE(training::captionWords("两只狗,3 T恤。", "zh"), chinese);
    }
};

QTEST_GUILESS_MAIN(TestCaptionScores)
#include "test_caption_scores.moc"
