#pragma once

#include <QTemporaryDir>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "suggest/ngram_model.h"
#include "training/ngram/ngram_builder.h"

namespace linnet::tests {

// Builds an n-gram file from a text, with nothing pruned.
inline engine::Result<training::NgramBuildReport> buildSmall(const std::filesystem::path& file,
                                                             const std::string& text,
                                                             std::size_t words = 1000,
                                                             double threshold = -1e9) {
    training::NgramBuildOptions options;
    options.lexicon.words = words;
    options.lexicon.tail = 1000;
    options.lexicon.leastCount = 1;
    options.threshold = threshold;
    options.output = file;
    const std::vector<training::WeightedDocument> documents = {{text, 1.0}};
    return training::buildNgram(documents, options, [](const std::string&) {});
}

inline std::filesystem::path smallFile(const QTemporaryDir& folder) {
    return std::filesystem::path(folder.path().toStdString()) / "ngram.bin";
}

} // namespace linnet::tests
