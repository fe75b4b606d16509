#include <QTest>

#include <algorithm>
#include <cmath>

#include "suggest/document_model.h"
#include "suggest/small_model.h"

using namespace linnet;
using namespace linnet::suggest;

class TestDocumentModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void withoutEvidence();
    void sumsToOne();
    void wordsOfTheDocumentRise();
    void phrasesAreLearned();
    void newWordsAreLearned();
    void rewinds();
    void earlierDocuments();
    void manyEarlierDocumentsDrownNothing();
    void clears();

private:
    std::vector<float> adapted(const DocumentModel& document, std::vector<RareWord>& rare) const {
        std::vector<float> p = m_base;
        document.adapt(p, m_model->unigrams(), Tuning{}, rare);
        return p;
    }
    WordId id(const char* word) const { return m_model->lexicon().find(word).value(); }

    QTemporaryDir m_folder;
    std::shared_ptr<const NgramModel> m_model;
    std::vector<float> m_base; // the language at large, after an unknown context
};

void TestDocumentModel::initTestCase() {
    const std::string text =
        "the cat and the dog and the bird saw a man near the old house. The man "
        "saw a rare zebra, quagga, okapi. The cat and the man ran.";
    QVERIFY(tests::buildSmall(tests::smallFile(m_folder), text, 14).ok());
    auto loaded = NgramModel::load(tests::smallFile(m_folder));
    QVERIFY(loaded.ok());
    m_model = *loaded;
    m_model->distribution({numberWord, numberWord, numberWord}, m_base);
    QVERIFY(m_base[unknownWord] > 0);
}

void TestDocumentModel::withoutEvidence() {
    DocumentModel document(m_model->lexicon(), 1000);
    std::vector<RareWord> rare;
    const std::vector<float> p = adapted(document, rare);
    for (std::size_t i = 0; i < p.size(); ++i) {
        QVERIFY(std::abs(p[i] - m_base[i]) < 1e-6F);
    }
    QVERIFY(rare.empty());
}

void TestDocumentModel::sumsToOne() {
    DocumentModel document(m_model->lexicon(), 1000);
    document.learn("The cat met Zorblax near the house. The zebra met Zorblax and the cat, and ",
                   0);
    std::vector<RareWord> rare;
    double sum = 0;
    for (float value : adapted(document, rare)) {
        QVERIFY(value >= 0);
        sum += static_cast<double>(value);
    }
    for (const RareWord& word : rare) {
        QVERIFY(word.p >= 0);
        sum += word.p;
    }
    QVERIFY2(std::abs(sum - 1) < 1e-3, qPrintable(QString::number(sum)));
}

void TestDocumentModel::wordsOfTheDocumentRise() {
    DocumentModel document(m_model->lexicon(), 1000);
    document.learn("bird, bird, house, bird. ", 0);
    std::vector<RareWord> rare;
    const std::vector<float> p = adapted(document, rare);
    QVERIFY(p[id("bird")] > 1.02F * m_base[id("bird")]);
    QVERIFY(p[id("bird")] / m_base[id("bird")] > p[id("house")] / m_base[id("house")]);
    QVERIFY(p[id("dog")] < m_base[id("dog")]);
}

void TestDocumentModel::phrasesAreLearned() {
    DocumentModel document(m_model->lexicon(), 1000);
    document.learn("the old dog ran. the old dog saw. a dog and the old ", 0);
    std::vector<RareWord> rare;
    const std::vector<float> after = adapted(document, rare);
    // Two and three words before agree; a lone "dog" elsewhere gains far less.
    QVERIFY(after[id("dog")] > 2 * after[id("cat")]);
    document.learn("near a ", 0);
    QVERIFY(adapted(document, rare)[id("dog")] < after[id("dog")] + 0.2F);
}

void TestDocumentModel::newWordsAreLearned() {
    DocumentModel document(m_model->lexicon(), 1000);
    document.learn("Then Zorblax came. Zorblax sat by the quagga. They saw ", 0);
    std::vector<RareWord> rare;
    const std::vector<float> p = adapted(document, rare);
    double zorblax = 0;
    for (const RareWord& word : rare) {
        zorblax += word.word == "Zorblax" ? word.p : 0;
    }
    QVERIFY(zorblax > 0);
    QVERIFY(p[unknownWord] < m_base[unknownWord]);
    QCOMPARE(document.occurrences("Zorblax"), 2.0);
    QCOMPARE(document.occurrences("Then"), 1.0);
    QCOMPARE(document.occurrences("nothing"), 0.0);
    // A capital that the place asks for is not part of the word.
    document.learn("The quagga slept. Quagga", 0);
    QCOMPARE(document.occurrences("quagga"), 3.0);
    QCOMPARE(document.occurrences("Quagga"), 0.0);
}

void TestDocumentModel::rewinds() {
    DocumentModel document(m_model->lexicon(), 1000);
    const std::string text = "The cat met Zorblax near the house. ";
    document.learn(text, 0);
    std::vector<RareWord> rare;
    const std::vector<float> before = adapted(document, rare);
    const std::size_t mark = document.mark();
    const std::string more = text + "The bird met Zorblax and Quux. ";
    document.learn(more, text.size());
    QCOMPARE(document.occurrences("Zorblax"), 2.0);
    document.rewind(mark);
    document.learn(text, text.size());
    QCOMPARE(document.occurrences("Zorblax"), 1.0);
    QCOMPARE(document.occurrences("Quux"), 0.0);
    const std::vector<float> after = adapted(document, rare);
    for (std::size_t i = 0; i < before.size(); ++i) {
        QVERIFY2(std::abs(before[i] - after[i]) < 1e-4F,
                 qPrintable(QString("%1 %2 %3").arg(i).arg(before[i]).arg(after[i])));
    }
}

void TestDocumentModel::earlierDocuments() {
    DocumentModel earlier(m_model->lexicon(), 1000);
    for (int i = 0; i < 4; ++i) {
        earlier.learn("the old dog met Zorblax. ", 0);
    }
    earlier.learn("a cat ran once.", 0);
    const auto past = std::make_shared<PastCounts>(earlier.counts());
    QVERIFY(past->isSound());
    for (const PastCounts::Pair& pair : past->pairs) {
        QVERIFY(pair.count >= 2); // "a cat" is nobody's business
    }
    DocumentModel without(m_model->lexicon(), 1000);
    DocumentModel with(m_model->lexicon(), 1000);
    with.setPast(past);
    for (DocumentModel* document : {&without, &with}) {
        document->learn("the old ", 0);
    }
    std::vector<RareWord> rare;
    const std::vector<float> before = adapted(without, rare);
    QVERIFY(rare.empty());
    const std::vector<float> after = adapted(with, rare);
    QVERIFY(after[id("dog")] > 2 * before[id("dog")]);
    QVERIFY(std::any_of(rare.begin(), rare.end(),
                        [](const RareWord& one) { return one.word == "Zorblax" && one.p > 0; }));
    double sum = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
        QVERIFY(after[i] >= 0);
        sum += static_cast<double>(after[i]);
    }
    for (const RareWord& one : rare) {
        sum += one.p;
    }
    QVERIFY2(std::abs(sum - 1) < 1e-3, qPrintable(QString::number(sum)));
    // Deleting all of this document leaves what was there before it; so does clear().
    const std::size_t learned = with.wordsLearned();
    QCOMPARE(learned, std::size_t(2));
    with.rewind(0);
    with.learn("the old ", 8);
    QCOMPARE(adapted(with, rare)[id("dog")] > before[id("dog")], true);
    with.setPast(nullptr);
    with.learn("the old ", 0);
    QCOMPARE(adapted(with, rare)[id("dog")], before[id("dog")]);
}

// What the language at large says of a place keeps most of its weight, however much was written.
void TestDocumentModel::manyEarlierDocumentsDrownNothing() {
    DocumentModel earlier(m_model->lexicon(), 1000);
    for (int i = 0; i < 500; ++i) {
        earlier.learn("the old cat met Zorblax. ", 0);
    }
    DocumentModel without(m_model->lexicon(), 1000);
    DocumentModel with(m_model->lexicon(), 1000);
    with.setPast(std::make_shared<PastCounts>(earlier.counts()));
    for (DocumentModel* document : {&without, &with}) {
        document->learn("the old ", 0);
    }
    std::vector<RareWord> rare;
    const std::vector<float> before = adapted(without, rare);
    const std::vector<float> after = adapted(with, rare);
    QVERIFY(after[id("cat")] > before[id("cat")]);
    QVERIFY2(after[id("dog")] > 0.4F * before[id("dog")],
             qPrintable(QString::number(after[id("dog")] / before[id("dog")])));
}

void TestDocumentModel::clears() {
    DocumentModel document(m_model->lexicon(), 1000);
    document.learn("Zorblax and the cat. ", 0);
    document.clear();
    QCOMPARE(document.wordsLearned(), std::size_t{0});
    QCOMPARE(document.occurrences("Zorblax"), 0.0);
}

QTEST_APPLESS_MAIN(TestDocumentModel)
#include "test_document_model.moc"
