#pragma once

#include <string>

#include "engine/api/result.h"
#include "training/captions/caption_network.h"

namespace linnet::training {

/// What a captioner's decoder, of GPT-2's kind, has besides its sizes.
void completeCaptionDecoder(engine::ModelConfig& decoder);

/// The keys that describe a shape in config.json: "encoder" and "decoder", as an object's text.
[[nodiscard]] std::string captionShapeJson(const CaptionShape& shape);

/// The other way round; `what` names the source in messages. Errors: CorruptFile.
engine::Result<CaptionShape> captionShapeFromJson(const std::string& text, const std::string& what);

} // namespace linnet::training
