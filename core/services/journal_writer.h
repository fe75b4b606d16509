#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <variant>

#include <QString>
#include <QStringList>

#include "services/journal.h"
#include "services/journal_format.h"
#include "services/journal_places.h"

namespace linnet::services {

// The thread behind a RecoveryJournal. It keeps a copy of the text, so that the journal can be
// rewritten in short, or elsewhere when its disk is full, without asking the GUI thread. Public
// functions may be called from any thread and return at once, wait() excepted.
class JournalWriter {
public:
    struct Events { // called on the writer's thread
        std::function<void(quint64 revision)> written;
        std::function<void(const QString& message)> failed;
        std::function<void()> recovered;
    };

    JournalWriter(const AppPaths& paths, JournalOptions options, Events events);
    ~JournalWriter(); // writes what is pending
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;

    struct Begin {
        JournalDocument document;
        QString text;
    };
    struct Replace {
        QString text;
    };
    struct Saved {
        JournalDocument document;
        QString text;
    };
    struct Supersede {
        QString journal;
    };
    struct Discard {};
    using Command = std::variant<Begin, JournalEdit, Replace, Saved, Supersede, Discard>;

    void post(Command command);
    void flush();
    bool wait(std::chrono::milliseconds timeout);
    QString journalPath() const;

private:
    using Clock = std::chrono::steady_clock;

    void run(const std::stop_token& stop);
    void process(std::deque<Command> commands);
    void apply(const Begin& begin);
    void apply(const JournalEdit& edit);
    void apply(const Replace& replace);
    void apply(const Saved& saved);
    void apply(const Supersede& supersede);
    void apply(const Discard& discard);
    engine::Result<void> write();
    engine::Result<void> startAnew();
    void removeFile();
    void setFile(std::unique_ptr<JournalFile> file);
    JournalHeader header() const;

    // The writer's thread only.
    const JournalPlaces m_places;
    const JournalOptions m_options;
    const Events m_events;
    JournalDocument m_document;
    QString m_baseText;
    QString m_text;
    QByteArray m_batch;     // records not written yet
    bool m_rewrite = false; // the journal on disk cannot be continued
    bool m_failing = false;
    quint64 m_revision = 0;
    QStringList m_superseded;
    std::unique_ptr<JournalFile> m_file;

    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::condition_variable_any m_done;
    std::deque<Command> m_queue;
    std::optional<Clock::time_point> m_deadline; // of what is queued, or of a new try
    std::uint64_t m_posted = 0;                  // commands
    std::uint64_t m_processed = 0;
    bool m_safe = true; // all that was processed is on disk
    QString m_path;

    std::jthread m_thread; // last: starts when all else is ready
};

} // namespace linnet::services
