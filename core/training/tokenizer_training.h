#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "training/corpus.h"
#include "training/tokenizer_file.h"

namespace linnet::training {

/// The split pattern of our own tokenizers. It follows Llama 3 (contractions, numbers of up to
/// three digits, runs of punctuation with their line breaks) with one difference: only a space may
/// lead a word. A quotation mark then never fuses with the word after it, so that a word is the
/// same token after a quote, at the start of a line and after a dash.
extern const char* const kProsePattern;

struct TokenizerOptions {
    std::vector<std::filesystem::path> inputs;
    std::filesystem::path output; // tokenizer.json
    std::string separator = "<|endofdoc|>";
    std::size_t vocabularySize = 8192;
    std::string pattern; // split pattern; empty: our own
    ByteProgress progress;
};

/// What trainTokenizer() saw and made.
struct TokenizerReport {
    std::size_t vocabularySize = 0;
    std::size_t distinctPieces = 0;
    std::uint64_t bytes = 0;
};

/// Trains a byte-level BPE tokenizer on the inputs and writes it. Errors as above.
engine::Result<TokenizerReport> trainTokenizer(const TokenizerOptions& options);

} // namespace linnet::training
