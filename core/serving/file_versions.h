#pragma once

#include <filesystem>
#include <string>

#include "engine/api/result.h"

namespace linnet::serving {

// Names, sizes and times of a folder's files: cheap, and the same as long as nothing was written.
std::string fingerprintOf(const std::filesystem::path& folder);

// A version of a folder's content, 16 hexadecimal digits, the same on every machine. Files over
// 64 MB count by their size and three pieces of them. Error: Io.
engine::Result<std::string> versionOf(const std::filesystem::path& folder);

} // namespace linnet::serving
