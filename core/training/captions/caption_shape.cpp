#include "training/captions/caption_shape.h"

#include <nlohmann/json.hpp>

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using Json = nlohmann::ordered_json;

void completeCaptionDecoder(engine::ModelConfig& decoder) {
    decoder.architecture = "gpt2";
    decoder.kvHeads = decoder.heads;
    decoder.headDim = decoder.heads > 0 ? decoder.hiddenSize / decoder.heads : 0;
    decoder.norm = engine::NormKind::LayerNorm;
    decoder.position = engine::PositionKind::Learned;
    decoder.mlp = engine::MlpKind::GeluTanh;
    decoder.qkvBias = decoder.outputBias = decoder.mlpBias = true;
    decoder.tiedEmbeddings = decoder.crossAttention = true;
}

std::string captionShapeJson(const CaptionShape& shape) {
    Json stages = Json::array(); // expansion, channels, repeats, stride
    for (const engine::MobileNetStage& stage : shape.encoder.stages) {
        stages.push_back({stage.expansion, stage.channels, stage.repeats, stage.stride});
    }
    const engine::ModelConfig& decoder = shape.decoder;
    const Json json = {{"encoder",
                        {{"model_type", "mobilenet_v2"},
                         {"batch_norm", "folded"},
                         {"image_size", shape.encoder.imageSize},
                         {"stem_channels", shape.encoder.stemChannels},
                         {"stages", stages},
                         {"hidden_size", shape.encoder.hiddenSize},
                         {"num_labels", shape.encoder.classes}}},
                       {"decoder",
                        {{"model_type", "gpt2"},
                         {"is_decoder", true},
                         {"add_cross_attention", true},
                         {"vocab_size", decoder.vocabularySize},
                         {"n_embd", decoder.hiddenSize},
                         {"n_layer", decoder.layers},
                         {"n_head", decoder.heads},
                         {"n_inner", decoder.intermediateSize},
                         {"n_positions", decoder.maxPositions},
                         {"activation_function", "gelu_new"},
                         {"layer_norm_epsilon", 1e-5},
                         {"tie_word_embeddings", true}}}};
    return json.dump();
}

Result<CaptionShape> captionShapeFromJson(const std::string& text, const std::string& what) {
    CaptionShape shape;
    try {
        const Json json = Json::parse(text);
        const Json& encoder = json.at("encoder");
        encoder.at("image_size").get_to(shape.encoder.imageSize);
        encoder.at("stem_channels").get_to(shape.encoder.stemChannels);
        encoder.at("hidden_size").get_to(shape.encoder.hiddenSize);
        encoder.at("num_labels").get_to(shape.encoder.classes);
        shape.encoder.stages.clear();
        for (const Json& stage : encoder.at("stages")) {
            shape.encoder.stages.push_back({stage.at(0).get<int>(), stage.at(1).get<int>(),
                                            stage.at(2).get<int>(), stage.at(3).get<int>()});
        }
        const Json& decoder = json.at("decoder");
        engine::ModelConfig& d = shape.decoder;
        decoder.at("vocab_size").get_to(d.vocabularySize);
        decoder.at("n_embd").get_to(d.hiddenSize);
        decoder.at("n_layer").get_to(d.layers);
        decoder.at("n_head").get_to(d.heads);
        decoder.at("n_inner").get_to(d.intermediateSize);
        decoder.at("n_positions").get_to(d.maxPositions);
    } catch (const Json::exception& e) {
        return Error{ErrorCode::CorruptFile, what + ": " + e.what()};
    }
    completeCaptionDecoder(shape.decoder);
    if (shape.decoder.heads < 1 || shape.decoder.hiddenSize % shape.decoder.heads != 0) {
        return Error{ErrorCode::CorruptFile, what + ": n_head does not divide n_embd"};
    }
    return shape;
}

} // namespace linnet::training
