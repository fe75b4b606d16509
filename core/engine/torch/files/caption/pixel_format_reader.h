#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/api/captioner.h"
#include "engine/api/result.h"

namespace linnet::engine {

// Reads `folder`/preprocessor_config.json of the Hugging Face library, of old (size as a number,
// "feature_extractor_type") and new style. Kinds: ViT, DeiT, BLIP and CLIP image processors; what a
// file leaves out is as its kind has it. Errors: NotFound, Io, CorruptFile, UnsupportedFormat;
// messages name the file and the key.
Result<PixelFormat> readPixelFormat(const std::filesystem::path& folder);

// The same from the file's text; `what` names it in messages.
Result<PixelFormat> parsePixelFormat(std::string_view text, const std::string& what);

} // namespace linnet::engine
