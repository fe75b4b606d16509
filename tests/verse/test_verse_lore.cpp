// What is counted beside a model of verse: blending worked out by hand, counts of a small corpus,
// and files that do not fit.

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <fstream>
#include <numeric>

#include "training/phrases/association_builder.h"
#include "training/phrases/phrase_builder.h"
#include "verse/fake_verse_model.h"
#include "verse/lexicon_file.h"
#include "verse/verse_lore.h"

using namespace linnet::verse;
using namespace linnet::training;
using linnet::engine::ErrorCode;
using linnet::engine::TokenId;
using linnet::tests::FakeWordTokenizer;

namespace {

enum Token : std::uint16_t { Poem, Theme, Lines, Line, End, Unknown, A, B, C, D, count };

FakeWordTokenizer tokenizer() {
    return FakeWordTokenizer({"<|poem|>", "<|theme|>", "<|lines|>", "<|line|>", "<|end|>",
                              "<|unk|>", "apple", "bread", "cider", "dew"});
}

float sumOf(const std::vector<float>& logProbs) {
    float sum = 0;
    for (const float logProb : logProbs) {
        sum += std::exp(logProb);
    }
    return sum;
}

} // namespace

class TestVerseLore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.isValid()); }

    // P(b | a) keeps 0.5, P(c | b a) keeps 0.25: powers of two are stored without loss.
    void blendsAllOrders() {
        const auto model = modelOf({{{A, B}, 0.5F}}, {{{B, A, C}, 0.25F}});
        QVERIFY(model);
        const std::vector<float> uniform(Token::count, std::log(0.1F));

        std::vector<float> afterA = uniform;
        model->blend(std::vector<TokenId>{D, A}, 0.5F, afterA);
        // 0.5 * 0.1 + 0.5 * (0.5 + 0.5 * 0.1)
        QVERIFY(std::abs(std::exp(afterA[B]) - 0.325F) < 1e-5F);
        QVERIFY(std::abs(std::exp(afterA[C]) - 0.075F) < 1e-5F);
        QVERIFY(std::abs(sumOf(afterA) - 1) < 1e-4F);

        std::vector<float> afterAB = uniform; // b alone is not known as a context
        model->blend(std::vector<TokenId>{A, B}, 0.5F, afterAB);
        QVERIFY(std::abs(std::exp(afterAB[C]) - 0.1F) < 1e-5F);

        const float together = model->commonness(A) + std::log(0.5F); // a part of what a is
        QVERIFY(std::abs(model->commonness(A, B) - together) < 1e-5F);
        QVERIFY(model->commonness(A, C) < -50 && model->commonness(D, B) < -50);
    }

    void nothingKnownChangesNothing() {
        const auto model = modelOf({{{A, B}, 0.5F}}, {});
        QVERIFY(model);
        std::vector<float> logProbs(Token::count, std::log(0.1F));
        model->blend(std::vector<TokenId>{C}, 0.7F, logProbs);
        for (const float logProb : logProbs) {
            QVERIFY(std::abs(logProb - std::log(0.1F)) < 1e-5F);
        }
    }

    // What the prompt says does not count: a poem begins after <|lines|>.
    void poemsBeginAfterTheirPrompt() {
        const auto model = modelOf({{{Lines, B}, 0.5F}}, {{{Lines, Lines, C}, 0.5F}});
        QVERIFY(model);
        std::vector<float> logProbs(Token::count, std::log(0.1F));
        model->blend(std::vector<TokenId>{Poem, Theme, D, Lines}, 0.5F, logProbs);
        // c: 0.05 + 0.5 * (0.5 + 0.5 * (0 + 0.5 * 0.1))
        QVERIFY(std::abs(std::exp(logProbs[C]) - 0.3125F) < 1e-5F);
    }

    void countsACorpus() {
        std::vector<std::int64_t> tokens;
        for (int i = 0; i < 40; ++i) {
            for (const std::int64_t token : {Poem, Theme, D, Lines, A, B, Line, C, A, Line, End}) {
                tokens.push_back(token);
            }
        }
        const FakeWordTokenizer words = tokenizer();
        const auto poems = cutRecords(tokens, words);
        QCOMPARE(poems.size(), std::size_t{40});
        QCOMPARE(poems[7].theme, std::vector<std::uint16_t>{D});
        QCOMPARE(poems[7].body, (std::vector<std::uint16_t>{A, B, Line, C, A, Line}));

        const auto orders = countPhrases(poems, words, 1.0, [](const std::string&) {});
        QVERIFY(!orders[0].empty());
        const auto model = load(PhraseModel::serialized(words, orders, shares()));
        QVERIFY(model);
        std::vector<float> logProbs(Token::count, std::log(0.1F));
        model->blend(std::vector<TokenId>{Lines, A}, 0.9F, logProbs);
        QCOMPARE(std::max_element(logProbs.begin(), logProbs.end()) - logProbs.begin(),
                 std::ptrdiff_t{B});
        const std::vector<float> parts = tokenShares(poems, Token::count);
        QVERIFY(std::abs(parts[A] - 1.0F / 3) < 0.01F);
        QVERIFY(parts[D] < 0.01F);
    }

    // Apple is near cider in every eighth poem; bread is everywhere.
    void associatesWhatIsNear() {
        std::vector<PoemTokens> poems;
        for (int i = 0; i < 480; ++i) {
            poems.push_back(i % 8 == 0 ? PoemTokens{{}, {A, C, B}} : PoemTokens{{}, {D, B}});
        }
        const FakeWordTokenizer words = tokenizer();
        const auto table = associateVerse(poems, words, {});
        QVERIFY(table.contains("apple"));
        QCOMPARE(table.at("apple").front().token, TokenId{C});
        QVERIFY(!table.contains("<|line|>"));

        const LexiconFile file{"{}", Associations::serialized(words, table, {})};
        QVERIFY(file.write(path("associations.bin"), LexiconKind::Associations));
        const auto lore = VerseLore::open(m_folder.path().toStdString(), words);
        QVERIFY2(lore, lore ? "" : lore.error().message.c_str());
        const auto near = lore->nearTo({"apple", "nothing"}, Token::count);
        QVERIFY(near[C] > 0.1F);
        QCOMPARE(near[D], 0.0F);
        QVERIFY(lore->associations->facing("apple").empty());
    }

    void filesOfOthersAreRefused() {
        QVERIFY(modelOf({{{A, B}, 0.5F}}, {}));
        const FakeWordTokenizer other({"<|lines|>", "apple"});
        const auto foreign = PhraseModel::load(path("phrases.bin"), other);
        QVERIFY(!foreign);
        QVERIFY(foreign.error().code == ErrorCode::UnsupportedFormat);

        std::fstream file(path("phrases.bin"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-3, std::ios::end);
        file.put('\x7f');
        file.close();
        const auto damaged = PhraseModel::load(path("phrases.bin"), tokenizer());
        QVERIFY(!damaged);
        QVERIFY(damaged.error().code == ErrorCode::CorruptFile);
    }

private:
    std::string path(const char* name) const {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    static std::vector<float> shares() { return std::vector<float>(Token::count, 0.1F); }

    std::shared_ptr<const PhraseModel> load(std::vector<std::uint8_t> content) const {
        const auto written =
            LexiconFile{"{}", std::move(content)}.write(path("phrases.bin"), LexiconKind::Phrases);
        const auto loaded = PhraseModel::load(path("phrases.bin"), tokenizer());
        return written && loaded ? *loaded : nullptr;
    }
    std::shared_ptr<const PhraseModel> modelOf(const std::vector<Phrase>& pairs,
                                               const std::vector<Phrase>& triples) const {
        const std::array<std::vector<Phrase>, 3> orders = {pairs, triples, {}};
        return load(PhraseModel::serialized(tokenizer(), orders, shares()));
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestVerseLore)
#include "test_verse_lore.moc"
