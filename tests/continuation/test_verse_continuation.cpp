#include <QTest>

#include <algorithm>
#include <string>

#include "continuation/verse_continuation.h"
#include "verse/composer_fixture.h"
#include "verse/poem_record.h"

using namespace linnet;
using namespace linnet::continuation;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using suggest::Suggestions;
using suggest::SuggestOptions;
using verse::Language;

namespace {

const std::string rows = "I once was lost, but now am found,\nThe day is at an end,\n"
                         "The ships come home without a ";

std::vector<std::string> englishTokens() {
    std::vector<std::string> all = verse::englishControlTokens();
    for (const char* word : {",", ".", "the", "a", "and", "of", "sound", "round", "ground", "bound",
                             "night", "river", "delight", "friend", "bend", "mend"}) {
        all.emplace_back(word);
    }
    return all;
}

std::vector<std::string> chineseTokens() {
    std::vector<std::string> all = verse::chineseControlTokens();
    for (const char* character : {"床", "前", "明", "月", "光", "山", "水", "花"}) {
        all.emplace_back(character);
    }
    return all;
}

struct Desk {
    explicit Desk(bool broken = false) {
        VerseContinuation::Options options;
        options.models = {{Language::English, "en"}, {Language::Chinese, "zh"}};
        options.data = [] { return Result<const verse::VerseData*>(&tests::data()); };
        options.load = [this,
                        broken](const std::filesystem::path& folder,
                                std::stop_token) -> Result<std::unique_ptr<engine::Generator>> {
            ++loads;
            if (broken) {
                return Error{ErrorCode::CorruptFile, "broken"};
            }
            return std::unique_ptr<engine::Generator>(std::make_unique<tests::FakeVerseModel>(
                folder == "zh" ? chineseTokens() : englishTokens()));
        };
        continuation = std::make_unique<VerseContinuation>(std::move(options));
    }

    Result<Suggestions> suggest(Language language, const std::string& before,
                                const std::vector<std::string>& proseWords = {}) {
        const auto prose = [&](const SuggestOptions& options) -> Result<Suggestions> {
            Suggestions found;
            for (const std::string& word : proseWords) {
                if (options.gate.admits({}, word)) {
                    found.words.push_back({word, 1.0 / static_cast<double>(proseWords.size())});
                }
            }
            ghostAsked = ghostAsked || options.ghost;
            return found;
        };
        const auto soon = [&](const Suggestions& suggestions) { early.push_back(suggestions); };
        return continuation->suggest(language, {before, ""}, mode, {}, prose, soon, {});
    }

    VerseMode mode{true, "common-metre", {}};
    std::unique_ptr<VerseContinuation> continuation;
    int loads = 0;
    bool ghostAsked = false;
    std::vector<Suggestions> early;
};

bool has(const Suggestions& found, const std::string& word) {
    return std::any_of(found.words.begin(), found.words.end(),
                       [&](const auto& one) { return one.word == word; });
}

} // namespace

class TestVerseContinuation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scriptAndModeChooseTheModel_data() {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<bool>("verse");
        QTest::addColumn<QString>("language");
        QTest::newRow("prose") << "The old man"
                               << "" << false << "";
        QTest::newRow("verse") << "The old man"
                               << "" << true << "en";
        QTest::newRow("inside a line") << "The old"
                                       << " man" << true << "";
        QTest::newRow("before a mark") << "The old"
                                       << "." << true << "en";
        QTest::newRow("Han") << "床前明月"
                             << "" << false << "zh";
        QTest::newRow("Han in verse mode") << "床前明月"
                                           << "" << true << "zh";
        QTest::newRow("Han prose") << "他说，那一年他们都还年轻得很，谁也不知道，"
                                   << "" << false << "";
    }
    void scriptAndModeChooseTheModel() {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(bool, verse);
        QFETCH(QString, language);
        Desk desk;
        desk.mode = {verse, {}, {}};
        const std::string text = before.toStdString();
        const std::string rest = after.toStdString();
        const auto found = desk.continuation->languageAt({text, rest}, desk.mode);
        QCOMPARE(found ? QString(*found == Language::English ? "en" : "zh") : QString(), language);
        QCOMPARE(desk.loads, 0);
    }

    // Words of prose that break the form are out; rhymes that prose does not know come in.
    void proseIsHeldToTheForm() {
        Desk desk;
        const auto found = desk.suggest(Language::English, rows, {"sound", "night", "river"});
        QVERIFY(found.ok());
        QVERIFY(has(*found, "sound"));
        QVERIFY(!has(*found, "night") && !has(*found, "river"));
        QVERIFY(has(*found, "round") || has(*found, "ground") || has(*found, "bound"));
        QVERIFY(!desk.ghostAsked); // it would not keep the form
        QCOMPARE(desk.early.size(), std::size_t{1});
        QVERIFY(has(desk.early.front(), "sound") && !has(desk.early.front(), "night"));
        double sum = 0;
        for (const auto& word : found->words) {
            sum += word.p;
        }
        QVERIFY(sum <= 1 + 1e-9);
    }

    void chineseNeedsNoProse() {
        Desk desk;
        desk.mode = {};
        const auto found = desk.suggest(Language::Chinese, "床前明月");
        QVERIFY(found.ok());
        QVERIFY(has(*found, "光"));
        QVERIFY(!has(*found, "月") || found->words.size() > 1);
        QCOMPARE(desk.loads, 1);
        QVERIFY(desk.suggest(Language::Chinese, "床前明").ok());
        QCOMPARE(desk.loads, 1);
        desk.continuation->unload();
        QVERIFY(desk.suggest(Language::Chinese, "床前明").ok());
        QCOMPARE(desk.loads, 2);
    }

    // Then prose answers.
    void aBrokenModelIsTriedOnce() {
        Desk desk(true);
        QVERIFY(!desk.suggest(Language::English, rows).ok());
        QVERIFY(!desk.continuation->languageAt({rows, ""}, desk.mode));
        QCOMPARE(desk.loads, 1);
    }
};

QTEST_APPLESS_MAIN(TestVerseContinuation)
#include "test_verse_continuation.moc"
