#pragma once

#include <filesystem>

#include "engine/api/result.h"
#include "engine/torch/files/json_reader.h"
#include "engine/torch/files/tokenizer/definition.h"

namespace linnet::engine {

// Reads `folder`/vocab.json and merges.txt, else BERT's vocab.txt. `options` is the content of
// tokenizer_config.json: its `tokenizer_class` tells GPT-2's split pattern (the default) from
// Qwen2's, and its `added_tokens_decoder` lists added tokens; without one, GPT-2's "<|endoftext|>"
// is special. Errors: NotFound, Io, CorruptFile, UnsupportedFormat.
Result<TokenizerDefinition> readVocabularyFiles(const std::filesystem::path& folder,
                                                const Json& options);

} // namespace linnet::engine
