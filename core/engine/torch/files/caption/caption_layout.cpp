#include "engine/torch/files/caption/caption_layout.h"

namespace linnet::engine {

namespace {

using Shape = std::vector<std::int64_t>;

// Collects the tensors of a model.
class TensorList {
public:
    void add(const std::string& name, Shape shape, const std::string& otherName = {}) {
        m_tensors.push_back({name, std::move(shape), otherName});
    }

    void norm(const std::string& name, std::int64_t size) {
        add(name + ".weight", {size});
        add(name + ".bias", {size});
    }

    void linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias = true) {
        add(name + ".weight", {out, in});
        if (bias) {
            add(name + ".bias", {out});
        }
    }

    // GPT-2's linear layers are stored [in][out].
    void convolution1d(const std::string& name, std::int64_t in, std::int64_t out) {
        add(name + ".weight", {in, out});
        add(name + ".bias", {out});
    }

    std::vector<CaptionTensor> take() { return std::move(m_tensors); }

private:
    std::vector<CaptionTensor> m_tensors;
};

void addVit(const VisionConfig& vision, TensorList& list) {
    const std::int64_t hidden = vision.hiddenSize;
    const std::int64_t inner = vision.intermediateSize;
    const std::string embeddings = "encoder.embeddings.";
    list.add(embeddings + "cls_token", {1, 1, hidden});
    if (vision.distilled) {
        list.add(embeddings + "distillation_token", {1, 1, hidden});
    }
    list.add(embeddings + "position_embeddings", {1, vision.positions(), hidden});
    list.add(embeddings + "patch_embeddings.projection.weight",
             {hidden, 3, vision.patchSize, vision.patchSize});
    list.add(embeddings + "patch_embeddings.projection.bias", {hidden});
    for (int i = 0; i < vision.layers; ++i) {
        const std::string layer = "encoder.encoder.layer." + std::to_string(i) + ".";
        for (const char* const part : {"query", "key", "value"}) {
            list.linear(layer + "attention.attention." + part, hidden, hidden, vision.qkvBias);
        }
        list.linear(layer + "attention.output.dense", hidden, hidden);
        list.linear(layer + "intermediate.dense", inner, hidden);
        list.linear(layer + "output.dense", hidden, inner);
        list.norm(layer + "layernorm_before", hidden);
        list.norm(layer + "layernorm_after", hidden);
    }
    list.norm("encoder.layernorm", hidden);
}

void addBlipVision(const VisionConfig& vision, TensorList& list) {
    const std::int64_t hidden = vision.hiddenSize;
    const std::int64_t inner = vision.intermediateSize;
    const std::string embeddings = "vision_model.embeddings.";
    list.add(embeddings + "class_embedding", {1, 1, hidden});
    list.add(embeddings + "position_embedding", {1, vision.positions(), hidden});
    list.add(embeddings + "patch_embedding.weight",
             {hidden, 3, vision.patchSize, vision.patchSize});
    list.add(embeddings + "patch_embedding.bias", {hidden});
    for (int i = 0; i < vision.layers; ++i) {
        const std::string layer = "vision_model.encoder.layers." + std::to_string(i) + ".";
        list.linear(layer + "self_attn.qkv", 3 * hidden, hidden);
        list.linear(layer + "self_attn.projection", hidden, hidden);
        list.linear(layer + "mlp.fc1", inner, hidden);
        list.linear(layer + "mlp.fc2", hidden, inner);
        list.norm(layer + "layer_norm1", hidden);
        list.norm(layer + "layer_norm2", hidden);
    }
    list.norm("vision_model.post_layernorm", hidden);
}

void addGpt2(const ModelConfig& text, TensorList& list) {
    const std::int64_t hidden = text.hiddenSize;
    const std::int64_t inner = text.intermediateSize;
    const std::string prefix = "decoder.transformer.";
    list.add(prefix + "wte.weight", {text.vocabularySize, hidden});
    list.add(prefix + "wpe.weight", {text.maxPositions, hidden});
    for (int i = 0; i < text.layers; ++i) {
        const std::string layer = prefix + "h." + std::to_string(i) + ".";
        list.norm(layer + "ln_1", hidden);
        list.convolution1d(layer + "attn.c_attn", hidden, 3 * hidden);
        list.convolution1d(layer + "attn.c_proj", hidden, hidden);
        list.norm(layer + "ln_cross_attn", hidden);
        list.convolution1d(layer + "crossattention.q_attn", hidden, hidden);
        list.convolution1d(layer + "crossattention.c_attn", hidden, 2 * hidden);
        list.convolution1d(layer + "crossattention.c_proj", hidden, hidden);
        list.norm(layer + "ln_2", hidden);
        list.convolution1d(layer + "mlp.c_fc", hidden, inner);
        list.convolution1d(layer + "mlp.c_proj", inner, hidden);
    }
    list.norm(prefix + "ln_f", hidden);
    if (!text.tiedEmbeddings) {
        list.add(captionHeadName, {text.vocabularySize, hidden});
    }
}

void addBert(const ModelConfig& text, std::int64_t memoryWidth, TensorList& list) {
    const std::int64_t hidden = text.hiddenSize;
    const std::int64_t inner = text.intermediateSize;
    const std::string head = "text_decoder.cls.predictions.";
    const std::string embeddings = "text_decoder.bert.embeddings.";
    // Of tensors that are tied, files keep one name or the other.
    list.add(embeddings + "word_embeddings.weight", {text.vocabularySize, hidden},
             head + "decoder.weight");
    list.add(embeddings + "position_embeddings.weight", {text.maxPositions, hidden});
    list.norm(embeddings + "LayerNorm", hidden);
    for (int i = 0; i < text.layers; ++i) {
        const std::string layer = "text_decoder.bert.encoder.layer." + std::to_string(i) + ".";
        for (const char* const kind : {"attention.", "crossattention."}) {
            const bool cross = kind == std::string("crossattention.");
            const std::int64_t width = cross ? memoryWidth : hidden;
            list.linear(layer + kind + "self.query", hidden, hidden);
            list.linear(layer + kind + "self.key", hidden, width);
            list.linear(layer + kind + "self.value", hidden, width);
            list.linear(layer + kind + "output.dense", hidden, hidden);
            list.norm(layer + kind + "output.LayerNorm", hidden);
        }
        list.linear(layer + "intermediate.dense", inner, hidden);
        list.linear(layer + "output.dense", hidden, inner);
        list.norm(layer + "output.LayerNorm", hidden);
    }
    list.linear(head + "transform.dense", hidden, hidden);
    list.norm(head + "transform.LayerNorm", hidden);
    list.add(head + "bias", {text.vocabularySize}, head + "decoder.bias");
}

} // namespace

std::vector<CaptionTensor> captionTensors(const CaptionConfig& config) {
    TensorList list;
    if (config.architecture == "blip") {
        addBlipVision(config.vision, list);
        addBert(config.text, config.vision.hiddenSize, list);
        return list.take();
    }
    if (config.vision.kind == VisionConfig::Kind::MobileNetV2) {
        for (auto& [name, shape] : mobileNetTensors(config.vision.mobileNet)) {
            list.add("encoder." + name, std::move(shape));
        }
    } else {
        addVit(config.vision, list);
    }
    if (config.projection) {
        list.linear("enc_to_dec_proj", config.text.hiddenSize, config.vision.hiddenSize);
    }
    addGpt2(config.text, list);
    return list.take();
}

} // namespace linnet::engine
