#include "engine/torch/caption_loader.h"

#include <system_error>
#include <utility>

#include "engine/torch/files/caption/caption_checkpoint.h"
#include "engine/torch/files/tokenizer_loader.h"
#include "engine/torch/local_captioner.h"
#include "engine/torch/torch_library.h"

namespace linnet::engine {

namespace {

namespace fs = std::filesystem;
using Network = std::unique_ptr<CaptionNetwork>;

// float32 unless asked otherwise: the networks are small, and convolutions gain little from less.
Result<Network> makeNetwork(const CaptionCheckpoint& checkpoint, const LoadOptions& options,
                            bool cuda, Precision automatic) {
    if (options.precision == Precision::Int8) {
        return Error{ErrorCode::InvalidArgument, "models that write captions do not run in int8"};
    }
    const auto library = openTorchLibrary();
    if (!library) {
        return library.error();
    }
    const Precision precision =
        options.precision == Precision::Auto ? automatic : options.precision;
    return (*library)->makeCaptionNetwork(checkpoint, cuda, precision, options.threads);
}

// A network, how to make one on the CPU when the device's memory runs out, and what to say.
struct LoadedCaptioner {
    Network network;
    LocalCaptioner::Fallback fallback;
    std::string notice;
};

Result<LoadedCaptioner> loadNetwork(const CaptionCheckpoint& checkpoint, const LoadOptions& options,
                                    bool cuda) {
    const auto onCpu = [checkpoint, options] {
        return makeNetwork(checkpoint, options, false, Precision::Float32);
    };
    LoadedCaptioner loaded;
    auto network = cuda ? makeNetwork(checkpoint, options, true, Precision::Float16) : onCpu();
    if (network) {
        loaded.network = std::move(network).value();
        // The checkpoint is shared with the fallback: its files stay mapped, not read.
        loaded.fallback = cuda ? LocalCaptioner::Fallback(onCpu) : nullptr;
        return loaded;
    }
    if (!cuda || network.error().code != ErrorCode::OutOfMemory) {
        return network.error();
    }
    network = onCpu();
    if (!network) {
        return network.error();
    }
    loaded.network = std::move(network).value();
    loaded.notice = "The model does not fit in the memory of the GPU; it runs on the CPU.";
    return loaded;
}

} // namespace

std::string modelName(const fs::path& folder) {
    std::error_code error;
    return fs::weakly_canonical(folder, error).filename().string();
}

Result<std::unique_ptr<Captioner>> loadCaptionModel(const fs::path& folder,
                                                    const LoadOptions& options, bool cuda,
                                                    const std::stop_token& stop) {
    auto checkpoint = CaptionCheckpoint::open(folder);
    if (!checkpoint) {
        return checkpoint.error();
    }
    checkpoint->prefetch();
    auto tokenizer = loadTokenizer(folder);
    if (!tokenizer) {
        return tokenizer.error();
    }
    if (stop.stop_requested()) {
        return std::unique_ptr<Captioner>();
    }
    auto loaded = loadNetwork(*checkpoint, options, cuda);
    if (!loaded) {
        return Error{loaded.error().code, folder.string() + ": " + loaded.error().message};
    }
    if (stop.stop_requested()) {
        return std::unique_ptr<Captioner>();
    }
    ModelInfo info;
    info.name = modelName(folder);
    info.parameters = checkpoint->parameters();
    info.notice = std::move(loaded->notice);
    return std::unique_ptr<Captioner>(std::make_unique<LocalCaptioner>(
        std::move(info), checkpoint->config(), checkpoint->subjects(), std::move(tokenizer).value(),
        std::move(loaded->network), std::move(loaded->fallback)));
}

} // namespace linnet::engine
