#include "engine/api/shared_library.h"

#include <dlfcn.h>

#include <system_error>

namespace linnet::engine {

namespace {

namespace fs = std::filesystem;

#if defined(__APPLE__)
constexpr const char* suffix = ".dylib";
#else
constexpr const char* suffix = ".so";
#endif

// The folder of the running executable; empty if the system does not say.
fs::path executableFolder() {
    std::error_code error;
    const fs::path link = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        return link.parent_path();
    }
    // Without /proc (macOS, some sandboxes): where the dynamic linker found this very code, which
    // is linked into the executable.
    Dl_info info{};
    if (dladdr(reinterpret_cast<void*>(&openSharedLibrary), &info) != 0 &&
        info.dli_fname != nullptr) {
        return fs::absolute(info.dli_fname, error).parent_path();
    }
    return {};
}

Result<void*> openFile(const std::string& file, const char* symbol, const std::string& what) {
    // Lazy binding: most functions of a large library are never called. Local: its symbols must
    // not meet the program's own.
    void* handle = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* reason = dlerror();
        return Error{ErrorCode::NotFound, "cannot load " + what + ": " +
                                              (reason != nullptr ? reason : "unknown reason")};
    }
    void* function = dlsym(handle, symbol);
    if (function == nullptr) {
        dlclose(handle);
        return Error{ErrorCode::UnsupportedFormat, "cannot load " + what + ": " + file +
                                                       " is another library: it lacks " + symbol};
    }
    return function;
}

} // namespace

Result<void*> openSharedLibrary(const std::string& name, const char* symbol,
                                const std::string& what, const fs::path& path) {
    std::error_code error;
    if (!path.empty()) {
        if (!fs::is_regular_file(path, error)) {
            return Error{ErrorCode::NotFound,
                         "cannot load " + what + ": there is no file " + path.string()};
        }
        return openFile(fs::absolute(path, error).string(), symbol, what);
    }
    const std::string file = "lib" + name + suffix;
    const fs::path folder = executableFolder();
    std::string looked;
    if (!folder.empty()) {
        const fs::path parent = folder.parent_path();
        for (const fs::path& place : {folder, parent / "lib", parent / "lib" / "linnet"}) {
            if (fs::is_regular_file(place / file, error)) {
                return openFile((place / file).string(), symbol, what);
            }
            looked += place.string() + ", ";
        }
    }
    auto function = openFile(file, symbol, what);
    if (!function && function.error().code == ErrorCode::NotFound) {
        return Error{ErrorCode::NotFound, "cannot load " + what + ": no " + file + " in " + looked +
                                              "or on the dynamic linker's path"};
    }
    return function;
}

} // namespace linnet::engine
