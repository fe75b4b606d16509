#include "training/ngram/ngram_builder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "training/ngram/ngram_counts.h"
#include "training/ngram/ngram_writer.h"

namespace linnet::training {

namespace {

using Progress = std::function<void(const std::string&)>;

// Maximum-likelihood unigrams of what reaches the lowest order.
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

engine::Result<NgramBuildReport> buildNgram(const std::vector<WeightedDocument>& documents,
                                            const NgramBuildOptions& options,
                                            const Progress& progress) {
    NgramBuildReport report;
    progress("choosing words");
    const NgramCorpus corpus(documents, options.lexicon);
    progress("counting n-grams");
    NgramLevel level;
    level.order = 4;
    level.entries = corpus.fourGrams();
    Discounts discounts = estimateDiscounts(level.entries);
    keepAll(level, discounts);
    progress("smoothing");
    const FullModel full = buildFull(level, discounts);

    NgramWriter writer(corpus);
    for (int order = 4; order >= 2; --order) {
        const auto at = static_cast<std::size_t>(order);
        progress("pruning order " + std::to_string(order));
        report.counted[at - 1] = level.entries.size();
        prune(level, lowerProbabilities(level, full.levels[at - 1], full.p[at - 1]),
              options.threshold);
        std::vector<NgramEntry> below = passDown(level, discounts);
        report.stored[at - 1] = writer.add(level);
        level = NgramLevel{};
        level.order = order - 1;
        level.entries = std::move(below);
        if (order > 2) {
            discounts = estimateDiscounts(full.levels[at - 1].entries);
            keepAll(level, discounts);
        }
    }
    report.counted[0] = report.stored[0] = level.entries.size();
    writer.setUnigrams(level.entries, unigramProbabilities(level.entries));
    progress("writing " + options.output.string());
    const auto written = writer.write(options.output);
    if (!written) {
        return written.error();
    }
    report.bytes = *written;
    report.separators = corpus.separators().size();
    for (const ChosenWord& word : corpus.words()) {
        ++(word.id == 0 ? report.tailWords : report.words);
    }
    return report;
}

} // namespace linnet::training
