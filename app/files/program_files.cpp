#include "app/files/program_files.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace linnet::files {

namespace {

namespace fs = std::filesystem;

fs::path executableFolder() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path();
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

fs::path userModels() {
    if (const std::string data = environment("XDG_DATA_HOME"); !data.empty()) {
        return fs::path(data) / "linnet" / "models";
    }
    if (const std::string home = environment("HOME"); !home.empty()) {
        return fs::path(home) / ".local" / "share" / "linnet" / "models";
    }
    return {};
}

// `name` of share/linnet, or `source` of the source tree when run from a build tree.
fs::path bundled(const char* name, const char* source) {
    const fs::path folder = executableFolder();
    std::error_code error;
    const fs::path shared = folder.parent_path() / "share" / "linnet";
    if (!fs::is_directory(shared / name, error) &&
        fs::equivalent(folder.parent_path(), LINNET_BINARY_DIR, error)) {
        return fs::path(LINNET_SOURCE_DIR) / source;
    }
    return shared / name;
}

} // namespace

fs::path programModels() {
    const std::string chosen = environment("LINNET_MODELS");
    return chosen.empty() ? bundled("models", "models") : fs::path(chosen);
}

std::vector<fs::path> modelFolders() {
    std::vector<fs::path> folders{programModels()};
    if (const fs::path user = userModels(); !user.empty()) {
        folders.push_back(user);
    }
    return folders;
}

fs::path verseFolder() {
    if (const std::string chosen = environment("LINNET_RESOURCES"); !chosen.empty()) {
        return chosen;
    }
    return bundled("forms", "resources/forms").parent_path();
}

} // namespace linnet::files
