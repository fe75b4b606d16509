// The lexicons as shipped, against entries read in the published tables, and damaged files.

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <string>
#include <vector>

#include "verse/en_lexicon.h"
#include "verse/utf8.h"
#include "verse/zh_lexicon.h"

using namespace linnet::verse;
using linnet::engine::ErrorCode;

namespace {

const std::string lexicons = LINNET_SOURCE_DIR "/resources/lexicons/";

char32_t character(const char* text) {
    return toCodePoints(text).at(0);
}

// "七虞 二十六宥"
QString readingsOf(const ZhLexicon& lexicon, const char* text, Script script) {
    QStringList names;
    for (const ZhReading reading : lexicon.readings(character(text), script)) {
        names << QString::fromStdString(lexicon.groups()[reading.group].name);
    }
    return names.join(QLatin1Char(' '));
}

QString soundsOf(const EnLexicon& lexicon, const char* word) {
    QStringList sounds;
    for (const Pronunciation& pronunciation : lexicon.pronunciations(word)) {
        sounds << QString::fromStdString(pronunciation.toString());
    }
    return sounds.join(QStringLiteral(" | "));
}

} // namespace

class TestLexicons : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        auto chinese = ZhLexicon::open(lexicons + "zh-pingshui.lex");
        auto english = EnLexicon::open(lexicons + "en-cmudict.lex");
        QVERIFY2(chinese, chinese ? "" : chinese.error().message.c_str());
        QVERIFY2(english, english ? "" : english.error().message.c_str());
        m_chinese = std::make_unique<ZhLexicon>(std::move(chinese).value());
        m_english = std::make_unique<EnLexicon>(std::move(english).value());
    }

    void chineseReadings_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("simplified");
        QTest::addColumn<QString>("traditional");
        const auto row = [](const char* text, const char* simplified, const char* traditional) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(simplified)
                                << QString::fromUtf8(traditional);
        };
        row("东", "一东", "一东");
        row("東", "一东", "一东");
        row("啼", "八齐", "八齐"); // added by hand
        row("楼", "十一尤", "十一尤");
        row("中", "一东 一送", "一东 一送");
        row("丰", "一东 二冬", "二冬"); // 豐 and 丰 in one
        row("A", "", "");
    }
    void chineseReadings() {
        QFETCH(QString, text);
        QFETCH(QString, simplified);
        QFETCH(QString, traditional);
        const QByteArray bytes = text.toUtf8();
        QCOMPARE(readingsOf(*m_chinese, bytes, Script::Simplified), simplified);
        QCOMPARE(readingsOf(*m_chinese, bytes, Script::Traditional), traditional);
    }

    void groupsAreThoseOfPingshui() {
        QCOMPARE(m_chinese->groups().size(), std::size_t{106});
        const auto count = [&](Tone tone) {
            return std::count_if(m_chinese->groups().begin(), m_chinese->groups().end(),
                                 [&](const RhymeGroup& group) { return group.tone == tone; });
        };
        QCOMPARE(count(Tone::Level), 30);
        QCOMPARE(count(Tone::Rising), 29);
        QCOMPARE(count(Tone::Departing), 30);
        QCOMPARE(count(Tone::Entering), 17);
        const auto east = m_chinese->findGroup("一东");
        QVERIFY(east);
        QVERIFY(m_chinese->findGroup("东") == east);
        QVERIFY(m_chinese->findGroup("東") == east);
        QVERIFY(!m_chinese->findGroup("电"));
        // The number of characters that groups.tsv states.
        QCOMPARE(m_chinese->characters(*east).size(), std::size_t{208});
        const auto winter = m_chinese->findGroup("二冬");
        const auto river = m_chinese->findGroup("三江");
        QVERIFY(m_chinese->areNeighbours(*east, *winter));
        QVERIFY(!m_chinese->areNeighbours(*east, *river));
        QVERIFY(!m_chinese->areNeighbours(*east, *east));
    }

    void tonesOfCharacters() {
        QVERIFY(m_chinese->canBeLevel(character("中")));
        QVERIFY(m_chinese->canBeOblique(character("中")));
        QVERIFY(!m_chinese->canBeOblique(character("山")));
        QVERIFY(!m_chinese->canBeLevel(character("月")));
        QVERIFY(m_chinese->hasGroup(character("山"), *m_chinese->findGroup("十五删")));
    }

    void scriptIsRecognised() {
        QVERIFY(m_chinese->scriptOf(U"花明月山水") == std::nullopt);
        QVERIFY(m_chinese->scriptOf(U"举头望明月") == Script::Simplified);
        QVERIFY(m_chinese->scriptOf(U"舉頭望明月") == Script::Traditional);
    }

    void englishPronunciations_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("sounds");
        const auto row = [](const char* word, const char* sounds) {
            QTest::newRow(word) << QString::fromUtf8(word) << QString::fromUtf8(sounds);
        };
        row("'bout", "B AW1 T"); // the first entry
        row("linnet", "L IH1 N IH0 T");
        row("Tomato", "T AH0 M EY1 T OW2 | T AH0 M AA1 T OW2");
        row("don’t", "D OW1 N T | D OW1 N");
        row("antidisestablishmentarianism",
            "AE2 N T AY0 D IH2 S AH0 S T AE2 B L IH0 SH M AH0 N T EH1 R IY0 AH0 N IH2 Z AH0 M");
        row("zyuganov's", "Z Y UW1 G AA0 N AA0 V Z | Z UW1 G AA0 N AA0 V Z");
        row("zzzz", ""); // after the last entry
        row("!", "");    // before the first one
        row("", "");
    }
    void englishPronunciations() {
        QFETCH(QString, word);
        QFETCH(QString, sounds);
        QCOMPARE(soundsOf(*m_english, word.toUtf8().constData()), sounds);
    }

    void allWordsAreReached() {
        std::size_t words = 0;
        std::size_t several = 0;
        std::string before;
        m_english->forEach([&](std::string_view word, std::span<const Pronunciation> all) {
            ++words;
            several += all.size() > 1 ? 1U : 0U;
            QVERIFY(before < word);
            before = word;
        });
        QCOMPARE(words, std::size_t{126052}); // as the dictionary's description says
        QCOMPARE(several, std::size_t{8445}); // 8,447, but two list the same one twice
        QCOMPARE(m_english->size(), words);
    }

    void rhymeParts() {
        const auto rhyme = [&](const char* first, const char* second) {
            return sameRhymePart(m_english->pronunciations(first).at(0),
                                 m_english->pronunciations(second).at(0));
        };
        QVERIFY(rhyme("night", "delight"));
        QVERIFY(rhyme("nation", "station"));
        QVERIFY(!rhyme("memory", "eternity"));
        QVERIFY(!rhyme("the", "the")); // no stress, no rhyme
        QVERIFY(m_english->areHomophones("sea", "see"));
        QVERIFY(!m_english->areHomophones("sea", "say"));
        QCOMPARE(m_english->pronunciations("delight").at(0).syllables(), 2);
    }

    void phonesKeepTheirNames() {
        for (int phone = 0; phone < phoneCount; ++phone) {
            const auto code = static_cast<Phone>(phone);
            QVERIFY(parsePhone(toString(code)) == code);
        }
        QVERIFY(!parsePhone("AH3"));
        QVERIFY(!parsePhone("AH"));
        QVERIFY(!Pronunciation::parse("K XX T"));
        const auto phone = *parsePhone("AH0");
        QCOMPARE(toString(withStress(phone, Stress::Primary)), std::string("AH1"));
        QCOMPARE(phonemeOf(phone), phonemeOf(*parsePhone("AH2")));
    }

    void damagedFiles() {
        QVERIFY(EnLexicon::open(lexicons + "none.lex").error().code == ErrorCode::NotFound);
        QVERIFY(EnLexicon::open(lexicons + "zh-pingshui.lex").error().code ==
                ErrorCode::UnsupportedFormat);
        QFile original(QString::fromStdString(lexicons + "zh-pingshui.lex"));
        QVERIFY(original.open(QIODevice::ReadOnly));
        const QByteArray bytes = original.readAll();
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("zh.lex"));
        const auto codeOf = [&](const QByteArray& content) {
            QFile file(path);
            return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() &&
                           file.flush()
                       ? ZhLexicon::open(path.toStdString())
                       : ZhLexicon::open("");
        };
        QVERIFY(codeOf(bytes));
        for (const qsizetype length : {qsizetype{0}, qsizetype{20}, bytes.size() - 1}) {
            QVERIFY(codeOf(bytes.left(length)).error().code == ErrorCode::CorruptFile);
        }
        QByteArray flipped = bytes;
        flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
        QVERIFY(codeOf(flipped).error().code == ErrorCode::CorruptFile);
    }

private:
    std::unique_ptr<ZhLexicon> m_chinese;
    std::unique_ptr<EnLexicon> m_english;
};

QTEST_APPLESS_MAIN(TestLexicons)
#include "test_lexicons.moc"
