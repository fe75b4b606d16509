#pragma once

#include <filesystem>
#include <vector>

namespace linnet::files {

// $LINNET_MODELS, or the models that came with the program: ../share/linnet/models beside the
// executable; models/ of the source tree when run from a build tree.
std::filesystem::path programModels();

// These, then the user's own (XDG base directory specification).
std::vector<std::filesystem::path> modelFolders();

// The folder that holds lexicons/ and forms/: $LINNET_RESOURCES, or what came with the program.
std::filesystem::path verseFolder();

} // namespace linnet::files
