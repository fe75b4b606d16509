// Chinese poems by a model that knows nothing: only the constraints can make them right. What is
// right is written down here once more, from the definitions of regulated verse.

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <set>
#include <string>

#include "verse/composer_fixture.h"
#include "verse/poem_record.h"
#include "verse/utf8.h"

using namespace linnet::verse;
using linnet::engine::Flow;
using linnet::tests::ComposerFixture;
using linnet::tests::data;
using linnet::tests::FakeVerseModel;

namespace {

// Every second character of the rhyme table, so that some are outside the vocabulary.
std::vector<std::string> tokens() {
    std::vector<std::string> all = chineseControlTokens();
    std::set<char32_t> characters;
    for (std::size_t group = 0; group < data().chinese.groups().size(); ++group) {
        for (const char32_t c : data().chinese.characters(static_cast<RhymeGroupId>(group))) {
            if (c < 0xA000 && c % 2 == 0) {
                characters.insert(c);
            }
        }
    }
    for (const char32_t c : std::u32string_view(U"春夏秋冬山月明风江花东西")) {
        characters.insert(c);
    }
    for (const char32_t c : characters) {
        all.push_back(toUtf8({&c, 1}));
    }
    return all;
}

bool level(char32_t c) {
    return data().chinese.canBeLevel(c);
}
bool oblique(char32_t c) {
    return data().chinese.canBeOblique(c);
}

// Places 2, 4 (6) alternate within each line, and place 2 runs x y y x down the lines; even lines
// end level, odd ones oblique, but the first as it likes.
bool regulated(const std::vector<std::u32string>& lines) {
    for (const bool startsLevel : {true, false}) {
        bool fits = true;
        for (std::size_t i = 0; i < lines.size() && fits; ++i) {
            const std::u32string& line = lines[i];
            bool wanted = (i % 4 == 0 || i % 4 == 3) == startsLevel;
            for (std::size_t place = 1; place + 1 < line.size(); place += 2) {
                fits = fits && (wanted ? level(line[place]) : oblique(line[place]));
                wanted = !wanted;
            }
            fits = fits && (i % 2 == 1 ? level(line.back()) : i == 0 || oblique(line.back()));
        }
        if (fits) {
            return true;
        }
    }
    return false;
}

bool rhymes(const std::vector<std::u32string>& lines) {
    std::set<char32_t> ends;
    for (std::size_t i = 1; i < lines.size(); i += 2) {
        ends.insert(lines[i].back());
    }
    bool shared = false;
    for (std::size_t group = 0; group < data().chinese.groups().size(); ++group) {
        shared = shared || (data().chinese.groups()[group].tone == Tone::Level &&
                            std::all_of(ends.begin(), ends.end(), [&](char32_t c) {
                                return data().chinese.hasGroup(c, static_cast<RhymeGroupId>(group));
                            }));
    }
    return shared && ends.size() == lines.size() / 2;
}

// 孤平 and 三平调, for lines that end level and are sure to be so.
bool keepsCustom(const std::u32string& line) {
    const std::size_t n = line.size();
    const auto onlyOblique = [&](std::size_t i) { return !level(line[i]); };
    const auto onlyLevel = [&](std::size_t i) { return !oblique(line[i]); };
    const bool three = onlyLevel(n - 3) && onlyLevel(n - 2) && onlyLevel(n - 1);
    const bool lone = onlyOblique(n - 5) && onlyOblique(n - 3) && onlyOblique(n - 2) &&
                      level(line[n - 4]) && level(line[n - 1]);
    return !three && !lone;
}

bool onlyDoubles(const std::vector<std::u32string>& lines) {
    std::map<char32_t, int> count;
    for (const std::u32string& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool doubled = i > 0 && line[i] == line[i - 1];
            count[line[i]] += doubled ? 0 : 1;
        }
    }
    return std::all_of(count.begin(), count.end(), [](auto& entry) { return entry.second == 1; });
}

std::vector<std::u32string> linesOf(const Poem& poem) {
    std::vector<std::u32string> lines;
    for (const PoemLine& line : poem.lines) {
        lines.push_back(toCodePoints(line.text));
    }
    return lines;
}

// The poem is read as simplified text, whatever its characters.
bool analyzed(const Poem& poem) {
    AnalysisOptions options;
    options.script = Script::Simplified;
    return linnet::tests::analyzed(poem, options);
}

} // namespace

class TestZhComposer : public QObject, private ComposerFixture {
    Q_OBJECT

public:
    TestZhComposer()
        : ComposerFixture(Language::Chinese, tokens()) {}

private Q_SLOTS:
    void regulatedForms_data() {
        QTest::addColumn<QString>("form");
        QTest::addColumn<int>("lines");
        QTest::addColumn<int>("length");
        QTest::newRow("wujue") << "wujue" << 4 << 5;
        QTest::newRow("qijue") << "qijue" << 4 << 7;
        QTest::newRow("wulu") << "wulu" << 8 << 5;
        QTest::newRow("qilu") << "qilu" << 8 << 7;
    }
    void regulatedForms() {
        QFETCH(QString, form);
        QFETCH(int, lines);
        QFETCH(int, length);
        std::set<std::string> distinct;
        std::set<std::string> variants;
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            PoemRequest request;
            request.form = form.toStdString();
            request.seed = seed;
            request.theme = seed % 3 == 0 ? "秋夜江山" : "";
            const Poem poem = one(request);
            const auto written = linesOf(poem);
            const std::string text = textOf(poem);
            QCOMPARE(static_cast<int>(written.size()), lines);
            for (const std::u32string& line : written) {
                QCOMPARE(static_cast<int>(line.size()), length);
            }
            QVERIFY2(regulated(written), text.c_str());
            QVERIFY2(rhymes(written), text.c_str());
            QVERIFY2(onlyDoubles(written), text.c_str());
            QVERIFY2(analyzed(poem), text.c_str());
            for (std::size_t i = 1; i < written.size(); i += 2) {
                QVERIFY2(keepsCustom(written[i]), text.c_str());
            }
            distinct.insert(text);
            variants.insert(poem.variant);
        }
        QCOMPARE(distinct.size(), std::size_t(200));
        QCOMPARE(variants.size(), std::size_t(4)); // the model chooses among all of them
    }

    void freeForms_data() {
        QTest::addColumn<QString>("form");
        QTest::addColumn<int>("lines");
        QTest::addColumn<int>("length");
        QTest::newRow("wuyan") << "wuyan" << 4 << 5;
        QTest::newRow("wuyan 8") << "wuyan" << 8 << 5;
        QTest::newRow("qiyan") << "qiyan" << 4 << 7;
        QTest::newRow("qiyan 8") << "qiyan" << 8 << 7;
    }
    void freeForms() {
        QFETCH(QString, form);
        QFETCH(int, lines);
        QFETCH(int, length);
        for (std::uint64_t seed = 0; seed < 60; ++seed) {
            PoemRequest request;
            request.form = form.toStdString();
            request.lines = lines;
            request.seed = seed;
            const Poem poem = one(request);
            const auto written = linesOf(poem);
            QCOMPARE(static_cast<int>(written.size()), lines);
            QVERIFY2(analyzed(poem), textOf(poem).c_str());
            QVERIFY(rhymes(written));
            QVERIFY(onlyDoubles(written));
            for (const std::u32string& line : written) {
                QCOMPARE(static_cast<int>(line.size()), length);
            }
        }
    }

    void couplets() {
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            PoemRequest request;
            request.form = "duilian";
            request.seed = seed;
            const Poem poem = one(request);
            const auto lines = linesOf(poem);
            QCOMPARE(lines.size(), std::size_t(2));
            QVERIFY2(analyzed(poem), textOf(poem).c_str());
            QVERIFY(oblique(lines[0].back()) && level(lines[1].back()));
            std::set<char32_t> all(lines[0].begin(), lines[0].end());
            all.insert(lines[1].begin(), lines[1].end());
            QCOMPARE(all.size(), lines[0].size() + lines[1].size()); // no character twice
            for (std::size_t i = 1; i + 1 < lines[0].size(); i += 2) {
                QVERIFY((level(lines[0][i]) && oblique(lines[1][i])) ||
                        (oblique(lines[0][i]) && level(lines[1][i])));
            }
        }
    }

    void acrostics() {
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            PoemRequest request;
            request.form = "wujue";
            request.acrostic = "春、夏、秋、冬";
            request.seed = seed;
            const auto lines = linesOf(one(request));
            QCOMPARE(lines.size(), std::size_t(4));
            std::u32string first;
            for (const std::u32string& line : lines) {
                first += line[0];
            }
            QVERIFY(first == U"春夏秋冬");
            QVERIFY(regulated(lines) && rhymes(lines) && onlyDoubles(lines));
        }
        // A character that the model has no token for, and a repeated one, are still placed.
        PoemRequest request;
        request.form = "qijue";
        request.acrostic = "龘山山月";
        const auto lines = linesOf(one(request));
        QCOMPARE(lines.size(), std::size_t(4));
        QVERIFY(lines[0][0] == U'龘' && lines[1][0] == U'山' && lines[2][0] == U'山');
        QVERIFY(regulated(lines) && rhymes(lines));
    }

    void rhymeGroups() {
        const auto all = data().chinese.groups();
        for (std::size_t group = 0; group < all.size(); ++group) {
            if (all[group].tone != Tone::Level) {
                continue;
            }
            PoemRequest request;
            request.form = "qilu";
            request.rhyme = all[group].name;
            if (m_composer->check(request)) {
                continue; // the small vocabulary lacks rhymes for it
            }
            const auto lines = linesOf(one(request));
            for (std::size_t i = 1; i < lines.size(); i += 2) {
                QVERIFY2(data().chinese.hasGroup(lines[i].back(), static_cast<RhymeGroupId>(group)),
                         all[group].name.c_str());
            }
            QVERIFY(regulated(lines));
        }
        PoemRequest request;
        request.form = "qijue";
        request.rhyme = "明"; // a character: it is used
        const auto lines = linesOf(one(request));
        QVERIFY(lines[1].back() == U'明' && rhymes(lines));
    }

    void fixedLinesStay() {
        PoemRequest request;
        request.form = "wujue";
        request.fixed[0] = "白日依山尽，";
        request.fixed[3] = "更上一层楼";
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            request.seed = seed;
            const Poem poem = one(request);
            QCOMPARE(poem.lines.size(), std::size_t(4));
            QVERIFY(poem.lines[0].fixed && poem.lines[0].text == "白日依山尽，");
            QVERIFY(!poem.lines[1].fixed);
            auto lines = linesOf(poem);
            lines[0].pop_back();
            QVERIFY(regulated(lines) && rhymes(lines) && onlyDoubles(lines));
            QVERIFY(data().chinese.hasGroup(lines[1].back(), *data().chinese.findGroup("十一尤")));
        }
    }

    void oneLineBetweenTwo() {
        PoemRequest request;
        request.form = "qijue";
        request.seed = 3;
        const Poem poem = one(request);
        request.fixed = {{0, poem.lines[0].text}, {1, poem.lines[1].text}, {3, poem.lines[3].text}};
        std::set<std::string> thirds;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            request.seed = 100 + seed;
            const Poem again = one(request);
            QCOMPARE(again.lines[3].text, poem.lines[3].text);
            const auto lines = linesOf(again);
            QVERIFY(regulated(lines) && rhymes(lines) && onlyDoubles(lines));
            thirds.insert(again.lines[2].text);
        }
        QVERIFY(thirds.size() > 15);
    }

    // In a couplet 叠字 answer 叠字, at the same places, and nothing else.
    void doublingsAnswerEachOther() {
        PoemRequest request;
        request.form = "qilu";
        const auto doubledAt = [](const std::u32string& line) {
            std::vector<std::size_t> places;
            for (std::size_t i = 1; i < line.size(); ++i) {
                if (line[i] == line[i - 1]) {
                    places.push_back(i);
                }
            }
            return places;
        };
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            request.seed = seed;
            request.fixed = {{2, "白日茫茫山下路"}, {4, "归人晚渡江头月"}};
            const auto lines = linesOf(one(request));
            QCOMPARE(lines.size(), std::size_t{8});
            QCOMPARE(doubledAt(lines[3]), std::vector<std::size_t>{3});
            QVERIFY(doubledAt(lines[5]).empty());
        }
    }

    void keywordsOccur() {
        int found = 0;
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            PoemRequest request;
            request.form = "qilu";
            request.seed = seed;
            request.keywords = {"江花", "明月"};
            const std::string text = textOf(one(request));
            found += text.find("江花") != std::string::npos ? 1 : 0;
            found += text.find("明月") != std::string::npos ? 1 : 0;
        }
        QVERIFY2(found > 60, qPrintable(QString::number(found)));
    }

    void variantsAreKept() {
        for (const char* name : {"ping-rhymed", "仄起首句不入韵", "平起"}) {
            PoemRequest request;
            request.form = "qijue";
            request.variant = name;
            const Poem poem = one(request);
            const auto lines = linesOf(poem);
            QVERIFY(regulated(lines));
            if (std::string_view(name) != "仄起首句不入韵") {
                QVERIFY2(poem.variant.starts_with("ping"), poem.variant.c_str());
                QVERIFY(level(lines[0][1]));
            } else {
                QCOMPARE(poem.variant, std::string("ze-unrhymed"));
                QVERIFY(oblique(lines[0][1]) && oblique(lines[0].back()));
            }
        }
    }

    void refusals_data() {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("kind");
        const auto row = [](const char* option, const char* value, RefusalKind kind) {
            QTest::addRow("%s %s", option, value)
                << QString::fromUtf8(option) << QString::fromUtf8(value) << static_cast<int>(kind);
        };
        row("form", "ghazal", RefusalKind::UnknownForm);
        row("form", "sonnet", RefusalKind::UnknownForm); // English
        row("variant", "nothing", RefusalKind::UnknownVariant);
        row("style", "Elizabethan", RefusalKind::UnknownStyle);
        row("acrostic", "春A秋冬", RefusalKind::Acrostic);
        row("acrostic", "春夏秋冬东", RefusalKind::Acrostic);
        row("rhyme", "月", RefusalKind::Rhyme); // oblique
        row("rhyme", "rhyme", RefusalKind::Rhyme);
        row("first", "白日依山", RefusalKind::FixedLine);       // too short
        row("first", "abcdefg", RefusalKind::FixedLine);        // no characters
        row("first", "春春春春春春春", RefusalKind::FixedLine); // no tones alternate
        row("lines", "5", RefusalKind::OutOfRange);
        row("count", "0", RefusalKind::OutOfRange);
        row("temperature", "0", RefusalKind::OutOfRange);
        row("traditional", "1", RefusalKind::UnknownStyle); // there is no converter here
    }
    void refusals() {
        QFETCH(QString, option);
        QFETCH(QString, value);
        QFETCH(int, kind);
        PoemRequest request;
        request.form = "qijue";
        const std::map<QString, std::string*> texts = {
            {"form", &request.form},   {"variant", &request.variant},
            {"style", &request.style}, {"acrostic", &request.acrostic},
            {"rhyme", &request.rhyme}, {"first", &request.firstLine}};
        if (const auto text = texts.find(option); text != texts.end()) {
            *text->second = value.toStdString();
        }
        request.lines = option == QStringLiteral("lines") ? value.toInt() : 0;
        request.count = option == QStringLiteral("count") ? value.toInt() : 1;
        request.temperature = option == QStringLiteral("temperature") ? value.toDouble() : 1;
        request.traditional = option == QStringLiteral("traditional");
        const int before = m_model.steps;
        const Composition made = compose(request);
        QVERIFY(made.refusal);
        QCOMPARE(static_cast<int>(made.refusal->kind), kind);
        QVERIFY(!made.refusal->message.empty());
        QCOMPARE(m_model.steps, before); // the model was not even asked
    }

    void contradictionsAreRefused() {
        PoemRequest request;
        request.form = "wujue";
        request.fixed = {{1, "黄河入海流"}, {3, "春风不相识"}}; // no rhyme, and oblique
        QVERIFY(refusalOf(request).kind == RefusalKind::FixedLine);
        request.fixed = {{1, "黄河入海流"}, {3, "黄河入海流"}};
        QVERIFY(refusalOf(request).kind == RefusalKind::FixedLine);
        request.fixed = {{0, "白日依山尽"}, {2, "床前明月光"}};
        QVERIFY(refusalOf(request).line == 2);
        request.fixed = {{0, "白日依山尽"}};
        request.acrostic = "春夏秋冬";
        QVERIFY(refusalOf(request).kind == RefusalKind::Acrostic);
        request.acrostic = "白";
        QCOMPARE(refusalOf(request).message, std::string("accepted"));
        request.fixed[7] = "白日依山尽";
        QVERIFY(refusalOf(request).kind == RefusalKind::OutOfRange);
        request.fixed = {{1, "黄河入海流"}};
        request.acrostic.clear();
        request.rhyme = "一东";
        QVERIFY(refusalOf(request).kind == RefusalKind::FixedLine ||
                refusalOf(request).kind == RefusalKind::Rhyme);
    }

    void sameSeedSamePoem() {
        PoemRequest request;
        request.form = "qilu";
        request.theme = "秋";
        request.seed = 17;
        request.count = 3;
        const Composition made = compose(request);
        QCOMPARE(made.poems.size(), std::size_t(3));
        for (std::size_t i = 1; i < made.poems.size(); ++i) {
            QVERIFY(made.poems[i - 1].score >= made.poems[i].score);
        }
        for (const Poem& poem : made.poems) {
            request.seed = poem.seed;
            request.count = 1;
            QCOMPARE(textOf(one(request)), textOf(poem));
        }
    }

    void linesStreamInOrder() {
        PoemRequest request;
        request.form = "qilu";
        std::vector<int> order;
        std::vector<int> steps;
        PoemSink sink;
        sink.line = [&](int, int line, const PoemLine& text) {
            order.push_back(line);
            steps.push_back(m_model.steps);
            return text.text.empty() ? Flow::Stop : Flow::Continue;
        };
        (void)m_composer->compose(m_model, request, sink, {});
        QCOMPARE(order, std::vector<int>({0, 1, 2, 3, 4, 5, 6, 7}));
        QVERIFY(std::is_sorted(steps.begin(), steps.end()) && steps[0] < steps[7]);
    }

    void cancelTakesOneStep() {
        PoemRequest request;
        request.form = "qilu";
        std::stop_source stop;
        FakeVerseModel model(tokens());
        model.onStep = [&](int step) {
            if (step == 20) {
                stop.request_stop();
            }
        };
        const auto made = m_composer->compose(model, request, {}, stop.get_token());
        QVERIFY(made && made->cancelled && made->poems.empty());
        QCOMPARE(model.steps, 20);
        PoemSink sink;
        sink.line = [](int, int line, const PoemLine&) {
            return line == 2 ? Flow::Stop : Flow::Continue;
        };
        QVERIFY(m_composer->compose(m_model, request, sink, {})->cancelled);
    }

    void modelFailuresAreErrors() {
        FakeVerseModel model(tokens());
        model.failAt = 10;
        PoemRequest request;
        request.form = "qijue";
        const auto made = m_composer->compose(model, request, {}, {});
        QVERIFY(!made && made.error().code == linnet::engine::ErrorCode::OutOfMemory);
    }

    void knownLinesArePassedOver() {
        // One line in two "exists": none of them is taken, and none need be.
        const auto known = [](std::string_view line) {
            return std::hash<std::string_view>()(line) % 2 == 0;
        };
        const auto composer = makeComposer(Language::Chinese, data(), m_model.tokenizer(),
                                           {.knownLine = known, .candidates = 4});
        const auto hopeless =
            makeComposer(Language::Chinese, data(), m_model.tokenizer(),
                         {.knownLine = [](auto) { return true; }, .candidates = 1});
        int taken = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            PoemRequest request;
            request.form = "qilu";
            request.seed = seed;
            const auto made = composer->compose(m_model, request, {}, {});
            for (const PoemLine& line : made->poems[0].lines) {
                QCOMPARE(line.fromCorpus, known(line.text));
                taken += line.fromCorpus ? 1 : 0;
            }
            const auto flagged = hopeless->compose(m_model, request, {}, {});
            QVERIFY(flagged->poems[0].lines[5].fromCorpus);
        }
        QCOMPARE(taken, 0);
    }

    void traditionalCharactersKeepTheirTones() {
        // 后 is 後 (上去) here; nothing else changes.
        struct Converter : ScriptConverter {
            static std::string replaced(std::string text, std::string_view a, std::string_view b) {
                for (std::size_t at = 0; (at = text.find(a, at)) != std::string::npos;) {
                    text.replace(at, a.size(), b);
                    at += b.size();
                }
                return text;
            }
            std::string toSimplified(std::string_view text) const override {
                return replaced(std::string(text), "東", "东");
            }
            std::string toTraditional(std::string_view text) const override {
                return replaced(std::string(text), "东", "東");
            }
        };
        const auto composer =
            makeComposer(Language::Chinese, data(), m_model.tokenizer(),
                         {.converter = std::make_shared<Converter>(), .candidates = 4});
        PoemRequest request;
        request.form = "qijue";
        request.traditional = true;
        request.acrostic = "東西江月";
        const auto made = composer->compose(m_model, request, {}, {});
        QVERIFY(made && made->poems.size() == 1);
        QVERIFY(made->poems[0].lines[0].text.starts_with("東"));
        request.traditional = false;
        QVERIFY(
            composer->compose(m_model, request, {}, {})->poems[0].lines[0].text.starts_with("东"));
    }
};

QTEST_GUILESS_MAIN(TestZhComposer)
#include "test_zh_composer.moc"
