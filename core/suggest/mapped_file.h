#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "engine/api/result.h"

namespace linnet::suggest {

// A file's bytes, memory-mapped for reading where the system can, else read. Movable.
class MappedFile {
public:
    // Errors: NotFound, Io.
    static engine::Result<MappedFile> open(const std::filesystem::path& path);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const std::uint8_t> bytes() const { return m_bytes; }

private:
    MappedFile() = default;

    std::span<const std::uint8_t> m_bytes;
    void* m_mapping = nullptr;
    std::vector<std::uint8_t> m_copy;
};

} // namespace linnet::suggest
