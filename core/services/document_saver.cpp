#include "services/document_saver.h"

#include <exception>
#include <utility>

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;

DocumentSaver::DocumentSaver(SaveTargetFactory makeTarget, QObject* parent)
    : QObject(parent)
    , m_makeTarget(std::move(makeTarget)) {
}

DocumentSaver::~DocumentSaver() {
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
}

quint64 DocumentSaver::save(SaveJob job) {
    const quint64 id = ++m_lastId;
    {
        const std::lock_guard lock(m_mutex);
        m_queue.push_back({id, std::move(job)});
        m_wake.notify_one();
    }
    if (!m_thread.joinable()) {
        m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    return id;
}

void DocumentSaver::run(const std::stop_token& stop) {
    for (;;) {
        Pending next;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, stop, [this] { return !m_queue.empty(); });
            if (m_queue.empty()) {
                return; // asked to stop, and everything is written
            }
            next = std::move(m_queue.front());
            m_queue.pop_front();
        }
        // Whoever waits for it hears of it, whatever went wrong.
        SaveOutcome outcome = write(next.job);
        QMetaObject::invokeMethod(
            this,
            [this, id = next.id, outcome = std::move(outcome)] { Q_EMIT finished(id, outcome); },
            Qt::QueuedConnection);
    }
}

SaveOutcome DocumentSaver::write(const SaveJob& job) const {
    try {
        SaveDocumentOptions options;
        options.expected = job.expected;
        options.makeTarget = m_makeTarget;
        SaveOutcome outcome{saveDocument(job.path, job.text, job.format, options)};
        if (!outcome.written && job.expected) {
            const auto target = resolveLinks(job.path);
            const auto now = target ? fingerprintOf(*target) : target.error();
            outcome.changedOnDisk = now && now->exists() && !now->sameContent(*job.expected);
        }
        return outcome;
    } catch (const std::bad_alloc&) {
        return {Error{ErrorCode::OutOfMemory, "There is not enough memory to save " +
                                                  job.path.toStdString() +
                                                  ". The text is safe in the editor."}};
    } catch (const std::exception& problem) {
        return {Error{ErrorCode::Internal, "Cannot save " + job.path.toStdString() + ": " +
                                               problem.what() +
                                               ". The text is safe in the editor."}};
    }
}

} // namespace linnet::services
