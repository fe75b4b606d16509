#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/torch/files/caption/caption_config.h"

namespace linnet::engine {

// A tensor that a caption model needs, by its name in the Hugging Face library.
struct CaptionTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::string otherName; // under which files may have it instead; empty: none
};

// Every tensor of a model of `config`. A decoder's output matrix that is tied is not among them;
// for gpt2 one that is not tied may still be missing from the file, and is tied then.
std::vector<CaptionTensor> captionTensors(const CaptionConfig& config);

// The gpt2 decoder's output matrix.
inline constexpr const char* captionHeadName = "decoder.lm_head.weight";

} // namespace linnet::engine
