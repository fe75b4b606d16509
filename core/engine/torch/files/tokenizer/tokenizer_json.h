#pragma once

#include <filesystem>

#include "engine/api/result.h"
#include "engine/torch/files/tokenizer/definition.h"

namespace linnet::engine {

// Reads a `tokenizer.json` of the Hugging Face tokenizers library. What is in it must be understood
// completely, for else the ids would differ. Errors: NotFound, Io, CorruptFile, UnsupportedFormat.
Result<TokenizerDefinition> readTokenizerJson(const std::filesystem::path& path);

// The same from its text; `what` names it in messages.
Result<TokenizerDefinition> parseTokenizerJson(std::string_view text, const std::string& what);

} // namespace linnet::engine
