#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>

#include <QTimer>

#include "caption/caption_desk.h"
#include "engine/api/engine_library.h"
#include "engine/api/worker.h"
#include "services/caption_source.h"

namespace linnet::services {

struct LocalCaptionOptions {
    std::filesystem::path model; // its folder; empty: there is none
    engine::LoadOptions load;
    caption::PictureLimits limits;
    std::chrono::milliseconds idleUnload = std::chrono::minutes(10); // zero: never
    int thumbnailSide = 160;                                         // pixels

    // Both open a shared library, on the worker thread.
    std::function<engine::Result<std::unique_ptr<engine::Engine>>()> openEngine = [] {
        return engine::openEngine();
    };
    caption::CaptionDesk::OpenDecoder openDecoder = [] { return caption::openPictureDecoder(); };
};

// Captions by the model on this machine. Reading, decoding and the model are on a worker thread,
// one picture at a time, so that memory is bounded whatever is dropped. The model is loaded for the
// first picture and unloaded after some minutes without any.
class LocalCaptionSource : public CaptionSource {
    Q_OBJECT
public:
    explicit LocalCaptionSource(LocalCaptionOptions options, QObject* parent = nullptr);
    ~LocalCaptionSource() override; // waits for at most one step of the model

    quint64 add(const PictureQuery& query) override;
    void cancel(const QVector<quint64>& ids) override;
    quint64 find(const QStringList& paths) override;
    void cancelSearch(quint64 id) override;

    // Another model, device or precision, from the next picture on.
    void setModel(const std::filesystem::path& folder, const engine::LoadOptions& load);
    void setIdleUnload(std::chrono::milliseconds idle);
    void setLimits(const caption::PictureLimits& limits) { m_options.limits = limits; }

    ModelStatus status() const { return m_status; }

private:
    struct Mailbox;
    struct StartedEvent;
    struct ThumbnailEvent;
    struct CaptionsEvent;
    struct FailureEvent;
    struct DoneEvent;
    struct LoadEvent;
    struct FoundEvent;
    struct Desk;
    struct Job {
        quint64 id = 0;
        PictureQuery query;
    };

    void startNext();
    void load();
    static void work(Desk& desk, const Job& job, engine::Captioner& model,
                     const LocalCaptionOptions& options, Mailbox& mailbox,
                     const std::stop_token& stop);
    bool isWanted(quint64 id) const { return id != 0 && id == m_running; }
    void drain();
    void handle(const StartedEvent& event);
    void handle(const ThumbnailEvent& event);
    void handle(const CaptionsEvent& event);
    void handle(const FailureEvent& event);
    void handle(const DoneEvent& event);
    void handle(const LoadEvent& event);
    void handle(const FoundEvent& event);
    void failAll(const CaptionFailure& failure);
    void setStatus(const ModelStatus& status);
    void restartIdleTimer();
    void unloadIdle();

    LocalCaptionOptions m_options;
    quint64 m_lastId = 0;
    std::deque<Job> m_queue;
    quint64 m_running = 0;   // whose answers are wanted; 0: none
    quint64 m_submitted = 0; // what the worker has; 0: nothing
    bool m_hasModel = false; // one was asked for and has not been found wanting
    bool m_settling = false; // a queued startNext() is on its way
    ModelStatus m_status;
    QTimer m_idle;
    std::unique_ptr<Mailbox> m_mailbox;
    std::shared_ptr<Desk> m_desk; // of the worker thread
    std::map<quint64, std::jthread> m_searches;
    engine::CaptionWorker m_worker; // last: its thread uses the rest
};

} // namespace linnet::services
