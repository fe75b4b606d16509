#include "training/ngram/ngram_counts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace linnet::training {

namespace {

constexpr std::size_t wordIds = 65536;

// Calls visit(begin, end) for every run of entries with one context.
template <typename Visit>
void forEachContext(const NgramLevel& level, Visit&& visit) {
    for (std::size_t begin = 0; begin < level.entries.size();) {
        const std::uint64_t context = contextOf(level.entries[begin].key, level.order);
        std::size_t end = begin + 1;
        while (end < level.entries.size() &&
               contextOf(level.entries[end].key, level.order) == context) {
            ++end;
        }
        visit(begin, end);
        begin = end;
    }
}

std::uint32_t countOf(const NgramEntry& entry) {
    return entry.count & ~forcedFlag;
}

double totalWeight(const NgramLevel& level, std::size_t begin, std::size_t end) {
    double total = 0;
    for (std::size_t i = begin; i < end; ++i) {
        total += static_cast<double>(level.entries[i].weight);
    }
    return total;
}

} // namespace

std::uint64_t makeKey(std::uint64_t context, std::uint32_t word, int order) {
    const unsigned shift = 16U * static_cast<unsigned>(highestOrder - order);
    const std::uint64_t high = order == 1 ? 0 : context << (shift + 16U);
    return high | (std::uint64_t{word} << shift);
}

void sortAndMerge(std::vector<NgramEntry>& entries) {
    std::sort(entries.begin(), entries.end(),
              [](const NgramEntry& a, const NgramEntry& b) { return a.key < b.key; });
    std::size_t out = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (out > 0 && entries[out - 1].key == entries[i].key) {
            NgramEntry& merged = entries[out - 1];
            const std::uint32_t flag = (merged.count | entries[i].count) & forcedFlag;
            merged.weight += entries[i].weight;
            merged.count = (countOf(merged) + countOf(entries[i])) | flag;
        } else {
            entries[out++] = entries[i];
        }
    }
    entries.resize(out);
    entries.shrink_to_fit();
}

Discounts estimateDiscounts(const std::vector<NgramEntry>& entries) {
    std::array<double, 5> seen{};
    for (const NgramEntry& entry : entries) {
        const std::uint32_t count = countOf(entry);
        if (count >= 1 && count <= 4) {
            seen[count] += 1;
        }
    }
    if (seen[1] == 0 || seen[2] == 0 || seen[3] == 0) {
        return {0, 0.5, 0.75, 0.9}; // too little text to estimate from
    }
    const double y = seen[1] / (seen[1] + 2 * seen[2]);
    Discounts discounts{};
    for (std::size_t i = 1; i <= 3; ++i) {
        const double n = static_cast<double>(i);
        discounts[i] = std::clamp(n - (n + 1) * y * seen[i + 1] / seen[i], 0.05 * n, 0.95 * n);
    }
    return discounts;
}

double passedShare(const NgramEntry& entry, const Discounts& discounts) {
    const std::uint32_t count = countOf(entry);
    return count == 0 ? 1.0 : discounts[std::min<std::uint32_t>(count, 3)] / count;
}

void keepAll(NgramLevel& level, const Discounts& discounts) {
    level.kept.assign(level.entries.size(), 0.0F);
    level.stored.assign(level.entries.size(), true);
    forEachContext(level, [&](std::size_t begin, std::size_t end) {
        const double total = totalWeight(level, begin, end);
        for (std::size_t i = begin; i < end; ++i) {
            const NgramEntry& entry = level.entries[i];
            const double kept =
                static_cast<double>(entry.weight) * (1.0 - passedShare(entry, discounts)) / total;
            level.kept[i] = static_cast<float>(kept);
        }
    });
}

std::vector<NgramEntry> passDown(const NgramLevel& level, const Discounts& discounts) {
    std::vector<NgramEntry> below;
    below.reserve(level.entries.size());
    for (std::size_t i = 0; i < level.entries.size(); ++i) {
        const NgramEntry& entry = level.entries[i];
        const bool stored = level.stored[i];
        const double share = stored ? passedShare(entry, discounts) : 1.0;
        below.push_back({makeKey(shorterContextOf(entry.key, level.order),
                                 wordOf(entry.key, level.order), level.order - 1),
                         static_cast<float>(static_cast<double>(entry.weight) * share),
                         1U | (stored ? forcedFlag : 0U)});
    }
    sortAndMerge(below);
    return below;
}

std::vector<float> lowerProbabilities(const NgramLevel& upper, const NgramLevel& lower,
                                      const std::vector<float>& lowerP) {
    std::vector<float> result(upper.entries.size());
    std::vector<float> ofWord(wordIds, 0.0F);
    std::size_t at = 0;
    std::uint64_t loaded = ~std::uint64_t{0};
    for (std::size_t i = 0; i < upper.entries.size(); ++i) {
        const std::uint64_t key = upper.entries[i].key;
        const std::uint64_t context = shorterContextOf(key, upper.order);
        if (context != loaded) {
            while (at < lower.entries.size() &&
                   contextOf(lower.entries[at].key, lower.order) < context) {
                ++at;
            }
            while (at < lower.entries.size() &&
                   contextOf(lower.entries[at].key, lower.order) == context) {
                ofWord[wordOf(lower.entries[at].key, lower.order)] = lowerP[at];
                ++at;
            }
            loaded = context;
        }
        result[i] = ofWord[wordOf(key, upper.order)];
    }
    return result;
}

std::vector<float> probabilities(const NgramLevel& level, const std::vector<float>& lowerP) {
    std::vector<float> result(level.entries.size());
    forEachContext(level, [&](std::size_t begin, std::size_t end) {
        float rest = 1;
        for (std::size_t i = begin; i < end; ++i) {
            rest -= level.kept[i];
        }
        for (std::size_t i = begin; i < end; ++i) {
            result[i] = level.kept[i] + rest * lowerP[i];
        }
    });
    return result;
}

void prune(NgramLevel& level, const std::vector<float>& lowerP, double threshold) {
    forEachContext(level, [&](std::size_t begin, std::size_t end) {
        const double total = totalWeight(level, begin, end);
        double rest = 1;
        for (std::size_t i = begin; i < end; ++i) {
            rest -= static_cast<double>(level.kept[i]);
        }
        for (std::size_t i = begin; i < end; ++i) {
            const double kept = static_cast<double>(level.kept[i]);
            const double lower = static_cast<double>(lowerP[i]);
            const double with = kept + rest * lower;
            const double without = (rest + kept) * lower;
            // What this word loses, less what the others of the context gain to first order.
            const double cost = with * std::log(with / without) - kept * (1.0 - lower);
            const bool forced = (level.entries[i].count & forcedFlag) != 0;
            if (!forced && !(total * cost >= threshold)) {
                level.stored[i] = false;
            }
        }
    });
}

} // namespace linnet::training
