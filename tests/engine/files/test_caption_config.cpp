#include <QtTest>

#include <nlohmann/json.hpp>

#include "engine/torch/files/caption/caption_config_reader.h"
#include "file_fixture.h"

using namespace linnet::engine;
using linnet::test::FileFixture;
using Json = nlohmann::json;

namespace {

Json changed(Json config, const Json& changes) {
    config.merge_patch(changes);
    return config;
}

// The keys that count of nlpconnect/vit-gpt2-image-captioning and of what surrounds them: an old
// version of the library wrote all that it knew, much of it null. (merge_patch would drop nulls.)
Json vitGpt2() {
    return Json::parse(R"({"_commit_hash":null,"architectures":["VisionEncoderDecoderModel"],
        "decoder":{"_name_or_path":"","activation_function":"gelu_new","add_cross_attention":true,
        "bos_token_id":50256,"cross_attention_hidden_size":null,"decoder_start_token_id":50256,
        "eos_token_id":50256,"id2label":{"0":"LABEL_0"},"is_decoder":true,"layer_norm_epsilon":1e-05,
        "max_length":20,"model_type":"gpt2","n_ctx":1024,"n_embd":768,"n_head":12,"n_inner":null,
        "n_layer":12,"n_positions":1024,"pad_token_id":50256,"reorder_and_upcast_attn":false,
        "scale_attn_by_inverse_layer_idx":false,"scale_attn_weights":true,"sep_token_id":null,
        "tie_word_embeddings":true,"use_cache":true,"vocab_size":50257},
        "decoder_start_token_id":50256,"encoder":{"_name_or_path":"","add_cross_attention":false,
        "bos_token_id":null,"encoder_stride":16,"hidden_act":"gelu","hidden_size":768,
        "image_size":224,"intermediate_size":3072,"is_decoder":false,"layer_norm_eps":1e-12,
        "max_length":20,"model_type":"vit","num_attention_heads":12,"num_channels":3,
        "num_hidden_layers":12,"patch_size":16,"qkv_bias":true},"eos_token_id":50256,
        "is_encoder_decoder":true,"model_type":"vision-encoder-decoder","pad_token_id":50256,
        "tie_word_embeddings":false,"torch_dtype":"float32"})");
}

Result<CaptionConfig> read(const Json& config, const Json& pixels, const Json& generation = {}) {
    const FileFixture folder;
    folder.write("config.json", config.dump());
    folder.write("preprocessor_config.json", pixels.dump());
    if (!generation.is_null()) {
        folder.write("generation_config.json", generation.dump());
    }
    return readCaptionConfig(folder.path());
}

} // namespace

class TestCaptionConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsVitAndGpt2() {
        const Json pixels = {{"size", 224}, {"resample", 2}};
        const auto config = read(vitGpt2(), pixels);
        QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
        QVERIFY(config->vision.kind == VisionConfig::Kind::Vit);
        QCOMPARE(config->vision.positions(), 197);
        QVERIFY(!config->projection && config->text.crossAttention && config->text.tiedEmbeddings);
        QCOMPARE(config->text.intermediateSize, 3072);
        QCOMPARE(config->text.headDim, 64);
        QCOMPARE(config->begin, 50256);
        QCOMPARE(config->end, 50256);
        QCOMPARE(config->maxTokens, 19);
        const auto generation = read(vitGpt2(), pixels, {{"max_length", 16}, {"num_beams", 4}});
        QCOMPARE(generation->maxTokens, 15);
        QCOMPARE(generation->search.beams, 4);
        const auto fallback =
            read(changed(vitGpt2(), {{"decoder_start_token_id", nullptr},
                                     {"decoder", {{"decoder_start_token_id", nullptr}}}}),
                 pixels);
        QCOMPARE(fallback->begin, 50256); // the beginning of text
    }

    // What a new version of the library leaves out has its defaults.
    void readsBlipThatSaysLittle() {
        const auto config = read({{"model_type", "blip"},
                                  {"text_config", {{"num_attention_heads", 12}}},
                                  {"vision_config", Json::object()}},
                                 {{"image_processor_type", "BlipImageProcessor"}});
        QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
        QCOMPARE(config->vision.positions(), 577);
        QVERIFY(config->vision.normEpsilon > 9e-6F && config->vision.qkvBias);
        QCOMPARE(config->text.vocabularySize, 30524);
        QCOMPARE(config->text.layers, 12);
        QCOMPARE(config->text.heads, 12);
        QVERIFY(config->text.normEpsilon < 1e-11F);
        QCOMPARE(config->begin, 30522);
        QCOMPARE(config->end, 102);
        QCOMPARE(config->maxTokens, 19);
        QCOMPARE(config->languages.size(), std::size_t(1));
        QVERIFY(!config->hints && config->subjectsFile.empty());
    }

    // BLIP's own "eos_token_id" is not what ends its captions.
    void blipEndsWithItsSeparator() {
        const auto config = read(
            {{"model_type", "blip"},
             {"text_config", {{"eos_token_id", 2}, {"sep_token_id", 7}, {"vocab_size", 40000}}},
             {"vision_config", Json::object()}},
            {{"image_processor_type", "BlipImageProcessor"}}, {{"eos_token_id", 3}});
        QCOMPARE(config->end, 7);
    }

    // generation_config.json goes before what the decoder's part has from an older library.
    void readsHowToSearch() {
        const Json pixels = {{"size", 224}};
        const Json decoder = {{"length_penalty", 2.0}, {"num_beams", 1}};
        const auto plain = read(changed(vitGpt2(), {{"decoder", decoder}}), pixels);
        QVERIFY2(plain.ok(), plain.ok() ? "" : plain.error().message.c_str());
        QCOMPARE(plain->search.lengthPower, 2.0);
        QCOMPARE(plain->search.beams, 3); // 1 is the library's default, and no choice
        QCOMPARE(plain->search.noRepeat, 0);
        QVERIFY(plain->search.repeatPenalty == 0.0 && !plain->search.mirrored);
        const auto chosen =
            read(changed(vitGpt2(), {{"decoder", decoder}}), pixels,
                 {{"length_penalty", -0.5}, {"num_beams", 5}, {"no_repeat_ngram_size", 3}});
        QVERIFY2(chosen.ok(), chosen.ok() ? "" : chosen.error().message.c_str());
        QCOMPARE(chosen->search.lengthPower, -0.5);
        QCOMPARE(chosen->search.beams, 5);
        QCOMPARE(chosen->search.noRepeat, 3);
        const auto wrong = read(vitGpt2(), pixels, {{"no_repeat_ngram_size", "3"}});
        QVERIFY(!wrong && wrong.error().message.find("no_repeat_ngram_size") != std::string::npos);
    }

    void ownLanguageGoesFirst() {
        Json config = vitGpt2();
        config["encoder"] = Json::parse(R"({"model_type":"mobilenet_v2","batch_norm":"folded",
            "image_size":224,"stem_channels":32,"stages":[[1,16,1,1]],"hidden_size":1280,
            "num_labels":1001})");
        config["decoder_start_token_id"] = 9;
        config["linnet_captions"] = Json::parse(R"({"languages":{"en":8,"zh":9},"hint_width":8,
            "hint_words":3,"hint_probability":0.2,"hint_token_id":6,"subjects":"subjects.tsv",
            "subject_threshold":0.5,"people_step":0.2,"kinds":"k.tsv","people":"p.tsv",
            "repeat_penalty":1.5,"mirrored":true})");
        const auto own = read(config, {{"size", 224}});
        QVERIFY2(own.ok(), own.ok() ? "" : own.error().message.c_str());
        QCOMPARE(own->languages.front().first, std::string("zh"));
        QVERIFY(own->projection && own->vision.classes() == 1001);
        QCOMPARE(own->hints->padding, 50256);
        QCOMPARE(own->search.repeatPenalty, 1.5);
        QVERIFY(own->search.mirrored);
        QCOMPARE(own->peopleStep, 0.2);
        QCOMPARE(own->kindsFile + " " + own->peopleFile, std::string("k.tsv p.tsv"));
        config["linnet_captions"]["people"] = "../p.tsv";
        QVERIFY(!read(config, {{"size", 224}}));
        config["linnet_captions"]["people"] = "p.tsv";
        config["encoder"] = vitGpt2()["encoder"];
        const auto without = read(config, {{"size", 224}});
        QVERIFY(!without && without.error().code == ErrorCode::UnsupportedFormat);
        QVERIFY(without.error().message.find("classifier") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestCaptionConfig)
#include "test_caption_config.moc"
