#include "random_model.h"

#include <cmath>
#include <cstring>

#include "engine/torch/cpu/float16.h"

namespace linnet::test {

using engine::ModelConfig;
using engine::cpu::WeightType;
using engine::cpu::WeightView;

namespace {

constexpr int groupSize = 32;

template <typename T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    std::vector<std::byte> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

} // namespace

RandomModel::RandomModel(ModelConfig config, Storage storage, std::uint64_t seed)
    : m_config(std::move(config))
    , m_storage(storage)
    , m_random(seed) {
    addMatrix("embedding", m_config.vocabularySize, m_config.hiddenSize);
    if (m_config.position == engine::PositionKind::Learned) {
        addVector("positions.weight", m_config.maxPositions * m_config.hiddenSize, 0.0F, 0.3F);
        m_views.at("positions.weight").rows = m_config.maxPositions;
        m_views.at("positions.weight").columns = m_config.hiddenSize;
    }
    for (int i = 0; i < m_config.layers; ++i) {
        addLayer("layers." + std::to_string(i) + ".");
    }
    addNorm("final_norm");
    if (!m_config.tiedEmbeddings) {
        addMatrix("head", m_config.vocabularySize, m_config.hiddenSize);
    }
}

engine::cpu::WeightSource RandomModel::source() const {
    return [this](const std::string& name) -> std::optional<WeightView> {
        const auto found = m_views.find(name);
        return found == m_views.end() ? std::nullopt : std::optional(found->second);
    };
}

void RandomModel::addLayer(const std::string& at) {
    const ModelConfig& c = m_config;
    addNorm(at + "attention_norm");
    addNorm(at + "mlp_norm");
    const int attention = c.heads * c.headDim;
    const int kv = c.kvHeads * c.headDim;
    if (c.architecture == "gpt2" && m_storage != Storage::Int8) {
        addFused(at);
    } else {
        addMatrix(at + "query", attention, c.hiddenSize);
        addMatrix(at + "key", kv, c.hiddenSize);
        addMatrix(at + "value", kv, c.hiddenSize);
    }
    if (c.qkvBias) {
        addVector(at + "query.bias", attention, 0.0F, 0.3F);
        addVector(at + "key.bias", kv, 0.0F, 0.3F);
        addVector(at + "value.bias", kv, 0.0F, 0.3F);
    }
    addMatrix(at + "output", c.hiddenSize, attention);
    if (c.mlp == engine::MlpKind::SwiGlu) {
        addMatrix(at + "gate", c.intermediateSize, c.hiddenSize);
    }
    addMatrix(at + "up", c.intermediateSize, c.hiddenSize);
    addMatrix(at + "down", c.hiddenSize, c.intermediateSize);
    if (c.outputBias) {
        addVector(at + "output.bias", c.hiddenSize, 0.0F, 0.3F);
    }
    if (c.mlpBias) {
        addVector(at + "up.bias", c.intermediateSize, 0.0F, 0.3F);
        addVector(at + "down.bias", c.hiddenSize, 0.0F, 0.3F);
    }
}

void RandomModel::addNorm(const std::string& name) {
    addVector(name + ".weight", m_config.hiddenSize, 1.0F, 0.2F);
    if (m_config.norm == engine::NormKind::LayerNorm) {
        addVector(name + ".bias", m_config.hiddenSize, 0.0F, 0.2F);
    }
}

void RandomModel::addVector(const std::string& name, int rows, float mean, float deviation) {
    std::normal_distribution<float> normal(mean, deviation);
    std::vector<float> floats(static_cast<std::size_t>(rows));
    for (float& value : floats) {
        value = normal(m_random);
    }
    m_values[name].assign(floats.begin(), floats.end());
    m_storedBytes.push_back(bytesOf(floats));
    WeightView view;
    view.rows = rows;
    view.bytes = m_storedBytes.back();
    m_views[name] = view;
}

void RandomModel::addMatrix(const std::string& name, int rows, int columns) {
    const auto size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    std::normal_distribution<float> normal(0.0F, 1.0F / std::sqrt(static_cast<float>(columns)));
    std::vector<double>& values = m_values[name + ".weight"];
    values.resize(size);
    WeightView view;
    view.rows = rows;
    view.columns = columns;
    if (m_storage == Storage::Int8) {
        view.type = WeightType::Int8;
        view.groupSize = groupSize;
        const int groups = (columns + groupSize - 1) / groupSize;
        std::vector<std::int8_t> bytes(size);
        std::vector<std::uint16_t> scales(static_cast<std::size_t>(rows * groups));
        for (std::size_t i = 0; i < scales.size(); ++i) {
            scales[i] = engine::cpu::floatToHalf(std::fabs(normal(m_random)) / 60.0F);
        }
        std::uniform_int_distribution<int> around(-128, 127);
        for (std::size_t i = 0; i < size; ++i) {
            bytes[i] = static_cast<std::int8_t>(around(m_random));
            const std::size_t row = i / static_cast<std::size_t>(columns);
            const std::size_t group = i % static_cast<std::size_t>(columns) / groupSize;
            values[i] = bytes[i] * static_cast<double>(engine::cpu::halfToFloat(
                                       scales[row * static_cast<std::size_t>(groups) + group]));
        }
        m_storedBytes.push_back(bytesOf(scales));
        view.scales = m_storedBytes.back();
        m_storedBytes.push_back(bytesOf(bytes));
        view.bytes = m_storedBytes.back();
        m_views[name + ".weight"] = view;
        return;
    }
    // Stored transposed for gpt2; its embeddings are not.
    view.transposed = m_config.architecture == "gpt2" && name != "embedding";
    const auto place = [&](std::size_t i) { // of the element i, row by row, in what is stored
        const std::size_t row = i / static_cast<std::size_t>(columns);
        const std::size_t column = i % static_cast<std::size_t>(columns);
        return view.transposed ? column * static_cast<std::size_t>(rows) + row : i;
    };
    std::vector<float> stored(size);
    for (std::size_t i = 0; i < size; ++i) {
        stored[place(i)] = normal(m_random);
    }
    if (m_storage == Storage::Float32) {
        m_storedBytes.push_back(bytesOf(stored));
    } else {
        const bool half = m_storage == Storage::Float16;
        view.type = half ? WeightType::Float16 : WeightType::BFloat16;
        std::vector<std::uint16_t> words(size);
        for (std::size_t i = 0; i < size; ++i) {
            words[i] =
                half ? engine::cpu::floatToHalf(stored[i])
                     : static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(stored[i]) >> 16);
            stored[i] =
                half ? engine::cpu::halfToFloat(words[i]) : engine::cpu::bfloatToFloat(words[i]);
        }
        m_storedBytes.push_back(bytesOf(words));
    }
    for (std::size_t i = 0; i < size; ++i) {
        values[i] = static_cast<double>(stored[place(i)]);
    }
    view.bytes = m_storedBytes.back();
    m_views[name + ".weight"] = view;
}

void RandomModel::addFused(const std::string& at) {
    const int rows = m_config.heads * m_config.headDim;
    const int columns = m_config.hiddenSize;
    addMatrix(at + "fused", 3 * rows, columns);
    const WeightView fused = m_views.at(at + "fused.weight");
    const std::vector<double> all = m_values.at(at + "fused.weight");
    m_views.erase(at + "fused.weight");
    int first = 0;
    for (const char* part : {"query", "key", "value"}) {
        WeightView view = fused;
        view.rows = rows;
        view.storedRows = fused.rows;
        view.firstRow = first;
        m_views[at + part + ".weight"] = view;
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first) * columns;
        m_values[at + part + ".weight"].assign(begin,
                                               begin + static_cast<std::ptrdiff_t>(rows) * columns);
        first += rows;
    }
}

ModelConfig smallLlama() {
    ModelConfig config;
    config.architecture = "llama";
    config.vocabularySize = 101;
    config.hiddenSize = 72;
    config.layers = 3;
    config.heads = 6;
    config.kvHeads = 2;
    config.headDim = 20; // its own, not hiddenSize / heads
    config.intermediateSize = 90;
    config.maxPositions = 256;
    return config;
}

ModelConfig smallQwen2() {
    ModelConfig config = smallLlama();
    config.architecture = "qwen2";
    config.vocabularySize = 160;
    config.hiddenSize = 64;
    config.heads = 4;
    config.kvHeads = 1;
    config.headDim = 64;
    config.intermediateSize = 128;
    config.qkvBias = true;
    config.tiedEmbeddings = true;
    config.rope.theta = 1e6;
    return config;
}

ModelConfig smallGpt2() {
    ModelConfig config = smallLlama();
    config.architecture = "gpt2";
    config.vocabularySize = 131;
    config.hiddenSize = 96;
    config.heads = 3;
    config.kvHeads = 3;
    config.headDim = 32;
    config.intermediateSize = 200;
    config.maxPositions = 160;
    config.norm = engine::NormKind::LayerNorm;
    config.position = engine::PositionKind::Learned;
    config.mlp = engine::MlpKind::GeluTanh;
    config.qkvBias = true;
    config.outputBias = true;
    config.mlpBias = true;
    config.tiedEmbeddings = true;
    return config;
}

} // namespace linnet::test
