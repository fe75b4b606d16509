#include "stop_signals.h"

#include <csignal>

namespace linnet::train {

namespace {

std::atomic<bool> stopRequested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

void requestStop(int) {
    stopRequested.store(true);
}

} // namespace

const std::atomic<bool>& stopOnSignals() {
    std::signal(SIGINT, requestStop);
    std::signal(SIGTERM, requestStop);
    return stopRequested;
}

} // namespace linnet::train
