#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::training {

/// Lines of a UTF-8 file without their ends, empty ones left out. Errors: NotFound, Io.
engine::Result<std::vector<std::string>> readLines(const std::filesystem::path& path);

/// Captions by photo, tidied, from lines NAME <TAB> CAPTION. Errors: NotFound, Io, CorruptFile (the
/// line).
engine::Result<std::map<std::string, std::vector<std::string>>>
readCaptions(const std::filesystem::path& path, std::string_view language);

} // namespace linnet::training
