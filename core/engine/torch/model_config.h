#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace linnet::engine {

enum class NormKind { RmsNorm, LayerNorm };
enum class PositionKind { Rotary, Learned };
enum class MlpKind { SwiGlu, GeluTanh };

// Rotary position embeddings (Su et al. 2021) and the scaling variants that configurations name.
struct RopeConfig {
    enum class Scaling { None, Linear, Dynamic, Llama3, Yarn };
    double theta = 10000.0;
    Scaling scaling = Scaling::None;
    double factor = 1.0;
    double lowFrequencyFactor = 1.0;       // llama3
    double highFrequencyFactor = 4.0;      // llama3
    int originalMaxPositions = 0;          // llama3, dynamic, yarn
    double betaFast = 32.0;                // yarn
    double betaSlow = 1.0;                 // yarn
    std::optional<double> attentionFactor; // yarn
};

// One decoder for every architecture: what a checkpoint's config.json says, in our words.
struct ModelConfig {
    std::string architecture; // "llama", "qwen2", "gpt2"
    int vocabularySize = 0;
    int hiddenSize = 0;
    int layers = 0;
    int heads = 0;
    int kvHeads = 0;
    int headDim = 0;
    int intermediateSize = 0;
    int maxPositions = 0;
    NormKind norm = NormKind::RmsNorm;
    float normEpsilon = 1e-5F;
    PositionKind position = PositionKind::Rotary;
    RopeConfig rope;
    MlpKind mlp = MlpKind::SwiGlu;
    bool qkvBias = false;
    bool outputBias = false; // of the attention output projection
    bool mlpBias = false;
    bool tiedEmbeddings = false;
    bool crossAttention = false; // gpt2: each layer looks at a memory, such as a picture's encoding
    std::optional<int> beginOfText;
    std::vector<int> endOfText;
    int int8GroupSize = 0; // over 0: matrices are stored in int8, a scale per this many inputs
};

} // namespace linnet::engine
