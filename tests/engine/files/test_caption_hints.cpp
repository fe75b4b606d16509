#include "engine/torch/files/caption/hint_prompt.h"
#include "engine/torch/files/caption/subject_table.h"

#include "engine/torch/byte_tokenizer.h"

#include <QtTest>

using namespace linnet::engine;

namespace {

constexpr const char* kTable = "# comment\n"
                               "1\ttench,fish\t丁鱥,鱼\n"
                               "3\tcat,kitten\t猫\r\n"
                               "2\tcat,feline\t猫,猫咪\n";

QString failureOf(const char* text) {
    const auto table = SubjectTable::parse(text, "t.tsv", 4);
    return table ? QString() : QString::fromStdString(table.error().message);
}

} // namespace

class TestCaptionHints : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void classesWithANounAreOneSubject() {
        const auto table = SubjectTable::parse(kTable, "t.tsv", 4);
        QVERIFY(table);
        QCOMPARE(table->all().size(), std::size_t{2});
        const std::vector<float> probabilities = {0.1F, 0.3F, 0.4F, 0.2F};
        const auto found = table->subjects(probabilities, 0.1, 5);
        QCOMPARE(found.size(), std::size_t{2});
        QCOMPARE(found[0].nouns.at("en"), (std::vector<std::string>{"cat", "kitten", "feline"}));
        QCOMPARE(found[0].nouns.at("zh"), (std::vector<std::string>{"猫", "猫咪"}));
        QVERIFY(qAbs(found[0].probability - 0.6) < 1e-6);
        QCOMPARE(found[1].nouns.at("en").front(), std::string("tench"));
        QCOMPARE(table->subjects(probabilities, 0.1, 1).size(), std::size_t{1});
        QCOMPARE(table->subjects(probabilities, 0.5, 5).size(), std::size_t{1});
    }

    void badLinesAreNamed() {
        QVERIFY(failureOf("1\tcat\t猫\n\n4\tdog\t狗\n").contains("t.tsv, line 3"));
        QVERIFY(failureOf("one\tcat\t猫\n").contains("line 1"));
        QVERIFY(failureOf("1\tcat\n").contains("line 1"));
        QVERIFY(failureOf("1\tcat,\t猫\n").contains("empty"));
        QVERIFY(failureOf("1\tcat\t猫\n1\tdog\t狗\n").contains("second time"));
        QVERIFY(!SubjectTable::open("/nowhere/t.tsv", 4));
    }

    void asidesAreMarked() {
        auto table = SubjectTable::parse(kTable, "t.tsv", 4);
        QVERIFY(table->markAsides("# worn\n\ncat\r\n", "a.txt"));
        const std::vector<float> probabilities = {0.1F, 0.3F, 0.4F, 0.2F};
        const auto found = table->subjects(probabilities, 0.1, 5);
        QVERIFY(found[0].aside && !found[1].aside);
        const auto other = table->markAsides("cat\nkitten\n", "a.txt"); // not its first noun
        QVERIFY(!other);
        QVERIFY(QString::fromStdString(other.error().message).contains("a.txt, line 2"));
        QVERIFY(!table->markAsides(std::filesystem::path("/nowhere/a.txt")));
    }

    void promptsHaveOneLength() {
        const linnet::tests::ByteTokenizer tokenizer(false);
        HintFormat format;
        format.width = 9;
        format.hint = 300;
        format.padding = 301;
        const std::vector<TokenId> none = {301, 301, 301, 301, 301, 301, 301, 301, 301, 7};
        QCOMPARE(hintPrompt(format, tokenizer, {}, "en", 7), none);
        // "giraffe" no longer fits behind " cat"; " ox" does.
        const std::vector<TokenId> two = {300, ' ', 'c', 'a', 't', 300, ' ', 'o', 'x', 7};
        QCOMPARE(hintPrompt(format, tokenizer, {"cat", "giraffe", "ox"}, "en", 7), two);
        // Chinese words have no space before them.
        const std::vector<TokenId> chinese = {300, 0xE7, 0x8C, 0xAB, 301, 301, 301, 301, 301, 8};
        QCOMPARE(hintPrompt(format, tokenizer, {"猫"}, "zh", 8), chinese);
    }

    void wordsAreTheProbableOnes() {
        HintFormat format;
        format.words = 2;
        format.probability = 0.2;
        const std::vector<Subject> subjects = {{{{"en", {"cat", "pet"}}, {"zh", {"猫"}}}, 0.4},
                                               {{{"en", {"sofa"}}}, 0.3},
                                               {{{"en", {"rug"}}, {"zh", {"毯"}}}, 0.25},
                                               {{{"en", {"cup"}}}, 0.1}};
        QCOMPARE(hintWords(format, subjects, "en"), (std::vector<std::string>{"cat", "sofa"}));
        QCOMPARE(hintWords(format, subjects, "zh"), (std::vector<std::string>{"猫", "毯"}));
    }
};

QTEST_GUILESS_MAIN(TestCaptionHints)
#include "test_caption_hints.moc"
