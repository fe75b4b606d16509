#include <QtTest>

#include <nlohmann/json.hpp>

#include "engine/torch/files/tokenizer_loader.h"
#include "file_fixture.h"

using namespace linnet::engine;
using namespace linnet::test;
using Json = nlohmann::json;
using Ids = std::vector<TokenId>;

namespace {

Json ours(const std::string& name) {
    return Json::parse(readFile(testData("tokenizers/" + name + "/tokenizer.json")));
}

Json addedToken(TokenId id, const std::string& content, const Json& changes = Json::object()) {
    Json token = {{"id", id},        {"content", content}, {"single_word", false},
                  {"lstrip", false}, {"rstrip", false},    {"normalized", false},
                  {"special", true}};
    token.merge_patch(changes);
    return token;
}

Result<std::unique_ptr<Tokenizer>> loadJson(const FileFixture& folder, const Json& file) {
    folder.write("tokenizer.json", file.dump());
    return loadTokenizer(folder.path());
}

} // namespace

class TestTokenizerFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsAddedTokens();
    void stripsAroundAddedTokens();
    void ordinaryAddedTokensCountAlways();
    void readsTextFrame();
    void readsVocabularyFiles();
    void readsQwen2Files();
    void fusesUnknown();
    void namesWhatIsNotSupported_data();
    void namesWhatIsNotSupported();
    void namesWhatIsDamaged_data();
    void namesWhatIsDamaged();
    void refusesBrokenJson();
};

void TestTokenizerFiles::findsAddedTokens() {
    const FileFixture folder;
    Json file = ours("gpt2");
    const auto first = static_cast<TokenId>(file["model"]["vocab"].size() + 1);
    file["added_tokens"].push_back(addedToken(first, "<|end"));
    const auto tokenizer = loadJson(folder, file);
    QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
    const auto end = (*tokenizer)->find("<|endoftext|>");
    QVERIFY(end.has_value());
    QVERIFY((*tokenizer)->isSpecial(*end));
    QVERIFY((*tokenizer)->bytes(*end).empty());
    QCOMPARE((*tokenizer)->size(), first + 1);
    const Ids a = (*tokenizer)->encode("a");
    const Ids b = (*tokenizer)->encode(" b");
    Ids expected = a;
    expected.push_back(*end); // the longest one
    expected.insert(expected.end(), b.begin(), b.end());
    expected.push_back(first);
    QCOMPARE((*tokenizer)->encode("a<|endoftext|> b<|end", true), expected);
    QVERIFY((*tokenizer)->encode("<|endoftext|>", false).size() > 1);
    QCOMPARE((*tokenizer)->decode((*tokenizer)->encode("<|endoftext|>", false)),
             std::string("<|endoftext|>"));
    QCOMPARE((*tokenizer)->decode(expected), std::string("a b"));
}

void TestTokenizerFiles::stripsAroundAddedTokens() {
    const FileFixture folder;
    Json file = ours("gpt2");
    const auto first = static_cast<TokenId>(file["model"]["vocab"].size() + 1);
    file["added_tokens"].push_back(addedToken(first, "[L]", {{"lstrip", true}}));
    file["added_tokens"].push_back(addedToken(first + 1, "[R]", {{"rstrip", true}}));
    const auto tokenizer = loadJson(folder, file);
    QVERIFY(tokenizer.ok());
    const TokenId a = *(*tokenizer)->find("a");
    const TokenId spaceThe = *(*tokenizer)->find(" the");
    QCOMPARE((*tokenizer)->encode("a \u3000\t[L] the", true), (Ids{a, first, spaceThe}));
    QCOMPARE((*tokenizer)->encode("a[R] \u00a0\na", true), (Ids{a, first + 1, a}));
    QCOMPARE((*tokenizer)->encode("[R]  [L]", true), (Ids{first + 1, first}));
}

void TestTokenizerFiles::ordinaryAddedTokensCountAlways() {
    const FileFixture folder;
    Json file = ours("qwen2");
    const auto first = static_cast<TokenId>(file["model"]["vocab"].size() + 1);
    file["added_tokens"].push_back(addedToken(first, "<tool>", {{"special", false}}));
    // Looked for in the text after normalization.
    file["added_tokens"].push_back(
        addedToken(first + 1, "e\u0301!", {{"special", false}, {"normalized", true}}));
    const auto tokenizer = loadJson(folder, file);
    QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
    QCOMPARE((*tokenizer)->encode("<tool>\u00e9!", false), (Ids{first, first + 1}));
    QVERIFY(!(*tokenizer)->isSpecial(first));
    QCOMPARE(std::string((*tokenizer)->bytes(first)), std::string("<tool>"));
}

void TestTokenizerFiles::readsTextFrame() {
    const auto framed = loadTokenizer(testData("tokenizers/llama3"));
    QVERIFY(framed.ok());
    QVERIFY((*framed)->addsBeginOfText());
    QCOMPARE((*framed)->beginOfText(), (*framed)->find("<|begin|>"));
    QVERIFY(!(*framed)->endOfText().has_value());

    const FileFixture folder;
    const Json file = ours("gpt2");
    const auto plain = loadJson(folder, file);
    QVERIFY(!(*plain)->addsBeginOfText() && !(*plain)->beginOfText());
    folder.write("config.json", R"({"bos_token_id":3,"eos_token_id":[5,6]})");
    const auto fromModel = loadJson(folder, file);
    QCOMPARE((*fromModel)->beginOfText(), std::optional<TokenId>(3));
    QCOMPARE((*fromModel)->endOfText(), std::optional<TokenId>(5));
    QVERIFY(!(*fromModel)->addsBeginOfText());
    folder.write("tokenizer_config.json", R"({"add_bos_token":true,"bos_token":"<|endoftext|>",
        "eos_token":{"content":"<|endoftext|>"}})");
    const auto fromOptions = loadJson(folder, file);
    const auto end = (*fromOptions)->find("<|endoftext|>");
    QVERIFY((*fromOptions)->addsBeginOfText());
    QCOMPARE((*fromOptions)->beginOfText(), end);
    QCOMPARE((*fromOptions)->endOfText(), end);
    folder.write("config.json", R"({"bos_token_id":3,"eos_token_id":100000})");
    folder.write("tokenizer_config.json", "{}");
    const auto outOfRange = loadJson(folder, file);
    QVERIFY(!outOfRange.ok());
    QVERIFY(outOfRange.error().message.find("eos_token_id") != std::string::npos);
}

void TestTokenizerFiles::readsVocabularyFiles() {
    const auto fromFiles = loadTokenizer(testData("tokenizers/gpt2-files"));
    QVERIFY2(fromFiles.ok(), fromFiles.ok() ? "" : fromFiles.error().message.c_str());
    const auto end = (*fromFiles)->find("<|endoftext|>");
    QVERIFY(end.has_value() && (*fromFiles)->isSpecial(*end));
    QCOMPARE((*fromFiles)->encode("<|endoftext|>", true), Ids{*end});

    const FileFixture folder;
    folder.copy(testData("tokenizers/gpt2-files"));
    folder.write("merges.txt", "#version: 0.2\nt h e\n");
    const auto wrong = loadTokenizer(folder.path());
    QVERIFY(!wrong.ok());
    QVERIFY(wrong.error().message.find("merges.txt: line 2") != std::string::npos);
    std::filesystem::remove(folder.path("merges.txt"));
    QVERIFY(loadTokenizer(folder.path()).error().code == ErrorCode::NotFound);
    folder.write("vocab.json", "[]");
    QVERIFY(loadTokenizer(folder.path()).error().code == ErrorCode::CorruptFile);
    std::filesystem::remove(folder.path("vocab.json"));
    QVERIFY(loadTokenizer(folder.path()).error().code == ErrorCode::NotFound);
}

void TestTokenizerFiles::readsQwen2Files() {
    const FileFixture folder;
    const Json file = ours("qwen2");
    folder.write("vocab.json", file["model"]["vocab"].dump());
    std::string merges = "#version: 0.2\r\n";
    for (const Json& merge : file["model"]["merges"]) {
        merges += merge.get<std::string>() + "\r\n";
    }
    folder.write("merges.txt", merges);
    const auto id = static_cast<TokenId>(file["model"]["vocab"].size());
    folder.write("tokenizer_config.json",
                 R"({"tokenizer_class":"Qwen2Tokenizer","eos_token":"<|endoftext|>",
                     "added_tokens_decoder":{")" +
                     std::to_string(id) + R"(":{"content":"<|endoftext|>","special":true}}})");
    const auto tokenizer = loadTokenizer(folder.path());
    QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
    QCOMPARE((*tokenizer)->endOfText(), std::optional<TokenId>(id));
    for (const Json& one : Json::parse(readFile(testData("tokenizers/qwen2/cases.json")))) {
        QCOMPARE((*tokenizer)->encode(one["text"].get<std::string>()), one["ids"].get<Ids>());
    }
    folder.write("tokenizer_config.json", R"({"tokenizer_class":"CamembertTokenizer"})");
    const auto other = loadTokenizer(folder.path());
    QVERIFY(other.error().code == ErrorCode::UnsupportedFormat);
    QVERIFY(other.error().message.find("CamembertTokenizer") != std::string::npos);
}

void TestTokenizerFiles::fusesUnknown() {
    const FileFixture folder;
    Json file = ours("llama2");
    file["model"]["byte_fallback"] = false;
    auto tokenizer = loadJson(folder, file);
    QVERIFY(tokenizer.ok());
    const auto space = (*tokenizer)->find(" ");
    QVERIFY(space.has_value());
    QCOMPARE((*tokenizer)->encode("床前\xff"), (Ids{*space, 0}));
    file["model"]["fuse_unk"] = false;
    tokenizer = loadJson(folder, file);
    QCOMPARE((*tokenizer)->encode("床前"), (Ids{*space, 0, 0}));
}

void TestTokenizerFiles::namesWhatIsNotSupported_data() {
    QTest::addColumn<std::string>("pointer");
    QTest::addColumn<std::string>("value");
    QTest::addColumn<std::string>("says");
    const auto row = [](const char* pointer, const char* value, const char* says) {
        QTest::newRow((std::string(pointer) + value).c_str())
            << std::string(pointer) << std::string(value) << std::string(says);
    };
    row("/model/type", R"("Unigram")", "'Unigram'");
    row("/model/type", R"("Unigram")", "'Unigram'");
    row("/model/dropout", "0.1", "model.dropout");
    row("/model/end_of_word_suffix", R"("</w>")", "model.end_of_word_suffix");
    row("/normalizer", R"({"type":"NFKC"})", "'NFKC'");
    row("/normalizer", R"({"type":"Sequence","normalizers":[{"type":"Lowercase"}]})",
        "'Lowercase'");
    row("/normalizer", R"({"type":"Replace","pattern":{"Regex":" +"},"content":" "})",
        "normalizer.pattern");
    row("/pre_tokenizer", R"({"type":"Whitespace"})", "'Whitespace'");
    row("/pre_tokenizer", R"({"type":"Split","pattern":{"Regex":"a"},"behavior":"MergedWithNext"})",
        "MergedWithNext");
    row("/pre_tokenizer", R"({"type":"Split","pattern":{"Glob":"a"},"behavior":"Isolated"})",
        "pre_tokenizer.pattern");
    row("/pre_tokenizer/pretokenizers/0/pattern/Regex", R"("\\w+")", "\\w");
    row("/pre_tokenizer/pretokenizers/0/pattern/Regex", R"("^a")", "^");
    row("/pre_tokenizer/pretokenizers/0/pattern/Regex", R"("[a[b]]")", "[ inside");
    row("/pre_tokenizer/pretokenizers/0/pattern/Regex", R"("[a&&b]")", "&&");
    row("/pre_tokenizer/pretokenizers/0/pattern/Regex", R"p("(?<name>a)")p", "(?<");
    row("/pre_tokenizer/pretokenizers/0/pattern/Regex", R"p("a(")p", "cannot be compiled");
    row("/pre_tokenizer/pretokenizers/0/pattern/Regex", R"("\\p{Klingon}")", "cannot be compiled");
    row("/post_processor", R"({"type":"BertProcessing"})", "'BertProcessing'");
    row("/post_processor",
        R"({"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}},
            {"SpecialToken":{"id":"<|endoftext|>"}}]})",
        "post_processor.single");
    row("/decoder", R"({"type":"WordPiece"})", "'WordPiece'");
    row("/decoder", R"({"type":"Metaspace","replacement":"_"})", "decoder");
    row("/added_tokens/0/single_word", "true", "single_word");
}

void TestTokenizerFiles::namesWhatIsNotSupported() {
    QFETCH(std::string, pointer);
    QFETCH(std::string, value);
    QFETCH(std::string, says);
    const FileFixture folder;
    Json file = ours("llama3");
    file[Json::json_pointer(pointer)] = Json::parse(value);
    const auto tokenizer = loadJson(folder, file);
    QVERIFY(!tokenizer.ok());
    QVERIFY2(tokenizer.error().message.find(says) != std::string::npos,
             tokenizer.error().message.c_str());
    QVERIFY(tokenizer.error().code == ErrorCode::UnsupportedFormat);
    QVERIFY(tokenizer.error().message.find("tokenizer.json") != std::string::npos);
}

void TestTokenizerFiles::namesWhatIsDamaged_data() {
    QTest::addColumn<std::string>("pointer");
    QTest::addColumn<std::string>("value");
    QTest::addColumn<std::string>("says");
    const auto row = [](const char* pointer, const char* value, const char* says) {
        QTest::newRow((std::string(pointer) + value).c_str())
            << std::string(pointer) << std::string(value) << std::string(says);
    };
    row("/model", "null", "'model'");
    row("/model/vocab", "{}", "model.vocab");
    row("/model/vocab", "[]", "model.vocab");
    row("/model/vocab", "7", "model.vocab");
    row("/model/vocab/a", "-1", "model.vocab");
    row("/model/vocab/a", R"("one")", "model.vocab");
    row("/model/vocab/a", "1", "token '");
    row("/model/vocab/a", "2000000000", "'a' has the id 2000000000");
    row("/model/vocab/a", "99999999999", "too large");
    row("/model/merges/0", R"(["a","zz"])", "'zz' is not in the vocabulary");
    row("/model/merges/0", R"(["q","z"])", "'qz' is not in the vocabulary");
    row("/model/merges/0", R"(["a"])", "a pair of 1");
    row("/model/merges/0", R"("ab")", "'ab' is not two tokens");
    row("/model/merges/0", R"("a b c")", "not two tokens");
    row("/model/merges/0", "7", "model.merges");
    row("/model/unk_token", R"("<unk>")", "'<unk>' is not in the vocabulary");
    row("/added_tokens", "{}", "added_tokens");
    row("/added_tokens/0", "7", "added_tokens");
    row("/added_tokens/0/id", "5", "contradicts the vocabulary");
    row("/added_tokens/0/id", "1000000000", "out of range");
    row("/added_tokens/0/content", R"("")", "is empty");
    row("/added_tokens/0/content", R"("a")", "contradicts the vocabulary");
    row("/added_tokens/1/content", R"("<|begin|>")", "contradicts");
    row("/normalizer", "[]", "normalizer");
    row("/normalizer", R"({"type":"Sequence","normalizers":{}})", "normalizer.normalizers");
    row("/pre_tokenizer", R"({"kind":"ByteLevel"})", "pre_tokenizer.type");
    row("/post_processor",
        R"({"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<none>"}},
            {"Sequence":{"id":"A"}}]})",
        "'<none>' is not in the vocabulary");
}

void TestTokenizerFiles::namesWhatIsDamaged() {
    QFETCH(std::string, pointer);
    QFETCH(std::string, value);
    QFETCH(std::string, says);
    const FileFixture folder;
    Json file = ours("llama3");
    file[Json::json_pointer(pointer)] = Json::parse(value);
    const auto tokenizer = loadJson(folder, file);
    QVERIFY(!tokenizer.ok());
    QVERIFY2(tokenizer.error().message.find(says) != std::string::npos,
             tokenizer.error().message.c_str());
    QVERIFY2(tokenizer.error().code == ErrorCode::CorruptFile, tokenizer.error().message.c_str());
}

void TestTokenizerFiles::refusesBrokenJson() {
    const FileFixture folder;
    const std::string whole = ours("gpt2").dump();
    for (std::size_t size = 0; size < whole.size(); size += 1 + size / 40) {
        folder.write("tokenizer.json", whole.substr(0, size));
        QVERIFY(loadTokenizer(folder.path()).error().code == ErrorCode::CorruptFile);
    }
    for (const std::string& text :
         {std::string("[]"), R"({"model":{"vocab":)" + std::string(100000, '[') + "}}",
          "{\"a\":" + std::string(100000, '[') + "}", std::string(R"({"model":{},"model":{}})"),
          std::string(R"({"model":{"vocab":{"a":0},"vocab":{"a":0}}})"),
          std::string(R"({"model":{"vocab":{"a":0,"a":1},"merges":[]},)"
                      R"("pre_tokenizer":{"type":"ByteLevel"}})")}) {
        folder.write("tokenizer.json", text);
        const auto tokenizer = loadTokenizer(folder.path());
        QVERIFY(!tokenizer.ok());
        QVERIFY2(tokenizer.error().code == ErrorCode::CorruptFile,
                 tokenizer.error().message.c_str());
    }
}

QTEST_GUILESS_MAIN(TestTokenizerFiles)
#include "test_tokenizer_files.moc"
