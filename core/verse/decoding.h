#pragma once

#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/api/generator.h"
#include "verse/phrase_model.h"

namespace linnet::verse {

// A poem's tokens as they grow, and the model's view of what comes next. After a step that gave no
// distribution, either failure() or cancelled() tells why.
class Decoding {
public:
    Decoding(engine::Generator& model, std::stop_token stop)
        : m_model(model)
        , m_stop(std::move(stop)) {}

    // `phrases`, which may be null, has its share in every distribution from now on.
    void consult(const PhraseModel* phrases, float share) {
        m_phrases = phrases;
        m_share = share;
    }

    // Natural-log probabilities over the vocabulary for the next token; empty when the model
    // failed or was cancelled. Valid until the next call.
    std::span<const float> next() {
        if (m_failure || m_stop.stop_requested()) {
            return {};
        }
        std::vector<float>* kept = placeToKeep();
        if (kept != nullptr && !kept->empty()) {
            return *kept;
        }
        const auto logProbs = m_model.nextTokenLogProbs(m_tokens, m_stop);
        if (!logProbs) {
            m_failure = logProbs.error();
            return {};
        }
        if (m_phrases == nullptr && kept == nullptr) {
            return *logProbs;
        }
        std::vector<float>& blended = kept != nullptr ? *kept : m_blended;
        blended.assign(logProbs->begin(), logProbs->end());
        if (m_phrases != nullptr && !blended.empty()) {
            m_phrases->blend(m_tokens, m_share, blended);
        }
        return blended;
    }

    // From here several ways on will be tried, each followed by truncate() to here: what comes next
    // here and one token on is worked out once for all of them.
    void branch() {
        m_branch = m_tokens.size();
        m_kept.clear();
    }

    void push(engine::TokenId token) { m_tokens.push_back(token); }
    void append(std::span<const engine::TokenId> tokens) {
        m_tokens.insert(m_tokens.end(), tokens.begin(), tokens.end());
    }
    std::size_t size() const { return m_tokens.size(); }
    void truncate(std::size_t size) { m_tokens.resize(size); }
    std::span<const engine::TokenId> from(std::size_t start) const {
        return std::span(m_tokens).subspan(start);
    }

    // Log-probability of `tokens` from here; nothing when the model failed or was cancelled.
    std::optional<double> score(std::span<const engine::TokenId> tokens) {
        const std::size_t start = m_tokens.size();
        double sum = 0;
        bool whole = true;
        for (const engine::TokenId token : tokens) {
            const std::span<const float> logProbs = next();
            if (logProbs.empty()) {
                whole = false;
                break;
            }
            sum += static_cast<double>(logProbs[static_cast<std::size_t>(token)]);
            m_tokens.push_back(token);
        }
        m_tokens.resize(start);
        return whole ? std::optional(sum) : std::nullopt;
    }

    const std::optional<engine::Error>& failure() const { return m_failure; }
    bool stopped() const { return m_stop.stop_requested() || m_failure; }

private:
    // Where the distribution for the next token is kept for other ways on; null: nowhere.
    std::vector<float>* placeToKeep() {
        if (!m_branch || m_tokens.size() < *m_branch || m_tokens.size() > *m_branch + 1) {
            return nullptr;
        }
        return &m_kept[m_tokens.size() > *m_branch ? m_tokens.back() : -1];
    }

    engine::Generator& m_model;
    std::stop_token m_stop;
    std::vector<engine::TokenId> m_tokens;
    const PhraseModel* m_phrases = nullptr;
    float m_share = 0;
    std::vector<float> m_blended;
    std::optional<std::size_t> m_branch;
    std::map<engine::TokenId, std::vector<float>> m_kept; // by the token at m_branch; -1: none yet
    std::optional<engine::Error> m_failure;
};

} // namespace linnet::verse
