#include "training/language_network.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/torch/files/model_config_reader.h"
#include "training/file_io.h"
#include "training/lstm_network.h"
#include "training/tensor_files.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using torch::Tensor;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kLstm = "lstm";

/// The engine's decoder.
class DecoderNetwork : public LanguageNetwork {
public:
    DecoderNetwork(const engine::ModelConfig& config, const NamedTensors& weights,
                   torch::ScalarType type)
        : m_decoder(config, engine::TensorMap(weights.begin(), weights.end()), type) {}

    [[nodiscard]] Tensor hidden(const Tensor& ids) const override { return m_decoder.hidden(ids); }
    [[nodiscard]] const Tensor& outputWeight() const override { return m_decoder.outputWeight(); }

private:
    engine::Decoder m_decoder;
};

} // namespace

std::unique_ptr<LanguageNetwork> makeNetwork(const engine::ModelConfig& config,
                                             const NamedTensors& weights,
                                             torch::ScalarType computeType) {
    if (config.architecture == kLstm) {
        return std::make_unique<LstmNetwork>(config, weights);
    }
    return std::make_unique<DecoderNetwork>(config, weights, computeType);
}

std::vector<std::pair<std::string, std::vector<std::int64_t>>>
networkTensors(const engine::ModelConfig& config) {
    return config.architecture == kLstm ? lstmTensors(config) : engine::expectedTensors(config);
}

NamedTensors initialParameters(const engine::ModelConfig& config, std::uint64_t seed) {
    if (config.architecture == kLstm) {
        return initialLstm(config, seed);
    }
    at::manual_seed(seed);
    NamedTensors parameters;
    for (const auto& [name, shape] : engine::expectedTensors(config)) {
        if (shape.size() == 1) {
            parameters[name] = torch::ones(shape);
            continue;
        }
        const bool closesBlock =
            name.find("o_proj") != std::string::npos || name.find("down_proj") != std::string::npos;
        const double deviation = closesBlock ? 0.02 / std::sqrt(2.0 * config.layers) : 0.02;
        parameters[name] = torch::randn(shape) * deviation;
    }
    return parameters;
}

std::string networkConfigJson(const engine::ModelConfig& config) {
    if (config.architecture != kLstm) {
        return llamaConfigJson(config, "float32");
    }
    const Json json = {{"model_type", kLstm},
                       {"vocab_size", config.vocabularySize},
                       {"hidden_size", config.hiddenSize},
                       {"num_hidden_layers", config.layers},
                       {"max_position_embeddings", config.maxPositions},
                       {"eos_token_id", config.endOfText.empty() ? 0 : config.endOfText.front()}};
    return json.dump(2) + "\n";
}

Result<engine::ModelConfig> readNetworkConfig(const fs::path& folder) {
    const fs::path path = folder / "config.json";
    const auto text = readFile(path);
    if (!text) {
        return text.error();
    }
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || json.value("model_type", Json()) != kLstm) {
        return engine::readModelConfig(folder);
    }
    engine::ModelConfig config;
    config.architecture = kLstm;
    config.tiedEmbeddings = true;
    try {
        json.at("vocab_size").get_to(config.vocabularySize);
        json.at("hidden_size").get_to(config.hiddenSize);
        json.at("num_hidden_layers").get_to(config.layers);
        json.at("max_position_embeddings").get_to(config.maxPositions);
        config.endOfText = {json.at("eos_token_id").get<int>()};
    } catch (const Json::exception& e) {
        return Error{ErrorCode::CorruptFile, path.string() + ": " + e.what()};
    }
    return config;
}

} // namespace linnet::training
