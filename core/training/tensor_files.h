#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/api/result.h"
#include "engine/torch/model_config.h"
#include "training/optimizer.h"

namespace linnet::training {

/// Writes tensors (any device; float32, float16, bfloat16, int8 or int64) as a safetensors file,
/// atomically, larger element types first. Errors: Io.
engine::Result<void> writeTensors(const std::filesystem::path& path, const NamedTensors& tensors,
                                  const std::map<std::string, std::string>& metadata = {});

/// Reads every tensor of a safetensors file into memory of its own, on the CPU. Errors: as
/// engine::Safetensors::open.
engine::Result<NamedTensors> readTensors(const std::filesystem::path& path);

/// The text of a Hugging Face config.json for a llama model. `endOfText` becomes eos_token_id;
/// `int8GroupSize` over 0 adds the quantization_config of our int8 layout, and
/// `dtype` names the stored type ("float32", "float16").
[[nodiscard]] std::string llamaConfigJson(const engine::ModelConfig& config,
                                          const std::string& dtype);

} // namespace linnet::training
