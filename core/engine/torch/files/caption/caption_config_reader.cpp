#include "engine/torch/files/caption/caption_config_reader.h"

#include <algorithm>
#include <optional>

#include "engine/api/model_kind.h"
#include "engine/torch/files/caption/pixel_format_reader.h"
#include "engine/torch/files/json_fields.h"

namespace linnet::engine {

namespace {

// Bounds far above any model that fits a desktop machine; they keep products within 64 bits.
constexpr int maxVocabulary = 1 << 23;
constexpr int maxWidth = 1 << 16;
constexpr int maxLayers = 256;
constexpr int maxPositionCount = 1 << 20;
constexpr int maxImageSize = 2048;

void readActivation(JsonFields& fields, const char* key, const char* fallback,
                    std::initializer_list<const char*> accepted) {
    const std::string activation = fields.string(key, fallback);
    if (std::find(accepted.begin(), accepted.end(), activation) == accepted.end()) {
        fields.unsupported(key, "is '" + activation + "'; supported is " + *accepted.begin());
    }
}

// Heads must divide the width; `widthKey` is blamed.
void checkHeads(JsonFields& fields, const char* widthKey, int width, int heads) {
    if (!fields.error() && width % heads != 0) {
        fields.corrupt(widthKey,
                       "must be a multiple of the number of heads, " + std::to_string(heads));
    }
}

// ViT and DeiT (Dosovitskiy et al. 2021, Touvron et al. 2021), and BLIP's vision part.
void readVision(JsonFields& fields, VisionConfig& vision, VisionConfig::Kind kind) {
    const bool blip = kind == VisionConfig::Kind::Blip;
    vision.kind = kind;
    vision.imageSize = fields.integer("image_size", 1, maxImageSize, blip ? 384 : 224);
    vision.patchSize = fields.integer("patch_size", 1, maxImageSize, 16);
    vision.hiddenSize = fields.integer("hidden_size", 1, maxWidth, 768);
    vision.layers = fields.integer("num_hidden_layers", 1, maxLayers, 12);
    vision.heads = fields.integer("num_attention_heads", 1, maxWidth, 12);
    vision.intermediateSize = fields.integer("intermediate_size", 1, maxWidth, 3072);
    vision.normEpsilon =
        static_cast<float>(fields.number("layer_norm_eps", 1e-12, 0.1, blip ? 1e-5 : 1e-12));
    vision.qkvBias = blip || fields.boolean("qkv_bias", true);
    readActivation(fields, "hidden_act", "gelu", {"gelu"});
    if (fields.integer("num_channels", 1, 16, 3) != 3) {
        fields.unsupported("num_channels", "must be 3");
    }
    checkHeads(fields, "hidden_size", vision.hiddenSize, vision.heads);
    if (!fields.error() && vision.imageSize % vision.patchSize != 0) {
        fields.unsupported("image_size", "must be a multiple of patch_size");
    }
}

// A stage of MobileNetV2's table: expansion, channels, repeats, stride.
std::optional<MobileNetStage> stageOf(const Json& json) {
    constexpr int most[] = {16, 1 << 13, 16, 2};
    int values[4] = {};
    if (!json.is_array() || json.size() != std::size(values)) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < std::size(values); ++i) {
        if (!json[i].is_number_unsigned() ||
            json[i].get<std::uint64_t>() - 1 >= static_cast<std::uint64_t>(most[i])) {
            return std::nullopt;
        }
        values[i] = json[i].get<int>();
    }
    return MobileNetStage{values[0], values[1], values[2], values[3]};
}

// MobileNetV2 (Sandler et al. 2018) as our trainer writes it, with its classifier.
void readMobileNet(JsonFields& fields, VisionConfig& vision) {
    constexpr int maxChannels = 1 << 13;
    constexpr std::size_t maxStages = 16;
    MobileNetConfig& network = vision.mobileNet;
    vision.kind = VisionConfig::Kind::MobileNetV2;
    if (fields.string("batch_norm", "") != "folded") {
        fields.unsupported("batch_norm", "must be 'folded'");
    }
    network.imageSize = fields.integer("image_size", 32, maxImageSize);
    network.stemChannels = fields.integer("stem_channels", 1, maxChannels);
    network.hiddenSize = fields.integer("hidden_size", 1, maxChannels);
    network.classes = fields.integer("num_labels", 1, 1 << 16);
    network.stages.clear();
    const Json* const stages = fields.find("stages");
    if (stages == nullptr || !stages->is_array() || stages->size() > maxStages) {
        fields.corrupt("stages", "must be a list of at most 16 stages");
        return;
    }
    for (const Json& json : *stages) {
        const std::optional<MobileNetStage> stage = stageOf(json);
        if (!stage) {
            fields.corrupt("stages", "must hold lists of expansion, channels, repeats and stride");
            return;
        }
        network.stages.push_back(*stage);
    }
    vision.imageSize = network.imageSize;
    vision.hiddenSize = network.hiddenSize;
}

void readEncoder(JsonFields& fields, VisionConfig& vision) {
    const std::string type = fields.string("model_type");
    vision.distilled = type == "deit";
    if (type == "vit" || type == "deit") {
        readVision(fields, vision, VisionConfig::Kind::Vit);
    } else if (type == "mobilenet_v2") {
        readMobileNet(fields, vision);
    } else if (!fields.error()) {
        fields.unsupported("model_type",
                           "is '" + type + "'; supported are vit, deit and mobilenet_v2");
    }
}

void readGpt2(JsonFields& fields, ModelConfig& text) {
    const std::string type = fields.string("model_type");
    if (!fields.error() && type != "gpt2") {
        fields.unsupported("model_type", "is '" + type + "'; supported is gpt2");
    }
    if (!fields.boolean("add_cross_attention", false)) {
        fields.unsupported("add_cross_attention", "must be true: the decoder has to see a picture");
    }
    text.architecture = "gpt2";
    text.crossAttention = true;
    text.vocabularySize = fields.integer("vocab_size", 1, maxVocabulary, 50257);
    text.hiddenSize = fields.integer("n_embd", 1, maxWidth, 768);
    text.layers = fields.integer("n_layer", 1, maxLayers, 12);
    text.heads = fields.integer("n_head", 1, maxWidth, 12);
    text.maxPositions = fields.integer("n_positions", 2, maxPositionCount, 1024);
    text.intermediateSize = fields.integer("n_inner", 1, maxWidth, 4 * text.hiddenSize);
    text.normEpsilon = static_cast<float>(fields.number("layer_norm_epsilon", 1e-12, 0.1, 1e-5));
    text.tiedEmbeddings = fields.boolean("tie_word_embeddings", true);
    text.mlp = MlpKind::GeluTanh;
    readActivation(fields, "activation_function", "gelu_new",
                   {"gelu_new", "gelu_pytorch_tanh", "gelu_fast"});
    if (!fields.boolean("scale_attn_weights", true)) {
        fields.unsupported("scale_attn_weights", "must be true");
    }
    if (fields.boolean("scale_attn_by_inverse_layer_idx", false)) {
        fields.unsupported("scale_attn_by_inverse_layer_idx", "must be false");
    }
    checkHeads(fields, "n_embd", text.hiddenSize, text.heads);
}

// BLIP's text decoder: BERT (Devlin et al. 2019) with causal attention and cross-attention.
void readBert(JsonFields& fields, ModelConfig& text) {
    text.architecture = "bert";
    text.vocabularySize = fields.integer("vocab_size", 1, maxVocabulary, 30524);
    text.hiddenSize = fields.integer("hidden_size", 1, maxWidth, 768);
    text.layers = fields.integer("num_hidden_layers", 1, maxLayers, 12);
    text.heads = fields.integer("num_attention_heads", 1, maxWidth, 8);
    text.maxPositions = fields.integer("max_position_embeddings", 2, maxPositionCount, 512);
    text.intermediateSize = fields.integer("intermediate_size", 1, maxWidth, 3072);
    text.normEpsilon = static_cast<float>(fields.number("layer_norm_eps", 1e-12, 0.1, 1e-12));
    text.tiedEmbeddings = true;
    readActivation(fields, "hidden_act", "gelu", {"gelu"});
    if (!fields.boolean("is_decoder", true)) {
        fields.unsupported("is_decoder", "must be true");
    }
    checkHeads(fields, "hidden_size", text.hiddenSize, text.heads);
}

// What all decoders here have in common.
void completeText(ModelConfig& text) {
    text.kvHeads = text.heads;
    text.headDim = text.heads > 0 ? text.hiddenSize / text.heads : 0;
    text.norm = NormKind::LayerNorm;
    text.position = PositionKind::Learned;
    text.qkvBias = true;
    text.outputBias = true;
    text.mlpBias = true;
}

// Calls `read` with the fields of the object under `key`.
template <typename Read>
void readPart(JsonFields& fields, const char* key, const Read& read) {
    const Json* const part = fields.object(key);
    if (part == nullptr) {
        fields.corrupt(key, "is missing");
        return;
    }
    JsonFields inner(*part, fields.where(), std::string(key) + ".");
    read(inner);
    if (inner.error()) {
        fields.take(*inner.error());
    }
}

// Where generation settings are looked for; the first source that has a key wins.
class Settings {
public:
    explicit Settings(std::vector<JsonFields*> sources)
        : m_sources(std::move(sources)) {}

    std::vector<int> tokens(const char* key, int vocabulary) const {
        JsonFields* const source = sourceOf(key);
        return source == nullptr ? std::vector<int>() : source->integers(key, 0, vocabulary - 1);
    }

    int integer(const char* key, int least, int most, int fallback) const {
        JsonFields* const source = sourceOf(key);
        return source == nullptr ? fallback : source->integer(key, least, most);
    }

    double number(const char* key, double least, double most, double fallback) const {
        JsonFields* const source = sourceOf(key);
        return source == nullptr ? fallback : source->number(key, least, most);
    }

    std::optional<Error> error() const {
        for (const JsonFields* const source : m_sources) {
            if (source->error()) {
                return source->error();
            }
        }
        return std::nullopt;
    }

private:
    JsonFields* sourceOf(const char* key) const {
        const auto found = std::find_if(m_sources.begin(), m_sources.end(),
                                        [key](const auto* source) { return source->has(key); });
        return found == m_sources.end() ? nullptr : *found;
    }

    std::vector<JsonFields*> m_sources;
};

// The token under `key`; `fallback` where no source has it, and without one it must be there.
TokenId readToken(const Settings& settings, const char* key, int vocabulary,
                  std::optional<TokenId> fallback, JsonFields& blamed) {
    const std::vector<int> ids = settings.tokens(key, vocabulary);
    if (ids.size() > 1) {
        blamed.unsupported(key, "must be one token");
    }
    if (ids.empty() && !fallback) {
        blamed.corrupt(key, "is missing");
    }
    const TokenId id = ids.empty() ? fallback.value_or(0) : ids.front();
    if (id >= vocabulary) {
        blamed.corrupt(key, "is beyond the vocabulary");
    }
    return id;
}

void readLength(const Settings& settings, CaptionConfig& config) {
    // The library's limit where a model states none; it counts the first token too.
    constexpr int defaultMaxLength = 20;
    const int length = settings.integer("max_length", 2, maxPositionCount, defaultMaxLength);
    const int tokens = settings.integer("max_new_tokens", 1, maxPositionCount, length - 1);
    config.maxTokens = std::min(tokens, config.text.maxPositions - 1);
}

void readSearch(const Settings& settings, CaptionSearch& search) {
    constexpr int mostBeams = 64;
    // The library writes a 1 where nobody has set anything.
    const int beams = settings.integer("num_beams", 1, mostBeams, 1);
    search.beams = beams > 1 ? beams : search.beams;
    search.lengthPower = settings.number("length_penalty", -10.0, 10.0, search.lengthPower);
    search.noRepeat = settings.integer("no_repeat_ngram_size", 0, 1000, 0);
}

void readParts(JsonFields& fields, CaptionConfig& config) {
    if (config.architecture == "blip") {
        readPart(fields, "vision_config", [&](JsonFields& part) {
            readVision(part, config.vision, VisionConfig::Kind::Blip);
        });
        readPart(fields, "text_config", [&](JsonFields& part) { readBert(part, config.text); });
    } else {
        readPart(fields, "encoder", [&](JsonFields& part) { readEncoder(part, config.vision); });
        readPart(fields, "decoder", [&](JsonFields& part) {
            readGpt2(part, config.text);
            if (part.has("cross_attention_hidden_size")) {
                part.unsupported("cross_attention_hidden_size", "must be null");
            }
        });
        // A grid is always projected.
        config.projection = config.vision.kind == VisionConfig::Kind::MobileNetV2 ||
                            config.vision.hiddenSize != config.text.hiddenSize;
    }
    completeText(config.text);
}

void readLanguages(JsonFields& fields, CaptionConfig& config) {
    const Json* const languages = fields.object("languages");
    if (languages == nullptr || languages->empty()) {
        fields.corrupt("languages", "must give each language its first token");
        return;
    }
    JsonFields tokens(*languages, fields.where(), "linnet_captions.languages.");
    for (const auto& [language, json] : languages->items()) {
        config.languages.emplace_back(
            language, tokens.integer(language.c_str(), 0, config.text.vocabularySize - 1));
    }
    if (tokens.error()) {
        fields.take(*tokens.error());
    }
    // The model's own language, whose token the decoder starts with, goes first.
    std::stable_sort(config.languages.begin(), config.languages.end(),
                     [&](const auto& a, const auto& b) {
                         return (a.second == config.begin) > (b.second == config.begin);
                     });
}

// What models of ours say besides.
void readOwn(JsonFields& fields, CaptionConfig& config) {
    readLanguages(fields, config);
    config.subjectsFile = fields.string("subjects");
    config.asidesFile = fields.string("asides", "");
    config.kindsFile = fields.string("kinds", "");
    config.peopleFile = fields.string("people", "");
    for (const auto& [key, name] :
         {std::pair("subjects", config.subjectsFile), std::pair("asides", config.asidesFile),
          std::pair("kinds", config.kindsFile), std::pair("people", config.peopleFile)}) {
        if (name.find_first_of("/\\") != std::string::npos || name.starts_with('.')) {
            fields.corrupt(key, "must be the name of a file in this folder");
        }
    }
    config.subjectThreshold = fields.number("subject_threshold", 0.0, 100.0);
    config.peopleStep = fields.number("people_step", 0.0, 100.0, 0.0);
    config.search.repeatPenalty = fields.number("repeat_penalty", 0.0, 100.0, 0.0);
    config.search.mirrored = fields.boolean("mirrored", false);
    HintFormat hints;
    hints.width = fields.integer("hint_width", 0, config.text.maxPositions - 2);
    hints.words = fields.integer("hint_words", 0, 64);
    hints.probability = fields.number("hint_probability", 0.0, 1.0);
    hints.hint = fields.integer("hint_token_id", 0, config.text.vocabularySize - 1);
    if (config.vision.classes() == 0) {
        fields.unsupported("subjects", "needs an encoder with a classifier");
    }
    if (config.padding.size() != 1) {
        fields.corrupt("hint_width", "needs a pad_token_id");
    } else {
        hints.padding = config.padding.front();
    }
    config.maxTokens = std::min(config.maxTokens, config.text.maxPositions - 1 - hints.width);
    config.hints = hints;
}

// Which tokens begin and end a caption, and how long it may be.
Result<void> readGeneration(JsonFields& fields, const std::filesystem::path& folder,
                            const Json& json, CaptionConfig& config) {
    const std::filesystem::path path = folder / "generation_config.json";
    Result<Json> file = readJsonObject(path);
    if (!file && file.error().code == ErrorCode::NotFound) {
        file = Json::object();
    }
    if (!file) {
        return file.error();
    }
    const bool blip = config.architecture == "blip";
    const char* const textKey = blip ? "text_config" : "decoder";
    JsonFields generation(*file, path.string());
    JsonFields text(json.at(textKey), fields.where(), std::string(textKey) + ".");
    const int vocabulary = config.text.vocabularySize;
    // The library lets BLIP's text part decide, and ends its captions with BERT's separator.
    const Settings settings =
        blip ? Settings({&text, &generation}) : Settings({&generation, &fields, &text});
    if (blip) {
        constexpr TokenId defaultBegin = 30522;
        constexpr TokenId separator = 102;
        config.begin = readToken(settings, "bos_token_id", vocabulary, defaultBegin, text);
        config.end = readToken(settings, "sep_token_id", vocabulary, separator, text);
    } else {
        const std::vector<int> fallback = settings.tokens("bos_token_id", vocabulary);
        config.begin = readToken(
            settings, "decoder_start_token_id", vocabulary,
            fallback.size() == 1 ? std::optional(fallback.front()) : std::nullopt, fields);
        config.end = readToken(settings, "eos_token_id", vocabulary, {}, fields);
    }
    config.padding = settings.tokens("pad_token_id", vocabulary);
    readLength(settings, config);
    readSearch(settings, config.search);
    if (fields.has("linnet_captions")) {
        readPart(fields, "linnet_captions", [&](JsonFields& own) { readOwn(own, config); });
    } else {
        config.languages = {{"en", config.begin}};
    }
    const std::optional<Error> error = settings.error();
    return error ? Result<void>(*error) : Result<void>();
}

} // namespace

Result<CaptionConfig> readCaptionConfig(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "config.json";
    const Result<Json> json = readJsonObject(path);
    if (!json) {
        return json.error();
    }
    JsonFields fields(*json, path.string());
    CaptionConfig config;
    config.architecture = fields.string("model_type");
    const ModelKind kind = modelKindOf(config.architecture);
    if (!fields.error() && kind != ModelKind::Caption) {
        fields.unsupported("model_type",
                           "is '" + config.architecture +
                               (kind == ModelKind::Language
                                    ? "', a language model, which writes no captions of pictures"
                                    : "'; supported are vision-encoder-decoder and blip"));
    }
    if (fields.error()) {
        return *fields.error();
    }
    readParts(fields, config);
    if (fields.error()) {
        return *fields.error();
    }
    if (const Result<void> read = readGeneration(fields, folder, *json, config); !read) {
        return read.error();
    }
    Result<PixelFormat> pixels = readPixelFormat(folder);
    if (!pixels) {
        return pixels.error();
    }
    config.pixels = *pixels;
    const int size = config.vision.imageSize;
    if (pixels->width != size || pixels->height != size) {
        return Error{ErrorCode::CorruptFile,
                     (folder / "preprocessor_config.json").string() + ": pictures of " +
                         std::to_string(pixels->width) + " x " + std::to_string(pixels->height) +
                         " pixels, where config.json asks for " + std::to_string(size) + " x " +
                         std::to_string(size)};
    }
    return config;
}

} // namespace linnet::engine
