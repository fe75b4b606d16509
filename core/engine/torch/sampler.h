#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/api/generator.h"

namespace linnet::engine {

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every platform, unlike the
// distributions of <random>.
class Random {
public:
    explicit Random(std::uint64_t seed)
        : m_state(seed) {}
    std::uint64_t next();
    double uniform(); // in [0, 1), 53 random bits

private:
    std::uint64_t m_state;
};

// Draws tokens as SamplingOptions say: repetition penalty, temperature, top-k, top-p, min-p.
class Sampler {
public:
    Sampler(const SamplingOptions& options, std::uint64_t seed);

    // One token for the row `logits` [vocabulary]; `history` (prompt and output) is what the
    // repetition penalty looks at. Greedy ties go to the lowest id.
    TokenId sample(std::span<const float> logits, std::span<const TokenId> history);

    // A message if some option is out of its range, else null.
    static const char* problem(const SamplingOptions& options);

private:
    struct Candidate {
        float score;
        TokenId id;
    };

    std::span<const float> penalized(std::span<const float> logits,
                                     std::span<const TokenId> history);
    TokenId drawFromAll(std::span<const float> logits);
    void keepTopK(std::span<const float> logits);
    void keepTopP(std::span<const float> logits);
    void keepMinP();
    void sortTop(std::size_t count);
    TokenId drawFromCandidates();

    SamplingOptions m_options;
    Random m_random;
    std::vector<float> m_scores;         // penalized copy, then weights
    std::vector<double> m_blockSums;     // of weights
    std::vector<char> m_seen;            // by token id
    std::vector<Candidate> m_candidates; // best first as far as sorted
};

} // namespace linnet::engine
