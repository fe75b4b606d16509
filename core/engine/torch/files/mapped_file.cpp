#include "engine/torch/files/mapped_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace linnet::engine {

namespace {

Error systemError(const std::filesystem::path& path, const char* action, int code) {
    const bool missing = code == ENOENT || code == ENOTDIR;
    return {missing ? ErrorCode::NotFound : ErrorCode::Io,
            path.string() + ": cannot " + action + ": " + std::generic_category().message(code)};
}

} // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return systemError(path, "open", errno);
    }
    struct stat status = {};
    if (::fstat(file, &status) != 0) {
        const int code = errno;
        ::close(file);
        return systemError(path, "stat", code);
    }
    if (!S_ISREG(status.st_mode)) {
        ::close(file);
        return Error{ErrorCode::Io, path.string() + ": not a regular file"};
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) {
        ::close(file);
        return MappedFile(nullptr, 0);
    }
    void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    const int code = errno;
    ::close(file); // the mapping keeps the file open
    if (data == MAP_FAILED) {
        return systemError(path, "map", code);
    }
    return MappedFile(static_cast<const std::byte*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0)) {
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

MappedFile::~MappedFile() {
    if (m_data != nullptr) {
        ::munmap(const_cast<std::byte*>(m_data), m_size);
    }
}

void MappedFile::prefetch() const {
    if (m_data != nullptr) {
        // Advice: a failure changes nothing but the speed.
        (void)::madvise(const_cast<std::byte*>(m_data), m_size, MADV_WILLNEED);
    }
}

} // namespace linnet::engine
