#include "services/background_work.h"

#include <exception>

#include <QMetaObject>

namespace linnet::services {

BackgroundWork::BackgroundWork(QObject* parent)
    : QObject(parent) {
}

BackgroundWork::~BackgroundWork() {
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
}

void BackgroundWork::add(std::function<void()> piece) {
    {
        const std::lock_guard lock(m_mutex);
        m_queue.push_back(std::move(piece));
        m_wake.notify_one();
    }
    if (!m_thread.joinable()) {
        m_thread = std::jthread([this](const std::stop_token& stop) { loop(stop); });
    }
}

void BackgroundWork::deliver(std::function<void()> result) {
    QMetaObject::invokeMethod(this, std::move(result), Qt::QueuedConnection);
}

void BackgroundWork::loop(const std::stop_token& stop) {
    for (;;) {
        std::function<void()> piece;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, stop, [this] { return !m_queue.empty(); });
            if (stop.stop_requested()) {
                return;
            }
            piece = std::move(m_queue.front());
            m_queue.pop_front();
        }
        try {
            piece();
        } catch (const std::exception& problem) {
            qWarning("work in the background failed: %s", problem.what());
        } catch (...) {
            qWarning("work in the background failed");
        }
    }
}

} // namespace linnet::services
