#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/api/tokenizer.h"
#include "verse/random.h"

namespace linnet::verse {

struct SamplerOptions {
    double temperature = 1.0; // over 0
    double topP = 1.0;        // of the allowed tokens' mass
    double minP = 0.0;        // of the likeliest allowed token's probability
};

// Draws one of the tokens that a form still allows. Filled anew for every step:
//
//     sampler.begin(options);
//     for (every allowed token) sampler.add(token, logProb + bonus);
//     sampler.draw(random);
class TokenSampler {
public:
    void begin(const SamplerOptions& options);
    // `logWeight` is a log-probability plus whatever is to favour the token.
    void add(engine::TokenId token, float logWeight) {
        if (logWeight >= m_least) {
            m_candidates.push_back({logWeight, token});
            m_least = logWeight - m_cut > m_least ? logWeight - m_cut : m_least;
        }
    }
    bool empty() const { return m_candidates.empty(); }

    // By weight, after the temperature and with the filters over the candidates alone. Nothing if
    // there are none.
    std::optional<engine::TokenId> draw(Random& random);

private:
    struct Candidate {
        float weight = 0;
        engine::TokenId token = 0;
    };
    SamplerOptions m_options;
    std::vector<Candidate> m_candidates;
    std::vector<double> m_upTo;
    float m_cut = 0;   // how far below the best a token has no chance
    float m_least = 0; // weight below which it has none
};

} // namespace linnet::verse
