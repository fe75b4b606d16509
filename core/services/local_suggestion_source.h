#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include <QTimer>

#include "services/local_suggestion_options.h"
#include "services/model_status.h"
#include "services/suggestion_source.h"

namespace linnet::services {

class LocalSuggestionEngine;
class SuggestionMailbox;
struct FinishedEvent;
struct NetworkEvent;
struct ReplyEvent;
struct TroubleEvent;
struct WordsEvent;

// Suggestions from the model on this machine. Lives on the GUI thread, where it only posts
// requests and receives answers; the model lives on a thread of its own. Suggestions from counted
// words come soon after start(), those of the network as soon as it is loaded. finished() comes
// once for each request that was neither superseded nor cancelled.
class LocalSuggestionSource : public SuggestionSource {
    Q_OBJECT
public:
    explicit LocalSuggestionSource(LocalSuggestionOptions options, QObject* parent = nullptr);
    ~LocalSuggestionSource() override; // waits for at most one step of the model

    // Begins to load; call it once, after the window has painted.
    void start();

    // Off: nothing is computed, and the model is unloaded when it has been idle long enough.
    void setEnabled(bool enabled);
    bool isEnabled() const { return m_enabled; }

    // Keeps on disk what the documents teach, and uses what others of the folder have taught.
    void setLearning(bool learn);

    // Another model, device or precision: loaded at once when started and enabled.
    void setModel(const std::filesystem::path& folder, const engine::LoadOptions& load);
    void setVerseModels(const std::map<verse::Language, std::filesystem::path>& models);
    void setGhost(double threshold, int words);
    void setIdleUnload(std::chrono::milliseconds idle);

    // Loads again after a failure, also after a load that ended the program last time.
    void retry();

    ModelStatus status() const { return m_status; }

    quint64 request(const SuggestionQuery& query) override;
    void cancel() override;
    void setDocument(const QString& text) override;
    void setDocumentPath(const QString& path) override { m_documentPath = path; }
    void documentSaved(const QString& path, const QString& text) override;

Q_SIGNALS:
    void statusChanged(const linnet::services::ModelStatus& status);

private:
    enum class Network { None, Loading, Ready, Failed };

    void loadAll();
    void loadWords();
    void loadNetwork();
    void tellDocument();
    void setStatus(ModelState state, const QString& notice = {},
                   std::optional<engine::ErrorCode> error = std::nullopt);
    void showStatus();
    void drain();
    void handle(const ReplyEvent& event);
    void handle(const FinishedEvent& event);
    void handle(const NetworkEvent& event);
    void handle(const WordsEvent& event);
    void handle(const TroubleEvent& event);
    void unloadIdle();
    void restartIdleTimer();

    LocalSuggestionOptions m_options;
    bool m_enabled = true;
    bool m_started = false;
    Network m_network = Network::None;
    quint64 m_load = 0; // number of the latest load
    quint64 m_lastRequest = 0;
    bool m_waiting = false; // for answers to m_lastRequest
    QString m_document;     // to be learned by the next model too
    QString m_documentPath;
    ModelStatus m_ready; // what is shown while the network is ready
    QString m_failure;   // of the network
    std::optional<engine::ErrorCode> m_failureCode;
    QString m_wordsFailure; // of the counted words, without which there is nothing
    std::optional<engine::ErrorCode> m_wordsFailureCode;
    std::filesystem::path m_wordsFolder; // whose counted words are loaded, or being loaded
    ModelStatus m_status;
    QTimer m_idle;
    std::unique_ptr<SuggestionMailbox> m_mailbox;
    std::unique_ptr<LocalSuggestionEngine> m_engine; // last: its threads use the mailbox
};

} // namespace linnet::services
