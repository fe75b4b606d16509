#include "serving/work_queue.h"

#include <utility>

namespace linnet::serving {

WorkQueue::WorkQueue(std::size_t maxWaiting)
    : m_maxWaiting(maxWaiting)
    , m_thread([this](std::stop_token stop) { run(std::move(stop)); }) {
}

WorkQueue::~WorkQueue() = default;

bool WorkQueue::add(Job job) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_jobs.size() >= m_maxWaiting) {
            return false;
        }
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
    return true;
}

int WorkQueue::waiting() const {
    const std::lock_guard lock(m_mutex);
    return static_cast<int>(m_jobs.size());
}

int WorkQueue::running() const {
    const std::lock_guard lock(m_mutex);
    return m_running;
}

void WorkQueue::run(std::stop_token stop) {
    while (true) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            m_running = 0;
            m_wake.wait(lock, stop, [this] { return !m_jobs.empty(); });
            if (stop.stop_requested()) {
                return;
            }
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
            m_running = 1;
        }
        job(stop);
    }
}

} // namespace linnet::serving
