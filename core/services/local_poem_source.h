#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <QTimer>

#include "engine/api/engine_library.h"
#include "services/poem_source.h"
#include "verse/composer.h"
#include "verse/form_library.h"

namespace linnet::services {

struct LocalPoemOptions {
    std::filesystem::path resources;                         // holds lexicons/ and forms/
    std::map<verse::Language, std::filesystem::path> models; // folders; without one: no poems
    engine::LoadOptions load;
    std::chrono::milliseconds idleUnload = std::chrono::minutes(10); // zero: never

    // Opens the engine's shared library, on a worker thread.
    std::function<engine::Result<std::unique_ptr<engine::Engine>>()> openEngine = [] {
        return engine::openEngine();
    };
    // Makes the composer for a loaded model, on its worker thread; empty: the real one.
    std::function<engine::Result<std::unique_ptr<verse::Composer>>(
        verse::Language, const engine::Generator&, const std::filesystem::path& folder)>
        makeComposer;
};

// Poems by the models of verse on this machine. Lives on the GUI thread, where it only posts
// requests and receives lines. Each language has a worker thread and a model, loaded when the first
// poem in it is asked for.
class LocalPoemSource : public PoemSource {
    Q_OBJECT
public:
    explicit LocalPoemSource(LocalPoemOptions options, QObject* parent = nullptr);
    ~LocalPoemSource() override; // waits for at most one step of a model

    quint64 compose(const PoemQuery& query) override;
    void cancel() override;

    // Other models, device or precision, from the next poem on.
    void setModels(std::map<verse::Language, std::filesystem::path> models,
                   const engine::LoadOptions& load);
    void setIdleUnload(std::chrono::milliseconds idle);

    ModelStatus status() const { return m_status; }

private:
    class Seat; // a language's thread, model and composer
    struct Mailbox;
    struct LineEvent;
    struct PoemEvent;
    struct FailureEvent;
    struct DoneEvent;
    struct LoadEvent;

    std::optional<verse::Language> languageOf(const QString& form);
    Seat& seatFor(verse::Language language);
    void fail(quint64 id, PoemFailure failure);
    void drain();
    bool isWanted(quint64 id) const { return m_waiting && id == m_lastId; }
    void handle(const LineEvent& event);
    void handle(const PoemEvent& event);
    void handle(const FailureEvent& event);
    void handle(const DoneEvent& event);
    void handle(const LoadEvent& event);
    void setStatus(const ModelStatus& status);
    void restartIdleTimer();
    void unloadIdle();

    LocalPoemOptions m_options;
    std::optional<verse::FormLibrary> m_forms;
    quint64 m_lastId = 0;
    verse::Language m_language = verse::Language::English; // of m_lastId
    bool m_waiting = false;                                // for answers to m_lastId
    bool m_failed = false;                                 // failed() has been emitted for it
    ModelStatus m_status;
    QTimer m_idle;
    std::unique_ptr<Mailbox> m_mailbox;
    std::map<verse::Language, std::unique_ptr<Seat>> m_seats; // last: their threads use the mailbox
};

} // namespace linnet::services
