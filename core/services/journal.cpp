#include "services/journal.h"

#include "services/journal_writer.h"

namespace linnet::services {

RecoveryJournal::RecoveryJournal(const AppPaths& paths, const JournalOptions& options,
                                 QObject* parent)
    : QObject(parent) {
    // The writer's thread only posts: signals are emitted on the thread this object lives on.
    const auto onOwnThread = [this](auto function) {
        QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
    };
    JournalWriter::Events events;
    events.written = [this, onOwnThread](quint64 revision) {
        onOwnThread([this, revision] { Q_EMIT written(revision); });
    };
    events.failed = [this, onOwnThread](const QString& message) {
        onOwnThread([this, message] { Q_EMIT failed(message); });
    };
    events.recovered = [this, onOwnThread] { onOwnThread([this] { Q_EMIT recovered(); }); };
    m_writer = std::make_unique<JournalWriter>(paths, options, std::move(events));
}

RecoveryJournal::~RecoveryJournal() = default;

void RecoveryJournal::begin(const JournalDocument& document, const QString& text) {
    m_writer->post(JournalWriter::Begin{document, text});
}

void RecoveryJournal::documentChanged(int position, int removed, const QString& added) {
    m_writer->post(JournalEdit{position, removed, textFromRaw(added)});
}

void RecoveryJournal::textReplaced(const QString& text) {
    m_writer->post(JournalWriter::Replace{text});
}

void RecoveryJournal::saved(const JournalDocument& document, const QString& text) {
    m_writer->post(JournalWriter::Saved{document, text});
}

void RecoveryJournal::supersede(const QString& oldJournal) {
    m_writer->post(JournalWriter::Supersede{oldJournal});
}

void RecoveryJournal::flush() {
    m_writer->flush();
}

void RecoveryJournal::discard() {
    m_writer->post(JournalWriter::Discard{});
}

bool RecoveryJournal::waitForDisk(std::chrono::milliseconds timeout) {
    return m_writer->wait(timeout);
}

QString RecoveryJournal::journalPath() const {
    return m_writer->journalPath();
}

} // namespace linnet::services
