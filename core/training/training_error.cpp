#include "training/training_error.h"

#include "engine/torch/torch_runtime.h"

namespace linnet::training {

engine::Error trainingError() {
    engine::Error error = engine::torchError();
    if (error.code == engine::ErrorCode::OutOfMemory) {
        error.message = "out of memory: lower the batch size";
    }
    return error;
}

} // namespace linnet::training
