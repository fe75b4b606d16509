#pragma once

#include <filesystem>
#include <memory>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"

namespace linnet::engine {

// Loads the tokenizer of a Hugging Face folder: `tokenizer.json`, else `vocab.json` and
// `merges.txt` (GPT-2's, or Qwen2's if tokenizer_config.json says so), else `vocab.txt` (BERT's).
// Ids are exactly those of the Hugging Face library, or the load fails and says what is not
// supported. The beginning and end of text come from tokenizer_config.json, else from config.json.
//
// Of the result: find() takes the bytes of a token in running text, or the content of an added
// token; added tokens that are not special are recognised by encode() always.
// Errors: NotFound, Io, CorruptFile, UnsupportedFormat.
Result<std::unique_ptr<Tokenizer>> loadTokenizer(const std::filesystem::path& folder);

} // namespace linnet::engine
