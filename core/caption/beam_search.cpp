#include "caption/beam_search.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "caption/repetition.h"

namespace linnet::caption {

namespace {

using engine::Captioner;
using engine::CaptionLogProbs;
using engine::CaptionSearch;
using engine::TokenId;

// A caption being written, in the row of the captioner that continues it.
struct Beam {
    int row = 0;
    std::vector<TokenId> tokens;
    double logProbability = 0;
    double penalty = 0; // for words said again
};

// A beam continued by a token.
struct Candidate {
    std::size_t beam = 0;
    TokenId token = 0;
    double logProbability = 0;
    double penalty = 0;

    double rank() const { return logProbability - penalty; }
};

bool better(const Candidate& a, const Candidate& b) {
    return a.rank() > b.rank();
}

// The captions of one picture.
class PictureSearch {
public:
    PictureSearch(const Captioner& captioner, const std::vector<char>& allowed,
                  const CaptionSearch& options, int row)
        : m_captioner(captioner)
        , m_allowed(allowed)
        , m_options(options) {
        m_live.push_back({row, {}, 0, 0});
    }

    bool isOver() const { return m_live.empty(); }

    // Takes the next token of each live beam. Appends what the captioner is to continue.
    void step(const CaptionLogProbs& next, std::vector<int>& parents, std::vector<TokenId>& tokens);

    std::vector<Hypothesis> take() {
        std::stable_sort(m_finished.begin(), m_finished.end(),
                         [](const auto& a, const auto& b) { return a.score > b.score; });
        return std::move(m_finished);
    }

private:
    std::size_t width() const { return static_cast<std::size_t>(m_options.beams); }
    std::vector<Candidate> candidates(const CaptionLogProbs& next) const;
    bool mayFollow(const Beam& beam, TokenId next) const;
    double penaltyOf(const Beam& beam, TokenId next) const;
    double score(double rank, std::size_t length) const {
        return rank / std::pow(static_cast<double>(length), m_options.lengthPower);
    }
    void finish(const Beam& beam, double logProbability, std::size_t length);
    bool canImprove() const;

    const Captioner& m_captioner;
    const std::vector<char>& m_allowed;
    const CaptionSearch& m_options;
    std::vector<Beam> m_live;
    std::vector<Hypothesis> m_finished;
};

bool PictureSearch::mayFollow(const Beam& beam, TokenId next) const {
    if (next == m_captioner.endOfCaption()) {
        return !beam.tokens.empty();
    }
    return !saysTwiceInARow(m_captioner.tokenizer(), beam.tokens, next) &&
           !repeatsRun(beam.tokens, next, m_options.noRepeat);
}

// Of the beam continued by `next`.
double PictureSearch::penaltyOf(const Beam& beam, TokenId next) const {
    const bool again =
        m_options.repeatPenalty > 0 &&
        std::find(beam.tokens.begin(), beam.tokens.end(), next) != beam.tokens.end() &&
        isWordOfSubstance(m_captioner.tokenizer(), next);
    return beam.penalty + (again ? m_options.repeatPenalty : 0);
}

// The likeliest continuations of all live beams, best first; twice as many as beams, so that enough
// are left when some of them end their caption.
std::vector<Candidate> PictureSearch::candidates(const CaptionLogProbs& next) const {
    const std::size_t wanted = 2 * width();
    std::vector<Candidate> best; // a heap whose front is the worst
    best.reserve(wanted + 1);
    for (std::size_t b = 0; b < m_live.size(); ++b) {
        const Beam& beam = m_live[b];
        const std::span<const float> row = next.row(beam.row);
        for (std::size_t t = 0; t < row.size(); ++t) {
            const auto token = static_cast<TokenId>(t);
            Candidate candidate{b, token, beam.logProbability + static_cast<double>(row[t]),
                                beam.penalty};
            const auto isWorse = [&] {
                return best.size() == wanted && !better(candidate, best.front());
            };
            // Negated, so that what is not a number is never taken.
            if (!(row[t] > -std::numeric_limits<float>::infinity()) || isWorse() ||
                m_allowed[t] == 0 || !mayFollow(beam, token)) {
                continue;
            }
            candidate.penalty = penaltyOf(beam, token);
            if (isWorse()) {
                continue;
            }
            best.push_back(candidate);
            std::push_heap(best.begin(), best.end(), better);
            if (best.size() > wanted) {
                std::pop_heap(best.begin(), best.end(), better);
                best.pop_back();
            }
        }
    }
    std::sort_heap(best.begin(), best.end(), better);
    return best;
}

void PictureSearch::finish(const Beam& beam, double logProbability, std::size_t length) {
    m_finished.push_back(
        {beam.tokens, logProbability, score(logProbability - beam.penalty, length)});
    if (m_finished.size() > width()) {
        m_finished.erase(
            std::min_element(m_finished.begin(), m_finished.end(),
                             [](const auto& a, const auto& b) { return a.score < b.score; }));
    }
}

// Whether a live beam may still become better than a finished one, were it to end now at no cost.
bool PictureSearch::canImprove() const {
    if (m_finished.size() < width()) {
        return true;
    }
    double worst = std::numeric_limits<double>::infinity();
    for (const Hypothesis& hypothesis : m_finished) {
        worst = std::min(worst, hypothesis.score);
    }
    return std::any_of(m_live.begin(), m_live.end(), [&](const Beam& beam) {
        return score(beam.logProbability - beam.penalty, beam.tokens.size()) > worst;
    });
}

void PictureSearch::step(const CaptionLogProbs& next, std::vector<int>& parents,
                         std::vector<TokenId>& tokens) {
    const TokenId end = m_captioner.endOfCaption();
    std::vector<Beam> live;
    std::size_t rank = 0;
    for (const Candidate& candidate : candidates(next)) {
        const Beam& from = m_live[candidate.beam];
        if (candidate.token == end) {
            // An end that is not among the best would keep a better beam from going on.
            if (rank < width()) {
                finish(from, candidate.logProbability, from.tokens.size() + 1);
            }
        } else if (live.size() < width()) {
            Beam beam{from.row, from.tokens, candidate.logProbability, candidate.penalty};
            beam.tokens.push_back(candidate.token);
            live.push_back(std::move(beam));
        }
        ++rank;
    }
    m_live = std::move(live);
    if (m_live.empty()) {
        return;
    }
    if (static_cast<int>(m_live.front().tokens.size()) >= m_captioner.maxTokens()) {
        for (const Beam& beam : m_live) {
            finish(beam, beam.logProbability, beam.tokens.size());
        }
        m_live.clear();
    } else if (!canImprove()) {
        m_live.clear();
    }
    for (Beam& beam : m_live) {
        parents.push_back(beam.row);
        tokens.push_back(beam.tokens.back());
        beam.row = static_cast<int>(parents.size()) - 1;
    }
}

std::vector<char> allowedTokens(const Captioner& captioner, int vocabulary) {
    std::vector<char> allowed(static_cast<std::size_t>(vocabulary));
    for (int t = 0; t < vocabulary; ++t) {
        allowed[static_cast<std::size_t>(t)] =
            t == captioner.endOfCaption() || !captioner.isForbidden(t) ? 1 : 0;
    }
    return allowed;
}

} // namespace

engine::Result<std::vector<std::vector<Hypothesis>>>
searchCaptions(Captioner& captioner, int pictures, std::string_view language,
               const CaptionSearch& options, const std::stop_token& stop) {
    using engine::Error;
    using engine::ErrorCode;
    if (options.beams < 1 || pictures < 1) {
        return Error{ErrorCode::InvalidArgument, "a caption needs a picture and at least one beam"};
    }
    auto next = captioner.begin(language, stop);
    if (!next) {
        return next.error();
    }
    if (next->rows == 0 || stop.stop_requested()) {
        return std::vector<std::vector<Hypothesis>>{};
    }
    if (next->rows != pictures) {
        return Error{ErrorCode::Internal, "the captioner has " + std::to_string(next->rows) +
                                              " pictures and not " + std::to_string(pictures)};
    }
    const std::vector<char> allowed = allowedTokens(captioner, next->vocabulary);
    std::vector<PictureSearch> searches;
    for (int i = 0; i < pictures; ++i) {
        searches.emplace_back(captioner, allowed, options, i);
    }
    while (true) {
        std::vector<int> parents;
        std::vector<TokenId> tokens;
        for (PictureSearch& search : searches) {
            if (!search.isOver()) {
                search.step(*next, parents, tokens);
            }
        }
        if (parents.empty()) {
            break;
        }
        next = captioner.advance(parents, tokens, stop);
        if (!next) {
            return next.error();
        }
        if (next->rows == 0 || stop.stop_requested()) {
            return std::vector<std::vector<Hypothesis>>{};
        }
    }
    std::vector<std::vector<Hypothesis>> captions;
    for (PictureSearch& search : searches) {
        captions.push_back(search.take());
    }
    return captions;
}

} // namespace linnet::caption
