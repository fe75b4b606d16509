#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace linnet::training {

/// How far a run has come in what it may use: updates, time or both, whichever ends first. The time
/// is that of all its parts, if it was resumed.
class TrainingBudget {
public:
    /// Zero: no limit of this kind.
    TrainingBudget(std::int64_t steps, double hours)
        : m_steps(steps)
        , m_hours(hours) {}

    /// Time runs from here, after `secondsBefore` in earlier parts.
    void begin(double secondsBefore) {
        m_before = secondsBefore;
        m_begun = Clock::now();
    }
    double seconds() const {
        return m_before + std::chrono::duration<double>(Clock::now() - m_begun).count();
    }
    /// From 0; the run is over from 1 on.
    double progress(std::int64_t step) const {
        double done = 0.0;
        if (m_steps > 0) {
            done = static_cast<double>(step) / static_cast<double>(m_steps);
        }
        return m_hours > 0.0 ? std::max(done, seconds() / (m_hours * 3600.0)) : done;
    }
    double secondsLeft(std::int64_t step, double secondsPerStep) const {
        double left = m_hours > 0.0 ? m_hours * 3600.0 - seconds() : 1e18;
        if (m_steps > 0) {
            left = std::min(left, secondsPerStep * static_cast<double>(m_steps - step));
        }
        return std::max(left, 0.0);
    }

private:
    using Clock = std::chrono::steady_clock;

    std::int64_t m_steps;
    double m_hours;
    double m_before = 0.0;
    Clock::time_point m_begun = Clock::now();
};

} // namespace linnet::training
