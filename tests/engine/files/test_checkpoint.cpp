#include <QtTest>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/torch/files/checkpoint.h"
#include "engine/torch/files/safetensors_writer.h"
#include "file_fixture.h"
#include "support/reference_decoder.h"

using namespace linnet::engine;
using namespace linnet::test;
using Json = nlohmann::json;

namespace {

// Hugging Face's name for a weight of ours, for llama and qwen2, and gpt2 where it is not fused.
std::string storedName(const std::string& architecture, const Weight& weight) {
    const bool prefixed = weight.name.starts_with("model.") ||
                          weight.name.starts_with("transformer.") ||
                          weight.name.starts_with("lm_head.");
    return prefixed ? weight.name : (architecture == "gpt2" ? "transformer." : "") + weight.name;
}

// A weight as the reference wants it: as it is stored, widened.
void addTensor(const std::string& architecture, const Weight& weight, ReferenceTensors& tensors) {
    const auto rows = static_cast<std::size_t>(weight.rows);
    const auto columns = static_cast<std::size_t>(weight.columns);
    std::vector<float> values(rows * columns);
    copyToFloat(weight, values);
    ReferenceTensor& tensor = tensors[storedName(architecture, weight)];
    const auto storedRows = static_cast<std::size_t>(weight.storedRows);
    const auto first = static_cast<std::size_t>(weight.firstRow);
    tensor.values.resize(storedRows * columns);
    const bool isVector = weight.name.ends_with(".bias") || weight.columns == 1;
    tensor.shape = isVector            ? std::vector<std::size_t>{storedRows}
                   : weight.transposed ? std::vector<std::size_t>{columns, storedRows}
                                       : std::vector<std::size_t>{storedRows, columns};
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            const std::size_t at = weight.transposed ? column * storedRows + first + row
                                                     : (first + row) * columns + column;
            tensor.values[at] = static_cast<double>(values[row * columns + column]);
        }
    }
}

Json jsonOf(const std::filesystem::path& path) {
    return Json::parse(readFile(path));
}

} // namespace

class TestCheckpoint : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithReferences_data();
    void agreesWithReferences();
    void copiesParts();
    void acceptsGpt2Prefix();
    void missingHeadIsTied();
    void namesWhatIsWrong_data();
    void namesWhatIsWrong();
    void refusesWrongInt8_data();
    void refusesWrongInt8();
    void refusesPickledModel();
    void failsFast();
};

void TestCheckpoint::agreesWithReferences_data() {
    QTest::addColumn<std::string>("name");
    for (const char* const name : {"llama-float32", "llama-float16", "qwen2-bfloat16",
                                   "llama-sharded", "llama-int8", "gpt2-float32"}) {
        QTest::newRow(name) << std::string(name);
    }
}

// Two references that share no code, one in NumPy and one here, agree on what is in the file, so
// that loading, widening, transposing and dequantising are right.
void TestCheckpoint::agreesWithReferences() {
    QFETCH(std::string, name);
    const auto folder = testData("models/" + name);
    const auto checkpoint = Checkpoint::open(folder);
    QVERIFY2(checkpoint.ok(), checkpoint.ok() ? "" : checkpoint.error().message.c_str());
    ReferenceTensors tensors;
    for (const auto& [ours, weight] : checkpoint->weights()) {
        addTensor(checkpoint->config().architecture, weight, tensors);
    }
    const Json expected = jsonOf(folder / "expected.json");
    const auto logProbs = referenceLogProbs((folder / "config.json").string(), tensors,
                                            expected["tokens"].get<std::vector<int>>());
    QCOMPARE(logProbs.size(), expected["logprobs"].size());
    for (std::size_t i = 0; i < logProbs.size(); ++i) {
        QCOMPARE(logProbs[i].has_value(), !expected["logprobs"][i].is_null());
        if (logProbs[i]) {
            const double difference = *logProbs[i] - expected["logprobs"][i].get<double>();
            QVERIFY2(std::abs(difference) < 1e-5, std::to_string(difference).c_str());
        }
    }
}

void TestCheckpoint::copiesParts() {
    const auto checkpoint = Checkpoint::open(testData("models/gpt2-float32"));
    QVERIFY(checkpoint.ok());
    const Weight& key = checkpoint->at("layers.1.key.weight");
    QVERIFY(key.transposed);
    QCOMPARE(key.rows, std::int64_t(32));
    QCOMPARE(key.storedRows, std::int64_t(96));
    std::vector<float> all(32 * 32);
    copyToFloat(key, all);
    std::vector<float> some(5 * 32);
    copyRowsToFloat(key, 20, 5, some);
    QVERIFY(std::equal(some.begin(), some.end(), all.begin() + 20 * 32));
    const TensorView* const fused = checkpoint->stored("transformer.h.1.attn.c_attn.weight");
    QVERIFY(fused != nullptr);
    float value = 0;
    std::memcpy(&value, fused->bytes.data() + 4 * (3 * 96 + 32 + 7), 4);
    QCOMPARE(all[7 * 32 + 3], value);
    const auto int8 = Checkpoint::open(testData("models/llama-int8"));
    const Weight& up = int8->at("layers.0.up.weight");
    QVERIFY(up.quantized() && up.isContiguous());
    QCOMPARE(up.contiguousBytes().size(), std::size_t(96 * 64));
    QCOMPARE(up.scales.size(), std::size_t(96 * 2 * 2));
    QVERIFY(int8->find("head.weight") == nullptr);
    QCOMPARE(int8->parameters(),
             std::int64_t(317 * 64 + 2 * (64 * 64 * 2 + 32 * 64 * 2 + 3 * 96 * 64 + 2 * 64) + 64));
}

void TestCheckpoint::acceptsGpt2Prefix() {
    const FileFixture folder;
    folder.copy(testData("models/gpt2-float32"));
    const auto plain = Safetensors::open(testData("models/gpt2-float32/model.safetensors"));
    std::vector<TensorView> prefixed = plain->tensors();
    for (TensorView& tensor : prefixed) {
        QVERIFY(!tensor.name.starts_with("transformer."));
        tensor.name = "transformer." + tensor.name;
    }
    QVERIFY(writeSafetensors(folder.path("model.safetensors"), prefixed).ok());
    const auto checkpoint = Checkpoint::open(folder.path());
    QVERIFY2(checkpoint.ok(), checkpoint.ok() ? "" : checkpoint.error().message.c_str());
    QVERIFY(checkpoint->stored("transformer.wte.weight") != nullptr);
}

void TestCheckpoint::missingHeadIsTied() {
    const FileFixture folder;
    folder.copy(testData("models/llama-float32"));
    const auto file = Safetensors::open(testData("models/llama-float32/model.safetensors"));
    std::vector<TensorView> tensors = file->tensors();
    std::erase_if(tensors,
                  [](const TensorView& tensor) { return tensor.name == "lm_head.weight"; });
    QVERIFY(writeSafetensors(folder.path("model.safetensors"), tensors).ok());
    const auto checkpoint = Checkpoint::open(folder.path());
    QVERIFY2(checkpoint.ok(), checkpoint.ok() ? "" : checkpoint.error().message.c_str());
    QVERIFY(checkpoint->config().tiedEmbeddings);
    QVERIFY(checkpoint->find("head.weight") == nullptr);
    QVERIFY(!Checkpoint::open(testData("models/llama-float32"))->config().tiedEmbeddings);
}

void TestCheckpoint::namesWhatIsWrong_data() {
    QTest::addColumn<std::string>("drop");
    QTest::addColumn<std::string>("changes");
    QTest::addColumn<std::string>("says");
    const auto row = [](const char* name, const char* drop, const char* changes, const char* says) {
        QTest::newRow(name) << std::string(drop) << std::string(changes) << std::string(says);
    };
    row("missing tensor", "model.layers.1.mlp.up_proj.weight", "{}",
        "'model.layers.1.mlp.up_proj.weight' is missing");
    row("missing bias", "model.layers.0.self_attn.q_proj.bias", "{}",
        "'model.layers.0.self_attn.q_proj.bias' is missing");
    row("more layers", "", R"({"num_hidden_layers":3})", "'model.layers.2.");
    row("other vocabulary", "", R"({"vocab_size":318})",
        "has the shape [317, 32] where config.json asks for [318, 32]");
    row("other width", "", R"({"intermediate_size":50})", "_proj");
    row("other heads", "", R"({"num_key_value_heads":4})", "'model.layers.0.self_attn.k_proj");
    row("unknown architecture", "", R"({"model_type":"t5"})", "'model_type' is 't5'");
}

void TestCheckpoint::namesWhatIsWrong() {
    QFETCH(std::string, drop);
    QFETCH(std::string, changes);
    QFETCH(std::string, says);
    const FileFixture folder;
    folder.copy(testData("models/llama-float32"));
    Json config = jsonOf(folder.path("config.json"));
    config.merge_patch(Json::parse(changes));
    folder.write("config.json", config.dump());
    const auto file = Safetensors::open(testData("models/llama-float32/model.safetensors"));
    std::vector<TensorView> tensors = file->tensors();
    std::erase_if(tensors, [&](const TensorView& tensor) { return tensor.name == drop; });
    QVERIFY(writeSafetensors(folder.path("model.safetensors"), tensors).ok());
    const auto checkpoint = Checkpoint::open(folder.path());
    QVERIFY(!checkpoint.ok());
    QVERIFY2(checkpoint.error().message.find(says) != std::string::npos,
             checkpoint.error().message.c_str());
}

void TestCheckpoint::refusesWrongInt8_data() {
    QTest::addColumn<std::string>("changes");
    QTest::addColumn<std::string>("drop");
    QTest::addColumn<std::string>("says");
    const auto row = [](const char* name, const char* changes, const char* drop, const char* says) {
        QTest::newRow(name) << std::string(changes) << std::string(drop) << std::string(says);
    };
    row("no quantization_config", R"({"quantization_config":null})", "", "no quantization_config");
    row("other group size", R"({"quantization_config":{"group_size":16}})", "", "_scale'");
    row("group that does not divide", R"({"quantization_config":{"group_size":40}})", "",
        "not a multiple of the group size 40");
    row("no scales", "{}", "model.layers.0.mlp.up_proj.weight_scale",
        "'model.layers.0.mlp.up_proj.weight_scale' is missing");
}

void TestCheckpoint::refusesWrongInt8() {
    QFETCH(std::string, changes);
    QFETCH(std::string, drop);
    QFETCH(std::string, says);
    const FileFixture folder;
    folder.copy(testData("models/llama-int8"));
    Json config = jsonOf(folder.path("config.json"));
    config.merge_patch(Json::parse(changes));
    folder.write("config.json", config.dump());
    const auto file = Safetensors::open(testData("models/llama-int8/model.safetensors"));
    std::vector<TensorView> tensors = file->tensors();
    std::erase_if(tensors, [&](const TensorView& tensor) { return tensor.name == drop; });
    QVERIFY(writeSafetensors(folder.path("model.safetensors"), tensors).ok());
    const auto checkpoint = Checkpoint::open(folder.path());
    QVERIFY(!checkpoint.ok());
    QVERIFY2(checkpoint.error().message.find(says) != std::string::npos,
             checkpoint.error().message.c_str());
}

void TestCheckpoint::refusesPickledModel() {
    const FileFixture folder;
    folder.write("config.json", readFile(testData("models/llama-float32/config.json")));
    QVERIFY(Checkpoint::open(folder.path()).error().code == ErrorCode::NotFound);
    folder.write("pytorch_model.bin", "PK\x03\x04");
    const auto checkpoint = Checkpoint::open(folder.path());
    QVERIFY(checkpoint.error().code == ErrorCode::UnsafeFormat);
    QVERIFY(checkpoint.error().message.find("safetensors") != std::string::npos);
    QVERIFY(Checkpoint::open(folder.path("missing")).error().code == ErrorCode::NotFound);
}

// A wrong file is known as such at once, whatever it claims to hold.
void TestCheckpoint::failsFast() {
    const FileFixture folder;
    folder.copy(testData("models/llama-float32"));
    std::string file = readFile(folder.path("model.safetensors"));
    folder.write("model.safetensors", file.substr(0, file.size() - 1));
    const auto best = [&] {
        qint64 least = std::numeric_limits<qint64>::max();
        for (int i = 0; i < 20; ++i) {
            QElapsedTimer timer;
            timer.start();
            const bool failed = !Checkpoint::open(folder.path()).ok();
            least = failed ? std::min(least, timer.nsecsElapsed()) : least;
        }
        return least;
    };
#ifdef __SANITIZE_ADDRESS__
    QSKIP("sanitizers are slow");
#endif
    QVERIFY(best() < 2'000'000);
}

QTEST_GUILESS_MAIN(TestCheckpoint)
#include "test_checkpoint.moc"
