#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/torch/cpu/weight_source.h"
#include "engine/torch/model_config.h"

namespace linnet::test {

enum class Storage { Float32, Float16, BFloat16, Int8 };

// A small model with random weights, as stored bytes for the decoder under test and as doubles for
// the reference. Matrices of gpt2 lie as in its checkpoints: transposed, queries, keys and values
// in one tensor.
class RandomModel {
public:
    RandomModel(engine::ModelConfig config, Storage storage, std::uint64_t seed);

    const engine::ModelConfig& config() const { return m_config; }
    engine::cpu::WeightSource source() const;

    // The values that the stored bytes stand for, [rows][columns].
    const std::vector<double>& values(const std::string& name) const { return m_values.at(name); }

    // Removes or damages a weight, to test errors.
    void remove(const std::string& name) { m_views.erase(name); }
    engine::cpu::WeightView& view(const std::string& name) { return m_views.at(name); }

private:
    void addLayer(const std::string& at);
    void addNorm(const std::string& name);
    void addVector(const std::string& name, int rows, float mean, float deviation);
    void addMatrix(const std::string& name, int rows, int columns);
    void addFused(const std::string& at);

    engine::ModelConfig m_config;
    Storage m_storage;
    std::mt19937_64 m_random;
    std::map<std::string, engine::cpu::WeightView> m_views;
    std::map<std::string, std::vector<double>> m_values;
    std::vector<std::vector<std::byte>> m_storedBytes;
};

engine::ModelConfig smallLlama(); // odd sizes, grouped heads, an lm_head of its own
engine::ModelConfig smallQwen2(); // biases of queries, keys and values, tied embeddings
engine::ModelConfig smallGpt2();  // learned positions, LayerNorm, GELU, biases everywhere

} // namespace linnet::test
