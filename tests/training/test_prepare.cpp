#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <sstream>

#include "engine/torch/files/tokenizer_loader.h"
#include "token_fixture.h"
#include "training/bpe_trainer.h"
#include "training/corpus.h"
#include "training/file_io.h"
#include "training/prepare.h"
#include "training/tokenizer_file.h"

using namespace linnet::training;
namespace fs = std::filesystem;

namespace {

struct Interrupted {};

std::string contentOf(const fs::path& path) {
    const auto text = readFile(path);
    return text ? *text : std::string();
}

} // namespace

class TestPrepare : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;
    fs::path m_folder;

    PrepareOptions options(const fs::path& output) const {
        PrepareOptions o;
        o.inputs = {m_folder / "one.txt", m_folder / "two.txt"};
        o.tokenizer = m_folder;
        o.output = output;
        const auto rule = DocumentGroups::parseRule("old=year:^18");
        auto groups = DocumentGroups::load(m_folder / "documents.tsv", {*rule}, "kind");
        o.groups = std::move(*groups);
        return o;
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = test::pathOf(m_temporary);
        BpeTrainer trainer;
        for (const char* piece : {" the", " sea", " ship", "The"}) {
            trainer.add(piece, 5);
        }
        const auto model = trainer.train(264, {kEndOfDocument}, " ?\\p{L}+|[^\\p{L}]");
        QVERIFY(model.ok());
        QVERIFY(writeTokenizerFile(*model, m_folder / "tokenizer.json").ok());
        std::ofstream(m_folder / "one.txt") << "The sea.\nThe ship.\n<|endofdoc|>\n"
                                            << "The <|endofdoc|> in a line\n<|endofdoc|>\n";
        std::ofstream(m_folder / "two.txt") << "Old ships, old seas.\n";
        std::ofstream(m_folder / "documents.tsv")
            << "file\tposition\tkind\tyear\none.txt\t0\tstory\t1950\none.txt\t1\tessay\t1960\n"
            << "two.txt\t0\tstory\t1850\n";
    }

    void documents() {
        std::istringstream in("\none\r\ntwo\r\n===\n===\nthree");
        DocumentReader reader(in, "===");
        std::string text;
        QVERIFY(reader.next(text));
        QCOMPARE(text, std::string("\none\ntwo"));
        QCOMPARE(reader.position(), std::int64_t(1));
        QVERIFY(reader.next(text)); // the empty document was passed over, but counted
        QCOMPARE(text, std::string("three"));
        QCOMPARE(reader.position(), std::int64_t(3));
        QVERIFY(!reader.next(text));
    }

    void words() {
        QCOMPARE(countWords(""), std::uint64_t(0));
        QCOMPARE(countWords("  one, two\n\tthree "), std::uint64_t(3));
    }

    void groupRules() {
        QVERIFY(!DocumentGroups::parseRule("nonsense").ok());
        QVERIFY(!DocumentGroups::parseRule("a=b:(").ok());
        const auto unknown = DocumentGroups::load(m_folder / "documents.tsv", {}, "colour");
        QVERIFY(!unknown.ok());
        QVERIFY(unknown.error().message.find("colour") != std::string::npos);
        std::ofstream(m_folder / "bad.tsv") << "file\tposition\none.txt\tx\n";
        const auto bad = DocumentGroups::load(m_folder / "bad.tsv", {}, "");
        QVERIFY(!bad.ok());
        QVERIFY(bad.error().message.find("line 2") != std::string::npos);
    }

    void tokensOfGroups() {
        const auto out = m_folder / "tokens";
        const auto index = prepareTokens(options(out));
        QVERIFY2(index.ok(), index.ok() ? "" : index.error().message.c_str());
        const auto read = TokenIndex::read(out);
        QVERIFY(read.ok());
        QCOMPARE(read->groups.size(), std::size_t(3));
        QCOMPARE(read->groups[0].name, std::string("essay"));
        QCOMPARE(read->groups[1].name, std::string("old"));
        const TokenGroup& story = read->groups[2];
        QCOMPARE(story.words, std::uint64_t(4));
        QCOMPARE(story.bytes, std::uint64_t(18));
        const auto stream = TokenStream::open(out, *read, story);
        QVERIFY(stream.ok());
        std::vector<std::int64_t> ids(stream->size());
        stream->copy(0, stream->size(), ids.data());
        QCOMPARE(ids.back(), std::int64_t(read->endOfDocument));
        ids.pop_back();
        const auto tokenizer = linnet::engine::loadTokenizer(m_folder);
        const std::vector<linnet::engine::TokenId> narrow(ids.begin(), ids.end());
        QCOMPARE((*tokenizer)->decode(narrow), std::string("The sea.\nThe ship."));
        QVERIFY(!fs::exists(out / "progress.json"));
    }

    void brokenOffRunGoesOn() {
        const auto whole = m_folder / "tokens-whole";
        QVERIFY(prepareTokens(options(whole)).ok());
        const auto out = m_folder / "tokens-resumed";
        for (int documents = 1; documents <= 2; ++documents) {
            PrepareOptions broken = options(out);
            broken.saveInterval = 1;
            int seen = 0;
            broken.progress = [&](std::uint64_t, std::uint64_t) {
                if (++seen == documents) {
                    throw Interrupted();
                }
            };
            QVERIFY_EXCEPTION_THROWN(static_cast<void>(prepareTokens(broken)), Interrupted);
            QVERIFY(fs::exists(out / "progress.json"));
        }
        std::ofstream(out / "story.bin", std::ios::app) << "half a document";
        int resumed = 0;
        PrepareOptions rest = options(out);
        rest.progress = [&](std::uint64_t, std::uint64_t) { ++resumed; };
        QVERIFY(prepareTokens(rest).ok());
        QVERIFY(resumed < 3);
        for (const char* file : {"index.json", "story.bin", "essay.bin", "old.bin"}) {
            QCOMPARE(contentOf(out / file), contentOf(whole / file));
        }
    }

    void errorsNameTheCulprit() {
        PrepareOptions o = options(m_folder / "tokens-bad");
        o.inputs = {m_folder / "missing.txt"};
        QVERIFY(prepareTokens(o).error().message.find("missing.txt") != std::string::npos);
        std::ofstream(m_folder / "unlisted.txt") << "text";
        o.inputs = {m_folder / "unlisted.txt"};
        QVERIFY(prepareTokens(o).error().message.find("unlisted.txt") != std::string::npos);
        o.tokenizer = m_folder / "nowhere";
        QVERIFY(!prepareTokens(o).ok());
    }

    void damagedTokenFolders() {
        const auto out = m_folder / "tokens-damaged";
        const auto index = prepareTokens(options(out));
        QVERIFY(index.ok());
        fs::resize_file(out / "old.bin", 3);
        QVERIFY(!TokenStream::open(out, *index, index->groups[1]).ok());
        std::ofstream(out / "index.json") << "{\"tokenizer_sha256\":\"x\",\"vocab_size\":-true}";
        QVERIFY(!TokenIndex::read(out).ok());
        std::ofstream(out / "index.json") << "{\"tokenizer_sha256\":\"x\"}";
        QVERIFY(TokenIndex::read(out).error().message.find("vocab_size") != std::string::npos);
        QVERIFY(!TokenIndex::read(m_folder / "nowhere").ok());
    }
};

QTEST_GUILESS_MAIN(TestPrepare)
#include "test_prepare.moc"
