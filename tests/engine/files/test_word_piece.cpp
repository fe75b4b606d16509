#include <QtTest>

#include <nlohmann/json.hpp>

#include "engine/torch/files/tokenizer_loader.h"
#include "file_fixture.h"

using namespace linnet::engine;
using namespace linnet::test;
using Json = nlohmann::ordered_json;
using Ids = std::vector<TokenId>;

// The expectations are worked out by hand from the description of BERT's tokenizer: the longest
// token from the front, the rest with "##", a word with an unknown part unknown as a whole.
// Longer texts are compared with a reference in test_tokenizers.
class TestWordPiece : public QObject {
    Q_OBJECT

private:
    FileFixture m_folder;

    static Json file() {
        const auto special = [](int id, const char* content) {
            return Json{{"id", id}, {"content", content}, {"special", true}, {"normalized", false}};
        };
        Json vocabulary;
        int id = 0;
        for (const char* const token :
             {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "un",  "##aff", "##able",
              "a",     "dog",   "##s",   ".",     "'",   "t",     "don",
              "caf",   "##e",   "月",    "n't",   "##a", "i",     "##ng"}) {
            vocabulary[token] = id++;
        }
        return {
            {"added_tokens",
             {special(0, "[PAD]"), special(1, "[UNK]"), special(2, "[CLS]"), special(3, "[SEP]")}},
            {"normalizer", {{"type", "BertNormalizer"}, {"strip_accents", nullptr}}},
            {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
            {"post_processor",
             {{"type", "TemplateProcessing"},
              {"single",
               {{{"SpecialToken", {{"id", "[CLS]"}, {"type_id", 0}}}},
                {{"Sequence", {{"id", "A"}, {"type_id", 0}}}},
                {{"SpecialToken", {{"id", "[SEP]"}, {"type_id", 0}}}}}}}},
            {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
            {"model",
             {{"type", "WordPiece"},
              {"unk_token", "[UNK]"},
              {"continuing_subword_prefix", "##"},
              {"max_input_chars_per_word", 12},
              {"vocab", vocabulary}}}};
    }

    Result<std::unique_ptr<Tokenizer>> load(const Json& json) {
        m_folder.write("tokenizer.json", json.dump());
        return loadTokenizer(m_folder.path());
    }

private Q_SLOTS:
    void cutsFromTheFront() {
        const auto tokenizer = load(file());
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        const Tokenizer& t = **tokenizer;
        QCOMPARE(t.encode("unaffable"), Ids({4, 5, 6}));
        QCOMPARE(t.encode("A dog's dogs."), Ids({7, 8, 11, 1, 8, 9, 10})); // "s" begins no word
        QCOMPARE(t.encode("unaffab"), Ids({1})); // "##b" is not a token: none of it is known
        QCOMPARE(t.encode("Café  \t月a"), Ids({14, 15, 16, 7}));
        QCOMPARE(t.encode(std::string("do\0g\u200b\xef\xbf\xbd", 10)), Ids({8}));
        QCOMPARE(t.encode("aaaaaaaaaaaa"), Ids({7, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18}));
        QCOMPARE(t.encode("aaaaaaaaaaaaa"), Ids({1})); // 13 characters
        QCOMPARE(t.encode("[SEP]dog", true), Ids({3, 8}));
        QVERIFY(t.beginOfText() == 2);
        QVERIFY(t.addsBeginOfText());
        QVERIFY(t.isSpecial(1) && !t.isSpecial(4));
    }

    void joinsWhatBelongsTogether() {
        const auto tokenizer = load(file());
        const Tokenizer& t = **tokenizer;
        QCOMPARE(t.decode({2, 7, 8, 9, 10, 3}), std::string("a dogs."));
        QCOMPARE(t.decode({4, 5, 6, 8}), std::string("unaffable dog"));
        QCOMPARE(t.decode({10, 7}), std::string(". a"));
        QCOMPARE(t.decode({20, 7}), std::string("ng a")); // no space to leave out in front
        QCOMPARE(t.decode({13, 17}), std::string("donn't"));
        QCOMPARE(std::string(t.bytes(8)), std::string(" dog"));
        QCOMPARE(std::string(t.bytes(9)), std::string("s"));
        QVERIFY(t.find(" dog") == 8 && t.find("dog") == 8 && t.find("s") == 9);
        QVERIFY(t.find("a") == 18 && t.find(" a") == 7 && t.find(".") == 10);
        QVERIFY(!t.find(" s").has_value());
    }

    void keepsCaseAndAccentsIfTold() {
        Json json = file();
        json["normalizer"]["lowercase"] = false;
        const auto cased = load(json);
        QCOMPARE((*cased)->encode("Dog dog café"), Ids({1, 8, 1}));
        json["normalizer"]["strip_accents"] = true;
        QCOMPARE((*load(json))->encode("café"), Ids({14, 15}));
        json["normalizer"]["handle_chinese_chars"] = false;
        QCOMPARE((*load(json))->encode("月a"), Ids({16, 18}));
    }

    void readsPlainVocabularies() {
        const FileFixture folder;
        folder.write("vocab.txt", "[PAD]\r\n[UNK]\n[CLS]\ndog\n##s");
        folder.write("tokenizer_config.json", R"({"tokenizer_class":"BertTokenizer",
            "cls_token":{"content":"[CLS]"}})");
        const auto tokenizer = loadTokenizer(folder.path());
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        QCOMPARE((*tokenizer)->encode("Dogs"), Ids({3, 4}));
        QVERIFY((*tokenizer)->isSpecial(0) && (*tokenizer)->isSpecial(2));
        QVERIFY((*tokenizer)->beginOfText() == 2);
        folder.write("tokenizer_config.json", R"({"tokenizer_class":"T5Tokenizer"})");
        const auto other = loadTokenizer(folder.path());
        QVERIFY(!other.ok() && other.error().code == ErrorCode::UnsupportedFormat);
        QVERIFY(other.error().message.find("tokenizer_class") != std::string::npos);
        folder.write("tokenizer_config.json", R"({"do_basic_tokenize":false})");
        QVERIFY(!loadTokenizer(folder.path()).ok());
        folder.write("tokenizer_config.json", R"({"unk_token":"<unk>"})");
        QVERIFY(loadTokenizer(folder.path()).error().code == ErrorCode::CorruptFile);
    }

    void hostileTextsTakeNoTime() {
        const auto tokenizer = load(file());
        QElapsedTimer timer;
        timer.start();
        QCOMPARE((*tokenizer)->encode(std::string(1U << 20U, 'a')), Ids({1}));
        std::string marks = "a";
        for (int i = 0; i < 100000; ++i) {
            marks += "\u0301\u0323";
        }
        QCOMPARE((*tokenizer)->encode(marks), Ids({7}));
        QCOMPARE((*tokenizer)->encode("dog \xff\xfe dog"), Ids({8, 1, 8}));
        QVERIFY(timer.elapsed() < 5000);
    }

    void refusesWhatItDoesNotKnow_data() {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("damaged");
        const auto row = [](const char* pointer, const char* value, bool damaged) {
            QTest::addRow("%s %s", pointer, value)
                << QByteArray(pointer) << QByteArray(value) << damaged;
        };
        row("/model/continuing_subword_prefix", R"("")", false);
        row("/model/continuing_subword_prefix", R"("@@")", false); // not the decoder's
        row("/model/max_input_chars_per_word", "0", true);
        row("/model/unk_token", R"("<unk>")", true);
        row("/model/vocab/dog", "4", true);
        row("/normalizer/type", R"("NFKC")", false);
        row("/normalizer/lowercase", "1", true);
        row("/pre_tokenizer", R"({"type": "ByteLevel"})", false);
        row("/decoder", "null", false);
        row("/decoder", R"({"type": "ByteLevel"})", false);
        row("/decoder/prefix", R"("@@")", false);
        row("/post_processor/single/0/SpecialToken/id", R"("[BOS]")", true);
        row("/post_processor", R"({"type": "BertProcessing", "cls": []})", true);
    }

    void refusesWhatItDoesNotKnow() {
        QFETCH(QByteArray, pointer);
        QFETCH(QByteArray, value);
        QFETCH(bool, damaged);
        Json json = file();
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto tokenizer = load(json);
        QVERIFY(!tokenizer.ok());
        QVERIFY2(tokenizer.error().code ==
                     (damaged ? ErrorCode::CorruptFile : ErrorCode::UnsupportedFormat),
                 tokenizer.error().message.c_str());
        QVERIFY(tokenizer.error().message.find("tokenizer.json") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestWordPiece)
#include "test_word_piece.moc"
