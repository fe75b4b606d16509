#pragma once

#include <cstdint>

namespace linnet::training {

enum class ScheduleKind {
    Trapezoid, // warm-up, constant, then linear decay to zero over the last `decayFraction`
    Cosine,    // warm-up, then half a cosine to a tenth
};

/// The learning rate over a run, as a factor of its peak.
struct Schedule {
    ScheduleKind kind = ScheduleKind::Trapezoid;
    std::int64_t warmupSteps = 50;
    double decayFraction = 0.3; // of the whole run

    /// Factor for the update number `step` (from 0) when the part `progress` (0..1) of the run's
    /// steps or of its time is over.
    [[nodiscard]] double factor(std::int64_t step, double progress) const;

    /// True once the decay has begun: the weights before it are the ones to continue from.
    [[nodiscard]] bool decaying(double progress) const {
        return kind == ScheduleKind::Trapezoid && progress > 1.0 - decayFraction;
    }
};

} // namespace linnet::training
