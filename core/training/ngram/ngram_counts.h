#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace linnet::training {

// An n-gram with its counts. The key holds the words 16 bits each from the top down: the context,
// nearest word first, then the predicted word; unused low bits are zero. Sorting by key therefore
// groups the n-grams of a context, and the contexts of a shorter context.
struct NgramEntry {
    std::uint64_t key = 0;
    float weight = 0; // occurrences, weighted by document; below order 4: what is passed down
    std::uint32_t count = 0; // occurrences; below order 4: different words before it
};

inline constexpr std::uint32_t forcedFlag = 0x80000000U; // in count: a longer n-gram needs it
inline constexpr int highestOrder = 4;

// The words of the context in the low bits; equal for n-grams of one context.
inline std::uint64_t contextOf(std::uint64_t key, int order) {
    return order == 1 ? 0 : key >> (16U * static_cast<unsigned>(highestOrder + 1 - order));
}
// The context without its farthest word.
inline std::uint64_t shorterContextOf(std::uint64_t key, int order) {
    return order <= 2 ? 0 : key >> (16U * static_cast<unsigned>(highestOrder + 2 - order));
}
inline std::uint32_t wordOf(std::uint64_t key, int order) {
    return static_cast<std::uint32_t>(key >> (16U * static_cast<unsigned>(highestOrder - order))) &
           0xFFFFU;
}
std::uint64_t makeKey(std::uint64_t context, std::uint32_t word, int order);

// Sorts by key and merges equal keys: weights and counts add up, flags are kept.
void sortAndMerge(std::vector<NgramEntry>& entries);

// How much an n-gram seen 1, 2, 3 or more times gives up to the shorter context.
using Discounts = std::array<double, 4>; // [0] unused

// Chen and Goodman 1999, equation 26, from the numbers of n-grams seen one to four times.
Discounts estimateDiscounts(const std::vector<NgramEntry>& entries);

// The share of an n-gram's weight that it gives up: discount / count.
double passedShare(const NgramEntry& entry, const Discounts& discounts);

// One order of the model: n-grams sorted by key, the probability each keeps for itself in its
// context (interpolated: the rest of a context's mass goes to the shorter context), and whether
// it is stored.
struct NgramLevel {
    int order = 0;
    std::vector<NgramEntry> entries;
    std::vector<float> kept;
    std::vector<bool> stored;
};

// Sets `kept` of all n-grams, as if all were stored.
void keepAll(NgramLevel& level, const Discounts& discounts);

// The entries of the order below: for each, the weight passed down by all its extensions (all of
// it where the extension is not stored), and the number of extensions.
std::vector<NgramEntry> passDown(const NgramLevel& level, const Discounts& discounts);

// p(word | shorter context) for each entry of `upper`, from the level below and its
// probabilities. Every entry has its counterpart there.
std::vector<float> lowerProbabilities(const NgramLevel& upper, const NgramLevel& lower,
                                      const std::vector<float>& lowerP);

// p(word | context) of each entry of a level whose entries are all stored.
std::vector<float> probabilities(const NgramLevel& level, const std::vector<float>& lowerP);

// Unstores the n-grams whose loss costs less than `threshold`, in weighted occurrences times
// nats (Stolcke 1998, for an interpolated model), unless a longer n-gram needs them.
void prune(NgramLevel& level, const std::vector<float>& lowerP, double threshold);

} // namespace linnet::training
