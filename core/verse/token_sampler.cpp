#include "verse/token_sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace linnet::verse {

using engine::TokenId;

namespace {

// A token this far below the likeliest has no chance worth sorting for: its share is under 1e-6
// of it (at temperature 1).
constexpr double negligible = 14.0;

} // namespace

void TokenSampler::begin(const SamplerOptions& options) {
    m_options = options;
    m_candidates.clear();
    double cut = negligible * options.temperature;
    if (options.minP > 0) {
        cut = std::min(cut, -std::log(options.minP) * options.temperature);
    }
    m_cut = static_cast<float>(cut);
    m_least = std::numeric_limits<float>::lowest();
}

std::optional<TokenId> TokenSampler::draw(Random& random) {
    if (m_candidates.empty()) {
        return std::nullopt;
    }
    std::erase_if(m_candidates, [&](const Candidate& c) { return c.weight < m_least; });
    // Ties by token, so that the order of the candidates does not matter.
    std::sort(m_candidates.begin(), m_candidates.end(), [](const Candidate& a, const Candidate& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.token < b.token;
    });
    const float top = m_candidates.front().weight;
    double total = 0;
    m_upTo.clear();
    for (const Candidate& candidate : m_candidates) {
        total += std::exp(static_cast<double>(candidate.weight - top) / m_options.temperature);
        m_upTo.push_back(total);
    }
    const auto nucleus = std::lower_bound(m_upTo.begin(), m_upTo.end(), m_options.topP * total);
    const double limit = nucleus == m_upTo.end() ? total : *nucleus;
    const auto drawn = std::upper_bound(m_upTo.begin(), m_upTo.end(), random.unit() * limit);
    const std::size_t index =
        std::min(static_cast<std::size_t>(drawn - m_upTo.begin()), m_candidates.size() - 1);
    return m_candidates[index].token;
}

} // namespace linnet::verse
