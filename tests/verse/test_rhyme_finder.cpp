// Rhymes that any rhyming dictionary gives, and what must not be among them.

#include <QTest>

#include <algorithm>
#include <memory>

#include "verse/rhyme_finder.h"
#include "verse/utf8.h"
#include "verse/verse_data.h"

using namespace linnet::verse;

namespace {

char32_t character(const char* text) {
    return toCodePoints(text).at(0);
}

bool has(const std::vector<char32_t>& characters, const char* text) {
    return std::find(characters.begin(), characters.end(), character(text)) != characters.end();
}

} // namespace

class TestRhymeFinder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        auto data = VerseData::open(LINNET_SOURCE_DIR "/resources");
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        m_data = std::make_unique<VerseData>(std::move(data).value());
        m_pronouncer = std::make_unique<EnPronouncer>(m_data->english);
        m_finder = std::make_unique<RhymeFinder>(*m_pronouncer);
    }

    void kinds_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("other");
        QTest::addColumn<QString>("kind");
        QTest::newRow("perfect") << "night"
                                 << "delight"
                                 << "perfect";
        QTest::newRow("two syllables") << "nation"
                                       << "temptation"
                                       << "perfect";
        QTest::newRow("other spelling") << "sea"
                                        << "key"
                                        << "perfect";
        QTest::newRow("family") << "night"
                                << "ripe"
                                << "family";
        QTest::newRow("family of fricatives") << "love"
                                              << "buzz"
                                              << "family";
        QTest::newRow("slant") << "love"
                               << "move"
                               << "slant";
        QTest::newRow("slant vowel") << "gone"
                                     << "alone"
                                     << "slant";
        QTest::newRow("unrelated") << "night"
                                   << "stone"
                                   << "";
        QTest::newRow("itself") << "night"
                                << "night"
                                << "";
        QTest::newRow("homophone") << "night"
                                   << "knight"
                                   << "";
        QTest::newRow("homophone of a possessive") << "sea"
                                                   << "see"
                                                   << "";
        QTest::newRow("possessive") << "night"
                                    << "knight's"
                                    << "";
        QTest::newRow("derived word") << "lov'd"
                                      << "shoved"
                                      << "perfect";
        QTest::newRow("last of several") << "in the night"
                                         << "light"
                                         << "perfect";
        QTest::newRow("several words") << "know it"
                                       << "poet"
                                       << "perfect";
        // By hand, from the dictionary and the weak forms of it, her, us, in, is, him.
        const std::pair<const char*, const char*> mosaics[] = {
            {"poet", "know it"},      {"poet", "show it"},    {"sonnet", "on it"},
            {"lover", "above her"},   {"lover", "of her"},    {"river", "give her"},
            {"minute", "in it"},      {"planet", "began it"}, {"tower", "allow her"},
            {"villain", "still in"},  {"dishes", "fish is"},  {"Venus", "between us"},
            {"victim", "licked him"},
        };
        for (const auto& [word, other] : mosaics) {
            QTest::newRow(other) << word << other << "mosaic";
        }
        QTest::newRow("another vowel at the end") << "plato"
                                                  << "way to"
                                                  << "";
        QTest::newRow("another vowel in the stress") << "poet"
                                                     << "do it"
                                                     << "";
        QTest::newRow("sounds that are missing") << "sonnet"
                                                 << "wanted it"
                                                 << "";
        QTest::newRow("stress elsewhere") << "poet"
                                          << "tomorrow it"
                                          << "";
        QTest::newRow("one syllable") << "night"
                                      << "i it"
                                      << "";
    }
    void kinds() {
        QFETCH(QString, word);
        QFETCH(QString, other);
        QFETCH(QString, kind);
        RhymeQuery query;
        query.limit = 100000;
        QString found;
        for (const RhymingWord& rhyme : m_finder->find(word.toStdString(), query)) {
            if (rhyme.word == other.toStdString()) {
                QVERIFY(found.isEmpty()); // named once
                const auto name = toString(rhyme.kind);
                found = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
            }
        }
        QCOMPARE(found, kind);
    }

    void syllablesAndOrder() {
        RhymeQuery query;
        query.syllables = 2;
        query.limit = 5;
        query.score = [](std::string_view word) { return word == "tonight" ? 2.0 : 0.0; };
        const auto words = m_finder->find("night", query);
        QVERIFY(!words.empty());
        QCOMPARE(words.front().word, std::string("tonight"));
        QVERIFY(std::all_of(words.begin(), words.end(),
                            [](const RhymingWord& word) { return word.syllables == 2; }));
        const auto perfect = std::count_if(words.begin(), words.end(), [](const RhymingWord& word) {
            return word.kind == RhymeKind::Perfect;
        });
        QCOMPARE(perfect, 5);
        QVERIFY(m_finder->find("?", query).empty());
    }

    void charactersRhyme() {
        const auto rhymes = rhymesOf(m_data->chinese, character("中"), Script::Simplified);
        QCOMPARE(rhymes.size(), std::size_t{2}); // 一东 and 一送
        QVERIFY(rhymes[0].reading.tone == Tone::Level);
        QVERIFY(has(rhymes[0].characters, "风"));
        QVERIFY(has(rhymes[0].characters, "东"));
        QVERIFY(!has(rhymes[0].characters, "中"));
        QVERIFY(!has(rhymes[0].characters, "冬"));
        QVERIFY(has(rhymes[0].neighbours.at(0).second, "冬"));
        QVERIFY(has(rhymes[1].characters, "梦"));
        // The characters that poems use come first.
        const auto& level = rhymes[0].characters;
        QVERIFY(std::find(level.begin(), level.end(), character("风")) - level.begin() < 5);
        QVERIFY(!has(level, "東"));
        const auto traditional = rhymesOf(m_data->chinese, character("中"), Script::Traditional);
        QVERIFY(has(traditional[0].characters, "東"));
        QVERIFY(!has(traditional[0].characters, "东"));
        QVERIFY(rhymesOf(m_data->chinese, U'A', Script::Simplified).empty());
    }

    void charactersOfOneTone() {
        const auto level = charactersOfTone(m_data->chinese, false, Script::Simplified, 50);
        QCOMPARE(level.size(), std::size_t{50});
        QVERIFY(has(level, "人"));
        for (const char32_t c : level) {
            QVERIFY(m_data->chinese.canBeLevel(c));
        }
        const auto oblique = charactersOfTone(m_data->chinese, true, Script::Traditional, 10,
                                              [](char32_t c) { return c == U'月' ? 1.0 : 0.0; });
        QCOMPARE(oblique.at(0), U'月');
    }

private:
    std::unique_ptr<VerseData> m_data;
    std::unique_ptr<EnPronouncer> m_pronouncer;
    std::unique_ptr<RhymeFinder> m_finder;
};

QTEST_APPLESS_MAIN(TestRhymeFinder)
#include "test_rhyme_finder.moc"
