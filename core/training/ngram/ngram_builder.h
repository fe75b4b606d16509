#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/api/result.h"
#include "training/ngram/ngram_corpus.h"

namespace linnet::training {

struct NgramBuildOptions {
    LexiconOptions lexicon;
    // What an n-gram must be worth to be stored, in weighted occurrences times nats.
    double threshold = 0.7;
    std::filesystem::path output;
};

struct NgramBuildReport {
    std::size_t words = 0;
    std::size_t tailWords = 0;
    std::size_t separators = 0;
    std::size_t counted[4] = {}; // n-grams of order 1 to 4 before pruning
    std::size_t stored[4] = {};
    std::uint64_t bytes = 0;
};

// Counts, smooths, prunes and writes an n-gram model. Needs about 50 bytes of memory per word of
// the corpus; one thread. `progress` is told what is being done. Errors: Io.
engine::Result<NgramBuildReport>
buildNgram(const std::vector<WeightedDocument>& documents, const NgramBuildOptions& options,
           const std::function<void(const std::string&)>& progress);

} // namespace linnet::training
