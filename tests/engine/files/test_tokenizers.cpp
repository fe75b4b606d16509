#include <QtTest>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "engine/torch/files/tokenizer_loader.h"
#include "file_fixture.h"

using namespace linnet::engine;
using namespace linnet::test;
using Json = nlohmann::json;
using Ids = std::vector<TokenId>;

namespace {

std::unique_ptr<Tokenizer> load(const std::filesystem::path& folder) {
    auto tokenizer = loadTokenizer(folder);
    if (!tokenizer.ok()) {
        qWarning("%s", tokenizer.error().message.c_str());
        return nullptr;
    }
    return std::move(*tokenizer);
}

std::unique_ptr<Tokenizer> loadOurs(const std::string& name) {
    return load(testData("tokenizers/" + name));
}

// The vectors of published tokenizers, if they are on this machine.
std::filesystem::path referenceFolder() {
    const char* const variable = std::getenv("LINNET_REFERENCE_DIR");
    for (const std::filesystem::path& folder :
         {std::filesystem::path(variable == nullptr ? "" : variable),
          std::filesystem::path(LINNET_REFERENCE_DIR),
          std::filesystem::path(LINNET_SOURCE_DIR) / "../shared/reference"}) {
        if (!folder.empty() && std::filesystem::exists(folder / "tokenizers")) {
            return folder / "tokenizers";
        }
    }
    return {};
}

void compareCases(const std::filesystem::path& folder) {
    const auto tokenizer = load(folder);
    QVERIFY(tokenizer != nullptr);
    const Json cases = Json::parse(readFile(folder / "cases.json"));
    QVERIFY(cases.size() > 20);
    for (const Json& one : cases) {
        const auto text = one["text"].get<std::string>();
        const Ids ids = tokenizer->encode(text);
        QVERIFY2(ids == one["ids"].get<Ids>(),
                 (one["text"].dump() + " gave " + Json(ids).dump()).c_str());
    }
}

} // namespace

class TestTokenizers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matchesOurCases_data();
    void matchesOurCases();
    void matchesPublishedCases();
    void bytesConcatenateToText_data();
    void bytesConcatenateToText();
    void longWordsMergeLikeShortOnes();
    void invalidUtf8GoesThrough();
    void normalizesHostileMarks();
    void textsInOneGoOrInParallel();
    void handlesLongTextsInTime_data();
    void handlesLongTextsInTime();
};

void TestTokenizers::matchesOurCases_data() {
    QTest::addColumn<std::string>("name");
    for (const auto& entry : std::filesystem::directory_iterator(testData("tokenizers"))) {
        const std::string name = entry.path().filename().string();
        QTest::newRow(name.c_str()) << name;
    }
}

void TestTokenizers::matchesOurCases() {
    QFETCH(std::string, name);
    compareCases(testData("tokenizers/" + name));
}

void TestTokenizers::matchesPublishedCases() {
    const auto reference = referenceFolder();
    if (reference.empty()) {
        QSKIP("no LINNET_REFERENCE_DIR");
    }
    for (const auto& entry : std::filesystem::directory_iterator(reference)) {
        compareCases(entry.path());
    }
}

void TestTokenizers::bytesConcatenateToText_data() {
    QTest::addColumn<std::string>("name");
    for (const auto& entry : std::filesystem::directory_iterator(testData("tokenizers"))) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("bert")) { // BERT's do not keep a text as it is
            QTest::newRow(name.c_str()) << name;
        }
    }
}

void TestTokenizers::bytesConcatenateToText() {
    QFETCH(std::string, name);
    const auto tokenizer = loadOurs(name);
    QVERIFY(tokenizer != nullptr);
    const bool spaceInFront =
        name == "llama2" || name.starts_with("metaspace") || name.ends_with("prefix-space");
    const std::string text =
        "The old man's sea,  it said:\n\n\t\"naïve 12345\" \U0001f600 床前明月光 \x01";
    const Ids ids = tokenizer->encode(text);
    QCOMPARE(tokenizer->decode(ids), (spaceInFront ? " " : "") + text);
    for (const TokenId id : ids) {
        QVERIFY(!tokenizer->isSpecial(id) && id < tokenizer->size());
    }
    // Each byte has a token, and a token is found by its bytes.
    for (int byte = 1; byte < 256; ++byte) {
        const std::string one(1, static_cast<char>(byte));
        const auto id = tokenizer->find(one);
        QVERIFY2(id.has_value() || byte >= 0x80 || spaceInFront, one.c_str());
        if (id) {
            QCOMPARE(std::string(tokenizer->bytes(*id)), one);
        }
    }
    const auto the = tokenizer->find(" the");
    QVERIFY(the.has_value());
    QCOMPARE(std::string(tokenizer->bytes(*the)), std::string(" the"));
    QVERIFY(tokenizer->bytes(-1).empty() && tokenizer->bytes(tokenizer->size()).empty());
    QVERIFY(!tokenizer->find("no such token").has_value());
}

// The two ways of merging, for short words and for long ones, differ in everything but the result.
void TestTokenizers::longWordsMergeLikeShortOnes() {
    const auto tokenizer = loadOurs("llama3");
    QVERIFY(tokenizer != nullptr);
    const Json file = Json::parse(readFile(testData("tokenizers/llama3/tokenizer.json")));
    std::map<std::pair<std::string, std::string>, std::size_t> ranks;
    for (const Json& pair : file["model"]["merges"]) {
        ranks.emplace(std::pair(pair[0].get<std::string>(), pair[1].get<std::string>()),
                      ranks.size());
    }
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::string> symbols;
        std::string word;
        const std::size_t length = 20 + random() % 60;
        for (std::size_t i = 0; i < length; ++i) {
            word += "theandosrl"[random() % 10];
            symbols.emplace_back(1, word.back());
        }
        const Ids ids = tokenizer->encode(word);
        while (true) { // by the definition: lowest rank first, then the leftmost
            std::size_t best = ranks.size();
            std::size_t at = 0;
            for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
                const auto found = ranks.find({symbols[i], symbols[i + 1]});
                if (found != ranks.end() && found->second < best) {
                    best = found->second;
                    at = i;
                }
            }
            if (best == ranks.size()) {
                break;
            }
            symbols[at] += symbols[at + 1];
            symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(at) + 1);
        }
        Ids expected;
        for (const std::string& symbol : symbols) {
            expected.push_back(file["model"]["vocab"][symbol].get<TokenId>());
        }
        QVERIFY2(ids == expected, word.c_str());
    }
}

void TestTokenizers::invalidUtf8GoesThrough() {
    std::mt19937 random(3);
    for (const char* const name : {"gpt2", "llama3", "qwen2", "llama2", "smollm2", "metaspace"}) {
        const auto tokenizer = loadOurs(name);
        QVERIFY(tokenizer != nullptr);
        for (const std::string& text :
             {std::string("\xff\xfe"), std::string("a\xc3"), std::string("\xe2\x96 b \xed\xa0\x80"),
              std::string("\x80\x80 \xf8\x88\x80\x80\x80"), std::string("nul \0 byte", 10)}) {
            const std::string decoded = tokenizer->decode(tokenizer->encode(text));
            QVERIFY2(decoded == text || decoded == " " + text, name);
        }
        for (int round = 0; round < 300; ++round) {
            std::string text;
            for (std::size_t i = random() % 40; i > 0; --i) {
                text.push_back(static_cast<char>(random() % 256));
            }
            const std::string decoded = tokenizer->decode(tokenizer->encode(text));
            const bool same = decoded == text || decoded == " " + text;
            QVERIFY2(same || std::string(name) == "qwen2", name); // it normalizes
        }
    }
}

void TestTokenizers::normalizesHostileMarks() {
    const auto tokenizer = loadOurs("qwen2");
    QVERIFY(tokenizer != nullptr);
    QCOMPARE(tokenizer->decode(tokenizer->encode("e\u0301")), std::string("\u00e9"));
    QCOMPARE(tokenizer->decode(tokenizer->encode("q\u0307\u0323")), std::string("q\u0323\u0307"));
    QCOMPARE(tokenizer->decode(tokenizer->encode("\u1112\u1161\u11ab")), std::string("\ud55c"));
    QCOMPARE(tokenizer->decode(tokenizer->encode("\u212b")), std::string("\u00c5"));
    std::string marks = "a";
    for (int i = 0; i < 100000; ++i) { // in the wrong order: each must be sorted past the others
        marks += "\u0301\u0323";
    }
    QElapsedTimer timer;
    timer.start();
    const std::string sorted = tokenizer->decode(tokenizer->encode(marks));
    QVERIFY(timer.elapsed() < 5000);
    QVERIFY(sorted.starts_with("\u1ea1\u0323\u0323"));
    QVERIFY(sorted.ends_with("\u0301\u0301"));
}

// What is remembered of a word within a long text, and other threads, change nothing.
void TestTokenizers::textsInOneGoOrInParallel() {
    std::string text;
    const std::string corpus =
        Json::parse(readFile(testData("tokenizers/gpt2/cases.json"))).back()["text"];
    for (int i = 0; i < 40; ++i) {
        text += corpus + (i % 3 == 0 ? "\n" : " x" + std::to_string(i));
    }
    for (const char* const name : {"gpt2", "qwen2", "llama2", "metaspace-split"}) {
        const auto tokenizer = loadOurs(name);
        QVERIFY(tokenizer != nullptr);
        const Ids whole = tokenizer->encode(text);
        std::vector<Ids> others(4);
        std::vector<std::thread> threads;
        for (Ids& ids : others) {
            threads.emplace_back([&] { ids = tokenizer->encode(text); });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        for (const Ids& ids : others) {
            QVERIFY(ids == whole);
        }
        // Line by line, below the size from which words are remembered.
        if (std::string(name) == "gpt2") {
            Ids lines;
            std::size_t begin = 0;
            while (begin < text.size()) {
                const std::size_t found = text.find(" x", begin + 1);
                const std::size_t end = std::min(found, text.size());
                const Ids ids =
                    tokenizer->encode(std::string_view(text).substr(begin, end - begin));
                lines.insert(lines.end(), ids.begin(), ids.end());
                begin = end;
            }
            QVERIFY(lines == whole);
        }
    }
}

void TestTokenizers::handlesLongTextsInTime_data() {
    QTest::addColumn<std::string>("unit");
    QTest::newRow("one letter") << std::string("a");
    QTest::newRow("letters that merge") << std::string("the");
    QTest::newRow("spaces") << std::string(" ");
    QTest::newRow("line breaks") << std::string(" \n");
    QTest::newRow("marks") << std::string("!");
    QTest::newRow("invalid") << std::string("\xff");
    QTest::newRow("letters and invalid") << std::string("a\xff");
    QTest::newRow("han") << std::string("床");
    QTest::newRow("words") << std::string("the old man ");
}

// A megabyte in well under a second; the bound leaves room for slow and busy machines, and is far
// below what anything quadratic takes.
void TestTokenizers::handlesLongTextsInTime() {
    QFETCH(std::string, unit);
    std::string text;
    while (text.size() < 1'000'000) {
        text += unit;
    }
    for (const char* const name : {"gpt2", "llama3", "qwen2", "llama2"}) {
        const auto tokenizer = loadOurs(name);
        QVERIFY(tokenizer != nullptr);
        QElapsedTimer timer;
        timer.start();
        const Ids ids = tokenizer->encode(text);
        const qint64 elapsed = timer.elapsed();
        QVERIFY2(elapsed < 10000, (std::string(name) + " " + std::to_string(elapsed)).c_str());
        QVERIFY(!ids.empty());
    }
}

QTEST_GUILESS_MAIN(TestTokenizers)
#include "test_tokenizers.moc"
