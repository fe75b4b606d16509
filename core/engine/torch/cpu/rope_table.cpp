#include "engine/torch/cpu/rope_table.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace linnet::engine::cpu {

namespace {

constexpr double twoPi = 2.0 * std::numbers::pi;
constexpr int rowsPerGrowth = 256;

std::vector<double> plainFrequencies(double theta, int half) {
    std::vector<double> frequencies(static_cast<std::size_t>(half));
    for (int i = 0; i < half; ++i) {
        frequencies[static_cast<std::size_t>(i)] =
            std::pow(theta, -static_cast<double>(i) / static_cast<double>(half));
    }
    return frequencies;
}

// Long waves are stretched, short ones kept, those between blended.
void scaleLlama3(std::vector<double>& frequencies, const RopeConfig& config, double original) {
    for (double& frequency : frequencies) {
        const double turns = original * frequency / twoPi; // within the original length
        if (turns < config.lowFrequencyFactor) {
            frequency /= config.factor;
        } else if (turns <= config.highFrequencyFactor) {
            const double keep = (turns - config.lowFrequencyFactor) /
                                (config.highFrequencyFactor - config.lowFrequencyFactor);
            frequency = (1.0 - keep) * frequency / config.factor + keep * frequency;
        }
    }
}

void scaleYarn(std::vector<double>& frequencies, const RopeConfig& config, double original) {
    const double dim = 2.0 * static_cast<double>(frequencies.size());
    const auto dimensionOf = [&](double rotations) {
        return dim * std::log(original / (rotations * twoPi)) / (2.0 * std::log(config.theta));
    };
    const double low = std::max(std::floor(dimensionOf(config.betaFast)), 0.0);
    double high = std::min(std::ceil(dimensionOf(config.betaSlow)), dim - 1.0);
    if (high <= low) {
        high = low + 0.001;
    }
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const double stretch = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
        frequencies[i] =
            frequencies[i] * (1.0 - stretch) + frequencies[i] / config.factor * stretch;
    }
}

} // namespace

RopeTable::RopeTable(const RopeConfig& config, int headDim, int maxPositions)
    : m_config(config)
    , m_half(headDim / 2)
    , m_original(config.originalMaxPositions > 0 ? config.originalMaxPositions : maxPositions)
    , m_frequencies(plainFrequencies(config.theta, headDim / 2)) {
    switch (config.scaling) {
    case RopeConfig::Scaling::None:
    case RopeConfig::Scaling::Dynamic:
        break;
    case RopeConfig::Scaling::Linear:
        for (double& frequency : m_frequencies) {
            frequency /= config.factor;
        }
        break;
    case RopeConfig::Scaling::Llama3:
        scaleLlama3(m_frequencies, config, m_original);
        break;
    case RopeConfig::Scaling::Yarn:
        scaleYarn(m_frequencies, config, m_original);
        m_magnitude = config.attentionFactor.value_or(
            config.factor > 1.0 ? 0.1 * std::log(config.factor) + 1.0 : 1.0);
        break;
    }
}

void RopeTable::reserve(int length) {
    const auto have = static_cast<int>(m_rows.size() / std::max<std::size_t>(rowSize(), 1));
    if (length <= have) {
        return;
    }
    const int rows = (length + rowsPerGrowth - 1) / rowsPerGrowth * rowsPerGrowth;
    m_rows.resize(static_cast<std::size_t>(rows) * rowSize());
    for (int position = have; position < rows; ++position) {
        fill(position, m_frequencies,
             m_rows.data() + static_cast<std::size_t>(position) * rowSize());
    }
}

bool RopeTable::dependsOnLength(int length) const {
    return m_config.scaling == RopeConfig::Scaling::Dynamic && length > m_original && m_half > 1;
}

void RopeTable::compute(int position, int length, float* out) const {
    if (!dependsOnLength(length)) {
        fill(position, m_frequencies, out);
        return;
    }
    const double dim = 2.0 * m_half;
    const double stretch = m_config.factor * length / m_original - (m_config.factor - 1.0);
    const double theta = m_config.theta * std::pow(stretch, dim / (dim - 2.0));
    fill(position, plainFrequencies(theta, m_half), out);
}

void RopeTable::fill(int position, const std::vector<double>& frequencies, float* out) const {
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const double angle = static_cast<double>(position) * frequencies[i];
        out[i] = static_cast<float>(m_magnitude * std::cos(angle));
        out[frequencies.size() + i] = static_cast<float>(m_magnitude * std::sin(angle));
    }
}

} // namespace linnet::engine::cpu
