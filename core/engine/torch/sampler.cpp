#include "engine/torch/sampler.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "engine/torch/cpu/cpu_level.h"
#include "engine/torch/cpu/kernels.h"

namespace linnet::engine {

std::uint64_t Random::next() {
    m_state += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = m_state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

double Random::uniform() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

Sampler::Sampler(const SamplingOptions& options, std::uint64_t seed)
    : m_options(options)
    , m_random(seed) {
}

const char* Sampler::problem(const SamplingOptions& options) {
    // Written so that a NaN fails too.
    if (!(options.temperature >= 0 && std::isfinite(options.temperature))) {
        return "temperature must be 0 or more";
    }
    if (options.topK < 0) {
        return "top-k must be 0 or more";
    }
    if (!(options.topP > 0 && options.topP <= 1)) {
        return "top-p must be over 0 and at most 1";
    }
    if (!(options.minP >= 0 && options.minP <= 1)) {
        return "min-p must be from 0 to 1";
    }
    if (!(options.repetitionPenalty > 0 && std::isfinite(options.repetitionPenalty))) {
        return "repetition penalty must be over 0";
    }
    return nullptr;
}

namespace {

// Over a whole vocabulary plain loops take longer than a small network's pass.
const cpu::Kernels& kernels() {
    static const cpu::Kernels& table = cpu::kernelsFor(cpu::defaultLevel());
    return table;
}

// The index of the first largest value; of no value but NaNs, the first.
std::size_t indexOfLargest(std::span<const float> values) {
    constexpr std::size_t piece = 256;
    float top = -std::numeric_limits<float>::infinity();
    std::size_t begin = 0;
    for (std::size_t at = 0; at < values.size(); at += piece) {
        const float here = kernels().largest(&values[at], std::min(piece, values.size() - at));
        if (here > top) {
            top = here;
            begin = at;
        }
    }
    const auto found =
        std::find(values.begin() + static_cast<std::ptrdiff_t>(begin), values.end(), top);
    return found == values.end() ? 0 : static_cast<std::size_t>(found - values.begin());
}

constexpr std::size_t blockSize = 64; // of weights that are added up together

} // namespace

TokenId Sampler::sample(std::span<const float> logits, std::span<const TokenId> history) {
    assert(!logits.empty());
    const std::span<const float> scores = penalized(logits, history);
    if (m_options.temperature == 0) {
        return static_cast<TokenId>(indexOfLargest(scores));
    }
    const bool topK = m_options.topK > 0 && m_options.topK < static_cast<int>(scores.size());
    if (!topK && m_options.topP >= 1 && m_options.minP <= 0) {
        return drawFromAll(scores);
    }
    m_candidates.resize(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
        // A broken model's NaN would break the order that sorting relies on.
        const float score =
            std::isnan(scores[i]) ? -std::numeric_limits<float>::infinity() : scores[i];
        m_candidates[i] = {score, static_cast<TokenId>(i)};
    }
    if (topK) {
        keepTopK(scores);
    }
    if (m_options.topP < 1) {
        keepTopP(scores);
    }
    if (m_options.minP > 0) {
        keepMinP();
    }
    return drawFromCandidates();
}

std::span<const float> Sampler::penalized(std::span<const float> logits,
                                          std::span<const TokenId> history) {
    if (m_options.repetitionPenalty == 1.0) {
        return logits;
    }
    const auto penalty = static_cast<float>(m_options.repetitionPenalty);
    m_scores.assign(logits.begin(), logits.end());
    m_seen.assign(logits.size(), 0);
    for (const TokenId id : history) {
        const auto index = static_cast<std::size_t>(id);
        if (id >= 0 && index < m_scores.size() && m_seen[index] == 0) {
            m_seen[index] = 1;
            float& score = m_scores[index];
            score = score < 0 ? score * penalty : score / penalty;
        }
    }
    return m_scores;
}

TokenId Sampler::drawFromAll(std::span<const float> logits) {
    const float top = kernels().largest(logits.data(), logits.size());
    const auto scale = static_cast<float>(1.0 / m_options.temperature);
    // Only sums are kept: the weights of many texts would drive keys and values out of the cache.
    float weights[blockSize];
    const auto weigh = [&](std::size_t block) {
        const std::size_t at = block * blockSize;
        const std::size_t count = std::min(blockSize, logits.size() - at);
        return kernels().weigh(&logits[at], count, top, scale, weights);
    };
    const std::size_t blocks = (logits.size() + blockSize - 1) / blockSize;
    m_blockSums.clear();
    double sum = 0;
    for (std::size_t block = 0; block < blocks; ++block) {
        m_blockSums.push_back(static_cast<double>(weigh(block)));
        sum += m_blockSums.back();
    }
    // The block first, then the place in it: one sum after another would wait for each other.
    double rest = m_random.uniform() * sum;
    std::size_t block = 0;
    while (block + 1 < blocks && rest >= m_blockSums[block]) {
        rest -= m_blockSums[block++];
    }
    weigh(block);
    const std::size_t first = block * blockSize;
    std::size_t last = logits.size(); // rounding may leave some of the rest
    for (std::size_t i = first; i < std::min(first + blockSize, logits.size()); ++i) {
        if (weights[i - first] > 0) {
            last = i;
            rest -= static_cast<double>(weights[i - first]);
            if (rest < 0) {
                break;
            }
        }
    }
    return static_cast<TokenId>(last < logits.size() ? last : indexOfLargest(logits));
}

// Moves the `count` best candidates to the front, best first; equal scores by id.
void Sampler::sortTop(std::size_t count) {
    const auto better = [](const Candidate& a, const Candidate& b) {
        return a.score != b.score ? a.score > b.score : a.id < b.id;
    };
    count = std::min(count, m_candidates.size());
    const auto middle = m_candidates.begin() + static_cast<std::ptrdiff_t>(count);
    if (middle != m_candidates.end()) {
        std::nth_element(m_candidates.begin(), middle, m_candidates.end(), better);
    }
    std::sort(m_candidates.begin(), middle, better);
}

void Sampler::keepTopK(std::span<const float> logits) {
    const auto count = static_cast<std::size_t>(m_options.topK);
    sortTop(count);
    // As in the reference, tokens that equal the last one kept stay too.
    const float least = m_candidates[count - 1].score;
    const auto kept = std::count_if(logits.begin(), logits.end(),
                                    [least](float score) { return score >= least; });
    sortTop(static_cast<std::size_t>(kept));
    m_candidates.resize(static_cast<std::size_t>(kept));
}

void Sampler::keepTopP(std::span<const float> logits) {
    const double scale = 1.0 / m_options.temperature;
    const auto top = static_cast<double>(logits[indexOfLargest(logits)]);
    const auto weight = [&](const Candidate& candidate) {
        return std::exp((static_cast<double>(candidate.score) - top) * scale);
    };
    double total = 0;
    for (const Candidate& candidate : m_candidates) {
        total += weight(candidate);
    }
    // Sorting all of a large vocabulary would cost more than a decoding step; the smallest set
    // that holds the mass is nearly always short.
    std::size_t sorted = 0;
    std::size_t kept = 0;
    double mass = 0;
    while (kept < m_candidates.size() && mass < m_options.topP * total) {
        if (kept == sorted) {
            sorted = std::min(m_candidates.size(), std::max<std::size_t>(128, sorted * 8));
            sortTop(sorted);
        }
        mass += weight(m_candidates[kept++]);
    }
    m_candidates.resize(std::max<std::size_t>(kept, 1));
}

void Sampler::keepMinP() {
    const auto best =
        std::max_element(m_candidates.begin(), m_candidates.end(),
                         [](const Candidate& a, const Candidate& b) { return a.score < b.score; });
    const double least =
        static_cast<double>(best->score) + std::log(m_options.minP) * m_options.temperature;
    std::erase_if(m_candidates, [least](const Candidate& candidate) {
        return static_cast<double>(candidate.score) < least;
    });
}

TokenId Sampler::drawFromCandidates() {
    double top = static_cast<double>(m_candidates.front().score);
    for (const Candidate& candidate : m_candidates) {
        top = std::max(top, static_cast<double>(candidate.score));
    }
    const double scale = 1.0 / m_options.temperature;
    m_scores.resize(m_candidates.size());
    double sum = 0;
    for (std::size_t i = 0; i < m_candidates.size(); ++i) {
        m_scores[i] = static_cast<float>(
            std::exp((static_cast<double>(m_candidates[i].score) - top) * scale));
        sum += static_cast<double>(m_scores[i]);
    }
    double rest = m_random.uniform() * sum;
    for (std::size_t i = 0; i < m_candidates.size(); ++i) {
        rest -= static_cast<double>(m_scores[i]);
        if (rest < 0) {
            return m_candidates[i].id;
        }
    }
    return m_candidates.front().id;
}

} // namespace linnet::engine
