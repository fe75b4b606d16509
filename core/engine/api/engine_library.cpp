#include "engine/api/engine_library.h"

#include <dlfcn.h>

#include <string>
#include <system_error>
#include <vector>

namespace linnet::engine {

namespace {

namespace fs = std::filesystem;

#if defined(__APPLE__)
constexpr const char* libraryName = "liblinnet_engine.dylib";
#else
constexpr const char* libraryName = "liblinnet_engine.so";
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
    if (dladdr(reinterpret_cast<void*>(&openEngine), &info) != 0 && info.dli_fname != nullptr) {
        return fs::absolute(info.dli_fname, error).parent_path();
    }
    return {};
}

std::string lastLoaderError() {
    const char* text = dlerror();
    return text != nullptr ? text : "unknown reason";
}

Result<std::unique_ptr<Engine>> openLibrary(const std::string& name) {
    // Lazy binding: most of libtorch's functions are never called. Local: its symbols must not
    // meet the program's own.
    void* handle = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr) {
        return Error{ErrorCode::NotFound, "cannot load the engine: " + lastLoaderError()};
    }
    void* symbol = dlsym(handle, createEngineSymbol);
    if (symbol == nullptr) {
        dlclose(handle);
        return Error{ErrorCode::UnsupportedFormat,
                     name + " is not a Linnet engine: it lacks " + createEngineSymbol};
    }
    const auto create = reinterpret_cast<CreateEngineFunction>(symbol);
    std::unique_ptr<Engine> engine(create());
    if (!engine) {
        return Error{ErrorCode::Internal, name + " could not create an engine"};
    }
    return engine;
}

} // namespace

Result<std::unique_ptr<Captioner>> Engine::loadCaptioner(const fs::path& folder,
                                                         const LoadOptions& /*options*/,
                                                         std::stop_token /*stop*/) {
    return Error{ErrorCode::UnsupportedFormat,
                 folder.string() + ": this engine reads no models that write captions"};
}

Result<std::unique_ptr<Engine>> openEngine(const fs::path& path) {
    if (!path.empty()) {
        std::error_code error;
        if (!fs::is_regular_file(path, error)) {
            return Error{ErrorCode::NotFound,
                         "cannot load the engine: there is no file " + path.string()};
        }
        return openLibrary(fs::absolute(path, error).string());
    }
    const fs::path folder = executableFolder();
    std::string looked;
    if (!folder.empty()) {
        const fs::path parent = folder.parent_path();
        for (const fs::path& place : {folder, parent / "lib", parent / "lib" / "linnet"}) {
            std::error_code error;
            if (fs::is_regular_file(place / libraryName, error)) {
                return openLibrary((place / libraryName).string());
            }
            looked += place.string() + ", ";
        }
    }
    auto engine = openLibrary(libraryName);
    if (!engine && engine.error().code == ErrorCode::NotFound) {
        return Error{ErrorCode::NotFound, "cannot load the engine: no " + std::string(libraryName) +
                                              " in " + looked + "or on the dynamic linker's path"};
    }
    return engine;
}

} // namespace linnet::engine
