#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/torch/model_config.h"

namespace linnet::engine {

// The network that looks at a picture: what the encoder's part of a config.json says.
struct VisionConfig {
    enum class Kind { Vit, Blip };
    Kind kind = Kind::Vit;
    int imageSize = 0; // pixels of a side
    int patchSize = 0;
    int hiddenSize = 0;
    int layers = 0;
    int heads = 0;
    int intermediateSize = 0;
    float normEpsilon = 1e-12F;
    bool qkvBias = true;
    bool distilled = false; // DeiT: one more token in front of the patches

    int patches() const { return (imageSize / patchSize) * (imageSize / patchSize); }
    int positions() const { return patches() + (distilled ? 2 : 1); } // of the encoder's states
};

// A model that writes captions: config.json, generation_config.json and preprocessor_config.json
// in our words.
struct CaptionConfig {
    std::string architecture; // "vision-encoder-decoder", "blip"
    VisionConfig vision;
    // The decoder, which attends to the encoder's states: "gpt2", or "bert" as BLIP has it (norms
    // after each part, exact GELU, an output layer of its own before the tied matrix).
    ModelConfig text;
    bool projection = false; // the states are projected to the decoder's width
    PixelFormat pixels;
    TokenId begin = 0; // the decoder's first token
    TokenId end = 0;
    std::vector<TokenId> padding;
    int maxTokens = 0; // of a caption, without begin
};

} // namespace linnet::engine
