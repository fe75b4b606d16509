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

#include "engine/api/generator.h"
#include "engine/api/result.h"

namespace linnet::engine {

using RequestId = std::uint64_t;

// One thread that owns one model and does the latest thing it was asked for. A new request
// replaces a pending one and stops the running one; likewise for loads, which go first. Each
// request has a stop source of its own, made under the lock, so that a stop can never be lost or
// hit another request. All public functions return at once and may be called from any thread.
class Worker {
public:
    // Runs on the worker thread. Throws std::runtime_error or returns an Error when it fails; a
    // null pointer means that the load was stopped.
    using Loader = std::function<Result<std::unique_ptr<Generator>>(std::stop_token)>;
    // Runs on the worker thread with the loaded model, never with a null one.
    using Task = std::function<void(Generator& model, std::stop_token stop)>;
    // Called on the worker thread with what became of a load. `info` is null on failure.
    using LoadSink = std::function<void(const ModelInfo* info, const Error* error)>;
    // Called on the worker thread exactly once per request. Cancelled: replaced, cancelled or
    // stopped, whether it had begun or not. Failed: the task threw, or there is no model.
    enum class Outcome { Finished, Cancelled, Failed };
    using DoneSink = std::function<void(RequestId id, Outcome outcome, const Error* error)>;

    Worker();
    ~Worker();  // stops everything and joins: bounded by one step of the running task
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void load(Loader loader, LoadSink sink);
    void unload();

    RequestId submit(Task task, DoneSink done);
    void cancel(RequestId id);  // no effect if it is gone already
    void cancelAll();

private:
    struct Load {
        Loader loader;  // empty: unload
        LoadSink sink;
        std::stop_source stop;
    };
    struct Request {
        RequestId id = 0;
        Task task;
        DoneSink done;
        std::stop_source stop;
    };

    void run(std::stop_token stop);
    void runLoad(Load load);
    void runRequest(Request request);
    static void finish(const Request& request, Outcome outcome, const Error* error);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::optional<Load> m_pendingLoad;
    std::optional<Request> m_pendingRequest;
    std::vector<Request> m_dropped;  // replaced before they began; the worker reports them
    std::optional<std::stop_source> m_runningLoad;
    RequestId m_runningId = 0;
    std::stop_source m_runningStop;
    RequestId m_nextId = 1;

    std::unique_ptr<Generator> m_model;  // worker thread only
    std::jthread m_thread;               // last: starts when all else is ready
};

}  // namespace linnet::engine
