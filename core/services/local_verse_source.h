#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "services/local_rhyme_order.h"
#include "services/verse_source.h"

namespace linnet::verse {
struct VerseData;
}

namespace linnet::services {

// Verse by the lexicons and forms on this machine. They are opened at the first need (about 3 ms);
// the work is done on a thread of its own, which starts with the first request.
class LocalVerseSource : public VerseSource {
    Q_OBJECT
public:
    // `folder` holds lexicons/ and forms/.
    explicit LocalVerseSource(const QString& folder, QObject* parent = nullptr);
    ~LocalVerseSource() override;

    // The models that order rhymes by their place, in place of those before; else the most
    // frequent ones come first, or the shortest.
    void orderRhymesBy(RhymeOrderOptions options);

    const QVector<VerseForm>& forms() const override;
    QStringList rhymeGroups() const override;
    quint64 analyse(const VerseQuery& query) override;
    quint64 findRhymes(const RhymeQuery& query) override;
    quint64 convert(const QStringList& lines, bool traditional) override;

private:
    struct Answer {
        quint64 id = 0;
        std::optional<VerseReport> report;
        std::optional<RhymeReport> rhymes;
        std::optional<QStringList> lines;
    };
    class Reader; // what the thread reads verse with
    using Task = std::function<Answer(Reader& reader)>;

    const verse::VerseData* data() const; // null: it cannot be read
    quint64 post(Task task);
    void run(const std::stop_token& stop);
    void drain();

    QString m_folder;
    mutable std::shared_ptr<const verse::VerseData> m_data;
    mutable QVector<VerseForm> m_forms;
    mutable QString m_failure; // not empty: why there is no data
    bool m_told = false;
    quint64 m_lastId = 0;
    quint64 m_lastRhymes = 0; // id of m_rhymeQuery
    RhymeQuery m_rhymeQuery;
    std::filesystem::path m_proseModel; // whose counted words tell what is frequent
    std::unique_ptr<LocalRhymeOrder> m_order;

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Task> m_tasks;     // guarded by m_mutex
    std::deque<Answer> m_answers; // likewise
    std::jthread m_thread;        // last: ends before what it uses
};

} // namespace linnet::services
