#include "training/window_sampler.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace linnet::training {

namespace {

/// The finalizer of SplitMix64 (Steele et al. 2014): a well mixed function of 64 bits.
std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

} // namespace

std::uint64_t permuted(std::uint64_t index, std::uint64_t size, std::uint64_t key) {
    assert(index < size);
    if (size < 2) {
        return 0;
    }
    const unsigned half = (static_cast<unsigned>(std::bit_width(size - 1)) + 1) / 2;
    const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
    std::uint64_t value = index;
    do {
        std::uint64_t left = value >> half;
        std::uint64_t right = value & mask;
        for (std::uint64_t round = 0; round < 4; ++round) {
            const std::uint64_t next = left ^ (mixed(key ^ mixed(right + (round << 56U))) & mask);
            left = right;
            right = next;
        }
        value = (left << half) | right;
    } while (value >= size);
    return value;
}

WindowSampler::WindowSampler(std::vector<MixtureSource> sources, std::int64_t length,
                             std::uint64_t seed)
    : m_sources(std::move(sources))
    , m_length(length)
    , m_seed(seed)
    , m_drawn(m_sources.size(), 0)
    , m_before(m_sources.size(), 0) {
}

void WindowSampler::restore(std::vector<std::uint64_t> drawn,
                            std::vector<std::uint64_t> drawnBefore) {
    assert(drawn.size() == m_sources.size() && drawnBefore.size() == m_sources.size());
    m_drawn = std::move(drawn);
    m_before = std::move(drawnBefore);
}

std::size_t WindowSampler::pickSource() const {
    double weights = 0.0;
    double total = 1.0;
    std::vector<double> counts;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        counts.push_back(static_cast<double>(m_drawn[i] - m_before[i]));
        weights += m_sources[i].weight;
        total += counts[i];
    }
    std::size_t best = 0;
    double bestDeficit = -1e300;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const double deficit = total * m_sources[i].weight / weights - counts[i];
        if (deficit > bestDeficit) {
            best = i;
            bestDeficit = deficit;
        }
    }
    return best;
}

void WindowSampler::next(std::int64_t* out) {
    const std::size_t source = pickSource();
    const TokenStream& tokens = m_sources[source].tokens;
    const auto length = static_cast<std::uint64_t>(m_length);
    const std::uint64_t usable = tokens.size() - 1; // the last token is a target only
    // One window less than fits leaves room to shift the cut points from epoch to epoch.
    const std::uint64_t windows = usable >= 2 * length ? usable / length - 1 : 1;
    const std::uint64_t number = m_drawn[source]++;
    const std::uint64_t epoch = number / windows;
    const std::uint64_t key = mixed(m_seed ^ mixed(epoch + (std::uint64_t{source} << 40U)));
    const std::uint64_t slack = usable - windows * length;
    const std::uint64_t shift = mixed(key + 1) % (slack + 1);
    const std::uint64_t window = permuted(number % windows, windows, key);
    std::uint64_t begin = shift + window * length;
    const auto& starts = m_sources[source].starts;
    const auto after = std::upper_bound(starts.begin(), starts.end(), begin);
    if (after != starts.begin() && begin - *(after - 1) <= length / 2) {
        begin = *(after - 1);
    }
    tokens.copy(begin, length + 1, out);
}

} // namespace linnet::training
