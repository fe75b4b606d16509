#include <QtTest>

#include <nlohmann/json.hpp>

#include "engine/torch/files/tokenizer_loader.h"
#include "file_fixture.h"

using namespace linnet::engine;
using namespace linnet::test;
using Json = nlohmann::ordered_json;
using Ids = std::vector<TokenId>;

// The expectations follow from the rules of the Hugging Face library: every piece of the
// pre-tokenizer is one token or the unknown one, and without a decoder tokens are joined with
// spaces.
class TestWordLevel : public QObject {
    Q_OBJECT

private:
    FileFixture m_folder;

    static Json special(int id, const char* content) {
        return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
                {"rstrip", false}, {"normalized", false}, {"special", true}};
    }

    static Json split(const Json& pattern) {
        return {
            {"type", "Split"}, {"pattern", pattern}, {"behavior", "Isolated"}, {"invert", false}};
    }

    static Json file(const Json& preTokenizer, const Json& decoder) {
        return {{"version", "1.0"},
                {"added_tokens", {special(0, "<|end|>"), special(1, "<|unk|>")}},
                {"normalizer", nullptr},
                {"pre_tokenizer", preTokenizer},
                {"post_processor", nullptr},
                {"decoder", decoder},
                {"model",
                 {{"type", "WordLevel"},
                  {"vocab",
                   {{"<|end|>", 0},
                    {"<|unk|>", 1},
                    {"山", 2},
                    {"月", 3},
                    {"the", 4},
                    {"sea", 5},
                    {",", 6}}},
                  {"unk_token", "<|unk|>"}}}};
    }

    Result<std::unique_ptr<Tokenizer>> load(const Json& json) {
        m_folder.write("tokenizer.json", json.dump());
        return loadTokenizer(m_folder.path());
    }

private Q_SLOTS:
    void oneCharacterAToken_data() {
        QTest::addColumn<QByteArray>("pattern");
        QTest::newRow("regular expression") << QByteArray(R"({"Regex": "."})");
        QTest::newRow("empty string") << QByteArray(R"({"String": ""})");
    }

    void oneCharacterAToken() {
        QFETCH(QByteArray, pattern);
        const auto tokenizer =
            load(file(split(Json::parse(pattern.toStdString())), {{"type", "Fuse"}}));
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        const Tokenizer& t = **tokenizer;
        QCOMPARE(t.size(), 7);
        QCOMPARE(t.encode("山月山"), Ids({2, 3, 2}));
        QCOMPARE(t.encode("山水月"), Ids({2, 1, 3})); // 水 is unknown
        QCOMPARE(t.encode("月<|end|>", true), Ids({3, 0}));
        QCOMPARE(t.encode("月<|", false), Ids({3, 1, 1}));
        QCOMPARE(t.encode(""), Ids());
        QCOMPARE(std::string(t.bytes(2)), std::string("山"));
        QCOMPARE(t.decode({2, 0, 3, 1}), std::string("山月")); // special tokens are left out
        QVERIFY(t.find("月") == 3);
        QVERIFY(t.find("<|end|>") == 0);
        QVERIFY(!t.find("水"));
        QVERIFY(t.isSpecial(1) && !t.isSpecial(2));
    }

    void oneWordAToken() {
        const auto tokenizer = load(file({{"type", "WhitespaceSplit"}}, nullptr));
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        const Tokenizer& t = **tokenizer;
        QCOMPARE(t.encode("the  sea ,\n\tthe"), Ids({4, 5, 6, 4}));
        QCOMPARE(t.encode("the seas"), Ids({4, 1}));
        QCOMPARE(t.encode("the <|end|> sea", true), Ids({4, 0, 5}));
        QCOMPARE(t.encode("\u3000the\u00A0sea "), Ids({4, 5})); // white space of Unicode
        QCOMPARE(t.decode({4, 0, 5, 6}), std::string("the sea ,"));
        QCOMPARE(std::string(t.bytes(5)), std::string(" sea")); // as it follows another
        QVERIFY(t.bytes(0).empty() && t.bytes(7).empty());
        QVERIFY(t.find("sea") == 5);
        QVERIFY(t.find(" sea") == 5);
    }

    void splitsAtPlainStrings() {
        const auto tokenizer = load(file(split({{"String", "."}}), {{"type", "Fuse"}}));
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        QCOMPARE((*tokenizer)->encode("sea.the"), Ids({5, 1, 4})); // the full stop is no wildcard
    }

    void refusesWhatItDoesNotKnow_data() {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("damaged");
        const auto row = [](const char* pointer, const char* value, bool damaged) {
            QTest::addRow("%s %s", pointer, value)
                << QByteArray(pointer) << QByteArray(value) << damaged;
        };
        row("/model/type", R"("WordPiece")", false);
        row("/pre_tokenizer", R"({"type": "ByteLevel"})", false);
        row("/pre_tokenizer", R"({"type": "Metaspace", "replacement": "_"})", false);
        row("/pre_tokenizer", R"({"type": "Whitespace"})", false);
        row("/pre_tokenizer", R"({"type": "Split", "pattern": {"Regex": "."},
                                  "behavior": "MergedWithNext", "invert": false})",
            false);
        row("/decoder", R"({"type": "ByteLevel"})", false);
        row("/decoder", R"({"type": "WordPiece"})", false);
        row("/model/unk_token", R"("[UNK]")", true);
        row("/model/unk_token", "null", true);
        row("/model/vocab/sea", "4", true);
        row("/model/vocab/sea", "-1", true);
        row("/model/vocab/sea", "1000000", true);
    }

    void refusesWhatItDoesNotKnow() {
        QFETCH(QByteArray, pointer);
        QFETCH(QByteArray, value);
        QFETCH(bool, damaged);
        Json json = file({{"type", "WhitespaceSplit"}}, nullptr);
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto tokenizer = load(json);
        QVERIFY(!tokenizer.ok());
        QVERIFY2(tokenizer.error().code ==
                     (damaged ? ErrorCode::CorruptFile : ErrorCode::UnsupportedFormat),
                 tokenizer.error().message.c_str());
        QVERIFY(tokenizer.error().message.find("tokenizer.json") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestWordLevel)
#include "test_word_level.moc"
