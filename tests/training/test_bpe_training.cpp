#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <set>

#include "engine/torch/files/tokenizer_loader.h"
#include "token_fixture.h"
#include "training/bpe_trainer.h"
#include "training/tokenizer_file.h"
#include "training/tokenizer_training.h"

using namespace linnet::training;

namespace {

/// The example of Sennrich et al. 2016: low x5, lower x2, newest x6, widest x3.
BpeTrainer sennrichsExample() {
    BpeTrainer trainer;
    trainer.add("low", 5);
    trainer.add("lower", 2);
    trainer.add("newest", 6);
    trainer.add("widest", 2);
    trainer.add("widest");
    return trainer;
}

const char* const kText = "\"Well,\" said the old man, \"I don't know - it's 1984!\"\n"
                          "The caf\xC3\xA9 \xE2\x80\x94 na\xC3\xAFve \xE4\xBD\xA0\xE5\xA5\xBD "
                          "\xF0\x9F\x90\xA6  two  spaces\n\n\tEnd.";

} // namespace

class TestBpeTraining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mergesByHand() {
        const auto model = sennrichsExample().train(256 + 1 + 7, {kEndOfDocument}, kProsePattern);
        QVERIFY(model.ok());
        // es 9, est 9, lo 7, low 7; then pairs of 6, the one with the lower ids first.
        const std::vector<std::string> expected = {"es", "est", "lo", "low", "ew", "new", "newest"};
        std::vector<std::string> learned(model->tokens.begin() + 256, model->tokens.end());
        QCOMPARE(learned, expected);
        QCOMPARE(model->vocabularySize(), std::size_t(264));
    }

    void overlappingPairs() {
        BpeTrainer trainer;
        trainer.add("aaaa", 3);
        trainer.add("aab", 1);
        const auto model = trainer.train(258, {}, kProsePattern);
        QVERIFY(model.ok());
        QCOMPARE(model->tokens[256], std::string("aa"));
        QCOMPARE(model->tokens[257], std::string("aaaa"));
    }

    void stopsWhenNothingRepeats() {
        BpeTrainer trainer;
        trainer.add("abc");
        const auto model = trainer.train(1000, {kEndOfDocument}, kProsePattern);
        QVERIFY(model.ok());
        QCOMPARE(model->vocabularySize(), std::size_t(257));
    }

    void refusesTooSmallVocabulary() {
        QVERIFY(!sennrichsExample().train(256, {kEndOfDocument}, kProsePattern).ok());
    }

    void byteAlphabet() {
        QCOMPARE(toByteLevel(" a\n"), std::string("\xC4\xA0"
                                                  "a\xC4\x8A")); // G and C with marks
        std::set<std::uint32_t> points;
        for (unsigned byte = 0; byte < 256; ++byte) {
            points.insert(byteLevelCodePoint(static_cast<unsigned char>(byte)));
        }
        QCOMPARE(points.size(), std::size_t(256));
    }

    void engineReadsTheFile() {
        const QTemporaryDir folder;
        const auto path = test::pathOf(folder);
        const auto model = sennrichsExample().train(256 + 1 + 8, {kEndOfDocument}, kProsePattern);
        QVERIFY(writeTokenizerFile(*model, path / "tokenizer.json").ok());
        const auto tokenizer = linnet::engine::loadTokenizer(path);
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        QCOMPARE((*tokenizer)->size(), 265);
        QCOMPARE((*tokenizer)->find(kEndOfDocument).value_or(-1), 264);
        const std::vector<linnet::engine::TokenId> expected = {262, 259, 68, 81}; // newest low e r
        QCOMPARE((*tokenizer)->encode("newestlower"), expected);
        QCOMPARE((*tokenizer)->decode((*tokenizer)->encode(kText)), std::string(kText));
    }

    void trainsOnFiles() {
        const QTemporaryDir folder;
        const auto path = test::pathOf(folder);
        std::ofstream(path / "a.txt") << kText << "\n<|endofdoc|>\n" << kText << "\n";
        TokenizerOptions options;
        options.inputs = {path / "a.txt"};
        options.output = path / "tokenizer.json";
        options.vocabularySize = 300;
        const auto report = trainTokenizer(options);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().message.c_str());
        QCOMPARE(report->vocabularySize, std::size_t(300));
        const auto tokenizer = linnet::engine::loadTokenizer(path);
        QVERIFY(tokenizer.ok());
        QCOMPARE((*tokenizer)->decode((*tokenizer)->encode(kText)), std::string(kText));
        // A word is the same token after a quotation mark and at the start of a line.
        const auto quoted = (*tokenizer)->encode("\"Well");
        const auto plain = (*tokenizer)->encode("Well");
        QVERIFY(std::equal(plain.begin(), plain.end(), quoted.begin() + 1, quoted.end()));

        options.inputs = {path / "missing.txt"};
        QVERIFY(!trainTokenizer(options).ok());
        std::ofstream(path / "b.txt") << "fine\n<|endofdoc|>\nbroken \xFF\n";
        options.inputs = {path / "b.txt"};
        const auto broken = trainTokenizer(options);
        QVERIFY(!broken.ok());
        QVERIFY(broken.error().message.find("document 1") != std::string::npos);
    }

    void sha256OfAKnownText() {
        const QTemporaryDir folder;
        const auto path = test::pathOf(folder) / "abc";
        std::ofstream(path) << "abc";
        QCOMPARE(*sha256OfFile(path), // FIPS 180-4, example B.1
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QVERIFY(!sha256OfFile(path / "none").ok());
    }
};

QTEST_GUILESS_MAIN(TestBpeTraining)
#include "test_bpe_training.moc"
