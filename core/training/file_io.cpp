#include "training/file_io.h"

#include <fstream>
#include <sstream>
#include <system_error>

#ifdef _WIN32
#include <io.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

/// Asks the system to write the file's data to the disk; a failure only weakens the guarantee
/// against power cuts and is not reported.
void syncToDisk(const fs::path& path) {
#ifndef _WIN32
    const int fd = ::open(path.c_str(), O_RDONLY);
    if (fd >= 0) {
        ::fsync(fd);
        ::close(fd);
    }
#else
    static_cast<void>(path);
#endif
}

} // namespace

Result<std::string> readFile(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return Error{ErrorCode::NotFound, "cannot open " + path.string()};
    }
    std::ostringstream out;
    out << in.rdbuf();
    if (in.bad()) {
        return Error{ErrorCode::Io, "cannot read " + path.string()};
    }
    return std::move(out).str();
}

Result<void> writeFileAtomically(const fs::path& path, std::string_view content) {
    fs::path temporary = path;
    temporary += ".partial";
    std::error_code failure;
    if (path.has_parent_path()) {
        fs::create_directories(path.parent_path(), failure);
    }
    {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        out.write(content.data(), static_cast<std::streamsize>(content.size()));
        out.flush();
        if (!out) {
            return Error{ErrorCode::Io, "cannot write " + temporary.string()};
        }
    }
    syncToDisk(temporary);
    fs::rename(temporary, path, failure);
    if (failure) {
        return Error{ErrorCode::Io, "cannot rename to " + path.string() + ": " + failure.message()};
    }
    return {};
}

Result<void> swapFolder(const fs::path& fresh, const fs::path& target) {
    fs::path old = target;
    old += ".old";
    std::error_code failure;
    fs::remove_all(old, failure);
    if (fs::exists(target, failure)) {
        fs::rename(target, old, failure);
        if (failure) {
            return Error{ErrorCode::Io,
                         "cannot move " + target.string() + " aside: " + failure.message()};
        }
    }
    fs::rename(fresh, target, failure);
    if (failure) {
        return Error{ErrorCode::Io, "cannot move " + fresh.string() + " to " + target.string() +
                                        ": " + failure.message()};
    }
    fs::remove_all(old, failure);
    return {};
}

} // namespace linnet::training
