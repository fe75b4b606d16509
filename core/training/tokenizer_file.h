#pragma once

#include <filesystem>

#include "engine/api/result.h"
#include "training/bpe_trainer.h"

namespace linnet::training {

/// Name of the token that ends every document of a training corpus.
inline constexpr const char* kEndOfDocument = "<|endofdoc|>";

/// Writes `model` as a Hugging Face `tokenizer.json`: BPE over the byte-level alphabet, the split
/// pattern as an isolated Split, the special tokens as added tokens. Errors: Io.
engine::Result<void> writeTokenizerFile(const BpeModel& model, const std::filesystem::path& path);

/// SHA-256 of a file in lower-case hexadecimal; ties token files and models to the tokenizer that
/// made them. Errors: NotFound, Io.
engine::Result<std::string> sha256OfFile(const std::filesystem::path& path);

} // namespace linnet::training
