// English poems by a model that knows nothing: only the constraints can make them right. What is
// right is written down here once more, from the dictionary and the definitions of the forms.

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "verse/composer_fixture.h"
#include "verse/english_words.h"
#include "verse/poem_record.h"

using namespace linnet::verse;
using linnet::engine::Flow;
using linnet::tests::analyzed;
using linnet::tests::ComposerFixture;
using linnet::tests::data;
using linnet::tests::FakeVerseModel;

namespace {

// Common little words and every twentieth of the dictionary.
std::vector<std::string> tokens() {
    std::vector<std::string> all = englishControlTokens();
    std::set<std::string> words;
    for (const char* text :
         {"the of and a an to in with on for my his her that was were night light bright sight "
          "moon "
          "soon tune sea be me free tree wind sun one run day way say stay old cold gold told "
          "winter river garden shadow morning falling calling orange silver heart part art love "
          "above dove believe leave grieve zeal king every fire wire choir tire hire spire "
          "desire higher buyer flyer admire inspire hour flower power tower our scour"}) {
        for (const std::string& word : splitEnglishLine(text)) {
            words.insert(word);
        }
    }
    int count = 0;
    data().english.forEach([&](std::string_view word, std::span<const Pronunciation>) {
        const bool plain =
            std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        if (++count % 20 == 0 && plain && word.size() > 1 && word[0] != 'x') {
            words.insert(std::string(word));
        }
    });
    for (const char* mark : {",", ".", ";", ":", "!", "?", "\u2014"}) {
        all.emplace_back(mark);
    }
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

std::vector<std::string> wordsOf(const std::string& line) {
    std::vector<std::string> words;
    for (const std::string& word : splitEnglishLine(line)) {
        if (!isMark(word)) {
            words.push_back(lowerCase(word));
        }
    }
    return words;
}

// Every way to say a line: its syllables, the places (from 1) of the primary stresses in longer
// words, and how the last word is said.
using Visit = std::function<void(int, const std::vector<int>&, const Pronunciation& last)>;

void eachReading(const std::vector<std::string>& words, std::size_t at, int syllables,
                 std::vector<int>& stresses, const Visit& visit) {
    for (const Pronunciation& said : data().english.pronunciations(words[at])) {
        const std::size_t before = stresses.size();
        const auto marks = said.stresses();
        for (std::size_t i = 0; i < marks.size() && marks.size() > 1; ++i) {
            if (marks[i] == Stress::Primary) {
                stresses.push_back(syllables + static_cast<int>(i) + 1);
            }
        }
        if (at + 1 == words.size()) {
            visit(syllables + said.syllables(), stresses, said);
        } else {
            eachReading(words, at + 1, syllables + said.syllables(), stresses, visit);
        }
        stresses.resize(before);
    }
}

using Rule = std::function<bool(int syllables, const std::vector<int>& stresses)>;

// The phonemes from the last primary stress on.
std::string rhymeOf(const Pronunciation& said) {
    std::string rhyme;
    for (const Phone phone : said.phones()) {
        rhyme = stressOf(phone) == Stress::Primary ? "" : rhyme;
        rhyme += static_cast<char>('0' + phonemeOf(phone));
    }
    return rhyme;
}

// The rhymes of a line in those readings that keep the rule; none if no reading does.
std::set<std::string> rhymesOf(const std::string& line, const Rule& rule) {
    std::set<std::string> rhymes;
    std::vector<int> stresses;
    eachReading(wordsOf(line), 0, 0, stresses,
                [&](int n, const std::vector<int>& s, const Pronunciation& last) {
                    if (rule(n, s)) {
                        rhymes.insert(rhymeOf(last));
                    }
                });
    return rhymes;
}

bool someReading(const std::string& line, const Rule& rule) {
    return !rhymesOf(line, rule).empty();
}

// Whether all lines of each letter have one rhyme in readings that keep their rules.
bool rhymesAsRead(const std::vector<std::string>& lines, const std::string& scheme,
                  const std::function<Rule(std::size_t line)>& ruleOf) {
    std::map<char, std::set<std::string>> shared;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (scheme[i] == 'x') {
            continue;
        }
        const std::set<std::string> rhymes = rhymesOf(lines[i], ruleOf(i));
        const auto [known, isFirst] = shared.emplace(scheme[i], rhymes);
        if (!isFirst) {
            std::erase_if(known->second, [&](const auto& one) { return !rhymes.contains(one); });
        }
    }
    return std::none_of(shared.begin(), shared.end(),
                        [](const auto& letter) { return letter.second.empty(); });
}

// Stresses at even places, or at the first of an inverted foot.
Rule iambic(int syllables, bool feminine) {
    return [=](int n, const std::vector<int>& stresses) {
        const bool inverted = std::count(stresses.begin(), stresses.end(), 1) > 0 &&
                              std::count(stresses.begin(), stresses.end(), 2) == 0;
        return (n == syllables || (feminine && n == syllables + 1)) &&
               std::all_of(stresses.begin(), stresses.end(),
                           [&](int s) { return s % 2 == 0 || (s == 1 && inverted); });
    };
}

Rule anapaestic(int least, int most) {
    return [=](int n, const std::vector<int>& stresses) {
        // Strong places lie three apart and end at the last place, or one before it.
        const auto ending = [&](int last) {
            return std::all_of(stresses.begin(), stresses.end(),
                               [&](int s) { return s <= last && (last - s) % 3 == 0; });
        };
        return n >= least && n <= most && (ending(n) || ending(n - 1));
    };
}

std::set<std::string> rhymesOf(const std::string& word) {
    std::set<std::string> all;
    for (const Pronunciation& said : data().english.pronunciations(word)) {
        all.insert(rhymeOf(said));
    }
    return all;
}

bool shareOne(const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::any_of(a.begin(), a.end(), [&](auto& one) { return b.contains(one); });
}

bool rhymesBy(const std::vector<std::string>& lines, const std::string& scheme) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            const std::string one = wordsOf(lines[i]).back();
            const std::string other = wordsOf(lines[k]).back();
            const bool paired = scheme[i] == scheme[k] && scheme[i] != 'x';
            if (paired && (!shareOne(rhymesOf(one), rhymesOf(other)) ||
                           data().english.areHomophones(one, other))) {
                return false;
            }
        }
    }
    return true;
}

std::vector<std::string> linesOf(const Poem& poem) {
    std::vector<std::string> lines;
    for (const PoemLine& line : poem.lines) {
        lines.push_back(line.text);
    }
    return lines;
}

} // namespace

class TestEnComposer : public QObject, private ComposerFixture {
    Q_OBJECT

public:
    TestEnComposer()
        : ComposerFixture(Language::English, tokens()) {}

private:
    static PoemRequest of(const char* form, std::uint64_t seed) {
        PoemRequest request;
        request.form = form;
        request.seed = seed;
        return request;
    }

private Q_SLOTS:
    void forms_data() {
        QTest::addColumn<QString>("form");
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QList<int>>("syllables");
        QTest::addColumn<int>("count");
        const QList<int> ten(14, 10);
        QTest::newRow("sonnet") << "sonnet"
                                << "ABABCDCDEFEFGG" << ten << 60;
        QTest::newRow("petrarchan") << "petrarchan"
                                    << "ABBAABBACDECDE" << ten << 60;
        QTest::newRow("ballad") << "ballad"
                                << "xAxA" << QList<int>{8, 6, 8, 6} << 200;
        QTest::newRow("common-metre") << "common-metre"
                                      << "ABAB" << QList<int>{8, 6, 8, 6} << 200;
        QTest::newRow("couplet") << "heroic-couplet"
                                 << "AABBCCDD" << QList<int>(8, 10) << 100;
        QTest::newRow("limerick") << "limerick"
                                  << "AABBA" << QList<int>{-9, -9, -6, -6, -9} << 200;
        QTest::newRow("haiku") << "haiku"
                               << "xxx" << QList<int>{5, 7, 5} << 200;
        QTest::newRow("blank-verse") << "blank-verse"
                                     << "xxxxxxxx" << QList<int>(8, 10) << 100;
    }
    void forms() {
        QFETCH(QString, form);
        QFETCH(QString, scheme);
        QFETCH(QList<int>, syllables);
        QFETCH(int, count);
        const bool free = form == QStringLiteral("haiku");
        const bool feminine =
            form != QStringLiteral("ballad") && form != QStringLiteral("common-metre");
        std::set<std::string> distinct;
        for (int seed = 0; seed < count; ++seed) {
            PoemRequest request = of(form.toLatin1().constData(), static_cast<std::uint64_t>(seed));
            request.theme = seed % 3 == 0 ? "winter sea" : "";
            const Poem poem = one(request);
            const std::string text = textOf(poem);
            const auto lines = linesOf(poem);
            QCOMPARE(static_cast<int>(lines.size()), static_cast<int>(syllables.size()));
            for (std::size_t i = 0; i < lines.size(); ++i) {
                const int n = syllables[static_cast<int>(i)];
                const Rule rule = free    ? Rule([n](int s, auto&) { return s == n; })
                                  : n < 0 ? anapaestic(-n - 1, -n)
                                          : iambic(n, feminine);
                QVERIFY2(someReading(lines[i], rule), lines[i].c_str());
            }
            QVERIFY2(rhymesBy(lines, scheme.toStdString()), text.c_str());
            QVERIFY2(analyzed(poem), text.c_str());
            QCOMPARE(std::set<std::string>(lines.begin(), lines.end()).size(), lines.size());
            distinct.insert(text);
        }
        QCOMPARE(static_cast<int>(distinct.size()), count);
    }

    void stanzasAndLengths() {
        PoemRequest request = of("ballad", 1);
        request.lines = 12;
        const Poem poem = one(request);
        QCOMPARE(poem.lines.size(), std::size_t(12));
        QCOMPARE(poem.breaks, std::vector<int>({4, 8}));
        QVERIFY(rhymesBy(linesOf(poem), "xAxAxBxBxCxC"));
        request.lines = 10;
        QVERIFY(refusalOf(request).kind == RefusalKind::OutOfRange);
        QCOMPARE(one(of("free-verse", 2)).lines.size(), std::size_t(8));
    }

    // "a" only before a consonant and "an" before a vowel; no line ends with an article; what
    // stood side by side does not come again.
    void wordsStandWhereTheyCan() {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            std::set<std::string> pairs;
            for (const std::string& line : linesOf(one(of("sonnet", seed)))) {
                const std::vector<std::string> words = wordsOf(line);
                QVERIFY2(words.back() != "the" && words.back() != "an", line.c_str());
                for (std::size_t i = 0; i + 1 < words.size(); ++i) {
                    const auto sounds = data().english.pronunciations(words[i + 1]);
                    const auto begins = [&](bool vowel) {
                        return std::any_of(sounds.begin(), sounds.end(), [&](const auto& sound) {
                            return isVowel(sound.phones().front()) == vowel;
                        });
                    };
                    QVERIFY2(words[i] != "a" || begins(false), line.c_str());
                    QVERIFY2(words[i] != "an" || begins(true), line.c_str());
                    const bool meaning = words[i].size() > 4 && words[i + 1].size() > 4;
                    QVERIFY2(!meaning || pairs.insert(words[i] + " " + words[i + 1]).second,
                             line.c_str());
                }
            }
        }
    }

    void haikuAreCutOnce() {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const auto lines = linesOf(one(of("haiku", seed)));
            int cuts = 0;
            for (std::size_t i = 0; i < lines.size(); ++i) {
                const auto parts = splitEnglishLine(lines[i]);
                const auto marks = std::count_if(parts.begin(), parts.end(), isMark);
                QVERIFY2(marks == 0 || (marks == 1 && parts.back() == "\u2014" && i < 2),
                         lines[i].c_str());
                cuts += static_cast<int>(marks);
            }
            QCOMPARE(cuts, 1);
        }
    }

    void limericksOpenAsTheFormSays() {
        std::set<std::string> openings;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const Poem poem = one(of("limerick", seed));
            QVERIFY(!poem.lines.front().fixed);
            const std::string& line = poem.lines.front().text;
            QVERIFY2(line.starts_with("There ") || line.starts_with("A "), line.c_str());
            openings.insert(line);
            QVERIFY(analyzed(poem));
        }
        QVERIFY(openings.size() > 15);
        PoemRequest request = of("limerick", 1);
        request.acrostic = "sigh"; // says itself how the lines begin
        QCOMPARE(lowerCase(one(request).lines.front().text).substr(0, 1), std::string("s"));
    }

    void acrostics() {
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            PoemRequest request = of("heroic-couplet", seed);
            request.acrostic = "Sun Moon";
            const auto lines = linesOf(one(request));
            QCOMPARE(lines.size(), std::size_t(8));
            std::string initials;
            for (const std::string& line : lines) {
                initials += lowerCase(line).substr(0, 1);
                QVERIFY2(someReading(line, iambic(10, true)), line.c_str());
            }
            QCOMPARE(initials.substr(0, 7), std::string("sunmoon"));
            QVERIFY(rhymesBy(lines, "AABBCCDD"));
        }
        PoemRequest request = of("heroic-couplet", 1);
        request.acrostic = "xx"; // the vocabulary has no word with x
        QVERIFY(refusalOf(request).kind == RefusalKind::Acrostic);
        QCOMPARE(refusalOf(request).line, 0);
        request.acrostic = "héron";
        QVERIFY(refusalOf(request).kind == RefusalKind::Acrostic);
        request = of("haiku", 1);
        request.acrostic = "four";
        QVERIFY(refusalOf(request).kind == RefusalKind::Acrostic);
    }

    void rhymeWords() {
        for (const char* word : {"night", "sea", "falling", "Moon"}) {
            PoemRequest request = of("heroic-couplet", 5);
            request.rhyme = word;
            if (const auto refusal = m_composer->check(request)) {
                QFAIL(refusal->message.c_str());
            }
            const auto lines = linesOf(one(request));
            QCOMPARE(wordsOf(lines[0]).back(), lowerCase(word));
            QVERIFY(rhymesBy(lines, "AABBCCDD"));
        }
        PoemRequest request = of("sonnet", 1);
        for (const char* word : {"orange", "zzyzx"}) {
            request.rhyme = word;
            QVERIFY(refusalOf(request).kind == RefusalKind::Rhyme);
        }
        request = of("haiku", 1);
        request.rhyme = "sea";
        QVERIFY(refusalOf(request).kind == RefusalKind::Rhyme); // has none
    }

    // Words that are said in several ways, which rhyme with different words: what is chosen for the
    // metre is also what rhymes.
    void rhymesAreSaidAsTheLineScans_data() {
        QTest::addColumn<QString>("form");
        QTest::addColumn<QString>("rhyme");
        QTest::addColumn<QString>("line"); // the first
        const auto row = [](const char* form, const char* rhyme, const char* line) {
            QTest::addRow("%s %s %s", form, rhyme, line)
                << QString::fromLatin1(form) << QString::fromLatin1(rhyme)
                << QString::fromLatin1(line);
        };
        for (const char* form : {"limerick", "heroic-couplet", "common-metre"}) {
            for (const char* rhyme : {"fire", "hour", "wire", "power"}) {
                if (form != std::string("common-metre") || rhyme != std::string("power")) {
                    row(form, rhyme, "");
                }
            }
        }
        row("limerick", "", "When the moon was a light in the fire,");
        row("limerick", "", "The moon was a light in the fire,");
        row("limerick", "", "The heart of a king is a flower,");
        row("common-metre", "", "And I was in the morning fire");
    }
    void rhymesAreSaidAsTheLineScans() {
        QFETCH(QString, form);
        QFETCH(QString, rhyme);
        QFETCH(QString, line);
        const bool limerick = form == QStringLiteral("limerick");
        const bool common = form == QStringLiteral("common-metre");
        const std::string scheme = limerick ? "AABBA" : common ? "ABAB" : "AABBCCDD";
        const auto ruleOf = [&](std::size_t i) {
            return limerick ? (i == 2 || i == 3 ? anapaestic(5, 6) : anapaestic(8, 9))
                   : common ? iambic(i % 2 == 0 ? 8 : 6, false)
                            : iambic(10, true);
        };
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            PoemRequest request = of(form.toLatin1().constData(), seed);
            request.rhyme = rhyme.toStdString();
            request.firstLine = line.toStdString();
            const Poem poem = one(request);
            QVERIFY2(!poem.lines.empty(), refusalOf(request).message.c_str());
            const std::string text = textOf(poem);
            QVERIFY2(rhymesAsRead(linesOf(poem), scheme, ruleOf), text.c_str());
            QVERIFY2(analyzed(poem), text.c_str());
        }
    }

    void rhymesSaidInAnotherWayAreRefused() {
        PoemRequest request = of("limerick", 1);
        request.fixed = {{0, "When the moon was a light in the fire"},
                         {1, "And all that was left was desire"}};
        QVERIFY(refusalOf(request).kind == RefusalKind::FixedLine);
        request.fixed[0] = "The moon was a light in the fire";
        QCOMPARE(refusalOf(request).message, std::string("accepted"));
        QVERIFY(analyzed(one(request)));
    }

    void fixedLinesStay() {
        PoemRequest request = of("sonnet", 0);
        request.firstLine = "The winter sun is shining on the sea,";
        request.fixed[13] = "And all the silver garden was the day.";
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            request.seed = seed;
            const Poem poem = one(request);
            const auto lines = linesOf(poem);
            QCOMPARE(lines.front(), request.firstLine);
            QCOMPARE(lines.back(), request.fixed[13]);
            QVERIFY(poem.lines[0].fixed && poem.lines[13].fixed && !poem.lines[1].fixed);
            QVERIFY2(rhymesBy(lines, "ABABCDCDEFEFGG"), textOf(poem).c_str());
        }
    }

    void brokenFixedLines_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("kind");
        const auto row = [](const char* line, RefusalKind kind) {
            QTest::addRow("%s", line) << QString::fromLatin1(line) << static_cast<int>(kind);
        };
        row("The winter sun", RefusalKind::FixedLine);                            // too short
        row("The morning is falling on silver and gold", RefusalKind::FixedLine); // stress
        row("The winter bzwxzq shining on the sea", RefusalKind::FixedLine);      // no word
        row("... !", RefusalKind::FixedLine);
        row("The winter sun is shining on orange", RefusalKind::FixedLine); // stress
        row("The silver winter morning is the orange", RefusalKind::Rhyme); // nothing rhymes
    }
    void brokenFixedLines() {
        QFETCH(QString, line);
        QFETCH(int, kind);
        PoemRequest request = of("sonnet", 0);
        request.fixed[2] = line.toStdString();
        const Refusal refusal = refusalOf(request);
        QCOMPARE(static_cast<int>(refusal.kind), kind);
        QVERIFY(!refusal.message.empty());
    }

    void contradictionsAreRefused() {
        PoemRequest request = of("heroic-couplet", 0);
        request.fixed = {{0, "The winter sun is shining on the sea"},
                         {1, "And all the silver garden was the day"}};
        QVERIFY(refusalOf(request).kind == RefusalKind::FixedLine);
        request.fixed = {{0, "The winter sun is shining on the sea"},
                         {1, "And all the silver garden was a sea"}};
        QVERIFY(refusalOf(request).kind == RefusalKind::FixedLine);
        request.fixed.erase(1);
        request.acrostic = "winter";
        QVERIFY(refusalOf(request).kind == RefusalKind::Acrostic);
        request.acrostic = "t";
        QCOMPARE(refusalOf(request).message, std::string("accepted"));
        request.rhyme = "night";
        QVERIFY(refusalOf(request).kind == RefusalKind::Rhyme);
        request.rhyme.clear();
        request.style = "Tang";
        QVERIFY(refusalOf(request).kind == RefusalKind::UnknownStyle);
    }

    void sameSeedSamePoem() {
        PoemRequest request = of("sonnet", 7);
        request.count = 2;
        const Composition made = compose(request);
        QCOMPARE(made.poems.size(), std::size_t(2));
        request.count = 1;
        for (const Poem& poem : made.poems) {
            request.seed = poem.seed;
            QCOMPARE(textOf(one(request)), textOf(poem));
        }
    }

    void coldModelsDoNotRepeatLines() {
        for (const char* form : {"blank-verse", "free-verse", "haiku"}) {
            PoemRequest request = of(form, 1);
            request.temperature = 0.01;
            const auto lines = linesOf(one(request));
            QCOMPARE(std::set<std::string>(lines.begin(), lines.end()).size(), lines.size());
        }
    }

    void cancelTakesOneStep() {
        std::stop_source stop;
        FakeVerseModel model(tokens());
        model.onStep = [&](int step) {
            if (step == 20) {
                stop.request_stop();
            }
        };
        const auto made = m_composer->compose(model, of("sonnet", 1), {}, stop.get_token());
        QVERIFY(made && made->cancelled && made->poems.empty());
        QCOMPARE(model.steps, 20);
    }
};

QTEST_GUILESS_MAIN(TestEnComposer)
#include "test_en_composer.moc"
