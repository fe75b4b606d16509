#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "training/bpe_trainer.h"

namespace linnet::training {

/// Name of the token that ends every document of a training corpus.
inline constexpr const char* kEndOfDocument = "<|endofdoc|>";

/// Writes `model` as a Hugging Face `tokenizer.json`: BPE over the byte-level alphabet, the split
/// pattern as an isolated Split, the special tokens as added tokens. Errors: Io.
engine::Result<void> writeTokenizerFile(const BpeModel& model, const std::filesystem::path& path);

/// How the text of a word-level tokenizer is cut into tokens.
enum class WordLevelCut {
    Characters, // every character is a token
    WhiteSpace, // words and marks have spaces between them
};

/// Writes a Hugging Face `tokenizer.json` of type WordLevel: `tokens` in the order of their ids,
/// the first `controlCount` of them special, `unknown` for what is not among them. Errors: Io.
engine::Result<void> writeWordLevelFile(const std::vector<std::string>& tokens,
                                        std::size_t controlCount, const std::string& unknown,
                                        WordLevelCut cut, const std::filesystem::path& path);

/// SHA-256 of a file in lower-case hexadecimal; ties token files and models to the tokenizer that
/// made them. Errors: NotFound, Io.
engine::Result<std::string> sha256OfFile(const std::filesystem::path& path);

} // namespace linnet::training
