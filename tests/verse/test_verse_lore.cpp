// What is counted beside a model of verse: blending worked out by hand, counts of a small corpus,
// and files that do not fit.

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <fstream>
#include <numeric>

#include "training/phrases/association_builder.h"
#include "training/phrases/couplet_builder.h"
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

    // By the counts alone: what "b a" keeps for itself, of the rest what is usual after a, and at
    // last everywhere, which is 0.1 to the nearest eighth of a power of two.
    void tellsWhatIsUsual() {
        const auto model = modelOf({{{A, B}, 0.5F}}, {{{A, B, C}, 0.25F}});
        QVERIFY(model);
        const float tenth = std::exp(model->commonness(C));
        QVERIFY(std::abs(tenth - 0.1F) < 0.005F);
        const std::vector<TokenId> text = {B, A};
        const auto usual = [&](TokenId token) { return std::exp(model->logProb(text, token)); };
        QVERIFY(std::abs(usual(C) - (0.25F + 0.75F * 0.5F * tenth)) < 1e-4F);
        QVERIFY(std::abs(usual(B) - 0.75F * (0.5F + 0.5F * tenth)) < 1e-4F);
        QVERIFY(std::abs(model->logProb({}, C) - model->commonness(C)) < 1e-4F);
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

    // In the middle couplets apple and bread answer each other, as do cider and dew.
    void learnsWhatAnswersWhat() {
        std::vector<PoemTokens> poems(60);
        for (std::size_t i = 0; i < poems.size(); ++i) {
            const bool other = i % 2 == 0;
            for (int line = 0; line < 8; ++line) {
                const bool second = line % 2 == 1;
                poems[i].body.push_back(other == second ? A : B);
                poems[i].body.push_back(other == second ? C : D);
                poems[i].body.push_back(Line);
            }
        }
        poems.push_back(
            {{}, {A, D, Line, D, A, Line}}); // a quatrain's half: no couplet of the kind
        const FakeWordTokenizer words = tokenizer();
        const auto facing = facingCharacters(poems, words);
        QCOMPARE(facing.size(), std::size_t{60 * 2 * 2});
        const CoupletClasses classes = classifyCouplets(facing, Token::count, {.classes = 4});
        QVERIFY(classes.classes[A] != 0 && classes.classes[Line] == 0);

        const LexiconFile file{"{}", CoupletModel::serialized(words, classes)};
        QVERIFY(file.write(path("couplets.bin"), LexiconKind::Couplets));
        const auto lore = VerseLore::open(m_folder.path().toStdString(), words);
        QVERIFY2(lore && lore->couplets, lore ? "" : lore.error().message.c_str());
        // 120 of 480 pairs are A under B, where chance has 30: log(123 / 33).
        QVERIFY(std::abs(lore->couplets->fit(B, A) - std::log(123.0F / 33.0F)) < 0.04F);
        QVERIFY(std::abs(lore->couplets->fit(A, C) - std::log(3.0F / 33.0F)) < 0.04F);
        QCOMPARE(lore->couplets->fit(A, Line), 0.0F);

        const LexiconFile cut{"{}", {file.payload.begin(), file.payload.end() - 1}};
        QVERIFY(cut.write(path("couplets.bin"), LexiconKind::Couplets));
        const auto damaged = CoupletModel::load(path("couplets.bin"), words);
        QVERIFY(!damaged && damaged.error().code == ErrorCode::CorruptFile);
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
