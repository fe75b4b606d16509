#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/api/result.h"

namespace linnet::cli {

// Pictures by name, in folders and tar files.
class PictureStore {
public:
    // Errors: NotFound, CorruptFile (a tar that ends early or is compressed).
    static engine::Result<PictureStore> open(const std::vector<std::string>& places);

    // Error: NotFound, Io.
    engine::Result<std::vector<std::uint8_t>> read(const std::string& name) const;

private:
    struct Member {
        std::filesystem::path file;
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };
    engine::Result<void> addTar(const std::filesystem::path& tar);

    std::vector<std::filesystem::path> m_folders;
    std::map<std::string, Member> m_members;
};

} // namespace linnet::cli
