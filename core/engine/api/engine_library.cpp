#include "engine/api/engine_library.h"

#include "engine/api/shared_library.h"

namespace linnet::engine {

Result<std::unique_ptr<Captioner>> Engine::loadCaptioner(const std::filesystem::path& folder,
                                                         const LoadOptions& /*options*/,
                                                         std::stop_token /*stop*/) {
    return Error{ErrorCode::UnsupportedFormat,
                 folder.string() + ": this engine reads no models that write captions"};
}

Result<std::unique_ptr<Engine>> openEngine(const std::filesystem::path& path) {
    const auto function =
        openSharedLibrary("linnet_engine", createEngineSymbol, "the engine", path);
    if (!function) {
        return function.error();
    }
    std::unique_ptr<Engine> engine(reinterpret_cast<CreateEngineFunction>(*function)());
    if (!engine) {
        return Error{ErrorCode::Internal, "the engine's library could not create an engine"};
    }
    return engine;
}

} // namespace linnet::engine
