// Thousands of damaged files, the same in every run: whatever is in them, reading gives a Result.
// Built with the address and undefined-behaviour sanitizers this finds what a plain run survives.

#include <QtTest>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/torch/files/caption/caption_checkpoint.h"
#include "engine/torch/files/checkpoint.h"
#include "engine/torch/files/model_config_reader.h"
#include "engine/torch/files/safetensors.h"
#include "engine/torch/files/tokenizer_loader.h"
#include "file_fixture.h"

using namespace linnet::engine;
using namespace linnet::test;

namespace {

constexpr int rounds = 7000;

// Another seed in LINNET_MUTATION_SEED makes other damage.
std::mt19937 seeded(unsigned base) {
    return std::mt19937(
        base + 1000U * static_cast<unsigned>(qEnvironmentVariableIntValue("LINNET_MUTATION_SEED")));
}

// Damages a file in one to four places: bytes, bits, numbers, cuts, copies and odd tokens.
std::string mutate(const std::string& whole, std::mt19937& random) {
    static const std::vector<std::string> odd = {"18446744073709551615",
                                                 "-1",
                                                 "1e999",
                                                 "99999999999999999999",
                                                 "null",
                                                 "[",
                                                 "]",
                                                 "{",
                                                 "}",
                                                 "\"",
                                                 "\\u0000",
                                                 "\\ud800",
                                                 "\xff",
                                                 "\xed\xa0\x80",
                                                 ",",
                                                 ":",
                                                 "true",
                                                 "[[[[[[[[",
                                                 "0"};
    std::string text = whole;
    for (unsigned i = 1 + random() % 4; i > 0 && !text.empty(); --i) {
        const std::size_t at = random() % text.size();
        switch (random() % 7) {
        case 0:
            text[at] = static_cast<char>(random());
            break;
        case 1:
            text[at] = static_cast<char>(text[at] ^ static_cast<char>(1U << random() % 8));
            break;
        case 2:
            text.erase(at, 1 + random() % 16);
            break;
        case 3:
            text.insert(at, odd[random() % odd.size()]);
            break;
        case 4:
            text.insert(at, text.substr(random() % text.size(), 1 + random() % 60));
            break;
        case 5: { // a number for a number
            const std::size_t digit = text.find_first_of("0123456789", at);
            if (digit != std::string::npos) {
                const std::size_t end = text.find_first_not_of("0123456789", digit);
                text.replace(digit, end == std::string::npos ? end : end - digit,
                             odd[random() % 5]);
            }
            break;
        }
        default:
            if (random() % 8 == 0) {
                text.resize(at);
            }
        }
    }
    return text;
}

} // namespace

class TestFileMutations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void safetensors();
    void modelConfig();
    void checkpoint();
    void captioner_data();
    void captioner();
    void tokenizer_data();
    void tokenizer();
};

void TestFileMutations::safetensors() {
    const FileFixture folder;
    const std::string header =
        R"({"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],)"
        R"("data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},)"
        R"("c":{"dtype":"I8","shape":[],"data_offsets":[32,33]}})";
    const std::string whole = safetensorsFile(header, std::string(33, '\x3f'));
    std::mt19937 random = seeded(1);
    int opened = 0;
    for (int i = 0; i < rounds; ++i) {
        // Half of them keep the length of the header right, to get past it.
        const std::string text =
            i % 2 == 0 ? mutate(whole, random)
                       : safetensorsFile(mutate(header, random), std::string(33, '\x3f'));
        const auto file = Safetensors::open(folder.write("m.safetensors", text));
        if (!file.ok()) {
            QVERIFY(!file.error().message.empty());
            continue;
        }
        ++opened;
        unsigned sum = 0; // every byte that a view promises can be read
        for (const TensorView& tensor : file->tensors()) {
            QVERIFY(tensor.bytes.size() <= text.size());
            for (const std::byte byte : tensor.bytes) {
                sum += std::to_integer<unsigned>(byte);
            }
        }
        QVERIFY(sum < UINT_MAX);
    }
    QVERIFY(opened > 0 && opened < rounds / 2);
}

void TestFileMutations::modelConfig() {
    const std::vector<std::string> wholes = {readFile(testData("models/llama-float32/config.json")),
                                             readFile(testData("models/llama-int8/config.json")),
                                             readFile(testData("models/gpt2-float32/config.json"))};
    std::mt19937 random = seeded(2);
    int read = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto config = parseModelConfig(
            mutate(wholes[static_cast<std::size_t>(i) % wholes.size()], random), "config.json");
        if (!config.ok()) {
            QVERIFY(!config.error().message.empty());
            continue;
        }
        ++read;
        QVERIFY(config->heads > 0 && config->kvHeads > 0 && config->headDim > 0);
        QVERIFY(config->heads % config->kvHeads == 0);
    }
    QVERIFY(read > 0 && read < rounds);
}

// A checkpoint that opens has weights that can be read to the last element.
void TestFileMutations::checkpoint() {
    const FileFixture folder;
    folder.copy(testData("models/llama-int8"));
    const std::string config = readFile(folder.path("config.json"));
    const std::string file = readFile(folder.path("model.safetensors"));
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    const std::string header = file.substr(8, length);
    const std::string data = file.substr(8 + length);
    std::mt19937 random = seeded(4);
    int opened = 0;
    for (int i = 0; i < rounds / 3; ++i) {
        const bool inConfig = i % 3 == 0;
        folder.write("config.json", inConfig ? mutate(config, random) : config);
        folder.write("model.safetensors",
                     inConfig ? file : safetensorsFile(mutate(header, random), data));
        const auto checkpoint = Checkpoint::open(folder.path());
        if (!checkpoint.ok()) {
            QVERIFY(!checkpoint.error().message.empty());
            continue;
        }
        ++opened;
        std::vector<float> values;
        for (const auto& [name, weight] : checkpoint->weights()) {
            values.resize(static_cast<std::size_t>(weight.rows * weight.columns));
            QVERIFY(values.size() <= file.size());
            copyToFloat(weight, values);
        }
    }
    QVERIFY(opened > 0 && opened < rounds / 3);
}

void TestFileMutations::captioner_data() {
    QTest::addColumn<std::string>("name");
    for (const char* const name : {"vit-gpt2", "blip", "mobilenet-gpt2"}) {
        QTest::newRow(name) << std::string(name);
    }
}

// A model of captions that opens keeps its promises, and its tensors can be read.
void TestFileMutations::captioner() {
    QFETCH(std::string, name);
    const FileFixture folder;
    folder.copy(testData("captioners/" + name));
    const std::vector<std::string> files = {"config.json", "preprocessor_config.json",
                                            "model.safetensors"};
    std::vector<std::string> wholes;
    for (const std::string& file : files) {
        wholes.push_back(readFile(folder.path(file)));
    }
    std::uint64_t length = 0;
    std::memcpy(&length, wholes[2].data(), sizeof length);
    const std::string header = wholes[2].substr(8, length);
    const std::string data = wholes[2].substr(8 + length);
    std::mt19937 random = seeded(5);
    int opened = 0;
    for (int i = 0; i < rounds / 6; ++i) {
        const std::size_t which = static_cast<std::size_t>(i) % files.size();
        folder.write(files[which], which == 2 ? safetensorsFile(mutate(header, random), data)
                                              : mutate(wholes[which], random));
        const auto checkpoint = CaptionCheckpoint::open(folder.path());
        folder.write(files[which], wholes[which]);
        if (!checkpoint.ok()) {
            QVERIFY(!checkpoint.error().message.empty());
            continue;
        }
        ++opened;
        const CaptionConfig& config = checkpoint->config();
        QVERIFY(config.maxTokens > 0 && config.maxTokens < config.text.maxPositions);
        QVERIFY(config.begin < config.text.vocabularySize && !config.languages.empty());
        QVERIFY(config.pixels.width == config.vision.imageSize);
        QVERIFY(std::all_of(config.pixels.deviation.begin(), config.pixels.deviation.end(),
                            [](double value) { return value > 0; }));
        unsigned sum = 0;
        for (const auto& [tensorName, tensor] : checkpoint->tensors()) {
            for (const std::byte byte : tensor.bytes) {
                sum += std::to_integer<unsigned>(byte);
            }
        }
        QVERIFY(sum < UINT_MAX);
    }
    QVERIFY(opened > 0 && opened < rounds / 6);
}

void TestFileMutations::tokenizer_data() {
    QTest::addColumn<std::string>("name");
    for (const char* const name : {"llama3", "llama2", "metaspace-split", "bert"}) {
        QTest::newRow(name) << std::string(name);
    }
}

void TestFileMutations::tokenizer() {
    QFETCH(std::string, name);
    const FileFixture folder;
    const std::string whole = readFile(testData("tokenizers/" + name + "/tokenizer.json"));
    // Two thirds of the damage go outside the vocabulary, which is most of the file.
    const std::size_t vocabulary = whole.find("\"vocab\"");
    const std::string text = "The old man's  sea, 123 \xff <s><|begin|> 床 e\u0301\n";
    std::mt19937 random = seeded(3);
    int loaded = 0;
    for (int i = 0; i < rounds / 3; ++i) {
        std::string damaged =
            i % 3 == 0 ? mutate(whole, random)
                       : mutate(whole.substr(0, vocabulary), random) + whole.substr(vocabulary);
        folder.write("tokenizer.json", damaged);
        const auto tokenizer = loadTokenizer(folder.path());
        if (!tokenizer.ok()) {
            QVERIFY(!tokenizer.error().message.empty());
            continue;
        }
        ++loaded;
        for (const TokenId id : (*tokenizer)->encode(text, i % 2 == 0)) {
            QVERIFY(id >= 0 && id < (*tokenizer)->size());
        }
        (void)(*tokenizer)->decode((*tokenizer)->encode(text));
    }
    QVERIFY(loaded > 0 && loaded < rounds / 3);
}

QTEST_GUILESS_MAIN(TestFileMutations)
#include "test_file_mutations.moc"
