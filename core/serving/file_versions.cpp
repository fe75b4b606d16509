#include "serving/file_versions.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/api/fnv1a.h"

namespace linnet::serving {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

constexpr std::uintmax_t piece = std::uintmax_t{1} << 20U;
constexpr std::uintmax_t wholeUpTo = 64 * piece;

std::vector<fs::path> filesOf(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
        std::error_code none;
        if (i->is_regular_file(none)) {
            files.push_back(i->path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool addPiece(std::ifstream& file, std::uintmax_t at, std::uintmax_t length, engine::Fnv1a& hash) {
    std::string buffer(static_cast<std::size_t>(length), '\0');
    file.seekg(static_cast<std::streamoff>(at));
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.add(buffer);
    return static_cast<std::uintmax_t>(file.gcount()) == length;
}

bool addFile(const fs::path& path, engine::Fnv1a& hash) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) {
        return false;
    }
    hash.add(path.filename().string() + "\n" + std::to_string(size) + "\n");
    if (size > wholeUpTo) {
        return addPiece(file, 0, piece, hash) && addPiece(file, size / 2, piece, hash) &&
               addPiece(file, size - piece, piece, hash);
    }
    for (std::uintmax_t at = 0; at < size; at += piece) {
        if (!addPiece(file, at, std::min(piece, size - at), hash)) {
            return false;
        }
    }
    return true;
}

} // namespace

std::string fingerprintOf(const fs::path& folder) {
    std::string text;
    for (const fs::path& file : filesOf(folder)) {
        std::error_code error;
        const auto size = fs::file_size(file, error);
        const auto time = fs::last_write_time(file, error).time_since_epoch().count();
        text += file.filename().string() + " " + std::to_string(size) + " " + std::to_string(time) +
                "\n";
    }
    return text;
}

Result<std::string> versionOf(const fs::path& folder) {
    engine::Fnv1a hash;
    for (const fs::path& file : filesOf(folder)) {
        if (!addFile(file, hash)) {
            return Error{ErrorCode::Io, "cannot read " + file.string()};
        }
    }
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash.value()));
    return std::string(digits);
}

} // namespace linnet::serving
