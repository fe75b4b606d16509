#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "engine/api/result.h"
#include "engine/torch/files/safetensors.h"

namespace linnet::engine {

// Writes `tensors`, in this order, as one safetensors file: to a temporary file in the same folder,
// flushed to the disk, then renamed, so that `path` is the old file or the whole new one. The
// header is padded so that the data starts at a multiple of eight bytes; order tensors by falling
// element size to keep each of them aligned. Nothing is copied in memory.
// Errors: InvalidArgument (a duplicate or reserved name, bytes that do not fit the shape), Io.
Result<void> writeSafetensors(const std::filesystem::path& path,
                              std::span<const TensorView> tensors,
                              const std::map<std::string, std::string>& metadata = {});

} // namespace linnet::engine
