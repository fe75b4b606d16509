#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace linnet::serving {

enum class Urgency { CanWait, Now };

// Hands values from the threads that make them to one that waits for them. Grows without a limit,
// so that a maker never waits for a slow client: what is put in must be bounded by the request.
template <typename T>
class Channel {
public:
    void put(T value, Urgency urgency = Urgency::Now) {
        bool wanted = false;
        {
            const std::lock_guard lock(m_mutex);
            m_values.push_back(std::move(value));
            m_urgent = m_urgent || urgency == Urgency::Now;
            wanted = m_urgent || !m_gathering;
        }
        if (wanted) {
            m_filled.notify_one();
        }
    }

    // All there is, in order; waits at most `patience` for the first. Empty: nothing came. For
    // `gather` nobody is woken by values that can wait: to be woken for each of many costs both
    // sides more than to make it.
    std::vector<T> take(std::chrono::milliseconds patience, std::chrono::microseconds gather = {}) {
        std::unique_lock lock(m_mutex);
        if (gather.count() > 0) {
            m_gathering = true;
            m_filled.wait_for(lock, gather, [this] { return m_urgent; });
            m_gathering = false;
        }
        m_filled.wait_for(lock, patience, [this] { return !m_values.empty(); });
        m_urgent = false;
        return std::exchange(m_values, {});
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::vector<T> m_values;
    bool m_urgent = false;    // one of them is
    bool m_gathering = false; // only an urgent value wakes who waits
};

} // namespace linnet::serving
