#include "engine/torch/torch_library.h"

#include <dlfcn.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace linnet::engine {

namespace {

#if defined(__APPLE__)
constexpr const char* libraryName = "liblinnet_torch.dylib";
#else
constexpr const char* libraryName = "liblinnet_torch.so";
#endif

// The folder of the library or executable that contains this function.
std::filesystem::path ownFolder() {
    Dl_info info{};
    if (dladdr(reinterpret_cast<void*>(&openTorchLibrary), &info) == 0 ||
        info.dli_fname == nullptr) {
        return {};
    }
    std::error_code error;
    return std::filesystem::absolute(info.dli_fname, error).parent_path();
}

Result<const TorchLibrary*> open() {
    const std::filesystem::path own = ownFolder();
    std::error_code error;
    std::string name = libraryName;
    for (const auto& folder : {own, own.parent_path() / "lib", own.parent_path() / "lib/linnet"}) {
        if (std::filesystem::is_regular_file(folder / libraryName, error)) {
            name = (folder / libraryName).string();
            break;
        }
    }
    // Lazy binding: most of libtorch's functions are never called.
    void* handle = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* reason = dlerror();
        return Error{ErrorCode::NotFound, std::string("this precision or device needs libtorch: ") +
                                              (reason != nullptr ? reason : "unknown reason")};
    }
    void* symbol = dlsym(handle, torchLibrarySymbol);
    if (symbol == nullptr) {
        return Error{ErrorCode::UnsupportedFormat, name + " is not Linnet's libtorch library"};
    }
    return reinterpret_cast<TorchLibraryFunction>(symbol)();
}

} // namespace

Result<const TorchLibrary*> openTorchLibrary() {
    static const Result<const TorchLibrary*> library = open();
    return library;
}

} // namespace linnet::engine
