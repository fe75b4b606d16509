#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "engine/api/result.h"
#include "training/token_files.h"

namespace linnet::training {

struct VersePrepareOptions {
    std::string language;                 // zh or en
    std::filesystem::path corpus;         // zh: {train,valid,test}.tsv and long-*.tsv;
                                          // en: {train,valid,test}.txt and poems.tsv
    std::filesystem::path pronunciations; // en: a dictionary in CMUdict's format
    std::filesystem::path output;  // gets tokenizer.json and the token folders train, valid, test
    std::size_t vocabulary = 0;    // zh: characters; en: words of the dictionary
    std::uint64_t leastOther = 60; // en: occurrences of a word that the dictionary lacks
    std::uint64_t seed = 1;        // of the prompts and the order of the records
    std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)> progress;
};

struct VersePrepareReport {
    std::size_t vocabularySize = 0;
    std::map<std::string, TokenIndex> splits; // train, valid, test
    std::uint64_t lines = 0;                  // different ones in train, for lines.bin
    std::uint64_t leftOut = 0;                // records of train with too many unknown words
};

/// Makes the tokenizer, the filter of known lines and the shuffled token folders of a verse model
/// from a corpus of poems. The same options give the same files. Errors: NotFound, CorruptFile,
/// InvalidArgument, Io.
engine::Result<VersePrepareReport> prepareVerse(const VersePrepareOptions& options);

} // namespace linnet::training
