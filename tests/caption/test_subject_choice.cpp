#include <QTest>

#include "caption/subject_choice.h"

using namespace linnet;
using Subjects = std::vector<engine::Subject>;

namespace {

engine::Subject subject(const std::vector<std::string>& nouns, double probability,
                        bool aside = false, const std::vector<std::string>& kinds = {}) {
    return {{{"en", nouns}}, probability, aside, false, {{"en", kinds}}};
}

} // namespace

class TestSubjectChoice : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chooses_data() {
        QTest::addColumn<Subjects>("subjects");
        QTest::addColumn<QString>("noun");
        QTest::addColumn<double>("probability");
        const auto grouse = subject({"grouse", "bird"}, 0.42);
        const auto hawk = subject({"hawk", "bird"}, 0.12);
        const auto bird = subject({"bird", "robin"}, 0.1);
        QTest::newRow("one") << Subjects{subject({"cat", "kitten"}, 0.7)} << "cat" << 0.7;
        QTest::newRow("nothing") << Subjects{} << "" << 0.0;
        // 0.42 of 0.64 is less than two thirds.
        QTest::newRow("a kind") << Subjects{grouse, hawk, bird} << "bird" << 0.64;
        QTest::newRow("one of a kind") << Subjects{grouse, hawk} << "grouse" << 0.54;
        QTest::newRow("others") << Subjects{grouse, subject({"log"}, 0.3)} << "grouse" << 0.42;
        QTest::newRow("aside") << Subjects{subject({"hat"}, 0.6, true), hawk} << "hawk" << 0.12;
        QTest::newRow("only asides") << Subjects{subject({"hat"}, 0.6, true)} << "" << 0.0;
        QTest::newRow("nouns of asides")
            << Subjects{subject({"car", "vehicle"}, 0.5), subject({"seat belt", "car"}, 0.4, true)}
            << "car" << 0.5;
        const auto stove = subject({"stove"}, 0.4, true, {"kitchen", "room"});
        const auto microwave = subject({"microwave"}, 0.1, true, {"kitchen", "room"});
        const auto bed = subject({"bed"}, 0.2, false, {"bedroom", "room"});
        QTest::newRow("kinds of asides") << Subjects{stove, microwave} << "kitchen" << 0.5;
        QTest::newRow("a part of a kind") << Subjects{stove, bed, microwave} << "kitchen" << 0.7;
        const auto sofa = subject({"sofa"}, 0.2, false, {"room"});
        QTest::newRow("a wide kind") << Subjects{stove, bed, sofa} << "room" << 0.8;
        QTest::newRow("against a wide kind")
            << Subjects{subject({"cat"}, 0.45), bed, sofa} << "cat" << 0.45;
        QTest::newRow("sure within a kind")
            << Subjects{subject({"bed"}, 0.6, false, {"room"}), sofa} << "bed" << 0.8;
        // Another noun of one thing names nothing; it is the first that names it.
        QTest::newRow("first noun")
            << Subjects{subject({"dog", "puppy"}, 0.7), subject({"wolf", "dog"}, 0.1)} << "dog"
            << 0.8;
        auto people = subject({"man"}, 0.9);
        people.people = true;
        QTest::newRow("people") << Subjects{bed, people} << "bed" << 0.2;
    }
    void chooses() {
        QFETCH(Subjects, subjects);
        QFETCH(QString, noun);
        QFETCH(double, probability);
        const auto chosen = caption::chooseSubject(subjects, "en");
        QCOMPARE(QString::fromStdString(chosen ? chosen->noun : ""), noun);
        QVERIFY(!chosen || qAbs(chosen->probability - probability) < 1e-9);
        QVERIFY(!caption::chooseSubject(subjects, "zh")); // none has a Chinese noun
    }

    // A caption that says what kind of thing it is names it, also by the name of another of the
    // kind.
    void knowsWhatNamesIt() {
        const auto chosen = caption::chooseSubject(
            {subject({"grouse", "bird"}, 0.3), subject({"hawk", "eagle", "bird"}, 0.3)}, "en");
        for (const char* noun : {"bird", "grouse", "hawk", "eagle"}) {
            QVERIFY(std::find(chosen->nouns.begin(), chosen->nouns.end(), noun) !=
                    chosen->nouns.end());
        }
        const auto alone =
            caption::chooseSubject({subject({"grouse", "bird"}, 0.9), subject({"log"}, 0.1)}, "en");
        QCOMPARE(alone->nouns, (std::vector<std::string>{"grouse", "bird"}));
        // A tenth of the food is in a bowl; a bowl does not name it.
        const auto food = caption::chooseSubject(
            {subject({"pizza", "food"}, 0.5), subject({"soup", "bowl", "food"}, 0.05)}, "en");
        QCOMPARE(food->nouns, (std::vector<std::string>{"pizza", "food"}));
    }

    void knowsWhatIsMentioned() {
        const Subjects seen = {subject({"grouse", "bird"}, 0.3), subject({"hawk", "bird"}, 0.2),
                               subject({"log"}, 0.1), subject({"hat"}, 0.4, true)};
        QCOMPARE(caption::probabilityOfMentioned("A hawk on a log.", seen, "en"), 0.2);
        QCOMPARE(caption::probabilityOfMentioned("Birds on a log.", seen, "en"), 0.5);
        QCOMPARE(caption::probabilityOfMentioned("A dog in a hat.", seen, "en"), 0.0);
        QVERIFY(caption::peopleAmong(seen) == nullptr);
    }
};

QTEST_APPLESS_MAIN(TestSubjectChoice)
#include "test_subject_choice.moc"
