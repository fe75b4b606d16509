#include "engine/torch/files/model_config_reader.h"

#include <algorithm>
#include <system_error>

#include "engine/api/model_kind.h"
#include "engine/torch/files/json_fields.h"
#include "engine/torch/files/rope_config_reader.h"

namespace linnet::engine {

namespace {

// Bounds far above any model that fits a desktop machine; they keep products within 64 bits.
constexpr int maxVocabulary = 1 << 23;
constexpr int maxWidth = 1 << 18;
constexpr int maxLayers = 1024;
constexpr int maxHeads = 4096;
constexpr int maxHeadDim = 4096;
constexpr int maxPositionCount = 1 << 22;

void readActivation(JsonFields& fields, const char* key, const char* fallback,
                    std::initializer_list<const char*> accepted) {
    const std::string activation = fields.string(key, fallback);
    if (std::find(accepted.begin(), accepted.end(), activation) == accepted.end()) {
        fields.unsupported(key, "is '" + activation + "'; supported is " + *accepted.begin());
    }
}

void readTokens(JsonFields& fields, ModelConfig& config) {
    if (fields.has("bos_token_id")) {
        config.beginOfText = fields.integer("bos_token_id", 0, config.vocabularySize - 1);
    }
    for (const int token : fields.integers("eos_token_id", 0, config.vocabularySize - 1)) {
        if (std::find(config.endOfText.begin(), config.endOfText.end(), token) ==
            config.endOfText.end()) {
            config.endOfText.push_back(token);
        }
    }
}

void readGpt2(JsonFields& fields, ModelConfig& config) {
    config.hiddenSize = fields.integer("n_embd", 1, maxWidth);
    config.layers = fields.integer("n_layer", 1, maxLayers);
    config.heads = fields.integer("n_head", 1, maxHeads);
    config.kvHeads = config.heads;
    config.maxPositions = fields.integer("n_positions", 1, maxPositionCount);
    config.intermediateSize = fields.integer("n_inner", 1, maxWidth, 4 * config.hiddenSize);
    config.normEpsilon = static_cast<float>(fields.number("layer_norm_epsilon", 1e-12, 0.1, 1e-5));
    config.norm = NormKind::LayerNorm;
    config.position = PositionKind::Learned;
    config.mlp = MlpKind::GeluTanh;
    config.qkvBias = true;
    config.outputBias = true;
    config.mlpBias = true;
    config.tiedEmbeddings = fields.boolean("tie_word_embeddings", true);
    readActivation(fields, "activation_function", "gelu_new",
                   {"gelu_new", "gelu_pytorch_tanh", "gelu_fast"});
    if (!fields.boolean("scale_attn_weights", true)) {
        fields.unsupported("scale_attn_weights", "must be true");
    }
    for (const char* const key : {"scale_attn_by_inverse_layer_idx", "add_cross_attention"}) {
        if (fields.boolean(key, false)) {
            fields.unsupported(key, "must be false");
        }
    }
    if (fields.error()) {
        return;
    }
    if (config.hiddenSize % config.heads != 0) {
        fields.corrupt("n_embd", "must be a multiple of n_head");
    }
    config.headDim = config.hiddenSize / config.heads;
}

// What llama and qwen2 have in common.
void readLlamaFamily(JsonFields& fields, ModelConfig& config) {
    config.hiddenSize = fields.integer("hidden_size", 1, maxWidth);
    config.layers = fields.integer("num_hidden_layers", 1, maxLayers);
    config.heads = fields.integer("num_attention_heads", 1, maxHeads);
    config.kvHeads = fields.integer("num_key_value_heads", 1, maxHeads, config.heads);
    config.intermediateSize = fields.integer("intermediate_size", 1, maxWidth);
    config.maxPositions = fields.integer("max_position_embeddings", 1, maxPositionCount);
    config.normEpsilon = static_cast<float>(fields.number("rms_norm_eps", 1e-12, 0.1, 1e-6));
    config.norm = NormKind::RmsNorm;
    config.position = PositionKind::Rotary;
    config.mlp = MlpKind::SwiGlu;
    config.tiedEmbeddings = fields.boolean("tie_word_embeddings", false);
    readActivation(fields, "hidden_act", "silu", {"silu", "swish"});
    const bool headDimGiven = fields.has("head_dim");
    config.headDim = fields.integer("head_dim", 1, maxHeadDim, 1);
    config.rope = readRopeConfig(fields, config.maxPositions);
    if (fields.error()) {
        return;
    }
    if (!headDimGiven) {
        if (config.hiddenSize % config.heads != 0) {
            fields.corrupt("hidden_size", "must be a multiple of num_attention_heads");
        }
        config.headDim = config.hiddenSize / config.heads;
    }
    if (config.heads % config.kvHeads != 0) {
        fields.corrupt("num_key_value_heads", "must divide num_attention_heads");
    }
    if (config.headDim % 2 != 0) {
        fields.corrupt(headDimGiven ? "head_dim" : "hidden_size",
                       "gives heads of odd width, which rotary positions cannot use");
    }
}

void readLlama(JsonFields& fields, ModelConfig& config) {
    readLlamaFamily(fields, config);
    config.qkvBias = fields.boolean("attention_bias", false);
    config.outputBias = config.qkvBias;
    config.mlpBias = fields.boolean("mlp_bias", false);
}

void readQwen2(JsonFields& fields, ModelConfig& config) {
    readLlamaFamily(fields, config);
    config.qkvBias = true;
    if (fields.boolean("use_sliding_window", false)) {
        fields.unsupported("use_sliding_window", "must be false");
    }
    const Json* const kinds = fields.find("layer_types");
    if (kinds != nullptr &&
        !(kinds->is_array() && std::all_of(kinds->begin(), kinds->end(), [](const Json& kind) {
              return kind == "full_attention";
          }))) {
        fields.unsupported("layer_types", "has layers other than full_attention");
    }
}

void readQuantization(JsonFields& fields, ModelConfig& config) {
    const Json* const json = fields.object("quantization_config");
    if (json == nullptr) {
        return;
    }
    JsonFields quantization(*json, fields.where(), "quantization_config.");
    const std::string method = quantization.string("quant_method", "");
    if (!quantization.error() && method != "linnet-int8") {
        quantization.unsupported("quant_method", "is '" + method + "'; supported is linnet-int8");
    }
    const int bits = quantization.integer("bits", 1, 64, 8);
    if (bits != 8) {
        quantization.unsupported("bits", "must be 8");
    }
    config.int8GroupSize = quantization.integer("group_size", 1, maxWidth);
    if (quantization.error()) {
        fields.take(*quantization.error());
    } else if (config.architecture == "gpt2") {
        fields.unsupported("quantization_config", "is not supported for gpt2");
    }
}

Result<ModelConfig> configFromJson(const Json& json, const std::string& what) {
    if (!json.is_object()) {
        return Error{ErrorCode::CorruptFile, what + ": not a JSON object"};
    }
    JsonFields fields(json, what);
    ModelConfig config;
    config.architecture = fields.string("model_type");
    if (fields.error()) {
        return *fields.error();
    }
    const ModelKind kind = modelKindOf(config.architecture);
    if (kind != ModelKind::Language) {
        fields.unsupported("model_type",
                           "is '" + config.architecture +
                               (kind == ModelKind::Caption
                                    ? "', a model that writes captions of pictures, not text"
                                    : "'; supported are gpt2, llama and qwen2"));
        return *fields.error();
    }
    config.vocabularySize = fields.integer("vocab_size", 1, maxVocabulary);
    if (config.architecture == "gpt2") {
        readGpt2(fields, config);
    } else if (config.architecture == "llama") {
        readLlama(fields, config);
    } else {
        readQwen2(fields, config);
    }
    readTokens(fields, config);
    readQuantization(fields, config);
    if (fields.error()) {
        return *fields.error();
    }
    return config;
}

} // namespace

Result<ModelConfig> parseModelConfig(std::string_view text, const std::string& what) {
    const Result<Json> json = parseJson(text, what, {});
    return json ? configFromJson(*json, what) : Result<ModelConfig>(json.error());
}

Result<ModelConfig> readModelConfig(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "config.json";
    const Result<Json> json = readJsonObject(path);
    if (!json) {
        return json.error();
    }
    Result<ModelConfig> config = configFromJson(*json, path.string());
    if (!config) {
        return config;
    }
    const std::filesystem::path generation = folder / "generation_config.json";
    const Result<Json> generationJson = readJsonObject(generation);
    if (!generationJson) {
        return generationJson.error().code == ErrorCode::NotFound
                   ? config
                   : Result<ModelConfig>(generationJson.error());
    }
    JsonFields fields(*generationJson, generation.string());
    const std::optional<int> begin = config->beginOfText;
    readTokens(fields, *config);
    if (begin) {
        config->beginOfText = begin; // config.json goes first
    }
    if (fields.error()) {
        return *fields.error();
    }
    return config;
}

} // namespace linnet::engine
