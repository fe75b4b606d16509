#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/api/result.h"

namespace linnet::training {

/// The whole of a file. Errors: NotFound, Io.
engine::Result<std::string> readFile(const std::filesystem::path& path);

/// Writes `content` under another name in the same folder, syncs it to the disk, then renames it
/// over `path`: a reader, or a power cut, sees the old file or the new one. Errors: Io.
engine::Result<void> writeFileAtomically(const std::filesystem::path& path,
                                         std::string_view content);

/// Exchanges the folder `target` for `fresh` (which must be on the same file system); the former
/// content is deleted. `target` need not exist. Errors: Io.
engine::Result<void> swapFolder(const std::filesystem::path& fresh,
                                const std::filesystem::path& target);

} // namespace linnet::training
