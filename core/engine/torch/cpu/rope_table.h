#pragma once

#include <vector>

#include "engine/torch/model_config.h"

namespace linnet::engine::cpu {

// Cosines and sines of rotary embeddings, for every position seen so far. Scaling variants as in
// Hugging Face's modeling_rope_utils: linear (Chen et al. 2023), dynamic NTK, llama3, and YaRN
// (Peng et al. 2023).
class RopeTable {
public:
    RopeTable(const RopeConfig& config, int headDim, int maxPositions);

    int half() const { return m_half; }

    // Makes row() valid for positions below `length`. May throw std::bad_alloc.
    void reserve(int length);

    // half() cosines, then half() sines.
    const float* row(int position) const {
        return m_rows.data() + static_cast<std::size_t>(position) * rowSize();
    }

    // Dynamic scaling gives other angles once a text is longer than the model was trained for.
    bool dependsOnLength(int length) const;
    // A row for a text of `length` tokens, into 2 * half() floats.
    void compute(int position, int length, float* out) const;

private:
    std::size_t rowSize() const { return 2 * static_cast<std::size_t>(m_half); }
    void fill(int position, const std::vector<double>& frequencies, float* out) const;

    RopeConfig m_config;
    int m_half;
    int m_original;
    double m_magnitude = 1.0;          // of cosines and sines (YaRN's attention factor)
    std::vector<double> m_frequencies; // radians per position
    std::vector<float> m_rows;
};

} // namespace linnet::engine::cpu
