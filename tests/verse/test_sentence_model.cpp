// How sentences run: n-grams over classes worked out by hand, classes of words that are plain to
// see, what a small corpus teaches about verbs, and what a composer makes of it.

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <fstream>

#include "training/phrases/sentence_builder.h"
#include "training/phrases/word_classes.h"
#include "verse/composer_fixture.h"
#include "verse/english_words.h"
#include "verse/lexicon_file.h"
#include "verse/poem_record.h"
#include "verse/sentence_model.h"

using namespace linnet::verse;
using namespace linnet::training;
using linnet::engine::ErrorCode;
using linnet::engine::TokenId;
using linnet::tests::data;
using linnet::tests::FakeVerseModel;
using linnet::tests::FakeWordTokenizer;

namespace {

enum Token : std::uint16_t { Line, Stop, Comma, He, She, Cat, Dog, Sleeps, Wakes, Big, count };

FakeWordTokenizer tokenizer() {
    return FakeWordTokenizer(
        {"<|line|>", ".", ",", "he", "she", "cat", "dog", "sleeps", "wakes", "big"});
}

// "he sleeps , big cat / dog wakes . she wakes , ..." as records have them, lines from behind.
PoemTokens poem() {
    PoemTokens one;
    for (int i = 0; i < 60; ++i) {
        const bool odd = i % 2 != 0;
        const std::uint16_t verb = i % 3 == 0 ? Sleeps : Wakes;
        for (const std::uint16_t token :
             {std::uint16_t{odd ? Cat : Dog}, std::uint16_t{Big}, std::uint16_t{Comma}, verb,
              std::uint16_t{odd ? He : She}, std::uint16_t{Line}}) {
            one.body.push_back(token);
        }
        for (const std::uint16_t token :
             {std::uint16_t{Stop}, verb, std::uint16_t{odd ? Dog : Cat}, std::uint16_t{Line}}) {
            one.body.push_back(token);
        }
    }
    return one;
}

SentenceOptions smallOptions() {
    SentenceOptions options;
    options.alone = 0;
    options.classes = 3;
    options.least = {2, 2, 2, 2};
    return options;
}

} // namespace

class TestSentenceModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.isValid()); }

    // Parts 0.5 and 0.25; P(2 | 1) keeps 0.5, P(2 | 2 1) keeps 0.25: powers of two are stored
    // without loss.
    void interpolatesAllOrders() {
        const std::array<std::vector<ClassNgram>, 3> orders = {
            std::vector<ClassNgram>{{classKey({}, 1), 0.5F}, {classKey({}, 2), 0.25F}},
            std::vector<ClassNgram>{{keyOf({1}, 2), 0.5F}},
            std::vector<ClassNgram>{{keyOf({1, 2}, 2), 0.25F}, {keyOf({1, 300}, 1), 0.5F}}};
        ByteWriter out;
        ClassNgrams::write(out, orders);
        ByteReader in(out.bytes());
        ClassNgrams ngrams;
        QVERIFY(ngrams.parse(in) && in.atEnd());
        const auto p = [&](std::vector<std::uint16_t> context, std::uint16_t next) {
            return std::exp(ngrams.logProb(context, next));
        };
        QVERIFY(std::abs(p({}, 2) - 0.25F) < 1e-5F);
        QVERIFY(std::abs(p({3}, 2) - 0.25F) < 1e-5F); // not known as a context
        QVERIFY(std::abs(p({1}, 2) - (0.5F + 0.5F * 0.25F)) < 1e-5F);
        QVERIFY(std::abs(p({1}, 1) - 0.5F * 0.5F) < 1e-5F);
        QVERIFY(std::abs(p({1, 2}, 2) - (0.25F + 0.75F * 0.625F)) < 1e-5F);
        QVERIFY(std::abs(p({1, 300}, 1) - (0.5F + 0.5F * 0.25F)) < 1e-5F);
        QVERIFY(std::abs(ngrams.logShare(1) - std::log(0.5F)) < 1e-5F);

        const std::span<const std::uint8_t> cut = std::span(out.bytes()).first(12);
        ByteReader short_(cut);
        QVERIFY(!ClassNgrams().parse(short_));
    }

    // Nouns stand after "big", verbs after pronouns.
    void wordsOfLikeNeighboursAreOneClass() {
        const TokenTexts texts = [] {
            std::vector<std::uint16_t> text;
            for (int i = 0; i < 200; ++i) {
                for (const std::uint16_t token :
                     {std::uint16_t{i % 2 != 0 ? He : She},
                      std::uint16_t{i % 3 != 0 ? Sleeps : Wakes}, std::uint16_t{Big},
                      std::uint16_t{i % 5 < 2 ? Cat : Dog}, std::uint16_t{Stop}}) {
                    text.push_back(token);
                }
            }
            return TokenTexts{text};
        }();
        std::vector<bool> alone(Token::count, false);
        alone[Stop] = true;
        alone[Big] = true;
        const auto classes = classifyWords(texts, alone, 3, 20);
        QCOMPARE(classes[He], classes[She]);
        QCOMPARE(classes[Sleeps], classes[Wakes]);
        QCOMPARE(classes[Cat], classes[Dog]);
        QVERIFY(classes[Cat] != classes[Sleeps] && classes[Cat] != classes[He]);
        QVERIFY(classes[Stop] != classes[Big] && classes[Stop] <= 2 && classes[Big] <= 2);
    }

    void sentencesRunAcrossLines() {
        const auto model = modelOf(countSentences({poem()}, tokenizer(), smallOptions(), nothing));
        QVERIFY(model);
        QVERIFY((model->role(He) & class_role::person) != 0);
        QVERIFY((model->role(Sleeps) & class_role::verb) != 0);
        QVERIFY((model->role(Cat) & class_role::verb) == 0);
        SentenceReader reader(*model);
        for (const TokenId token : {Stop, He, Sleeps, Comma, Big}) {
            reader.read(token);
        }
        QVERIFY(reader.hasVerb());
        QCOMPARE(reader.words(), 4);
        SentenceReader other = reader;
        const SentenceFit noun = reader.read(Cat);
        const SentenceFit verb = other.read(Wakes);
        QVERIFY(noun.surplus > 0 && verb.surplus < 0);
        QCOMPARE(noun.actors, 0.0F);
        // The next line, which no context of a line written from behind would show.
        QVERIFY(reader.read(Dog).likelihood > reader.read(Comma).likelihood);
        QVERIFY(reader.isStop(Stop) && !reader.isStop(Comma));
        reader.read(Stop);
        QVERIFY(reader.words() == 0 && !reader.hasVerb());
    }

    // Of the candidates for a line the composer takes one whose words follow each other.
    void composersPreferSentences() {
        std::vector<std::string> tokens = englishControlTokens();
        for (const char* text : {"the a of in and moon wind sea river garden winter sings sleeps "
                                 "calls night light tree free me be , ."}) {
            for (const std::string& word : splitEnglishLine(text)) {
                tokens.push_back(word);
            }
        }
        FakeVerseModel model(tokens);
        const int plain = afterThe(model, {});
        SentenceCounts counts;
        counts.classes.assign(tokens.size(), 1);
        counts.roles.assign(4, 0);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const bool noun = tokens[i] == "moon" || tokens[i] == "sea" || tokens[i] == "winter";
            counts.classes[i] = noun ? 2 : tokens[i] == "the" ? 3 : 1;
        }
        counts.words = {
            {{classKey({}, 1), 0.5F}, {classKey({}, 2), 0.25F}, {classKey({}, 3), 0.25F}},
            {{keyOf({3}, 2), 0.99F}}};
        counts.actors = {{{classKey({}, 1), 0.5F}}};
        const auto written =
            LexiconFile{"{}", SentenceModel::serialized(model.tokenizer(), counts)}.write(
                path(), LexiconKind::Sentences);
        QVERIFY(written);
        const auto sentences = SentenceModel::load(path(), model.tokenizer());
        QVERIFY(sentences);
        const int taught = afterThe(model, *sentences);
        QVERIFY2(taught > plain, qPrintable(QString("%1 <= %2").arg(taught).arg(plain)));
    }

    void filesOfOthersAreRefused() {
        const SentenceCounts counts =
            countSentences({poem()}, tokenizer(), smallOptions(), nothing);
        QVERIFY(modelOf(counts));
        const auto foreign = SentenceModel::load(path(), FakeWordTokenizer({"<|line|>", "he"}));
        QVERIFY(!foreign);
        QVERIFY(foreign.error().code == ErrorCode::UnsupportedFormat);

        SentenceCounts wrong = counts;
        wrong.roles.resize(1); // classes without a role
        QVERIFY(!modelOf(wrong));
    }

private:
    static void nothing(const std::string&) {}
    static std::uint64_t keyOf(std::vector<std::uint16_t> context, std::uint16_t next) {
        return classKey(context, next);
    }
    std::string path() const { return m_folder.filePath("sentences.bin").toStdString(); }

    std::shared_ptr<const SentenceModel> modelOf(const SentenceCounts& counts) const {
        const auto written =
            LexiconFile{"{}", SentenceModel::serialized(tokenizer(), counts)}.write(
                path(), LexiconKind::Sentences);
        const auto loaded = SentenceModel::load(path(), tokenizer());
        return written && loaded ? *loaded : nullptr;
    }

    // How often "the moon", "the sea" and "the winter" come in twenty poems.
    static int afterThe(FakeVerseModel& model, std::shared_ptr<const SentenceModel> sentences) {
        ComposerOptions options;
        options.lore.sentences = std::move(sentences);
        options.candidates = 12;
        const auto composer =
            makeComposer(Language::English, data(), model.tokenizer(), std::move(options));
        int found = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            PoemRequest request;
            request.form = "blank-verse";
            request.seed = seed;
            const auto made = composer->compose(model, request, {}, {});
            for (const PoemLine& line :
                 made ? made->poems.front().lines : std::vector<PoemLine>()) {
                const std::string text = lowerCase(line.text);
                for (const char* phrase : {"the moon", "the sea", "the winter"}) {
                    found += text.find(phrase) != std::string::npos ? 1 : 0;
                }
            }
        }
        return found;
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestSentenceModel)
#include "test_sentence_model.moc"
