#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace linnet::serving {

// One thread that does jobs in order, and a bounded number of jobs that wait. All functions may be
// called from any thread.
class WorkQueue {
public:
    // Gets the queue's stop token, for the time when the queue ends. Must not throw.
    using Job = std::function<void(std::stop_token stop)>;

    explicit WorkQueue(std::size_t maxWaiting);
    // Stops the running job, drops those that wait and joins. Not from a job.
    ~WorkQueue();
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;

    // False, and nothing happens, if too many wait.
    bool add(Job job);

    int waiting() const;
    int running() const;

private:
    void run(std::stop_token stop);

    std::size_t m_maxWaiting;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Job> m_jobs;
    int m_running = 0;
    std::jthread m_thread; // last: starts when all else is ready
};

} // namespace linnet::serving
