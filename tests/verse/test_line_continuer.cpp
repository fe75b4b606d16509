// The next character or word of a writer's own line, from models that know nothing: only the form
// can make it right. What is right is told by the lexicon and by the analyzer.

#include <QTest>

#include <algorithm>
#include <set>

#include "verse/caret_passage.h"
#include "verse/composer_fixture.h"
#include "verse/line_continuer.h"
#include "verse/poem_record.h"
#include "verse/utf8.h"

using namespace linnet;
using namespace linnet::verse;
using tests::data;
using tests::FakeVerseModel;

namespace {

const std::string kaiyun = "朝辞白帝彩云间，\n千里江陵一日还。\n两岸猿声啼不住，\n轻舟已过万重";
const std::string grace = "Amazing grace, how sweet the sound\nThat saved a wretch like me;\n"
                          "I once was lost, but now am ";

std::vector<std::string> characters() {
    std::vector<std::string> all = chineseControlTokens();
    std::set<char32_t> known;
    for (std::size_t group = 0; group < data().chinese.groups().size(); ++group) {
        for (const char32_t c : data().chinese.characters(static_cast<RhymeGroupId>(group))) {
            if (c < 0xA000 && data().chinese.belongsTo(c, Script::Simplified)) {
                known.insert(c);
            }
        }
    }
    for (const char32_t c : known) {
        all.push_back(toUtf8({&c, 1}));
    }
    return all;
}

std::vector<std::string> words() {
    std::vector<std::string> all = englishControlTokens();
    for (const char* mark : {",", ".", ";", "!", "?"}) {
        all.emplace_back(mark);
    }
    int count = 0;
    data().english.forEach([&](std::string_view word, std::span<const Pronunciation>) {
        const bool plain =
            std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        if (plain && word.size() > 1 &&
            (++count % 8 == 0 || word.ends_with("ound") || word == "wire" || word == "buyer")) {
            all.emplace_back(word);
        }
    });
    return all;
}

// A converter that knows two characters.
class TwoCharacters : public ScriptConverter {
public:
    std::string toSimplified(std::string_view text) const override {
        return replaced(text, {{U'間', U'间'}, {U'還', U'还'}});
    }
    std::string toTraditional(std::string_view text) const override {
        return replaced(text, {{U'间', U'間'}, {U'还', U'還'}});
    }

private:
    static std::string replaced(std::string_view text, const std::map<char32_t, char32_t>& by) {
        std::u32string points = toCodePoints(text);
        for (char32_t& c : points) {
            c = by.contains(c) ? by.at(c) : c;
        }
        return toUtf8(points);
    }
};

class Fixture {
public:
    explicit Fixture(Language language, std::shared_ptr<const ScriptConverter> converter = {})
        : model(language == Language::Chinese ? characters() : words())
        , continuer(makeLineContinuer(language, data(), model.tokenizer(), std::move(converter))) {}

    LineContinuation next(const std::string& before, const std::string& form = {}, int count = 40) {
        auto found = continuer->next(model, {before, form, {}, count}, {});
        return found ? std::move(found).value() : LineContinuation();
    }
    bool admits(const std::string& before, const std::string& word, const std::string& form = {},
                const std::string& finished = {}) {
        return continuer->admits({before, form, {}, 5}, finished, word);
    }

    FakeVerseModel model;
    std::unique_ptr<LineContinuer> continuer;
};

char32_t only(const NextWord& word) {
    return toCodePoints(word.word).front();
}

} // namespace

class TestLineContinuer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rhymeAndToneEndTheLine() {
        Fixture chinese(Language::Chinese);
        for (const char* form : {"qijue", ""}) {
            const LineContinuation found = chinese.next(kaiyun, form);
            QCOMPARE(found.words.size(), std::size_t{40});
            // The groups of 还, with which the first line rhymes only in one of them.
            const auto group = *data().chinese.findGroup("十五删");
            const auto other = *data().chinese.findGroup("一先");
            for (const NextWord& word : found.words) {
                QVERIFY2(data().chinese.hasGroup(only(word), group) ||
                             data().chinese.hasGroup(only(word), other),
                         word.word.c_str());
                QVERIFY2(kaiyun.find(word.word) == std::string::npos, word.word.c_str());
            }
            double sum = 0;
            for (const NextWord& word : found.words) {
                sum += word.p;
            }
            QVERIFY(sum > 0 && sum <= 1.0 + 1e-9);
            QVERIFY(std::is_sorted(found.words.begin(), found.words.end(),
                                   [](auto& a, auto& b) { return a.p > b.p; }));
        }
    }

    // After 平平 at its second place the second line wants an oblique second place.
    void tonesAnswerTheLineBefore() {
        Fixture chinese(Language::Chinese);
        for (const NextWord& word : chinese.next("朝辞白帝彩云间，千", "qijue").words) {
            QVERIFY2(data().chinese.canBeOblique(only(word)), word.word.c_str());
        }
        for (const NextWord& word : chinese.next("朝辞白帝彩云间，千里江", "qijue").words) {
            QVERIFY2(data().chinese.canBeLevel(only(word)), word.word.c_str());
        }
    }

    // Lines that are regulated in no way are held to their rhyme only.
    void brokenTonesStillRhyme() {
        Fixture chinese(Language::Chinese);
        const std::string old = "床前明月光，疑是地上霜。举头望明月，低头思故";
        const auto group = *data().chinese.findGroup("七阳");
        for (const NextWord& word : chinese.next(old).words) {
            QVERIFY2(data().chinese.hasGroup(only(word), group), word.word.c_str());
        }
        const auto inside = chinese.next("床前明月光，疑是地上霜。举头望").words;
        QVERIFY(std::any_of(inside.begin(), inside.end(), [](const NextWord& word) {
            return !data().chinese.canBeLevel(only(word));
        }));
        QVERIFY(std::any_of(inside.begin(), inside.end(), [](const NextWord& word) {
            return !data().chinese.canBeOblique(only(word));
        }));
    }

    void chineseCarets_data() {
        QTest::addColumn<QString>("before");
        QTest::addColumn<bool>("verse");
        QTest::newRow("first line") << "床前明月" << true;
        QTest::newRow("with a title") << "静夜思\n床前明月光，疑是" << true;
        QTest::newRow("prose of other lengths")
            << "今天天气很好，我们都去公园里散步，看见" << false;
        QTest::newRow("prose before")
            << "他说，那一年他们都还年轻得很，谁也不知道。\n床前" << false;
        QTest::newRow("another script") << "床前 moon" << false;
        QTest::newRow("too long") << "床前明月光疑是地" << false;
        QTest::newRow("longer than the line before") << "床前明月光，疑是地上霜雪" << false;
        QTest::newRow("nothing") << "" << false;
    }
    void chineseCarets() {
        QFETCH(QString, before);
        QFETCH(bool, verse);
        QCOMPARE(chineseCaret(before.toStdString()).has_value(), verse);
    }

    void fullLinesGetNothing() {
        Fixture chinese(Language::Chinese);
        QVERIFY(chinese.next(kaiyun + "山").words.empty());
        QVERIFY(chinese.next("一二三四五六七").words.empty());
        Fixture english(Language::English);
        QVERIFY(english.next(grace + "found", "common-metre").words.empty() ||
                english.next(grace + "found ", "common-metre").words.empty());
    }

    // A word rhymes as it is said in its line: "fire" as one syllable or as two.
    void rhymesAreSaidAsTheLinesScan() {
        Fixture english(Language::English);
        const std::string one = "When the moon is a seed of the fire,\n";
        const std::string either = "He sat with a book by the fire,\n";
        const std::string two = "And all that he felt was desire,\n";
        const auto admits = [&](const std::string& before, const char* word) {
            return english.admits(before, word, "limerick");
        };
        QVERIFY(admits(one + "He sat with a man by the ", "wire"));
        QVERIFY(!admits(one + "He sat with a man by the ", "buyer"));
        QVERIFY(admits(either + "He sat with a man by the ", "wire"));
        QVERIFY(admits(either + "He sat with a man by the ", "buyer"));
        QVERIFY(admits(two + "He sat with a man by the ", "wire"));
        QVERIFY(!admits(two + "And the cat put its nose in the ", "wire"));
        const std::string middle = "He looked at the day,\nAnd he wanted to stay,\n";
        QVERIFY(!admits(either + two + middle + "And the cat put its nose in the ", "wire"));
        QVERIFY(admits(either + one + middle + "And the cat put its nose in the ", "wire"));
    }

    void writesTheScriptOfThePoem() {
        Fixture chinese(Language::Chinese, std::make_shared<TwoCharacters>());
        const auto found = chinese.next("朝辭白帝彩雲閑，千里江陵一日", "qijue", 4000).words;
        const auto has = [&](const char* character) {
            return std::any_of(found.begin(), found.end(),
                               [&](const NextWord& word) { return word.word == character; });
        };
        QVERIFY(has("還"));
        QVERIFY(!has("还"));
    }

    // Every word that is offered for the last place makes a stanza without faults.
    void lastWordsScanAndRhyme() {
        Fixture english(Language::English);
        const Analyzer analyzer(data());
        const LineContinuation found = english.next(grace, "common-metre");
        QVERIFY(found.words.size() > 3);
        for (const NextWord& word : found.words) {
            const std::string text = grace + word.word + ",\nWas blind, but now I see.";
            const Analysis analysis = analyzer.analyse(text, **data().forms.find("common-metre"));
            QVERIFY2(analysis.ok(), word.word.c_str());
        }
    }

    void metreAndRhymeAreTold_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<bool>("admitted");
        QTest::newRow("rhymes") << "found" << true;
        QTest::newRow("the same word") << "sound" << false;
        QTest::newRow("no rhyme") << "lost" << false;
        QTest::newRow("too long") << "rebounded" << false;
        QTest::newRow("not in the dictionary") << "zqxound" << false;
    }
    void metreAndRhymeAreTold() {
        QFETCH(QString, word);
        QFETCH(bool, admitted);
        Fixture english(Language::English);
        QCOMPARE(english.admits(grace, word.toStdString(), "common-metre"), admitted);
    }

    void stressesKeepToTheirPlaces() {
        Fixture english(Language::English);
        const std::string rows = "The silent river runs below the hill\n";
        QVERIFY(english.admits(rows + "The ", "garden", "blank-verse"));
        QVERIFY(!english.admits(rows + "The ", "delight", "blank-verse"));
        QVERIFY(english.admits(rows + "The silent ", "water", "blank-verse"));
        QVERIFY(!english.admits(rows + "The silent ", "away", "blank-verse"));
        // Behind a word that is typed already.
        QVERIFY(english.admits(rows + "The", "garden", "blank-verse", "The"));
        QVERIFY(!english.admits(rows + "The", "delight", "blank-verse", "The"));
        // The form is found from its lines.
        const std::string many = rows + "And every evening finds the water still\n" +
                                 "A little boat is lying on the sand\n";
        QVERIFY(!english.admits(many + "The ", "delight"));
        // Nothing is known: anything may come.
        QVERIFY(english.admits("The ", "delight"));
        QVERIFY(english.admits(rows + "The ", "delight", "free-verse"));
    }

    // Offered words keep the place; what is typed of a word only filters them.
    void wordsInsideTheLine() {
        Fixture english(Language::English);
        const std::string rows = "The silent river runs below the hill\nAnd all the ";
        const LineContinuation all = english.next(rows, "blank-verse");
        QVERIFY(!all.words.empty());
        for (const NextWord& word : all.words) {
            QVERIFY2(english.admits(rows, word.word, "blank-verse"), word.word.c_str());
        }
        const std::string begun = rows + all.words.front().word.substr(0, 1);
        const int steps = english.model.steps;
        const LineContinuation some = english.next(begun, "blank-verse");
        QCOMPARE(english.model.steps, steps); // no further step of the model
        QCOMPARE(some.words.front().word[0], all.words.front().word[0]);
    }

    void englishCarets() {
        QVERIFY(!englishCaret("# A heading"));
        QVERIFY(!englishCaret(std::string(200, 'a')));
        QVERIFY(!englishCaret("床前"));
        const auto caret = englishCaret("# Night\n\nOne row,\nand two\n\nthe thi");
        QVERIFY(caret.has_value());
        QCOMPARE(caret->title, std::string("Night"));
        QCOMPARE(caret->rows.size(), std::size_t{2});
        QVERIFY(caret->startsStanza);
        QVERIFY(!caret->rows[1].startsStanza);
        QCOMPARE(caret->line, std::string("the"));
        QCOMPARE(caret->typed, std::string("thi"));
    }

    void stopsAndFails() {
        for (const Language language : {Language::Chinese, Language::English}) {
            Fixture fixture(language);
            const std::string before = language == Language::Chinese ? kaiyun : grace;
            std::stop_source stop;
            stop.request_stop();
            const auto cancelled =
                fixture.continuer->next(fixture.model, {before, {}, {}, 5}, stop.get_token());
            QVERIFY(cancelled.ok() && cancelled->cancelled && cancelled->words.empty());
            fixture.model.failAt = fixture.model.steps + 1;
            QVERIFY(!fixture.continuer->next(fixture.model, {before, {}, {}, 5}, {}).ok());
            // Nothing half done is left behind.
            QVERIFY(!fixture.next(before).words.empty());
        }
    }
};

QTEST_APPLESS_MAIN(TestLineContinuer)
#include "test_line_continuer.moc"
