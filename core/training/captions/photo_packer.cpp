#include "training/captions/photo_packer.h"

#include <cstring>
#include <fstream>
#include <map>
#include <optional>

#include "engine/torch/files/mapped_file.h"
#include "training/file_io.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kBlock = 512; // of an archive

/// A field of octal digits; none if it has others.
std::optional<std::uint64_t> octal(Bytes field) {
    std::uint64_t value = 0;
    for (const std::uint8_t digit : field) {
        if (digit == 0 || digit == ' ') {
            break;
        }
        if (digit < '0' || digit > '7') {
            return std::nullopt;
        }
        value = value * 8 + (digit - '0');
    }
    return value;
}

/// The regular files of a USTAR archive by name (POSIX.1-1988).
Result<void> listArchive(const fs::path& path, Bytes archive, std::map<std::string, Bytes>& files) {
    for (std::size_t at = 0; at + kBlock <= archive.size();) {
        const Bytes header = archive.subspan(at, kBlock);
        if (header[0] == 0) {
            return {}; // blocks of zeros end an archive
        }
        const char* const name = reinterpret_cast<const char*>(header.data());
        const std::string file(name, strnlen(name, 100));
        const auto size = octal(header.subspan(124, 12));
        at += kBlock;
        if (!size || *size > archive.size() - at) {
            return Error{ErrorCode::CorruptFile,
                         path.string() + ": " + file + " is damaged or ends early"};
        }
        const std::uint8_t kind = header[156];
        if (kind == '0' || kind == 0) {
            files[file] = archive.subspan(at, *size);
        }
        at += (*size + kBlock - 1) / kBlock * kBlock;
    }
    return {};
}

} // namespace

Result<std::uint64_t> packPhotos(const PhotoPackerOptions& options) {
    std::vector<engine::MappedFile> archives;
    std::map<std::string, Bytes> files;
    for (const fs::path& path : options.archives) {
        auto archive = engine::MappedFile::open(path);
        if (!archive) {
            return archive.error();
        }
        const auto bytes = archive->bytes();
        const Bytes view(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        if (auto listed = listArchive(path, view, files); !listed) {
            return listed.error();
        }
        archives.push_back(std::move(*archive));
    }
    std::error_code failure;
    fs::create_directories(options.output, failure);
    const fs::path path = options.output / "photos.u8";
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    std::string names;
    std::uint64_t count = 0;
    const auto size = static_cast<std::size_t>(options.imageSize);
    for (const auto& [name, bytes] : files) {
        const auto pixels = options.decode(bytes);
        if (!pixels) {
            return Error{pixels.error().code, name + ": " + pixels.error().message};
        }
        if (pixels->size() != size * size * 3) {
            return Error{ErrorCode::CorruptFile, name + " is not of " + std::to_string(size) +
                                                     " by " + std::to_string(size) + " pixels"};
        }
        out.write(reinterpret_cast<const char*>(pixels->data()),
                  static_cast<std::streamsize>(pixels->size()));
        names += name + "\n";
        ++count;
        if (options.progress) {
            options.progress(count);
        }
    }
    out.close();
    if (!out) {
        return Error{ErrorCode::Io, "cannot write " + path.string()};
    }
    if (auto written = writeFileAtomically(options.output / "photos.txt", names); !written) {
        return written.error();
    }
    return count;
}

} // namespace linnet::training
