// The engine's shared library: from a model's folder to a Generator.

#include <algorithm>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/api/engine_library.h"
#include "engine/torch/caption_loader.h"
#include "engine/torch/checkpoint_source.h"
#include "engine/torch/cpu/cpu_decoder.h"
#include "engine/torch/files/checkpoint.h"
#include "engine/torch/files/tokenizer_loader.h"
#include "engine/torch/local_batch_generator.h"
#include "engine/torch/local_generator.h"
#include "engine/torch/torch_library.h"

namespace linnet::engine {

namespace {

namespace fs = std::filesystem;
using Backend = std::unique_ptr<DecoderBackend>;

// One core is left to the user interface.
int threadsFor(const LoadOptions& options) {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    return options.threads > 0 ? options.threads : std::max(1, cores - 1);
}

// For batches, half of two cores would be much to leave: there the second one joins where there
// are texts enough for both, and then works faster than when both share one text.
cpu::CpuOptions cpuOptionsFor(const LoadOptions& options, bool batches) {
    const bool joins = batches && options.threads <= 0 && std::thread::hardware_concurrency() == 2;
    return {.threads = joins ? 2 : threadsFor(options), .fewAlone = joins};
}

// Whether it is worth asking libtorch, which takes half a second to load, for a CUDA device.
bool nvidiaDriverPresent() {
    std::error_code error;
    return fs::exists("/dev/nvidiactl", error) || fs::exists("/dev/nvidia0", error) ||
           fs::exists("/dev/dxg", error); // the last: Windows' subsystem for Linux
}

Result<Backend> makeCpuBackend(const Checkpoint& checkpoint, Precision precision,
                               const cpu::CpuOptions& options, const std::stop_token& stop) {
    if (precision == Precision::Int8) {
        auto decoder = cpu::CpuDecoder::create(checkpoint.config(), cpuWeightSource(checkpoint),
                                               options, stop);
        if (!decoder) {
            return decoder.error();
        }
        return Backend(std::move(decoder).value());
    }
    const auto library = openTorchLibrary();
    if (!library) {
        return library.error();
    }
    return (*library)->makeBackend(checkpoint, false, precision, options.threads);
}

// A backend and how to make one on the CPU when the device's memory runs out.
struct Loaded {
    Backend backend;
    SequenceRunner::Fallback fallback;
    std::string notice;
};

Result<Loaded> loadCpu(const Checkpoint& checkpoint, const LoadOptions& options, bool batches,
                       const std::stop_token& stop) {
    const Precision precision =
        options.precision == Precision::Auto ? Precision::Int8 : options.precision;
    auto backend = makeCpuBackend(checkpoint, precision, cpuOptionsFor(options, batches), stop);
    if (!backend) {
        return backend.error();
    }
    return Loaded{std::move(backend).value(), {}, {}};
}

Result<Loaded> loadCuda(const Checkpoint& checkpoint, const LoadOptions& options, bool batches,
                        const std::stop_token& stop) {
    if (options.precision == Precision::Int8) {
        return Error{ErrorCode::InvalidArgument,
                     "int8 is for the CPU; use float16 or bfloat16 with CUDA"};
    }
    const auto library = openTorchLibrary();
    if (!library) {
        return library.error();
    }
    // A model trained in bfloat16 may overflow in float16, whose exponents are smaller.
    const bool wide = checkpoint.at("embedding.weight").dtype == DataType::BF16;
    const Precision automatic = wide ? Precision::BFloat16 : Precision::Float16;
    const Precision precision =
        options.precision == Precision::Auto ? automatic : options.precision;
    const cpu::CpuOptions onCpu = cpuOptionsFor(options, batches);
    auto backend = (*library)->makeBackend(checkpoint, true, precision, onCpu.threads);
    if (backend) {
        // The checkpoint is shared with the fallback: its files stay mapped, not read.
        return Loaded{
            std::move(backend).value(),
            [checkpoint, onCpu] { return makeCpuBackend(checkpoint, Precision::Int8, onCpu, {}); },
            {}};
    }
    if (backend.error().code != ErrorCode::OutOfMemory) {
        return backend.error();
    }
    LoadOptions automaticOptions = options;
    automaticOptions.precision = Precision::Auto;
    auto loaded = loadCpu(checkpoint, automaticOptions, batches, stop);
    if (loaded) {
        loaded->notice = "The model does not fit in the memory of the GPU; it runs on the CPU.";
    }
    return loaded;
}

// All that a generator is made of.
struct LoadedModel {
    ModelInfo info;
    std::shared_ptr<const Tokenizer> tokenizer;
    Loaded loaded;
};

// Runs `load` and turns what it throws into an error that names the folder.
template <typename Load>
auto guarded(const fs::path& folder, const Load& load) -> decltype(load()) {
    try {
        return load();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, folder.string() + ": not enough memory to load"};
    } catch (const std::exception& e) {
        return Error{ErrorCode::Internal, folder.string() + ": " + e.what()};
    }
}

class LocalEngine : public Engine {
public:
    Result<std::unique_ptr<Generator>> load(const fs::path& folder, const LoadOptions& options,
                                            std::stop_token stop) override {
        return loadAs<Generator>(folder, options, false, stop, [](LoadedModel model) {
            return std::make_unique<LocalGenerator>(
                std::move(model.info), std::move(model.tokenizer), std::move(model.loaded.backend),
                std::move(model.loaded.fallback));
        });
    }

    Result<std::unique_ptr<BatchGenerator>> loadBatch(const fs::path& folder,
                                                      const LoadOptions& options,
                                                      const BatchOptions& batch,
                                                      std::stop_token stop) override {
        return loadAs<BatchGenerator>(folder, options, true, stop, [&batch](LoadedModel model) {
            return std::make_unique<LocalBatchGenerator>(
                std::move(model.info), std::move(model.tokenizer), std::move(model.loaded.backend),
                batch, std::move(model.loaded.fallback));
        });
    }

    Result<std::unique_ptr<Captioner>> loadCaptioner(const fs::path& folder,
                                                     const LoadOptions& options,
                                                     std::stop_token stop) override {
        return guarded(folder, [&] {
            LoadOptions resolved = options;
            resolved.threads = threadsFor(options);
            const bool cuda = options.device == Device::Cuda ||
                              (options.device == Device::Auto && cudaAvailable());
            return loadCaptionModel(folder, resolved, cuda, stop);
        });
    }

    bool cudaAvailable() const override {
        if (!nvidiaDriverPresent()) {
            return false;
        }
        const auto library = openTorchLibrary();
        return library && (*library)->cudaAvailable();
    }

private:
    // A null pointer when `stop` was requested.
    template <typename Made, typename Make>
    Result<std::unique_ptr<Made>> loadAs(const fs::path& folder, const LoadOptions& options,
                                         bool batches, const std::stop_token& stop,
                                         const Make& make) const {
        return guarded(folder, [&]() -> Result<std::unique_ptr<Made>> {
            auto model = loadModel(folder, options, batches, stop);
            if (!model) {
                return model.error();
            }
            if (!model->loaded.backend) {
                return std::unique_ptr<Made>();
            }
            return std::unique_ptr<Made>(make(std::move(model).value()));
        });
    }

    // Without a backend when `stop` was requested.
    Result<LoadedModel> loadModel(const fs::path& folder, const LoadOptions& options, bool batches,
                                  const std::stop_token& stop) const {
        auto checkpoint = Checkpoint::open(folder);
        if (!checkpoint) {
            return checkpoint.error();
        }
        checkpoint->prefetch();
        auto tokenizer = loadTokenizer(folder);
        if (!tokenizer) {
            return tokenizer.error();
        }
        if (stop.stop_requested()) {
            return LoadedModel();
        }
        auto loaded = loadBackend(*checkpoint, options, batches, stop);
        if (!loaded) {
            return Error{loaded.error().code, folder.string() + ": " + loaded.error().message};
        }
        if (!loaded->backend || stop.stop_requested()) {
            return LoadedModel();
        }
        ModelInfo info;
        info.name = modelName(folder);
        info.parameters = checkpoint->parameters();
        info.notice = std::move(loaded->notice);
        return LoadedModel{std::move(info), std::move(tokenizer).value(),
                           std::move(loaded).value()};
    }

    Result<Loaded> loadBackend(const Checkpoint& checkpoint, const LoadOptions& options,
                               bool batches, const std::stop_token& stop) const {
        const bool wantsCpu =
            options.device == Device::Cpu ||
            (options.device == Device::Auto && options.precision == Precision::Int8);
        if (wantsCpu || (options.device == Device::Auto && !cudaAvailable())) {
            return loadCpu(checkpoint, options, batches, stop);
        }
        return loadCuda(checkpoint, options, batches, stop);
    }
};

} // namespace

} // namespace linnet::engine

extern "C" __attribute__((visibility("default"))) linnet::engine::Engine* linnetCreateEngine() {
    return new (std::nothrow) linnet::engine::LocalEngine();
}
