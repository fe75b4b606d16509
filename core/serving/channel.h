#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace linnet::serving {

// Hands values from the threads that make them to one that waits for them. Grows without a limit,
// so that a maker never waits for a slow client: what is put in must be bounded by the request.
template <typename T>
class Channel {
public:
    void put(T value) {
        {
            const std::lock_guard lock(m_mutex);
            m_values.push_back(std::move(value));
        }
        m_filled.notify_one();
    }

    // All there is, in order; waits at most `patience` for the first. Empty: nothing came.
    std::vector<T> take(std::chrono::milliseconds patience) {
        std::unique_lock lock(m_mutex);
        m_filled.wait_for(lock, patience, [this] { return !m_values.empty(); });
        return std::exchange(m_values, {});
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::vector<T> m_values;
};

} // namespace linnet::serving
