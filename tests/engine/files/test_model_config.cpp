#include <QtTest>

#include <nlohmann/json.hpp>

#include "engine/torch/files/model_config_reader.h"
#include "file_fixture.h"

using namespace linnet::engine;
using linnet::test::FileFixture;
using Json = nlohmann::json;

namespace {

Json llama() {
    return Json::parse(R"({"model_type":"llama","vocab_size":100,"hidden_size":64,
        "intermediate_size":96,"num_hidden_layers":3,"num_attention_heads":8,
        "max_position_embeddings":512,"rms_norm_eps":1e-5,"hidden_act":"silu"})");
}

Json gpt2() {
    return Json::parse(R"({"model_type":"gpt2","vocab_size":100,"n_embd":64,"n_layer":2,
        "n_head":4,"n_positions":128})");
}

Json changed(Json config, const Json& changes) {
    config.merge_patch(changes);
    return config;
}

Result<ModelConfig> parse(const Json& config) {
    return parseModelConfig(config.dump(), "config.json");
}

} // namespace

class TestModelConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsLlama();
    void readsQwen2();
    void readsGpt2();
    void readsRopeScaling_data();
    void readsRopeScaling();
    void readsEndOfText();
    void readsGenerationConfig();
    void readsInt8();
    void namesTheWrongKey_data();
    void namesTheWrongKey();
    void refusesWhatIsNoConfig_data();
    void refusesWhatIsNoConfig();
};

void TestModelConfig::readsLlama() {
    auto config = parse(llama());
    QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
    QCOMPARE(config->architecture, std::string("llama"));
    QCOMPARE(config->headDim, 8);
    QCOMPARE(config->kvHeads, 8);
    QCOMPARE(config->rope.theta, 10000.0);
    QVERIFY(config->norm == NormKind::RmsNorm && config->position == PositionKind::Rotary);
    QVERIFY(config->mlp == MlpKind::SwiGlu);
    QVERIFY(!config->qkvBias && !config->outputBias && !config->mlpBias);
    QVERIFY(!config->tiedEmbeddings && !config->beginOfText && config->endOfText.empty());
    config = parse(changed(llama(), {{"head_dim", 32},
                                     {"num_key_value_heads", 2},
                                     {"rope_theta", 500000},
                                     {"attention_bias", true},
                                     {"mlp_bias", true},
                                     {"tie_word_embeddings", true},
                                     {"bos_token_id", 1},
                                     {"eos_token_id", {2, 3, 2}}}));
    QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
    QCOMPARE(config->headDim, 32);
    QCOMPARE(config->kvHeads, 2);
    QCOMPARE(config->rope.theta, 500000.0);
    QVERIFY(config->qkvBias && config->outputBias && config->mlpBias && config->tiedEmbeddings);
    QCOMPARE(config->beginOfText, std::optional<int>(1));
    QCOMPARE(config->endOfText, (std::vector<int>{2, 3}));
}

void TestModelConfig::readsQwen2() {
    const auto config = parse(changed(llama(), {{"model_type", "qwen2"},
                                                {"use_sliding_window", false},
                                                {"sliding_window", 32768},
                                                {"layer_types", {"full_attention"}}}));
    QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
    QVERIFY(config->qkvBias && !config->outputBias && !config->mlpBias);
    QVERIFY(!config->tiedEmbeddings);
}

void TestModelConfig::readsGpt2() {
    const auto config = parse(gpt2());
    QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
    QVERIFY(config->norm == NormKind::LayerNorm && config->position == PositionKind::Learned);
    QVERIFY(config->mlp == MlpKind::GeluTanh);
    QVERIFY(config->qkvBias && config->outputBias && config->mlpBias && config->tiedEmbeddings);
    QCOMPARE(config->intermediateSize, 256);
    QCOMPARE(config->headDim, 16);
    QCOMPARE(config->maxPositions, 128);
    QCOMPARE(parse(changed(gpt2(), {{"n_inner", 80}}))->intermediateSize, 80);
}

void TestModelConfig::readsRopeScaling_data() {
    QTest::addColumn<std::string>("changes");
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("factor");
    QTest::addColumn<int>("original");
    using Scaling = RopeConfig::Scaling;
    const auto row = [](const char* name, const char* changes, Scaling kind, double factor,
                        int original) {
        QTest::newRow(name) << std::string(changes) << static_cast<int>(kind) << factor << original;
    };
    row("null", R"({"rope_scaling":null})", Scaling::None, 1.0, 0);
    row("default", R"({"rope_scaling":{"rope_type":"default"}})", Scaling::None, 1.0, 0);
    row("linear", R"({"rope_scaling":{"type":"linear","factor":2.5}})", Scaling::Linear, 2.5, 0);
    row("both spellings", R"({"rope_scaling":{"type":"x","rope_type":"linear","factor":2}})",
        Scaling::Linear, 2.0, 0);
    row("dynamic", R"({"rope_scaling":{"type":"dynamic","factor":4}})", Scaling::Dynamic, 4.0, 512);
    row("llama3",
        R"({"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,
            "high_freq_factor":4,"original_max_position_embeddings":256}})",
        Scaling::Llama3, 8.0, 256);
    row("yarn",
        R"({"rope_scaling":{"type":"yarn","factor":4,"original_max_position_embeddings":128}})",
        Scaling::Yarn, 4.0, 128);
    row("rope_parameters",
        R"({"rope_parameters":{"rope_type":"linear","factor":3,"rope_theta":10000}})",
        Scaling::Linear, 3.0, 0);
}

void TestModelConfig::readsRopeScaling() {
    QFETCH(std::string, changes);
    QFETCH(int, kind);
    QFETCH(double, factor);
    QFETCH(int, original);
    const auto config = parse(changed(llama(), Json::parse(changes)));
    QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
    QCOMPARE(static_cast<int>(config->rope.scaling), kind);
    QCOMPARE(config->rope.factor, factor);
    QCOMPARE(config->rope.originalMaxPositions, original);
    QCOMPARE(config->rope.theta, 10000.0);
}

void TestModelConfig::readsEndOfText() {
    QCOMPARE(parse(changed(gpt2(), {{"eos_token_id", 99}}))->endOfText, std::vector<int>{99});
    QVERIFY(parse(changed(gpt2(), {{"eos_token_id", nullptr}}))->endOfText.empty());
}

void TestModelConfig::readsGenerationConfig() {
    const FileFixture folder;
    folder.write("config.json", changed(llama(), {{"eos_token_id", 5}}).dump());
    QCOMPARE(readModelConfig(folder.path())->endOfText, std::vector<int>{5});
    folder.write("generation_config.json", R"({"eos_token_id":[7,5],"bos_token_id":4})");
    const auto config = readModelConfig(folder.path());
    QCOMPARE(config->endOfText, (std::vector<int>{5, 7}));
    QCOMPARE(config->beginOfText, std::optional<int>(4));
    folder.write("generation_config.json", R"({"eos_token_id":"end"})");
    const auto wrong = readModelConfig(folder.path());
    QVERIFY(!wrong.ok());
    QVERIFY(wrong.error().message.find("generation_config.json") != std::string::npos);
}

void TestModelConfig::readsInt8() {
    const Json int8 = {{"quant_method", "linnet-int8"}, {"bits", 8}, {"group_size", 32}};
    QCOMPARE(parse(changed(llama(), {{"quantization_config", int8}}))->int8GroupSize, 32);
    QCOMPARE(parse(llama())->int8GroupSize, 0);
}

void TestModelConfig::namesTheWrongKey_data() {
    QTest::addColumn<std::string>("changes");
    QTest::addColumn<std::string>("key");
    QTest::addColumn<int>("code");
    const auto row = [](const char* changes, const char* key,
                        ErrorCode code = ErrorCode::CorruptFile) {
        QTest::newRow(changes) << std::string(changes) << "'" + std::string(key) + "'"
                               << static_cast<int>(code);
    };
    constexpr ErrorCode unsupported = ErrorCode::UnsupportedFormat;
    row(R"({"model_type":"mamba"})", "model_type", unsupported);
    row(R"({"model_type":"blip"})", "blip", unsupported);
    row(R"({"model_type":7})", "model_type");
    row(R"({"model_type":null})", "model_type");
    row(R"({"vocab_size":null})", "vocab_size");
    row(R"({"vocab_size":-1})", "vocab_size");
    row(R"({"vocab_size":"many"})", "vocab_size");
    row(R"({"vocab_size":100.5})", "vocab_size");
    row(R"({"vocab_size":99999999999})", "vocab_size");
    row(R"({"vocab_size":18446744073709551615})", "vocab_size");
    row(R"({"hidden_size":0})", "hidden_size");
    row(R"({"hidden_size":60})", "hidden_size");
    row(R"({"hidden_size":72})", "hidden_size");
    row(R"({"num_hidden_layers":100000})", "num_hidden_layers");
    row(R"({"num_attention_heads":0})", "num_attention_heads");
    row(R"({"num_key_value_heads":3})", "num_key_value_heads");
    row(R"({"head_dim":7})", "head_dim");
    row(R"({"intermediate_size":true})", "intermediate_size");
    row(R"({"max_position_embeddings":2000000000})", "max_position_embeddings");
    row(R"({"rms_norm_eps":0})", "rms_norm_eps");
    row(R"({"rms_norm_eps":"small"})", "rms_norm_eps");
    row(R"({"rope_theta":0})", "rope_theta");
    row(R"({"rope_theta":1e300})", "rope_theta");
    row(R"({"partial_rotary_factor":0.5})", "partial_rotary_factor", unsupported);
    row(R"({"hidden_act":"gelu"})", "hidden_act", unsupported);
    row(R"({"attention_bias":1})", "attention_bias");
    row(R"({"tie_word_embeddings":"yes"})", "tie_word_embeddings");
    row(R"({"eos_token_id":100})", "eos_token_id");
    row(R"({"eos_token_id":[1,-1]})", "eos_token_id");
    row(R"({"bos_token_id":[1]})", "bos_token_id");
    row(R"({"rope_scaling":7})", "rope_scaling");
    row(R"({"rope_scaling":{"type":"longrope"}})", "rope_scaling.type", unsupported);
    row(R"({"rope_scaling":{"rope_type":"linear"}})", "rope_scaling.factor");
    row(R"({"rope_scaling":{"rope_type":"linear","factor":0.5}})", "rope_scaling.factor");
    row(R"({"rope_scaling":{"rope_type":"yarn","factor":2,"mscale":1}})", "rope_scaling.mscale",
        unsupported);
    row(R"({"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":4,
        "high_freq_factor":1,"original_max_position_embeddings":256}})",
        "rope_scaling.high_freq_factor");
    row(R"({"rope_parameters":{"full_attention":{"rope_type":"default"}}})",
        "rope_parameters.full_attention", unsupported);
    row(R"({"quantization_config":{"quant_method":"gptq","bits":4,"group_size":128}})",
        "quantization_config.quant_method", unsupported);
    row(R"({"quantization_config":{"quant_method":"linnet-int8","bits":4,"group_size":32}})",
        "quantization_config.bits", unsupported);
    row(R"({"quantization_config":{"quant_method":"linnet-int8","bits":8}})",
        "quantization_config.group_size");
    row(R"({"model_type":"qwen2","use_sliding_window":true})", "use_sliding_window", unsupported);
    row(R"({"model_type":"qwen2","layer_types":["sliding_attention"]})", "layer_types",
        unsupported);
    row(R"({"model_type":"gpt2"})", "n_embd");
    row(R"({"model_type":"gpt2","n_embd":64,"n_layer":2,"n_head":3,"n_positions":8})", "n_embd");
    row(R"({"model_type":"gpt2","n_embd":64,"n_layer":2,"n_head":4,"n_positions":8,
        "activation_function":"relu"})",
        "activation_function", unsupported);
    row(R"({"model_type":"gpt2","n_embd":64,"n_layer":2,"n_head":4,"n_positions":8,
        "scale_attn_by_inverse_layer_idx":true})",
        "scale_attn_by_inverse_layer_idx", unsupported);
}

void TestModelConfig::namesTheWrongKey() {
    QFETCH(std::string, changes);
    QFETCH(std::string, key);
    QFETCH(int, code);
    const auto config = parse(changed(llama(), Json::parse(changes)));
    QVERIFY(!config.ok());
    QVERIFY2(config.error().message.find(key) != std::string::npos, config.error().message.c_str());
    QVERIFY(config.error().message.find("config.json") != std::string::npos);
    QCOMPARE(static_cast<int>(config.error().code), code);
}

void TestModelConfig::refusesWhatIsNoConfig_data() {
    QTest::addColumn<std::string>("text");
    QTest::newRow("empty") << std::string();
    QTest::newRow("list") << std::string("[]");
    QTest::newRow("broken") << llama().dump().substr(0, 60);
    QTest::newRow("deep") << "{\"a\":" + std::string(100000, '[') + "}";
    QTest::newRow("duplicate key") << std::string(R"({"model_type":"llama","model_type":"gpt2"})");
    QTest::newRow("not UTF-8") << std::string("{\"model_type\":\"\xc3\x28\"}");
    QTest::newRow("comment") << "// mine\n" + llama().dump();
    QTest::newRow("too many values") << "{\"a\":[0" + std::string(600000, ',') + "]}";
}

void TestModelConfig::refusesWhatIsNoConfig() {
    QFETCH(std::string, text);
    const auto config = parseModelConfig(text, "config.json");
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::CorruptFile);
    const FileFixture folder;
    QVERIFY(readModelConfig(folder.path()).error().code == ErrorCode::NotFound);
    folder.write("config.json", std::string(2U << 20U, ' '));
    QVERIFY(readModelConfig(folder.path()).error().code == ErrorCode::CorruptFile);
}

QTEST_GUILESS_MAIN(TestModelConfig)
#include "test_model_config.moc"
