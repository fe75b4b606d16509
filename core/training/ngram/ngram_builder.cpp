#include "training/ngram/ngram_builder.h"

#include "training/ngram/ngram_pruning.h"
#include "training/ngram/ngram_writer.h"

namespace linnet::training {

engine::Result<NgramBuildReport>
buildNgram(const std::vector<WeightedDocument>& documents, const NgramBuildOptions& options,
           const std::function<void(const std::string&)>& progress) {
    NgramBuildReport report;
    progress("choosing words");
    const NgramCorpus corpus(documents, options.lexicon);
    progress("counting n-grams");
    NgramWriter writer(corpus);
    const std::vector<NgramEntry> words = pruneNgrams(
        corpus.fourGrams(), options.threshold,
        [&](const NgramLevel& level) {
            const auto at = static_cast<std::size_t>(level.order);
            report.counted[at - 1] = level.entries.size();
            report.stored[at - 1] = writer.add(level);
        },
        progress);
    report.counted[0] = report.stored[0] = words.size();
    writer.setUnigrams(words, unigramProbabilities(words));
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
