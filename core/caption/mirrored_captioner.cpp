#include "caption/mirrored_captioner.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace linnet::caption {

using engine::CaptionLogProbs;
using engine::Result;
using engine::Subject;
using engine::TokenId;

namespace {

// The rows of all channels from right to left.
std::vector<float> mirrored(std::span<const float> pixels, std::size_t width) {
    std::vector<float> out(pixels.begin(), pixels.end());
    for (std::size_t row = 0; row + width <= out.size(); row += width) {
        const auto begin = out.begin() + static_cast<std::ptrdiff_t>(row);
        std::reverse(begin, begin + static_cast<std::ptrdiff_t>(width));
    }
    return out;
}

// ln of the mean of two probabilities.
float meanOf(float a, float b) {
    constexpr float ln2 = 0.693147181F;
    const float more = std::max(a, b);
    if (!(more > -std::numeric_limits<float>::infinity())) {
        return a + b; // none, or not a number
    }
    return more + std::log1p(std::exp(std::min(a, b) - more)) - ln2;
}

// What a picture shows if `plain` and `mirror` are what its two views do.
std::vector<Subject> meanOf(const std::vector<Subject>& plain, const std::vector<Subject>& mirror) {
    std::vector<Subject> all = plain;
    for (Subject& subject : all) {
        subject.probability /= 2;
    }
    for (const Subject& subject : mirror) {
        const auto known = std::find_if(
            all.begin(), all.end(), [&](const Subject& one) { return one.nouns == subject.nouns; });
        if (known != all.end()) {
            known->probability += subject.probability / 2;
        } else {
            all.push_back(subject);
            all.back().probability /= 2;
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const Subject& a, const Subject& b) {
        return a.people != b.people ? b.people : a.probability > b.probability;
    });
    return all;
}

} // namespace

Result<std::vector<std::vector<Subject>>>
MirroredCaptioner::encode(std::span<const float> pixels, int count, std::stop_token stop) {
    std::vector<float> both(pixels.begin(), pixels.end());
    const std::vector<float> mirror =
        mirrored(pixels, static_cast<std::size_t>(m_captioner.pixelFormat().width));
    both.insert(both.end(), mirror.begin(), mirror.end());
    auto seen = m_captioner.encode(both, 2 * count, std::move(stop));
    if (!seen || seen->empty()) {
        return seen;
    }
    const auto pictures = static_cast<std::size_t>(count);
    std::vector<std::vector<Subject>> subjects;
    for (std::size_t i = 0; i < pictures; ++i) {
        subjects.push_back(meanOf((*seen)[i], (*seen)[pictures + i]));
    }
    return subjects;
}

Result<CaptionLogProbs> MirroredCaptioner::begin(std::string_view language, std::stop_token stop) {
    return mean(m_captioner.begin(language, std::move(stop)));
}

Result<CaptionLogProbs> MirroredCaptioner::advance(std::span<const int> parents,
                                                   std::span<const TokenId> tokens,
                                                   std::stop_token stop) {
    std::vector<int> from(parents.begin(), parents.end());
    std::vector<TokenId> next(tokens.begin(), tokens.end());
    for (const int parent : parents) {
        from.push_back(parent + m_rows);
    }
    next.insert(next.end(), tokens.begin(), tokens.end());
    return mean(m_captioner.advance(from, next, std::move(stop)));
}

Result<CaptionLogProbs> MirroredCaptioner::mean(const Result<CaptionLogProbs>& both) {
    if (!both || both->rows == 0) {
        return both;
    }
    m_rows = both->rows / 2;
    const auto half = static_cast<std::size_t>(m_rows) * static_cast<std::size_t>(both->vocabulary);
    m_mean.resize(half);
    for (std::size_t i = 0; i < half; ++i) {
        m_mean[i] = meanOf(both->values[i], both->values[half + i]);
    }
    return CaptionLogProbs{m_rows, both->vocabulary, m_mean};
}

} // namespace linnet::caption
