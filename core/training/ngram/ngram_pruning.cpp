#include "training/ngram/ngram_pruning.h"

#include <array>
#include <utility>

namespace linnet::training {

namespace {

// The model with nothing pruned: by it is judged what can be spared.
struct FullModel {
    std::array<NgramLevel, 5> levels; // by order; [4] is not kept
    std::array<Discounts, 5> discounts{};
    std::array<std::vector<float>, 5> p;
};

FullModel buildFull(const NgramLevel& highest, const Discounts& discounts) {
    FullModel full;
    full.discounts[4] = discounts;
    std::vector<NgramEntry> below = passDown(highest, discounts);
    for (int order = 3; order >= 1; --order) {
        const auto at = static_cast<std::size_t>(order);
        NgramLevel& level = full.levels[at];
        level.order = order;
        level.entries = std::move(below);
        if (order > 1) {
            full.discounts[at] = estimateDiscounts(level.entries);
            keepAll(level, full.discounts[at]);
            below = passDown(level, full.discounts[at]);
        }
    }
    full.p[1] = unigramProbabilities(full.levels[1].entries);
    for (std::size_t order = 2; order <= 3; ++order) {
        const std::vector<float> lower =
            lowerProbabilities(full.levels[order], full.levels[order - 1], full.p[order - 1]);
        full.p[order] = probabilities(full.levels[order], lower);
    }
    return full;
}

} // namespace

std::vector<float> unigramProbabilities(const std::vector<NgramEntry>& entries) {
    double total = 0;
    for (const NgramEntry& entry : entries) {
        total += static_cast<double>(entry.weight);
    }
    std::vector<float> p;
    p.reserve(entries.size());
    for (const NgramEntry& entry : entries) {
        p.push_back(static_cast<float>(static_cast<double>(entry.weight) / total));
    }
    return p;
}

std::vector<NgramEntry> pruneNgrams(std::vector<NgramEntry> fourGrams, double threshold,
                                    const std::function<void(const NgramLevel&)>& take,
                                    const std::function<void(const std::string&)>& progress) {
    NgramLevel level;
    level.order = 4;
    level.entries = std::move(fourGrams);
    Discounts discounts = estimateDiscounts(level.entries);
    keepAll(level, discounts);
    progress("smoothing");
    const FullModel full = buildFull(level, discounts);
    for (int order = 4; order >= 2; --order) {
        const auto at = static_cast<std::size_t>(order);
        progress("pruning order " + std::to_string(order));
        prune(level, lowerProbabilities(level, full.levels[at - 1], full.p[at - 1]), threshold);
        std::vector<NgramEntry> below = passDown(level, discounts);
        take(level);
        level = NgramLevel{};
        level.order = order - 1;
        level.entries = std::move(below);
        if (order > 2) {
            discounts = estimateDiscounts(full.levels[at - 1].entries);
            keepAll(level, discounts);
        }
    }
    return std::move(level.entries);
}

} // namespace linnet::training
