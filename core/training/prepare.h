#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "training/corpus.h"
#include "training/token_files.h"

namespace linnet::training {

struct PrepareOptions {
    std::vector<std::filesystem::path> inputs; // text files; "-" is standard input
    std::filesystem::path tokenizer;           // folder of a tokenizer.json
    std::filesystem::path output;              // folder for the token files
    std::string separator = "<|endofdoc|>";    // line that ends a document
    DocumentGroups groups;
    std::uint64_t saveInterval = 32U << 20U; // bytes of input between two saved states
    ByteProgress progress;
};

/// Encodes documents into token files, a document at a time: memory is bounded by the largest
/// document. A run broken off goes on where it stopped when started again with the same inputs
/// (standard input cannot be resumed). Errors: NotFound, Io, CorruptFile (text that is not UTF-8,
/// with the file and the document), InvalidArgument.
engine::Result<TokenIndex> prepareTokens(const PrepareOptions& options);

} // namespace linnet::training
