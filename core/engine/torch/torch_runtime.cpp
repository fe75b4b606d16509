#include "engine/torch/torch_runtime.h"

#include <torch/torch.h>
#include <torch/version.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>

// OpenBLAS, if libtorch was built on it (Debian's is); null functions if not. Its threads are not
// libtorch's, and torch::set_num_threads() does not reach them.
extern "C" {
__attribute__((weak)) void openblas_set_num_threads(int threads);
__attribute__((weak)) int openblas_get_parallel(void);
}

namespace linnet::engine {

Error torchError() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return {ErrorCode::OutOfMemory, "not enough memory"};
    } catch (const c10::Error& e) {
        // The CPU's allocator and some CUDA libraries throw a plain c10::Error.
        const std::string_view text = e.what_without_backtrace();
        const bool memory = dynamic_cast<const c10::OutOfMemoryError*>(&e) != nullptr ||
                            text.find("allocate memory") != std::string_view::npos ||
                            text.find("out of memory") != std::string_view::npos ||
                            text.find("ALLOC_FAILED") != std::string_view::npos;
        return {memory ? ErrorCode::OutOfMemory : ErrorCode::Internal, std::string(text)};
    } catch (const std::exception& e) {
        return {ErrorCode::Internal, e.what()};
    } catch (...) {
        return {ErrorCode::Internal, "unknown exception in libtorch"};
    }
}

torch::ScalarType scalarType(Precision precision) {
    switch (precision) {
    case Precision::BFloat16:
        return torch::kBFloat16;
    case Precision::Float16:
        return torch::kHalf;
    case Precision::Float32:
    case Precision::Int8:
    case Precision::Auto:
        break;
    }
    return torch::kFloat;
}

const char* precisionName(torch::ScalarType type) {
    return type == torch::kFloat ? "float32" : type == torch::kHalf ? "float16" : "bfloat16";
}

bool torchCudaAvailable() {
    try {
        return torch::cuda::is_available();
    } catch (...) {
        return false;
    }
}

Result<void> checkTorchDevice(bool cuda, Precision precision) {
    if (cuda && !torchCudaAvailable()) {
        return Error{ErrorCode::DeviceUnavailable, "there is no CUDA device that libtorch can use"};
    }
    constexpr bool halfOnCpu = TORCH_VERSION_MAJOR >= 2;
    if (!halfOnCpu && !cuda && precision == Precision::Float16) {
        return Error{ErrorCode::UnsupportedFormat,
                     "this libtorch cannot compute in float16 on the CPU"};
    }
    return {};
}

void setTorchThreads(int threads, bool throughBlas) {
    constexpr int ownThreads = 1; // of openblas_get_parallel()
    const bool blas = openblas_set_num_threads != nullptr;
    const bool rival =
        blas && openblas_get_parallel != nullptr && openblas_get_parallel() == ownThreads;
    torch::set_num_threads(rival && throughBlas ? 1 : threads);
    if (blas) {
        openblas_set_num_threads(rival && !throughBlas ? 1 : threads);
    }
}

} // namespace linnet::engine
