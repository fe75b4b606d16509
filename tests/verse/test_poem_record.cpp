#include <QtTest>

#include "verse/english_words.h"
#include "verse/poem_record.h"

using namespace linnet::verse;
using Tokens = std::vector<std::string>;

namespace {

QString shown(const Tokens& tokens) {
    QStringList list;
    for (const std::string& token : tokens) {
        list << QString::fromStdString(token);
    }
    return list.join(' ');
}

} // namespace

class TestPoemRecord : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chinesePrompt() {
        ChinesePrompt prompt;
        prompt.characters = 5;
        prompt.lines = 8;
        prompt.dynasty = "唐";
        prompt.theme = "春江";
        prompt.rhyme = "秋";
        QCOMPARE(
            shown(promptTokens(prompt)),
            QString::fromUtf8("<|poem|> <|5x8|> <|唐|> <|theme|> 春 江 <|rhyme|> 秋 <|lines|>"));
        QCOMPARE(shown(promptTokens(ChinesePrompt())), QString("<|poem|> <|7x4|> <|lines|>"));
        prompt = {7, 13, "秦", "", ""}; // an odd number of lines, a dynasty without poems
        QCOMPARE(shown(promptTokens(prompt)), QString("<|poem|> <|7x14|> <|lines|>"));
    }

    void englishPrompt() {
        EnglishPrompt prompt;
        prompt.form = EnglishForm::Sonnet;
        prompt.measure = Measure{10, false};
        prompt.theme = {"winter", "sea"};
        QCOMPARE(shown(promptTokens(prompt)),
                 QString("<|poem|> <|sonnet|> <|measure:10|> <|theme|> winter sea <|lines|>"));
        prompt = {EnglishForm::Ballad, Measure{8, true}, {}};
        QCOMPARE(shown(promptTokens(prompt)),
                 QString("<|poem|> <|ballad|> <|measure:8-6|> <|lines|>"));
    }

    void controlTokensHoldEveryPrompt() {
        const Tokens chinese = chineseControlTokens();
        QCOMPARE(chinese.size(), std::size_t(8 + 2 * 11 + 13));
        for (const char* token : {"<|end|>", "<|unk|>", "<|5x4|>", "<|7x24|>", "<|南北朝|>"}) {
            QCOMPARE(std::count(chinese.begin(), chinese.end(), token), std::ptrdiff_t(1));
        }
        const Tokens english = englishControlTokens();
        QCOMPARE(english.size(), std::size_t(8 + 9 + 13 + 1));
        for (const char* token :
             {"<|limerick|>", "<|measure:4|>", "<|measure:16|>", "<|stanza|>"}) {
            QCOMPARE(std::count(english.begin(), english.end(), token), std::ptrdiff_t(1));
        }
    }

    void chineseLines() {
        const Tokens tokens = chineseLineTokens("白日依山尽");
        QCOMPARE(shown(tokens), QString::fromUtf8("白 日 依 山 尽 <|line|>"));
        QCOMPARE(chineseLineText(tokens), std::string("白日依山尽"));
    }

    void englishLinesGoBackwards() {
        const Tokens tokens = englishLineTokens({"the", "cold", "sea", ","});
        QCOMPARE(shown(tokens), QString(", sea cold the <|line|>"));
        QCOMPARE(englishLineText(tokens), std::string("The cold sea,"));
        QCOMPARE(englishLineText({"sea", "the"}), std::string("The sea"));
    }

    void splitsWordsAndMarks_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("tokens");
        QTest::newRow("plain") << "The love I gave, the love I gave,"
                               << "The love I gave , the love I gave ,";
        QTest::newRow("dash") << QString::fromUtf8("upon this olive-tree,—")
                              << QString::fromUtf8("upon this olive - tree , —");
        QTest::newRow("two hyphens") << "stay--go" << QString::fromUtf8("stay — go");
        QTest::newRow("quotation") << "\"Manuela,\" he said, \"come.\""
                                   << QString::fromUtf8("“ Manuela , ” he said , “ come . ”");
        QTest::newRow("quotation after a dash")
            << QString::fromUtf8("cried—\"Lo!\"") << QString::fromUtf8("cried — “ Lo ! ”");
        QTest::newRow("apostrophes") << "'Tis o'er th' ocean's heav'n, singin' o' love"
                                     << "'Tis o'er th' ocean's heav'n , singin' o' love";
        QTest::newRow("single quotation") << "'I am the lovers' king,'"
                                          << "I am the lovers king ,";
        QTest::newRow("typographic") << QString::fromUtf8("don’t") << "don't";
        QTest::newRow("dots") << "and then..."
                              << "and then ...";
        QTest::newRow("signs") << "12 a_b *"
                               << "a b";
        QTest::newRow("empty") << ""
                               << "";
    }

    void splitsWordsAndMarks() {
        QFETCH(QString, line);
        QFETCH(QString, tokens);
        QCOMPARE(shown(splitEnglishLine(line.toStdString())), tokens);
    }

    void joinsWhatItSplits_data() {
        QTest::addColumn<QString>("line");
        for (const char* line : {"The love I gave, the love I gave,", "Upon this olive-tree,—",
                                 "O wind, (they said) go!", "\"Manuela,\" he said, \"come.\"",
                                 "'Tis o'er th' ocean", "Stay—go", "Wait... what?"}) {
            QTest::newRow(line) << QString::fromUtf8(line);
        }
    }

    void joinsWhatItSplits() {
        QFETCH(QString, line);
        QCOMPARE(QString::fromStdString(joinEnglishLine(splitEnglishLine(line.toStdString()))),
                 line);
    }

    void capitals() {
        QCOMPARE(joinEnglishLine({"\u201C", "'tis", "she", ".", "go", "!", "\u201D"}),
                 std::string("\"'Tis she. Go!\""));
        QCOMPARE(joinEnglishLine({"<|unk|>", "to", "England"}), std::string("To England"));
    }

    void brokenUtf8() {
        const Tokens expected = {"a", "\uFFFD", "\u5C71"};
        QCOMPARE(utf8Characters("a\xFF\u5C71"), expected);
    }
};

QTEST_APPLESS_MAIN(TestPoemRecord)
#include "test_poem_record.moc"
