#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/api/result.h"
#include "engine/torch/files/safetensors.h"
#include "engine/torch/files/weights.h"
#include "engine/torch/model_config.h"

namespace linnet::engine {

// A model's folder, opened and checked: its configuration and every weight that the architecture
// needs, present, of the right shape and of a type that can be read. Nothing is copied; the
// weights point into mapped files and are valid as long as some copy of the checkpoint lives.
//
// Weights have the same names for every architecture. With N from 0 to layers - 1:
//   embedding.weight [vocabulary][hidden]      positions.weight [maxPositions][hidden] (learned)
//   layers.N.attention_norm.weight [hidden]    layers.N.mlp_norm.weight [hidden]
//   layers.N.query.weight [heads * headDim][hidden]
//   layers.N.key.weight, layers.N.value.weight [kvHeads * headDim][hidden]
//   layers.N.output.weight [hidden][heads * headDim]
//   layers.N.gate.weight [intermediate][hidden] (SwiGLU)
//   layers.N.up.weight [intermediate][hidden]  layers.N.down.weight [hidden][intermediate]
//   final_norm.weight [hidden]                 head.weight [vocabulary][hidden] (if not tied)
// and ".bias" instead of ".weight" where the configuration has biases (LayerNorm always has).
class Checkpoint {
public:
    // Reads `folder`/config.json and model.safetensors or model.safetensors.index.json.
    // Errors: NotFound, Io, CorruptFile, UnsupportedFormat, UnsafeFormat; messages name the file
    // and the tensor or key.
    static Result<Checkpoint> open(const std::filesystem::path& folder);

    const ModelConfig& config() const { return m_config; }

    const Weight* find(std::string_view name) const; // null: this model has none
    const Weight& at(std::string_view name) const;   // it must be there
    const std::map<std::string, Weight, std::less<>>& weights() const { return m_weights; }

    // A tensor by its name in the Hugging Face library ("model.layers.0.mlp.up_proj.weight",
    // "transformer.h.0.ln_1.weight"), also where the file leaves the first part out. Null: not
    // there. One that the architecture does not use has not been checked against it.
    const TensorView* stored(std::string_view name) const;

    std::int64_t parameters() const; // elements of all weights; tied ones count once
    const std::map<std::string, std::string>& metadata() const { return m_files.metadata(); }

    // Asks the system to read the files ahead of their use. Returns at once.
    void prefetch() const { m_files.prefetch(); }

private:
    ModelConfig m_config;
    Safetensors m_files;
    std::map<std::string, Weight, std::less<>> m_weights;
};

// The safetensors file or files of `folder`. Errors: NotFound, UnsafeFormat (nothing but a pickle
// is there), and those of Safetensors.
Result<Safetensors> openSafetensorsOf(const std::filesystem::path& folder);

} // namespace linnet::engine
