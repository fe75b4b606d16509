// What a reader keeps in mind of an English poem, on sentences whose faults are plain to see; and
// how lines end when the model knows nothing of the form.

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "verse/composer_fixture.h"
#include "verse/en_constraints.h"
#include "verse/en_discourse.h"
#include "verse/english_words.h"
#include "verse/lexicon_file.h"
#include "verse/poem_record.h"

using namespace linnet::verse;
using linnet::engine::TokenId;
using linnet::tests::data;
using linnet::tests::FakeWordTokenizer;

namespace {

constexpr auto verbs = std::to_array<std::string_view>({"was", "is", "came", "sing", "sang"});

std::vector<std::string> tokens() {
    std::vector<std::string> all = englishControlTokens();
    for (const char* word :
         {".",     ",",      "?",      "!",     "i",    "we",     "thou",  "thee",   "you",
          "he",    "him",    "she",    "her",   "they", "who",    "what",  "when",   "the",
          "a",     "moon",   "night",  "light", "sea",  "me",     "to",    "was",    "is",
          "came",  "sing",   "sang",   "and",   "of",   "winter", "river", "garden", "high",
          "sky",   "see",    "bright", "free",  "tree", "fly",    "day",   "way",    "say",
          "may",   "stay",   "play",   "bay",   "lay",  "bee",    "knee",  "key",    "tea",
          "sight", "flight", "might",  "right", "cry",  "try",    "dry",   "lie",    "die"}) {
        all.emplace_back(word);
    }
    return all;
}

} // namespace

class TestEnDiscourse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        SentenceCounts counts;
        counts.roles = {0, class_role::verb, class_role::stop};
        for (TokenId token = 0; token < m_tokenizer.size(); ++token) {
            const std::string_view text = m_tokenizer.bytes(token);
            const bool verb = std::find(verbs.begin(), verbs.end(), text) != verbs.end();
            const bool stop = text == "." || text == "?" || text == "!";
            counts.classes.push_back(verb   ? std::uint16_t{1}
                                     : stop ? std::uint16_t{2}
                                            : std::uint16_t{0});
        }
        counts.words = {{{classKey({}, 0), 0.5F}}};
        counts.actors = {{{classKey({}, 1), 0.5F}}};
        const std::string path = m_folder.filePath("sentences.bin").toStdString();
        QVERIFY(LexiconFile({"{}", SentenceModel::serialized(m_tokenizer, counts)})
                    .write(path, LexiconKind::Sentences));
        auto model = SentenceModel::load(path, m_tokenizer);
        QVERIFY(model);
        m_sentences = *model;
    }

    void sentencesSayWhatTheyBegin_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("whole");
        QTest::newRow("one clause") << "The moon was in the sky." << true;
        QTest::newRow("hangs") << "When the moon was in the sky." << false;
        QTest::newRow("hangs, after a whole one")
            << "He came. And when the moon was high." << false;
        QTest::newRow("hangs on another") << "When the moon was high, he sang of me." << true;
        QTest::newRow("who") << "Who came to see the garden." << false;
        QTest::newRow("who, at the end") << "I sang of the moon, who came to me." << true;
        QTest::newRow("question") << "Who came to see the garden?" << true;
        QTest::newRow("no question") << "When the moon was in the sky?" << false;
        QTest::newRow("infinitive") << "When he came to sing of the moon." << false;
        QTest::newRow("call") << "Who came?" << true;
        QTest::newRow("not ended") << "When the moon was in the sky," << true;
    }
    void sentencesSayWhatTheyBegin() {
        QFETCH(QString, text);
        QFETCH(bool, whole);
        QCOMPARE(wrongIn(text.toStdString(), false) < 2.0, whole);
    }

    void personsAreIntroduced() {
        const auto strange = [&](const char* before, EnPerson person) {
            EnDiscourse discourse = reader(false);
            (void)wrongIn(discourse, before);
            return discourse.strangeness(person);
        };
        QCOMPARE(strange("", EnPerson::He), 0.0);
        QCOMPARE(strange("He came.", EnPerson::He), 0.0);
        QCOMPARE(strange("I sing.", EnPerson::We), 0.0);
        QCOMPARE(strange("I sing.", EnPerson::They), 0.0);
        const double second = strange("I sing.", EnPerson::She);
        const double third = strange("I sing to him.", EnPerson::She);
        QVERIFY(second > 0 && third > second);
        QVERIFY(strange("I sing to thee.", EnPerson::You) > third);
        QCOMPARE(strange("I sing to thee.", EnPerson::Thou), 0.0);
    }

    void storiesKeepToWhomTheyName() {
        EnDiscourse story = reader(true);
        story.introduce(EnPerson::She);
        QCOMPARE(story.strangeness(EnPerson::She), 0.0);
        QVERIFY(story.strangeness(EnPerson::He) > 0);
        QVERIFY(story.strangeness(EnPerson::They) > 0);
    }

    void storiesKeepTheirTime() {
        QVERIFY(wrongIn("He was free, and she is high.", true) >
                wrongIn("He was free, and she was high.", true));
        QCOMPARE(wrongIn("He is free, and is high.", true), 0.0);
        // A song may look back.
        QCOMPARE(wrongIn("The moon was high, the night is bright.", false), 0.0);
        QVERIFY(wrongIn("The moon was high, he came, and sang, and is bright.", false) > 0.0);
    }

    // A comma has three tenths, and all words together seven, though none has more than a
    // fortieth: so three of ten lines end with a comma. Sentences end where rhymes do.
    void linesEndWithMarksAsOftenAsTheModelSays() {
        PoemRequest request;
        request.form = "sonnet";
        const auto planned = planEnglishPoem(request, data().forms, m_vocabulary, data().english);
        QVERIFY(std::holds_alternative<EnPlan>(planned));
        const EnPlan& plan = std::get<EnPlan>(planned);
        std::vector<bool> closing;
        for (const EnLinePlan& line : plan.lines) {
            closing.push_back(line.closes);
        }
        std::vector<bool> expected(14, false);
        expected[3] = expected[7] = expected[11] = expected[13] = true;
        QCOMPARE(closing, expected);

        auto ends = endings(plan, 0, 0.3, 0.0);
        QVERIFY2(ends[","] > 240 && ends[","] < 360, qPrintable(QString::number(ends[","])));
        QCOMPARE(ends[","] + ends["<|line|>"], 1000);
        const int inside = endings(plan, 2, 0.3, 0.2)["."];
        const int close = endings(plan, 3, 0.3, 0.2)["."];
        QVERIFY2(close > 2 * inside && inside > 0, qPrintable(QString::number(inside)));
        QCOMPARE(endings(plan, 13, 0.3, 0.2)["."], 1000);
    }

private:
    EnDiscourse reader(bool story) const { return {m_vocabulary, m_sentences.get(), story}; }

    double wrongIn(EnDiscourse& discourse, const std::string& text) const {
        double wrong = 0;
        for (const std::string& word : splitEnglishLine(text)) {
            wrong += discourse.read(m_vocabulary.token(word));
        }
        return wrong;
    }
    double wrongIn(const std::string& text, bool story) const {
        EnDiscourse discourse = reader(story);
        return wrongIn(discourse, text);
    }

    // How a line ends in 1000 draws.
    std::map<std::string, int> endings(const EnPlan& plan, std::size_t line, double comma,
                                       double stop) const {
        const auto size = static_cast<std::size_t>(m_tokenizer.size());
        const double each = (1 - comma - stop) / static_cast<double>(size);
        std::vector<float> logProbs(size, static_cast<float>(std::log(each)));
        const auto set = [&](const char* mark, double p) {
            logProbs[static_cast<std::size_t>(m_vocabulary.token(mark))] =
                static_cast<float>(std::log(std::max(p, 1e-9)));
        };
        set(",", comma);
        set(".", stop);
        set("?", 0);
        set("!", 0);
        const std::vector<float> noBonus(m_vocabulary.words().size(), 0.0F);
        std::map<std::string, int> found;
        Random random(7);
        for (int i = 0; i < 1000; ++i) {
            EnConstraints constraints(plan, m_vocabulary);
            constraints.beginLine(line);
            TokenSampler sampler;
            sampler.begin({.temperature = 1.0, .topP = 1.0, .minP = 0.05});
            constraints.offer(logProbs, noBonus, sampler);
            const auto token = sampler.draw(random);
            ++found[token ? m_vocabulary.text(*token).empty()
                                ? "<|line|>"
                                : std::string(m_vocabulary.text(*token))
                          : ""];
        }
        return found;
    }

    QTemporaryDir m_folder;
    FakeWordTokenizer m_tokenizer{tokens()};
    EnVocabulary m_vocabulary{m_tokenizer, data().english};
    std::shared_ptr<const SentenceModel> m_sentences;
};

QTEST_GUILESS_MAIN(TestEnDiscourse)
#include "test_en_discourse.moc"
