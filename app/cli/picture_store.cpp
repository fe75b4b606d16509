#include "picture_store.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "caption/picture_decoder.h"

namespace linnet::cli {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

Result<PictureStore> PictureStore::open(const std::vector<std::string>& places) {
    PictureStore store;
    for (const std::string& place : places) {
        std::error_code error;
        if (fs::is_directory(place, error)) {
            store.m_folders.emplace_back(place);
        } else if (!fs::exists(place, error)) {
            return Error{ErrorCode::NotFound, "there is no " + place};
        } else if (const auto added = store.addTar(place); !added) {
            return added.error();
        }
    }
    return store;
}

// POSIX.1-1988 ustar: blocks of 512 bytes, a header before each file.
Result<void> PictureStore::addTar(const fs::path& tar) {
    constexpr std::uint64_t block = 512;
    constexpr std::size_t sizeAt = 124;
    constexpr std::size_t sizeLength = 12;
    constexpr std::size_t typeAt = 156;
    constexpr std::size_t magicAt = 257;
    std::ifstream file(tar, std::ios::binary);
    std::array<char, block> header{};
    std::uint64_t at = 0;
    while (file.read(header.data(), block) && header[0] != '\0') {
        if (std::strncmp(header.data() + magicAt, "ustar", 5) != 0) {
            return Error{ErrorCode::CorruptFile, tar.string() + " is no plain tar file"};
        }
        const std::string digits(header.data() + sizeAt, sizeLength);
        const std::uint64_t size = std::strtoull(digits.c_str(), nullptr, 8);
        const std::string name(header.data(), strnlen(header.data(), 100));
        if (header[typeAt] == '0' || header[typeAt] == '\0') {
            m_members.emplace(name, Member{tar, at + block, size});
        }
        at += block + (size + block - 1) / block * block;
        file.seekg(static_cast<std::streamoff>(at));
    }
    if (m_members.empty()) {
        return Error{ErrorCode::CorruptFile, tar.string() + " holds no files"};
    }
    return {};
}

Result<std::vector<std::uint8_t>> PictureStore::read(const std::string& name) const {
    if (const auto member = m_members.find(name); member != m_members.end()) {
        std::ifstream file(member->second.file, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(member->second.offset));
        std::vector<std::uint8_t> bytes;
        const std::uint64_t size = member->second.size;
        if (size <= caption::PictureLimits{}.bytes) {
            bytes.resize(static_cast<std::size_t>(size));
            file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
        }
        if (bytes.size() != size || !file) {
            return Error{ErrorCode::Io,
                         name + " cannot be read from " + member->second.file.string()};
        }
        return bytes;
    }
    for (const fs::path& folder : m_folders) {
        std::error_code error;
        if (fs::exists(folder / name, error)) {
            return caption::readPictureFile(folder / name, {});
        }
    }
    return Error{ErrorCode::NotFound, "none of the places has the picture " + name};
}

} // namespace linnet::cli
