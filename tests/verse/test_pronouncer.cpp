// Words that the dictionary lacks: what they are derived from, and the letter-to-sound rules
// measured on the dictionary's own words.

#include <QTest>

#include <algorithm>
#include <memory>

#include "verse/en_letters.h"
#include "verse/en_pronouncer.h"

using namespace linnet::verse;

class TestPronouncer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        auto lexicon = EnLexicon::open(LINNET_SOURCE_DIR "/resources/lexicons/en-cmudict.lex");
        QVERIFY2(lexicon, lexicon ? "" : lexicon.error().message.c_str());
        m_lexicon = std::make_unique<EnLexicon>(std::move(lexicon).value());
    }

    void derivations_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("sound");
        const auto row = [](const char* word, const char* how, const char* from,
                            const char* sound) {
            QTest::newRow(word) << QString::fromUtf8(word) << QString::fromUtf8(how)
                                << QString::fromUtf8(from) << QString::fromUtf8(sound);
        };
        row("Summer", "dictionary", "", "S AH1 M ER0");
        row("'Hello'", "dictionary", "", "HH AH0 L OW1");
        row("o'er", "poetic form", "", "AO1 R");
        row("heav’n", "elision", "heaven", "HH EH1 V N");
        row("ev'ry", "elision", "every", "EH1 V R IY0");
        row("pow'rs", "elision", "powers", "P AW1 R Z");
        row("linnet's", "possessive", "linnet + -'s", "L IH1 N IH0 T S");
        row("linnets'", "possessive", "linnets + -s'", "L IH1 N IH0 T S");
        row("lov'd", "inflection", "love + -'d", "L AH1 V D");
        row("dimm'd", "inflection", "dim + -'d", "D IH1 M D");
        row("walk'd", "inflection", "walk + -'d", "W AO1 K T");
        row("marri'd", "inflection", "marry + -'d", "M EH1 R IY0 D");
        row("loveth", "inflection", "love + -eth", "L AH1 V IH0 TH");
        row("grow'st", "inflection", "grow + -'st", "G R OW1 S T");
        row("linnets", "inflection", "linnet + -s", "L IH1 N IH0 T S");
        row("blessèd", "inflection", "bless + -ed", "B L EH1 S IH0 D");
        row("unlament", "affix", "un- + lament", "AH0 N L AH0 M EH1 N T");
        row("unlamented", "inflection", "unlament + -ed", "AH0 N L AH0 M EH1 N T IH0 D");
        row("moonbright", "compound", "moon + bright", "M UW1 N B R AY2 T");
        row("self-same", "compound", "self + same", "S EH1 L F S EY2 M");
        row("whereon", "compound", "where + on", "W EH1 R AA2 N");
        row("splendour", "spelling", "splendor", "S P L EH1 N D ER0");
        row("brillig", "letters", "", "B R IH1 L IH0 G");
        row("?!", "none", "", "");
    }
    void derivations() {
        QFETCH(QString, word);
        QFETCH(QString, how);
        QFETCH(QString, from);
        QFETCH(QString, sound);
        const Sounding sounding = EnPronouncer(*m_lexicon).sounding(word.toStdString());
        const auto name = toString(sounding.how);
        QCOMPARE(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())), how);
        QCOMPARE(QString::fromStdString(sounding.from), from);
        QCOMPARE(sounding.pronunciations.empty()
                     ? QString()
                     : QString::fromStdString(sounding.pronunciations.front().toString()),
                 sound);
    }

    // The rules know none of these words, so the dictionary is a fair judge of them.
    void lettersGiveTheSyllables() {
        int words = 0;
        int right = 0;
        m_lexicon->forEach([&](std::string_view word, std::span<const Pronunciation> listed) {
            const bool plain = word.size() > 2 && std::all_of(word.begin(), word.end(), [](char c) {
                                   return c >= 'a' && c <= 'z';
                               });
            if (!plain || ++words % 7 != 0) {
                return;
            }
            const int syllables = pronounceLetters(word).syllables();
            right += std::any_of(
                         listed.begin(), listed.end(),
                         [&](const Pronunciation& each) { return each.syllables() == syllables; })
                         ? 1
                         : 0;
        });
        const double share = 7.0 * right / words;
        QVERIFY2(share > 0.85, qPrintable(QString::number(share)));
    }

private:
    std::unique_ptr<EnLexicon> m_lexicon;
};

QTEST_APPLESS_MAIN(TestPronouncer)
#include "test_pronouncer.moc"
