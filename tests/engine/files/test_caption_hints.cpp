#include "engine/torch/files/caption/hint_prompt.h"
#include "engine/torch/files/caption/subject_table.h"

#include "engine/torch/byte_tokenizer.h"

#include <QtTest>

#include <cmath>

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

    void kindsAreOfSubjectsAndKinds() {
        const char* const things = "1\tstove\t炉子\n2\tbed\t床\n3\tcat\t猫\n";
        auto table = SubjectTable::parse(things, "t.tsv", 4);
        QVERIFY(
            table->addKinds("# rooms\nkitchen\t厨房\tstove\nroom\t房间\tbed,kitchen\n", "k.tsv"));
        const auto kindsOf = [&](std::size_t i, const char* language) {
            const auto& kinds = table->all()[i].kinds;
            return kinds.empty() ? std::vector<std::string>() : kinds.at(language);
        };
        QCOMPARE(kindsOf(0, "en"), (std::vector<std::string>{"kitchen", "room"}));
        QCOMPARE(kindsOf(0, "zh"), (std::vector<std::string>{"厨房", "房间"}));
        QCOMPARE(kindsOf(1, "en"), (std::vector<std::string>{"room"}));
        QVERIFY(kindsOf(2, "en").empty());
        const auto failure = [&](const char* kinds) {
            const auto added = table->addKinds(kinds, "k.tsv");
            return added ? QString() : QString::fromStdString(added.error().message);
        };
        QVERIFY(failure("room\t房间\tbed\n\nhall\t厅\tsofa\n").contains("k.tsv, line 3"));
        QVERIFY(failure("room\t房间\tbed\n\nhall\t厅\tsofa\n").contains("sofa"));
        QVERIFY(failure("room\tbed\n").contains("line 1"));
        QVERIFY(failure("hall\t厅\thall\n").contains("hall")); // no kind above
        QVERIFY(!table->addKinds(std::filesystem::path("/nowhere/k.tsv")));
    }

    void classesTellOfPeople() {
        const auto people = PeopleTable::parse(
            "# words\nnouns\tman,woman\t人\nbias\t-0.5\n1\t2\n2\t-1.5\n", "p.tsv", 3);
        QVERIFY(people);
        // Odds of 0.8 and 0.5 are 4 and 1: 4^2 e^-0.5 = 9.70449, and of that 1 more is the whole.
        const std::vector<float> probabilities = {0.1F, 0.8F, 0.5F};
        const Subject found = people->subject(probabilities);
        QVERIFY(std::abs(found.probability - 0.906581) < 1e-5);
        QVERIFY(found.people);
        QCOMPARE(found.nouns.at("en"), (std::vector<std::string>{"man", "woman"}));
        auto table = SubjectTable::parse("1\tcat\t猫\n", "t.tsv", 3);
        table->setPeople(*people);
        const auto seen = table->subjects(probabilities, 0.1, 1);
        QCOMPARE(seen.size(), std::size_t{2});
        QVERIFY(!seen[0].people && seen[1].people);
        // No hint tells the decoder of them.
        QCOMPARE(hintWords({}, seen, "en"), (std::vector<std::string>{"cat"}));
    }

    void badTablesOfPeopleAreNamed() {
        const auto failure = [](const char* text) {
            const auto people = PeopleTable::parse(text, "p.tsv", 3);
            return people ? QString() : QString::fromStdString(people.error().message);
        };
        QVERIFY(failure("bias\t1\n").contains("p.tsv"));
        QVERIFY(failure("nouns\tman\t\n").contains("nouns"));
        QVERIFY(failure("nouns\tman\t人\n3\t0.5\n").contains("p.tsv, line 2"));
        QVERIFY(failure("nouns\tman\t人\n1\tmuch\n").contains("line 2"));
        QVERIFY(failure("nouns\tman\t人\n1\tinf\n").contains("line 2"));
        QVERIFY(!PeopleTable::open("/nowhere/p.tsv", 3));
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
