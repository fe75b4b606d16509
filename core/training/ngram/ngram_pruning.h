#pragma once

#include <functional>
#include <string>
#include <vector>

#include "training/ngram/ngram_counts.h"

namespace linnet::training {

// Smooths and prunes `fourGrams` (merged and sorted) order by order and hands each level of order
// 4, 3 and 2 to `take`, with what is stored of it and what each n-gram keeps for itself. Returns
// the entries of order 1. An n-gram is stored if it is worth `threshold`, in weighted occurrences
// times nats. `progress` is told what is being done.
std::vector<NgramEntry> pruneNgrams(std::vector<NgramEntry> fourGrams, double threshold,
                                    const std::function<void(const NgramLevel&)>& take,
                                    const std::function<void(const std::string&)>& progress);

// Maximum-likelihood probabilities of entries of order 1.
std::vector<float> unigramProbabilities(const std::vector<NgramEntry>& entries);

} // namespace linnet::training
