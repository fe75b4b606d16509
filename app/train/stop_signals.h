#pragma once

#include <atomic>

namespace linnet::train {

/// Takes SIGINT and SIGTERM over from now on: they set the flag, which a run of training looks at
/// between updates.
[[nodiscard]] const std::atomic<bool>& stopOnSignals();

} // namespace linnet::train
