#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "engine/api/batch_generator.h"
#include "engine/api/captioner.h"
#include "engine/api/generator.h"
#include "engine/api/result.h"

namespace linnet::engine {

// A source of models. The libtorch implementation lives in a shared library of its own.
class Engine {
public:
    virtual ~Engine() = default;

    // Reads the Hugging Face folder `folder`. Errors: NotFound, CorruptFile, UnsupportedFormat,
    // UnsafeFormat, OutOfMemory, DeviceUnavailable. A stop request between tensors ends loading
    // with a null pointer.
    virtual Result<std::unique_ptr<Generator>>
    load(const std::filesystem::path& folder, const LoadOptions& options, std::stop_token stop) = 0;

    // The same for many requests at once. The thread that runs the model is one of
    // LoadOptions::threads.
    virtual Result<std::unique_ptr<BatchGenerator>> loadBatch(const std::filesystem::path& folder,
                                                              const LoadOptions& /*options*/,
                                                              const BatchOptions& /*batch*/,
                                                              std::stop_token /*stop*/) {
        return Error{ErrorCode::UnsupportedFormat,
                     folder.string() + ": this engine serves one request at a time"};
    }

    // The same for a model that writes captions: vision-encoder-decoder or blip. Each loader
    // refuses the other's models with UnsupportedFormat; modelKindOf() tells them apart beforehand.
    // Needs libtorch (NotFound without it). An engine need not have it.
    virtual Result<std::unique_ptr<Captioner>> loadCaptioner(const std::filesystem::path& folder,
                                                             const LoadOptions& options,
                                                             std::stop_token stop);

    virtual bool cudaAvailable() const = 0;
};

// The function that the engine's shared library exports, extern "C", as "linnetCreateEngine".
using CreateEngineFunction = Engine* (*)();
inline constexpr const char* createEngineSymbol = "linnetCreateEngine";

// Opens the engine's shared library and creates its engine. Loading libtorch takes about half a
// second, so a desktop program calls this on its worker thread after the window has painted. The
// library is never unloaded: libtorch does not survive it. `path` empty: the library is looked for
// next to the executable, in ../lib, ../lib/linnet and the dynamic linker's own path.
Result<std::unique_ptr<Engine>> openEngine(const std::filesystem::path& path = {});

} // namespace linnet::engine
