#pragma once

#include <memory>

#include "engine/torch/caption/torch_caption_network.h"
#include "engine/torch/torch_backend.h"

namespace linnet::engine {

// What the shared library with libtorch in it (liblinnet_torch) offers the engine. libtorch takes
// half a second and 200 MB to load, and int8 on the CPU, the usual case, does without it; so the
// engine opens this library only for other precisions and for CUDA.
struct TorchLibrary {
    bool (*cudaAvailable)();
    Result<std::unique_ptr<DecoderBackend>> (*makeBackend)(const Checkpoint& checkpoint, bool cuda,
                                                           Precision precision, int threads);
    Result<std::unique_ptr<CaptionNetwork>> (*makeCaptionNetwork)(
        const CaptionCheckpoint& checkpoint, bool cuda, Precision precision, int threads);
};

// The function that it exports, extern "C", as "linnetTorchLibrary".
using TorchLibraryFunction = const TorchLibrary* (*)();
inline constexpr const char* torchLibrarySymbol = "linnetTorchLibrary";

// Opens the library once, beside the one this code is in. It is never closed.
// Errors: NotFound, UnsupportedFormat.
Result<const TorchLibrary*> openTorchLibrary();

} // namespace linnet::engine
