#pragma once

#include "engine/api/result.h"

namespace linnet::training {

/// What ended a run of training, as an Error: OutOfMemory, with what to do about it, or Internal.
/// Call inside a catch block.
[[nodiscard]] engine::Error trainingError();

} // namespace linnet::training
