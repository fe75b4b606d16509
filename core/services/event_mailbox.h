#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace linnet::services {

// A locked buffer of events with one wake-up at a time: a hundred events are not a hundred events
// in the GUI thread's queue. Any thread.
template <typename Event>
class EventMailbox {
public:
    // `wake` is called on the posting thread, once until take().
    explicit EventMailbox(std::function<void()> wake)
        : m_wake(std::move(wake)) {}

    void post(Event event) {
        {
            const std::lock_guard lock(m_mutex);
            m_events.push_back(std::move(event));
            if (m_woken) {
                return;
            }
            m_woken = true;
        }
        m_wake();
    }

    std::vector<Event> take() {
        const std::lock_guard lock(m_mutex);
        m_woken = false;
        return std::exchange(m_events, {});
    }

private:
    std::function<void()> m_wake;
    std::mutex m_mutex;
    std::vector<Event> m_events;
    bool m_woken = false;
};

} // namespace linnet::services
