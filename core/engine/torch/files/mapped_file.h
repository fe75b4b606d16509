#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "engine/api/result.h"

namespace linnet::engine {

// A regular file mapped read-only into memory. Immutable; the bytes are valid as long as the
// object. The file must not be truncated meanwhile (replacing it by rename is fine), as with any
// mapping.
class MappedFile {
public:
    // Errors: NotFound, Io (also for a folder or a device).
    static Result<MappedFile> open(const std::filesystem::path& path);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }

    // Asks the system to read the whole file ahead of its use. Returns at once.
    void prefetch() const;

private:
    MappedFile(const std::byte* data, std::size_t size)
        : m_data(data)
        , m_size(size) {}

    const std::byte* m_data = nullptr; // null when the file is empty
    std::size_t m_size = 0;
};

} // namespace linnet::engine
