#include "suggest/mapped_file.h"

#include <fstream>
#include <string>
#include <utility>

#if __has_include(<sys/mman.h>)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define LINNET_HAS_MMAP 1
#endif

namespace linnet::suggest {

using engine::Error;
using engine::ErrorCode;

engine::Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    std::error_code status;
    if (!std::filesystem::is_regular_file(path, status)) {
        return Error{ErrorCode::NotFound, path.string() + " is not there"};
    }
    MappedFile file;
#ifdef LINNET_HAS_MMAP
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return Error{ErrorCode::Io, path.string() + " cannot be opened"};
    }
    struct stat info {};
    if (::fstat(descriptor, &info) == 0 && info.st_size > 0) {
        const auto size = static_cast<std::size_t>(info.st_size);
        void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (mapping != MAP_FAILED) {
            file.m_mapping = mapping;
            file.m_bytes = {static_cast<const std::uint8_t*>(mapping), size};
        }
    }
    ::close(descriptor);
#else
    std::ifstream in(path, std::ios::binary);
    file.m_copy.assign(std::istreambuf_iterator<char>(in), {});
    file.m_bytes = file.m_copy;
#endif
    if (file.m_bytes.empty()) {
        return Error{ErrorCode::Io, path.string() + " is empty or cannot be read"};
    }
    return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_bytes(std::exchange(other.m_bytes, {}))
    , m_mapping(std::exchange(other.m_mapping, nullptr))
    , m_copy(std::move(other.m_copy)) {
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(m_bytes, other.m_bytes);
    std::swap(m_mapping, other.m_mapping);
    std::swap(m_copy, other.m_copy);
    return *this;
}

MappedFile::~MappedFile() {
#ifdef LINNET_HAS_MMAP
    if (m_mapping != nullptr) {
        ::munmap(m_mapping, m_bytes.size());
    }
#endif
}

} // namespace linnet::suggest
