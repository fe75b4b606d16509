#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include <QObject>
#include <QString>

#include "services/document_file.h"

namespace linnet::services {

struct SaveJob {
    QString path;
    QString text; // lines end in '\n'
    DocumentFormat format;
    std::optional<FileFingerprint> expected; // as in SaveDocumentOptions
};

struct SaveOutcome {
    engine::Result<FileFingerprint> written; // what is now on disk
    bool changedOnDisk = false; // not written because another program has changed the file
};

// Saves on a thread of its own, in the order in which it was asked, so that nobody waits for a
// slow disk. Lives on the GUI thread; save() returns at once.
class DocumentSaver : public QObject {
    Q_OBJECT
public:
    explicit DocumentSaver(SaveTargetFactory makeTarget = makeAtomicSaveTarget,
                           QObject* parent = nullptr);
    // Writes what was asked for and waits until it is on disk; nobody is told any more.
    ~DocumentSaver() override;

    // The number, from 1 on, comes back with finished().
    quint64 save(SaveJob job);

Q_SIGNALS:
    void finished(quint64 id, const linnet::services::SaveOutcome& outcome);

private:
    struct Pending {
        quint64 id = 0;
        SaveJob job;
    };
    void run(const std::stop_token& stop);
    SaveOutcome write(const SaveJob& job) const;

    const SaveTargetFactory m_makeTarget;
    quint64 m_lastId = 0;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Pending> m_queue;
    std::jthread m_thread; // starts with the first save
};

} // namespace linnet::services
