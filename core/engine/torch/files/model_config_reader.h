#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/api/result.h"
#include "engine/torch/model_config.h"

namespace linnet::engine {

// Reads `folder`/config.json, and the end-of-text tokens of generation_config.json if it is there.
// Architectures (model_type): gpt2, llama, qwen2. Every field is checked for type and range.
// Errors: NotFound, Io, CorruptFile, UnsupportedFormat; messages name the file and the key.
Result<ModelConfig> readModelConfig(const std::filesystem::path& folder);

// The same from the text of a config.json; `what` names it in messages.
Result<ModelConfig> parseModelConfig(std::string_view text, const std::string& what);

} // namespace linnet::engine
