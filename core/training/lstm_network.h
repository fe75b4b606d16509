#pragma once

#include "training/language_network.h"

namespace linnet::training {

/// Stacked long short-term memory (Hochreiter & Schmidhuber 1997) between an embedding and an
/// output matrix that are one: the baseline that the decoder is compared with. `hiddenSize` is the
/// width of the embedding and of every layer. float32.
class LstmNetwork : public LanguageNetwork {
public:
    LstmNetwork(const engine::ModelConfig& config, const NamedTensors& weights);

    [[nodiscard]] torch::Tensor hidden(const torch::Tensor& ids) const override;
    [[nodiscard]] const torch::Tensor& outputWeight() const override { return m_embedding; }

private:
    int m_layers;
    torch::Tensor m_embedding;            // [vocabulary, hidden]
    std::vector<torch::Tensor> m_weights; // of each layer: input, recurrent, their biases
};

/// Names and shapes: the embedding, then as torch.nn.LSTM names them; gates in torch's order:
/// input, forget, cell, output.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::int64_t>>>
lstmTensors(const engine::ModelConfig& config);

[[nodiscard]] NamedTensors initialLstm(const engine::ModelConfig& config, std::uint64_t seed);

} // namespace linnet::training
