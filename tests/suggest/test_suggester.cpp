#include <QTest>

#include <fstream>

#include "suggest/fake_network.h"
#include "suggest/small_model.h"
#include "suggest/suggest_model.h"
#include "suggest/suggester.h"

using namespace linnet;
using namespace linnet::suggest;

namespace {

// What the tests' language consists of, repeated so that it has statistics.
std::string language() {
    const std::string once =
        "The old man looked at the sea. The old man went home. They looked at London. \"They went "
        "home,\" he said. \"Then he looked,\" said the man. I don't know the fuck. The thing is "
        "there, and then they went to London with the old woman. He said that NASA knew. ";
    std::string text;
    for (int i = 0; i < 20; ++i) {
        text += once + "\n";
    }
    return text;
}

QStringList listOf(const Suggestions& found) {
    QStringList words;
    for (const WordSuggestion& word : found.words) {
        words << QString::fromStdString(word.word);
    }
    return words;
}

} // namespace

class TestSuggester : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void nextWords();
    void spelling_data();
    void spelling();
    void silentPlaces_data();
    void silentPlaces();
    void neverTheTypedWord();
    void followingWords();
    void offensiveWords();
    void passedOverWords();
    void gatedWords();
    void learnsTheDocument();
    void knowsTheWholeDocument();
    void knowsEarlierDocuments();
    void sameAnswerWhateverWasAskedBefore();
    void probabilities();
    void networkDecides();
    void afterAFinishedWord();
    void oneStepAWord();
    void preparedAhead();
    void windowStaysInPlace();
    void ghostText();
    void cancelled();
    void networkFails();
    void constants();

private:
    Suggestions ask(Suggester& suggester, const std::string& before, int count = 5,
                    engine::Generator* network = nullptr) {
        SuggestOptions options;
        options.count = count;
        auto found = suggester.suggest(network, before, "", options, {});
        return found.ok() ? *found : Suggestions{};
    }
    Suggestions ask(const std::string& before, int count = 5) {
        Suggester suggester(m_model);
        return ask(suggester, before, count);
    }

    QTemporaryDir m_folder;
    std::shared_ptr<const SuggestModel> m_model;
};

void TestSuggester::initTestCase() {
    QVERIFY(tests::buildSmall(tests::smallFile(m_folder), language()).ok());
    const auto model = loadSuggestModel(m_folder.path().toStdString());
    QVERIFY(model.ok());
    m_model = *model;
}

void TestSuggester::nextWords() {
    QCOMPARE(listOf(ask("The old man looked ")).value(0), QString("at"));
    QVERIFY(listOf(ask("The old ")).mid(0, 2).contains("man"));
    QCOMPARE(ask("The old ", 3).words.size(), std::size_t{3});
    QCOMPARE(ask("The old ", 0).words.size(), std::size_t{0});
}

void TestSuggester::spelling_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QString>("unwanted");
    QTest::newRow("start of text") << ""
                                   << "The"
                                   << "the";
    QTest::newRow("start of sentence") << "He went home. Th"
                                       << "The"
                                       << "the";
    QTest::newRow("rare at a start") << "He went home. L"
                                     << "Looked"
                                     << "looked";
    QTest::newRow("paragraph") << "He went home.\nTh"
                               << "They"
                               << "they";
    QTest::newRow("opening quote") << "He said, \"Th"
                                   << "They"
                                   << "they";
    QTest::newRow("curly quote") << "He said, “Th"
                                 << "They"
                                 << "they";
    QTest::newRow("bracket") << "home (t"
                             << "the"
                             << "The";
    QTest::newRow("mid-sentence") << "looked at t"
                                  << "the"
                                  << "The";
    QTest::newRow("name") << "went to L"
                          << "London"
                          << "london";
    QTest::newRow("prefix") << "with the ol"
                            << "old"
                            << "the";
    QTest::newRow("whole word typed") << "and the"
                                      << "then"
                                      << "the";
    QTest::newRow("capitals") << "he said TH"
                              << "THE"
                              << "The";
    QTest::newRow("acronym") << "that NA"
                             << "NASA"
                             << "Nasa";
    QTest::newRow("apostrophe") << "I d"
                                << "don't"
                                << "don’t";
    QTest::newRow("apostrophe typed") << "I don'"
                                      << "don't"
                                      << "don";
    QTest::newRow("curly custom") << "It’s I d"
                                  << "don’t"
                                  << "don't";
    QTest::newRow("curly typed") << "I don’"
                                 << "don’t"
                                 << "don't";
    QTest::newRow("after a dash") << "the man—h"
                                  << "he"
                                  << "He";
    QTest::newRow("no-break space") << "looked\u00A0at th"
                                    << "the"
                                    << "The";
}

void TestSuggester::spelling() {
    QFETCH(QString, before);
    QFETCH(QString, wanted);
    QFETCH(QString, unwanted);
    Tuning tuning = m_model->tuning();
    tuning.passedOver = 0; // that has a test of its own
    Suggester suggester(m_model->withTuning(tuning));
    const QStringList words = listOf(ask(suggester, before.toStdString()));
    QVERIFY2(words.contains(wanted), qPrintable(words.join(' ')));
    if (words.contains(unwanted)) {
        QVERIFY2(words.indexOf(wanted) < words.indexOf(unwanted), qPrintable(words.join(' ')));
    }
}

void TestSuggester::silentPlaces_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::newRow("url") << "see https://th"
                         << "";
    QTest::newRow("e-mail") << "to anna@th"
                            << "";
    QTest::newRow("code") << "call `th"
                          << "";
    QTest::newRow("inside a word") << "looked at th"
                                   << "ere";
    QTest::newRow("unknown letters") << "the xqzw"
                                     << "";
}

void TestSuggester::silentPlaces() {
    QFETCH(QString, before);
    QFETCH(QString, after);
    Suggester suggester(m_model);
    const auto found =
        suggester.suggest(nullptr, before.toStdString(), after.toStdString(), {}, {});
    QVERIFY(found.ok());
    QVERIFY(found->words.empty());
    QVERIFY(!found->ghost);
}

void TestSuggester::neverTheTypedWord() {
    Tuning tuning = m_model->tuning();
    tuning.passedOver = 0;
    Suggester suggester(m_model->withTuning(tuning));
    for (const char* text : {"He said that t", "home. Th"}) {
        const std::string typed = std::string(text).substr(std::string(text).rfind(' ') + 1);
        const Suggestions found = ask(suggester, text, 20);
        QVERIFY(!found.words.empty());
        for (const WordSuggestion& word : found.words) {
            QVERIFY(word.word.size() > typed.size());
            QCOMPARE(word.word.substr(0, typed.size()), typed);
        }
    }
}

// After a whole word that hardly goes on, the bar shows what may follow it.
void TestSuggester::followingWords() {
    Suggester suggester(m_model);
    SuggestOptions options;
    options.ghostThreshold = 0.3;
    auto found = suggester.suggest(nullptr, "The old man looked", "", options, {});
    QVERIFY(found.ok());
    QCOMPARE(listOf(*found).value(0), QString("at"));
    QVERIFY(found->ghost && found->ghost->text.substr(0, 3) == " at");
    // Nothing was learned of a word that goes on.
    ask(suggester, "Zorblax look");
    ask(suggester, "Zorblax looked");
    QCOMPARE(listOf(ask(suggester, "Zorblax looked ")), listOf(ask("Zorblax looked ")));
}

void TestSuggester::offensiveWords() {
    QVERIFY(!listOf(ask("I don't know the ", 50)).contains("fuck"));
    QVERIFY(!listOf(ask("I don't know the fu", 50)).contains("fuck"));
    QVERIFY(listOf(ask("What the fuck. I don't know the fu", 50)).contains("fuck"));
}

// Words that were listed one letter ago make room for others, but are not hidden for good.
void TestSuggester::passedOverWords() {
    const QStringList first = listOf(ask("looked at ", 2));
    QVERIFY(first.contains("the"));
    const QStringList second = listOf(ask("looked at t", 2));
    QVERIFY2(!second.contains("the"), qPrintable(second.join(' ')));
    QVERIFY(listOf(ask("looked at t", 30)).contains("that"));
    Tuning tuning = m_model->tuning();
    tuning.passedOver = 0;
    Suggester keeps(m_model->withTuning(tuning));
    QVERIFY(listOf(ask(keeps, "looked at t", 2)).contains("the"));
    tuning.passedOver = 0.995;
    Suggester demotes(m_model->withTuning(tuning));
    QVERIFY(listOf(ask(demotes, "with the ol", 5)).contains("old"));
}

void TestSuggester::learnsTheDocument() {
    const std::string text = "Zorblax looked at the sea. The old man and Zorblax went home. ";
    QVERIFY(!listOf(ask("The old man saw Z")).contains("Zorblax"));
    QCOMPARE(listOf(ask(text + "He saw Z")).value(0), QString("Zorblax"));
    // Learned while it is typed, and forgotten on demand.
    Suggester suggester(m_model);
    for (std::size_t at = 1; at <= text.size(); ++at) {
        ask(suggester, text.substr(0, at));
    }
    QVERIFY(listOf(ask(suggester, text + "Z")).contains("Zorblax"));
    suggester.forget();
    QVERIFY(!listOf(ask(suggester, "The old man saw Z")).contains("Zorblax"));
}

void TestSuggester::knowsTheWholeDocument() {
    Suggester suggester(m_model);
    suggester.setDocument("Quuxington lived by the sea.\nHe went home.\n");
    QVERIFY(listOf(ask(suggester, "He saw Q")).contains("Quuxington"));
    suggester.setDocument("Another text.");
    QVERIFY(!listOf(ask(suggester, "He saw Q")).contains("Quuxington"));
}

void TestSuggester::sameAnswerWhateverWasAskedBefore() {
    const std::string text =
        "The old man looked at London. They went to the sea with Zorblax and th";
    Suggester typed(m_model);
    for (std::size_t at = 1; at < text.size(); ++at) {
        ask(typed, text.substr(0, at));
    }
    ask(typed, text + "ey went"); // typed on, and deleted again
    const Suggestions after = ask(typed, text);
    const Suggestions fresh = ask(text);
    QCOMPARE(listOf(after), listOf(fresh));
    for (std::size_t i = 0; i < fresh.words.size(); ++i) {
        QVERIFY(std::abs(after.words[i].p - fresh.words[i].p) < 1e-3);
    }
}

void TestSuggester::probabilities() {
    const Suggestions found = ask("The old ", 5);
    double sum = 0;
    for (const WordSuggestion& word : found.words) {
        QVERIFY(word.p > 0 && word.p <= 1);
        sum += word.p;
    }
    QVERIFY(sum <= 1.0001);
    QVERIFY(found.words.front().p > 0.4);
}

void TestSuggester::networkDecides() {
    tests::FakeNetwork network({" London", " the", " that", " th", " L"},
                               {{" the", 0.9}, {" London", 0.001}});
    Suggester suggester(m_model);
    QCOMPARE(listOf(ask("They looked at ")).value(0), QString("London"));
    QCOMPARE(listOf(ask(suggester, "They looked at ", 5, &network)).value(0), QString("the"));
    // Without it again, the counted words come back.
    QCOMPARE(listOf(ask(suggester, "They looked at ")).value(0), QString("London"));
}

void TestSuggester::afterAFinishedWord() {
    Suggester suggester(m_model);
    SuggestOptions options;
    options.ghostThreshold = 0;
    const auto finished = suggester.suggest(nullptr, "They looked at", "", options, {});
    const auto spaced = suggester.suggest(nullptr, "They looked at ", "", options, {});
    QVERIFY(finished.ok() && spaced.ok());
    QStringList words = listOf(*spaced);
    words.removeAll("at");
    QCOMPARE(listOf(*finished), words);
    QVERIFY(finished->ghost && spaced->ghost);
    QCOMPARE(finished->ghost->text, " " + spaced->ghost->text);
}

void TestSuggester::oneStepAWord() {
    tests::FakeNetwork network({" the", " sea"}, {{" the", 0.5}});
    Suggester suggester(m_model);
    SuggestOptions options;
    options.ghost = false;
    for (const char* text : {"He went ", "He went h", "He went ho", "He went hom", "He went "}) {
        QVERIFY(suggester.suggest(&network, text, "", options, {}).ok());
    }
    QCOMPARE(network.asked, 1);
    QVERIFY(suggester.suggest(&network, "He went home ", "", options, {}).ok());
    QCOMPARE(network.asked, 2);
}

// A name of an earlier document is offered in the next one, and no longer when that is forgotten.
void TestSuggester::knowsEarlierDocuments() {
    Suggester suggester(m_model);
    const PastCounts counts = suggester.countsOf(
        "The old man saw Querelle. He asked Querelle. The zarf glanced at Querelle. "
        "Nobody asked Querelle. They asked Querelle. Who asked Querelle? He saw the gull once.");
    const auto named = [&](const char* word) {
        return std::any_of(counts.words.begin(), counts.words.end(),
                           [word](const auto& one) { return one.text == word && one.count > 0; });
    };
    QVERIFY(named("Querelle") && named("zarf")); // of no lexicon
    QVERIFY(!named("once") || counts.words.size() < 30);
    QVERIFY(counts.isSound());
    SuggestOptions options;
    options.ghost = false;
    const auto wordsFor = [&](const char* text) {
        const auto found = suggester.suggest(nullptr, text, "", options, {});
        return found.ok() ? listOf(*found) : QStringList();
    };
    suggester.setDocument("They went home. ");
    QVERIFY(!wordsFor("They went home. He asked Q").contains(QStringLiteral("Querelle")));
    suggester.setDocument("They went home. ", std::make_shared<PastCounts>(counts));
    QCOMPARE(wordsFor("They went home. He asked Q").value(0), QStringLiteral("Querelle"));
    suggester.setDocument("They went home. ");
    QVERIFY(!wordsFor("They went home. He asked Q").contains(QStringLiteral("Querelle")));
}

// A request after prepare() encodes its own text only, and says the same.
void TestSuggester::preparedAhead() {
    tests::FakeNetwork network({" the", " sea", " home"}, {{" home", 0.5}, {" the", 0.2}});
    const auto& tokenizer = static_cast<const tests::FakeTokenizer&>(network.tokenizer());
    const std::string text = "They went ";
    SuggestOptions options;
    options.ghost = false;
    Suggester unprepared(m_model);
    const auto expected = unprepared.suggest(&network, text, "", options, {});
    QVERIFY(expected.ok());
    QVERIFY(tokenizer.encodedBytes > 100); // all words
    Suggester suggester(m_model);
    suggester.prepare(network, {});
    tokenizer.encodedBytes = 0;
    const auto found = suggester.suggest(&network, text, "", options, {});
    QVERIFY(found.ok());
    QVERIFY2(tokenizer.encodedBytes <= 2 * text.size(),
             qPrintable(QString::number(tokenizer.encodedBytes)));
    QCOMPARE(listOf(*found), listOf(*expected));
}

// The network's cache is keyed by the beginning of what it is given.
void TestSuggester::windowStaysInPlace() {
    tests::FakeNetwork network({" the", " old", " man", " went", " home"}, {{" the", 0.5}});
    Suggester suggester(m_model);
    SuggestOptions options;
    options.ghost = false;
    std::string text = "The old man";
    int moves = 0;
    std::uint32_t random = 1;
    for (int i = 0; i < 600; ++i) {
        random = random * 1664525U + 1013904223U;
        text += (random >> 20U) % 2U == 0 ? " went" : " home";
        const std::string last =
            text.substr(text.size() - std::min<std::size_t>(text.size(), 1500));
        QVERIFY(suggester.suggest(&network, last + " ", "", options, {}).ok());
        const auto& tokens = network.contexts.back();
        QVERIFY(tokens.size() <= 224);
        if (network.contexts.size() > 1) {
            const auto& before = network.contexts[network.contexts.size() - 2];
            const bool grew = tokens.size() > before.size() &&
                              std::equal(before.begin(), before.end(), tokens.begin());
            moves += grew ? 0 : 1;
            QVERIFY(grew || tokens.size() <= 128);
        }
    }
    QVERIFY2(moves >= 3 && moves <= 8, qPrintable(QString::number(moves)));
}

void TestSuggester::ghostText() {
    Suggester suggester(m_model);
    SuggestOptions options;
    options.ghostThreshold = 0.3;
    auto found = suggester.suggest(nullptr, "The old man looked ", "", options, {});
    QVERIFY(found.ok() && found->ghost);
    QVERIFY(QString::fromStdString(found->ghost->text).startsWith("at"));
    QVERIFY(found->ghost->p > 0.3 && found->ghost->p <= 1);
    QVERIFY(QString::fromStdString(found->ghost->text).split(' ').size() <= 4);
    // In mid-word it is what is missing.
    Tuning tuning = m_model->tuning();
    tuning.passedOver = 0;
    Suggester keeps(m_model->withTuning(tuning));
    found = keeps.suggest(nullptr, "They looked at Lon", "", options, {});
    QVERIFY(found.ok() && found->ghost);
    QVERIFY(QString::fromStdString(found->ghost->text).startsWith("don"));
    // Silence below the threshold, where text follows, and when nobody asks.
    options.ghostThreshold = 1;
    found = suggester.suggest(nullptr, "The old man looked ", "", options, {});
    QVERIFY(found.ok() && !found->ghost && !found->words.empty());
    options.ghostThreshold = 0.3;
    found = suggester.suggest(nullptr, "The old man looked ", " at the sea", options, {});
    QVERIFY(found.ok() && !found->ghost);
    options.ghost = false;
    found = suggester.suggest(nullptr, "The old man looked ", "", options, {});
    QVERIFY(found.ok() && !found->ghost);
}

void TestSuggester::gatedWords() {
    Suggester suggester(m_model);
    const std::string text = "The old man ";
    const auto open = suggester.suggest(nullptr, text, "", {}, {});
    QVERIFY(open.ok() && open->words.size() == 5);
    const QString best = listOf(*open).front();
    SuggestOptions options;
    options.gate.key = "without";
    options.gate.admits = [&](std::string_view finished, std::string_view word) {
        return finished.empty() && QString::fromUtf8(word.data(), qsizetype(word.size())) != best;
    };
    const auto gated = suggester.suggest(nullptr, text, "", options, {});
    QVERIFY(gated.ok());
    QVERIFY(!listOf(*gated).contains(best));
    QCOMPARE(gated->words.size(), std::size_t{5}); // others take its place
    // A word begun, and behind a finished one.
    const auto begun =
        suggester.suggest(nullptr, text + best.left(1).toStdString(), "", options, {});
    QVERIFY(begun.ok() && !listOf(*begun).contains(best));
    const auto behind = suggester.suggest(nullptr, "The old man", "", options, {});
    QVERIFY(behind.ok() && behind->words.empty());
    // Without the gate all is as it was.
    const auto again = suggester.suggest(nullptr, text, "", {}, {});
    QVERIFY(again.ok());
    QCOMPARE(listOf(*again), listOf(*open));
}

void TestSuggester::cancelled() {
    tests::FakeNetwork network({" the"}, {{" the", 0.5}});
    Suggester suggester(m_model);
    std::stop_source stop;
    stop.request_stop();
    auto found = suggester.suggest(&network, "The old ", "", {}, stop.get_token());
    QVERIFY(found.ok());
    QVERIFY(found->cancelled);
    QVERIFY(found->words.empty());
    // A cancelled request leaves nothing half done.
    found = suggester.suggest(&network, "The old ", "", {}, {});
    QVERIFY(found.ok() && !found->cancelled && !found->words.empty());
}

void TestSuggester::networkFails() {
    tests::FakeNetwork network({" the"}, {{" the", 0.5}});
    network.fails = true;
    Suggester suggester(m_model);
    const auto found = suggester.suggest(&network, "The old ", "", {}, {});
    QVERIFY(!found.ok());
    QVERIFY(!ask(suggester, "The old ").words.empty());
}

void TestSuggester::constants() {
    const std::filesystem::path file =
        std::filesystem::path(m_folder.path().toStdString()) / "suggest.json";
    const auto written = [&](const std::string& text) {
        std::ofstream(file) << text;
        return readTuning(file);
    };
    auto tuning = written(R"({"network": 0.25, "ghost_threshold": 0.7})");
    QVERIFY(tuning.ok());
    QCOMPARE(tuning->network, 0.25);
    QCOMPARE(tuning->ghostThreshold, 0.7);
    QCOMPARE(tuning->burst, Tuning{}.burst);
    tuning = written(tuningToJson(*tuning));
    QVERIFY(tuning.ok());
    QCOMPARE(tuning->network, 0.25);
    for (const char* bad : {"", "[]", "{\"network\": \"x\"}", "{\"network\": 9}", "{\"x\": 1}"}) {
        QVERIFY2(!written(bad).ok(), bad);
    }
    QVERIFY(!loadSuggestModel(m_folder.path().toStdString()).ok());
    std::filesystem::remove(file);
    QVERIFY(loadSuggestModel(m_folder.path().toStdString()).ok());
    QVERIFY(!loadSuggestModel("/nonexistent").ok());
}

QTEST_APPLESS_MAIN(TestSuggester)
#include "test_suggester.moc"
