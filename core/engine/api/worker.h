#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/api/generator.h"
#include "engine/api/result.h"

namespace linnet::engine {

using RequestId = std::uint64_t;

// Cancelled: replaced, cancelled or stopped, whether it had begun or not; a request whose task
// still ran when cancel() was called is never Finished. Failed: the task threw, or there is no
// model (NotFound).
enum class WorkerOutcome { Finished, Cancelled, Failed };

// One thread that owns one model, a Generator or a Captioner, and does the latest thing it was
// asked for. A new request replaces a pending one and stops the running one; likewise for loads,
// which go first and stop the running request too (a pending request waits for the new model). Each
// request has a stop source of its own, made under the lock, so that a stop can never be lost or
// hit another request. All public functions return at once and may be called from any thread, also
// from sinks and tasks, but not from a std::stop_callback on a token that the worker handed out.
template <typename Model>
class BasicWorker {
public:
    using Outcome = WorkerOutcome;
    // Runs on the worker thread. Throws std::runtime_error or returns an Error when it fails; a
    // null pointer means that the load was stopped.
    using Loader = std::function<Result<std::unique_ptr<Model>>(std::stop_token)>;
    // Runs on the worker thread with the loaded model, never with a null one.
    using Task = std::function<void(Model& model, std::stop_token stop)>;
    // Called on the worker thread with what became of a load, exactly once: `info` when the model
    // is there, `error` when loading failed, neither when the load was replaced or stopped. The
    // model before it is freed before the loader runs, so that two never share the memory.
    using LoadSink = std::function<void(const ModelInfo* info, const Error* error)>;
    // Called on the worker thread exactly once per request.
    using DoneSink = std::function<void(RequestId id, Outcome outcome, const Error* error)>;

    BasicWorker();
    // Stops everything, reports it as cancelled and joins: bounded by one step of the running
    // task. Not from a sink or task. Work asked for from now on is discarded without a report.
    ~BasicWorker();
    BasicWorker(const BasicWorker&) = delete;
    BasicWorker& operator=(const BasicWorker&) = delete;

    void load(Loader loader, LoadSink sink);
    void unload();

    RequestId submit(Task task, DoneSink done); // 0 while the worker is being destroyed
    void cancel(RequestId id);                  // no effect if it is gone already
    void cancelAll();                           // requests, not loads

private:
    struct Load {
        Loader loader; // empty: unload
        LoadSink sink;
        std::stop_source stop;
    };
    struct Request {
        RequestId id = 0;
        Task task;
        DoneSink done;
        std::stop_source stop;
    };
    // What the worker thread does next, taken from the members under the lock.
    struct Work {
        std::vector<Request> droppedRequests;
        std::vector<Load> droppedLoads;
        std::optional<Load> load;
        std::optional<Request> request;
        bool quit = false;
    };

    void run(std::stop_token stop);
    Work nextWork(std::stop_token stop);
    void runLoad(const Load& load);
    void runRequest(const Request& request);
    void enqueue(Load load);
    void stopRunningRequest(); // the lock is held
    static void report(const Work& work);
    static void finish(const Request& request, Outcome outcome, const Error* error);
    static void finish(const Load& load, const ModelInfo* info, const Error* error);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    bool m_closing = false;
    std::optional<Load> m_pendingLoad;
    std::optional<Request> m_pendingRequest;
    std::vector<Request> m_droppedRequests; // replaced before they began; the worker reports them
    std::vector<Load> m_droppedLoads;
    std::optional<std::stop_source> m_runningLoad;
    std::optional<std::stop_source> m_runningStop;
    RequestId m_runningId = 0;
    RequestId m_nextId = 1;

    std::unique_ptr<Model> m_model; // worker thread only
    std::jthread m_thread;          // last: starts when all else is ready
};

using Worker = BasicWorker<Generator>;
using CaptionWorker = BasicWorker<Captioner>;

extern template class BasicWorker<Generator>;
extern template class BasicWorker<Captioner>;

} // namespace linnet::engine
