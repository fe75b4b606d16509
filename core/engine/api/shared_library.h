#pragma once

#include <filesystem>
#include <string>

#include "engine/api/result.h"

namespace linnet::engine {

// Opens one of the program's own shared libraries at run time and returns its exported function
// `symbol`. `name` is as the linker knows it ("linnet_engine"). Without a `path` the library is
// looked for next to the executable, in ../lib, ../lib/linnet and on the dynamic linker's own path.
// It is never unloaded. `what` ("the engine") is for messages. Errors: NotFound, UnsupportedFormat.
Result<void*> openSharedLibrary(const std::string& name, const char* symbol,
                                const std::string& what, const std::filesystem::path& path = {});

} // namespace linnet::engine
