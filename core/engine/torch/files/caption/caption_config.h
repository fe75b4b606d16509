#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/torch/files/caption/hint_prompt.h"
#include "engine/torch/files/caption/mobilenet_layout.h"
#include "engine/torch/model_config.h"

namespace linnet::engine {

// The network that looks at a picture: what the encoder's part of a config.json says.
struct VisionConfig {
    enum class Kind { Vit, Blip, MobileNetV2 };
    Kind kind = Kind::Vit;
    int imageSize = 0;         // pixels of a side
    int hiddenSize = 0;        // of the states that the decoder looks at
    MobileNetConfig mobileNet; // MobileNetV2; what follows is the others'
    int patchSize = 0;
    int layers = 0;
    int heads = 0;
    int intermediateSize = 0;
    float normEpsilon = 1e-12F;
    bool qkvBias = true;
    bool distilled = false; // DeiT: one more token in front of the patches

    int classes() const { return kind == Kind::MobileNetV2 ? mobileNet.classes : 0; }
    int positions() const { // of the patches and the tokens before them
        return (imageSize / patchSize) * (imageSize / patchSize) + (distilled ? 2 : 1);
    }
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
    int maxTokens = 0; // of a caption, without its prompt
    CaptionSearch search;
    // What models of ours have: languages that begin with tokens of their own, and a classifier
    // whose classes have names (a file of the folder), of which the prompt hints at some.
    std::vector<std::pair<std::string, TokenId>> languages; // never empty
    std::string subjectsFile;                               // empty: classes have no names
    std::string asidesFile;                                 // empty: no subject is aside
    std::string kindsFile;                                  // empty: subjects are of no kinds
    std::string peopleFile;                                 // empty: nothing tells of people
    double subjectThreshold = 2.0;                          // see Captioner
    double peopleStep = 0.0;
    std::optional<HintFormat> hints;
};

} // namespace linnet::engine
