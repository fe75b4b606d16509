#include "services/journal_writer.h"

#include <algorithm>
#include <exception>

#include <QFileInfo>

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {
// How soon a journal that could not be written is tried again without a new edit.
constexpr std::chrono::seconds retryInterval{5};
} // namespace

JournalWriter::JournalWriter(const AppPaths& paths, JournalOptions options, Events events)
    : m_places(paths)
    , m_options(std::move(options))
    , m_events(std::move(events))
    , m_thread([this](const std::stop_token& stop) { run(stop); }) {
}

JournalWriter::~JournalWriter() {
    m_thread.request_stop();
    m_thread.join();
}

void JournalWriter::post(Command command) {
    const bool edit = std::holds_alternative<JournalEdit>(command);
    const std::lock_guard lock(m_mutex);
    m_queue.push_back(std::move(command));
    ++m_posted;
    const Clock::time_point due = edit ? Clock::now() + m_options.batchInterval : Clock::now();
    if (!m_deadline || due < *m_deadline) {
        m_deadline = due;
        m_wake.notify_one();
    }
}

void JournalWriter::flush() {
    const std::lock_guard lock(m_mutex);
    if (m_deadline) {
        m_deadline = Clock::now();
        m_wake.notify_one();
    }
}

bool JournalWriter::wait(std::chrono::milliseconds timeout) {
    flush();
    std::unique_lock lock(m_mutex);
    const std::uint64_t target = m_posted;
    const bool processed = m_done.wait_for(lock, timeout, [&] { return m_processed >= target; });
    return processed && m_safe;
}

QString JournalWriter::journalPath() const {
    const std::lock_guard lock(m_mutex);
    return m_path;
}

void JournalWriter::run(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, stop, [this] { return m_deadline.has_value(); });
        while (!stop.stop_requested() && m_deadline && Clock::now() < *m_deadline) {
            const Clock::time_point until = *m_deadline;
            m_wake.wait_until(lock, stop, until,
                              [&] { return m_deadline != std::optional(until); });
        }
        std::deque<Command> commands = std::exchange(m_queue, {});
        m_deadline.reset();
        const size_t count = commands.size();
        lock.unlock();
        process(std::move(commands));
        lock.lock();
        m_processed += count;
        m_safe = !m_failing;
        if (m_failing && !m_deadline) {
            m_deadline = Clock::now() + retryInterval;
        }
        m_done.notify_all();
        if (stop.stop_requested() && m_queue.empty()) {
            return;
        }
    }
}

// The text must survive whatever goes wrong here, so no exception leaves, and what could not be
// written stays for the next time.
void JournalWriter::process(std::deque<Command> commands) {
    Result<void> written;
    try {
        for (const Command& command : commands) {
            std::visit([this](const auto& one) { apply(one); }, command);
        }
        written = write();
    } catch (const std::exception& problem) {
        m_rewrite = true;
        written = Error{ErrorCode::Internal, problem.what()};
    } catch (...) {
        m_rewrite = true;
        written = Error{ErrorCode::Internal, "unknown failure"};
    }
    if (!written) {
        if (!std::exchange(m_failing, true)) {
            m_events.failed(QString::fromStdString(written.error().message) + QLatin1Char('.'));
        }
        return;
    }
    for (const QString& journal : std::exchange(m_superseded, {})) {
        m_places.remove(journal);
    }
    m_events.written(m_revision);
    if (std::exchange(m_failing, false)) {
        m_events.recovered();
    }
}

void JournalWriter::apply(const Begin& begin) {
    apply(Discard{});
    m_document = begin.document;
    m_text = begin.text;
    m_baseText = begin.text;
    m_revision = 0;
}

void JournalWriter::apply(const JournalEdit& edit) {
    ++m_revision;
    JournalEdit clamped = edit;
    const auto size = static_cast<int>(m_text.size());
    clamped.position = std::clamp(edit.position, 0, size);
    clamped.removed = std::clamp(edit.removed, 0, size - clamped.position);
    if (clamped.removed == 0 && clamped.added.isEmpty()) {
        return;
    }
    applyEdit(m_text, clamped);
    m_batch += journalEdit(clamped);
}

void JournalWriter::apply(const Replace& replace) {
    ++m_revision;
    if (replace.text != m_text) {
        m_text = replace.text;
        m_batch += journalSnapshot(m_text);
    }
}

void JournalWriter::apply(const Saved& saved) {
    m_document = saved.document;
    m_baseText = saved.text;
    if (m_text != saved.text) {
        m_rewrite = true; // the journal there is starts from another file
        return;
    }
    // The journal may go only when the saved file's new name is sure to be in its folder.
    if (m_file) {
        syncFolder(QFileInfo(m_document.path).absolutePath());
    }
    removeFile();
}

void JournalWriter::apply(const Supersede& supersede) {
    m_superseded << supersede.journal;
}

void JournalWriter::apply(const Discard&) {
    m_baseText = m_text;
    removeFile();
}

Result<void> JournalWriter::write() {
    if (m_batch.isEmpty() && !m_rewrite) {
        return {};
    }
    const qint64 limit = m_options.compactBytes + 4 * m_text.size();
    const bool tooLong = m_file && m_file->size() + m_batch.size() > limit;
    if (m_file && !m_rewrite && !tooLong) {
        Result<void> done = m_file->append(m_batch + journalTime(QDateTime::currentDateTimeUtc()));
        if (done) {
            done = m_file->sync();
        }
        if (done) {
            m_batch.clear();
            return {};
        }
        // A failed sync may have lost pages that a second one would not report, and a full disk
        // stays full: the whole text goes to a new journal, in another place if need be.
        m_rewrite = true;
    }
    return startAnew();
}

// A new journal with the text as it is now; the old one goes only when the new one is safe.
Result<void> JournalWriter::startAnew() {
    m_rewrite = true;
    m_batch.clear(); // the text has it all
    Result<std::unique_ptr<JournalFile>> file =
        m_places.create(m_document.path,
                        journalBeginning(header(), m_baseText) + journalSnapshot(m_text) +
                            journalTime(QDateTime::currentDateTimeUtc()),
                        m_options.openFile);
    if (!file) {
        return file.error();
    }
    const std::unique_ptr<JournalFile> old = std::move(m_file);
    setFile(std::move(*file));
    if (old && old->remove()) {
        m_places.forget(old->path());
    }
    m_rewrite = false;
    return {};
}

void JournalWriter::removeFile() {
    m_batch.clear();
    m_rewrite = false;
    if (m_file) {
        if (m_file->remove()) {
            m_places.forget(m_file->path());
        }
        setFile(nullptr);
    }
}

void JournalWriter::setFile(std::unique_ptr<JournalFile> file) {
    m_file = std::move(file);
    const std::lock_guard lock(m_mutex);
    m_path = m_file ? m_file->path() : QString();
}

JournalHeader JournalWriter::header() const {
    return {m_document.path,
            m_document.format.encoding.name,
            m_document.format.encoding.byteOrderMark,
            m_document.base.size,
            m_document.base.sha256,
            QDateTime::currentDateTimeUtc()};
}

} // namespace linnet::services
