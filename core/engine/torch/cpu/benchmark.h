#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/torch/cpu/cpu_decoder.h"

namespace linnet::engine::cpu {

// The sizes of a known model: "15m" (llama2.c's stories), "34m", "gpt2", "smollm2" (135M).
std::optional<ModelConfig> benchmarkShape(std::string_view name);

// A decoder of the given sizes with random int8 weights: as fast as a trained one, and no file.
Result<std::unique_ptr<CpuDecoder>> makeRandomDecoder(const ModelConfig& config,
                                                      const CpuOptions& options);

// Bytes a second at which `threads` threads together read a block of `bytes` bytes on huge pages:
// the best of several passes. Blocks that fit a cache measure the cache. 0 without memory.
double measureReadBandwidth(int threads, std::size_t bytes);

// Tokens a second of a decoder, one by one from an empty text, the best of `repeats` runs of
// `tokens` tokens; 0 if a step fails.
double measureDecode(CpuDecoder& decoder, int tokens, int repeats);

// Tokens a second of a prompt of `tokens` tokens in one forward call, the best of `repeats`.
double measurePrefill(CpuDecoder& decoder, int tokens, int repeats);

} // namespace linnet::engine::cpu
