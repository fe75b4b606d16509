#include "training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace linnet::training {

double Schedule::factor(std::int64_t step, double progress) const {
    const double warmup =
        warmupSteps > 0
            ? std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(warmupSteps))
            : 1.0;
    const double done = std::clamp(progress, 0.0, 1.0);
    if (kind == ScheduleKind::Cosine) {
        return warmup * (0.1 + 0.45 * (1.0 + std::cos(std::numbers::pi * done)));
    }
    return decaying(done) ? warmup * (1.0 - done) / decayFraction : warmup;
}

} // namespace linnet::training
