#pragma once

#include <torch/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/decoder.h"
#include "training/optimizer.h"

namespace linnet::training {

/// What can be trained: a function of named tensors from token ids to hidden states, whose product
/// with the output matrix gives the logits of the next token. Built anew for every step, so that
/// gradients reach the tensors.
class LanguageNetwork {
public:
    virtual ~LanguageNetwork() = default;

    /// Hidden states [batch, length, hidden] of ids [batch, length] (int64), each sequence from its
    /// beginning.
    [[nodiscard]] virtual torch::Tensor hidden(const torch::Tensor& ids) const = 0;

    /// [vocabulary, hidden].
    [[nodiscard]] virtual const torch::Tensor& outputWeight() const = 0;
};

/// The network of a config: "lstm" (for comparison; the engine does not run it), else the engine's
/// decoder. Throws c10::Error on tensors that are missing or misshapen.
[[nodiscard]] std::unique_ptr<LanguageNetwork> makeNetwork(const engine::ModelConfig& config,
                                                           const NamedTensors& weights,
                                                           torch::ScalarType computeType);

/// Names and shapes of the tensors of that network.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::int64_t>>>
networkTensors(const engine::ModelConfig& config);

/// Random initial parameters: normal with deviation 0.02, of the decoder's output projections
/// scaled down by the depth; norms 1. An LSTM's matrices are uniform up to 1 / sqrt(hidden), its
/// biases 0 but for the forget gate's, 1. The same seed gives the same values.
[[nodiscard]] NamedTensors initialParameters(const engine::ModelConfig& config, std::uint64_t seed);

/// The text of config.json, and its reader. Errors: NotFound, CorruptFile, UnsupportedFormat.
[[nodiscard]] std::string networkConfigJson(const engine::ModelConfig& config);
engine::Result<engine::ModelConfig> readNetworkConfig(const std::filesystem::path& folder);

} // namespace linnet::training
