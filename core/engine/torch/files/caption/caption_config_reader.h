#pragma once

#include <filesystem>

#include "engine/api/result.h"
#include "engine/torch/files/caption/caption_config.h"

namespace linnet::engine {

// Reads `folder`/config.json, preprocessor_config.json and, if it is there, generation_config.json.
// Models: `vision-encoder-decoder` (encoder vit, deit or our mobilenet_v2, decoder gpt2 with
// cross-attention; ours have an object "linnet_captions" too) and `blip`
// (BlipForConditionalGeneration). Every field is checked for type and range; what the parts
// leave out has the Hugging Face library's default, which it does not write. A language model is
// refused as such. Errors: NotFound, Io, CorruptFile, UnsupportedFormat; messages name the file and
// the key.
Result<CaptionConfig> readCaptionConfig(const std::filesystem::path& folder);

} // namespace linnet::engine
