// The order of words at a place, by models whose every probability is written down here.

#include <QTest>

#include <algorithm>
#include <memory>

#include "continuation/pair_model.h"
#include "continuation/word_fit.h"
#include "verse/poem_record.h"

using namespace linnet;
using continuation::FitPlace;
using continuation::WordFit;
using tests::ByteTokenizer;
using tests::PairModel;

namespace {

std::unique_ptr<engine::Tokenizer> wordsOf(std::vector<std::string> control,
                                           std::initializer_list<const char*> words) {
    control.insert(control.end(), words.begin(), words.end());
    return std::make_unique<tests::FakeWordTokenizer>(std::move(control));
}

QStringList inOrder(const std::vector<WordFit>& ranked, const std::vector<std::string>& words) {
    QStringList ordered;
    for (const WordFit& fit : ranked) {
        ordered.append(QString::fromStdString(words[fit.word]));
    }
    return ordered;
}

} // namespace

class TestWordFit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        auto data = verse::VerseData::open(LINNET_SOURCE_DIR "/resources");
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        m_data = std::make_unique<verse::VerseData>(std::move(data).value());
    }

    // The line is "the dark ..." and the model goes from its end to its beginning: the sea is the
    // likeliest last word, but it does not make "dark" likely.
    void englishVerseIsReadFromItsEnd() {
        PairModel model(wordsOf(verse::englishControlTokens(),
                                {",", "the", "dark", "night", "light", "sea", "know", "it"}));
        model.set("<|lines|>", "sea", -1);
        model.set("<|lines|>", "night", -2);
        model.set("<|lines|>", "light", -3);
        model.set("<|lines|>", "it", -4);
        model.set("it", "know", -0.25);
        model.set("know", "dark", -2);
        model.set("sea", "dark", -9);
        model.set("night", "dark", -0.5);
        model.set("light", "dark", -1);
        model.set("dark", "the", -1);
        const auto fitter = continuation::makeVerseFitter(verse::Language::English, *m_data,
                                                          model.tokenizer(), nullptr);
        const std::vector<std::string> words{"sea", "xylem", "light", "know it", "night"};
        const auto ranked = fitter->rank(model, {"the dark ", "", ""}, words, {});
        QVERIFY(ranked);
        QCOMPARE(inOrder(*ranked, words),
                 (QStringList{"night", "light", "know it", "sea", "xylem"}));
        QCOMPARE(ranked->at(0).logProb.value(), -2 - 0.5 - 1);
        QCOMPARE(ranked->at(2).logProb.value(), -4 - 0.25 - 2 - 1);
        QVERIFY(!ranked->at(4).logProb); // it has no token
        // What follows the place comes before it.
        model.set(",", "light", -1);
        const auto beforeComma = fitter->rank(model, {"the dark ", ",", ""}, words, {});
        QCOMPARE(inOrder(*beforeComma, words).first(), QStringLiteral("light"));
        QCOMPARE(model.context.back(), *model.tokenizer().find(","));
    }

    void chineseVerseIsReadForwards() {
        PairModel model(wordsOf(verse::chineseControlTokens(), {"白", "日", "依", "山", "尽", "黄",
                                                                "河", "入", "海", "流", "秋"}));
        model.set("海", "秋", -1);
        model.set("海", "流", -2);
        model.set("海", "山", -3);
        const auto fitter = continuation::makeVerseFitter(verse::Language::Chinese, *m_data,
                                                          model.tokenizer(), nullptr);
        const std::vector<std::string> words{"山", "楼", "流", "秋"};
        const auto ranked = fitter->rank(model, {"白日依山尽，\n黄河入海", "。", ""}, words, {});
        QVERIFY(ranked);
        QCOMPARE(inOrder(*ranked, words).join(QString()), QStringLiteral("秋流山楼"));
        const auto shape = model.tokenizer().find("<|5x4|>");
        QVERIFY(shape && std::count(model.context.begin(), model.context.end(), *shape) == 1);
        // What follows in the line has its say.
        model.set("流", "尽", -1);
        const auto inside = fitter->rank(model, {"白日依山尽，\n黄河海", "尽。", ""}, words, {});
        QCOMPARE(inOrder(*inside, words).first(), QStringLiteral("流"));
    }

    void proseIsReadForwards() {
        PairModel model(std::make_unique<ByteTokenizer>());
        const auto fitter = continuation::makeProseFitter(model.tokenizer());
        model.set('e', ' ', -0.5);
        model.set(' ', 's', -1);
        model.set('s', 'o', -3);
        model.set('s', 'a', -1);
        model.set('a', 't', -1);
        model.set(' ', 'h', -2);
        model.set('h', 'a', -0.25);
        const std::vector<std::string> words{"so", "hat", "sat"};
        const auto ranked = fitter->rank(model, {"She ", "", ""}, words, {});
        QVERIFY(ranked);
        QCOMPARE(inOrder(*ranked, words), (QStringList{"sat", "hat", "so"}));
        QCOMPARE(ranked->at(0).logProb.value(), -0.5 - 1 - 1 - 1);
        QCOMPARE(model.context, model.tokenizer().encode("She")); // the space is the word's
    }

    // Only the likeliest by their first token are read whole, some at a time.
    void manyWords() {
        PairModel model(std::make_unique<ByteTokenizer>());
        std::vector<std::string> words;
        for (char first = 'a'; first <= 'z'; ++first) {
            for (char second = 'a'; second <= 'z'; ++second) {
                words.push_back({first, second});
            }
            model.set('\n', first, -first);
            model.set(first, 'z', -1);
        }
        const auto fitter = continuation::makeProseFitter(model.tokenizer());
        const auto ranked = fitter->rank(model, {"\n", "", ""}, words, {});
        QVERIFY(ranked);
        QCOMPARE(ranked->size(), words.size());
        QCOMPARE(words[ranked->at(0).word], std::string("az"));
        QCOMPARE(words[ranked->at(1).word], std::string("bz"));
        QVERIFY(!ranked->back().logProb);
        QVERIFY(model.most <= 64);
        std::vector<std::size_t> all;
        for (const WordFit& fit : *ranked) {
            all.push_back(fit.word);
        }
        std::sort(all.begin(), all.end());
        QVERIFY(std::adjacent_find(all.begin(), all.end()) == all.end());
    }

    void stopsAndFails() {
        PairModel model(std::make_unique<ByteTokenizer>());
        const auto fitter = continuation::makeProseFitter(model.tokenizer());
        const std::vector<std::string> words{"a"};
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = fitter->rank(model, {"b", "", ""}, words, stop.get_token());
        QVERIFY(stopped && stopped->empty());
        model.fails = true;
        QVERIFY(!fitter->rank(model, {"b", "", ""}, words, {}));
    }

private:
    std::unique_ptr<verse::VerseData> m_data;
};

QTEST_APPLESS_MAIN(TestWordFit)
#include "test_word_fit.moc"
