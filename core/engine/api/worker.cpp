#include "engine/api/worker.h"

#include <exception>
#include <new>
#include <utility>

namespace linnet::engine {

namespace {

// The exception in flight as an Error. Call inside a catch block.
Error currentError() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return {ErrorCode::OutOfMemory, "not enough memory"};
    } catch (const std::exception& e) {
        return {ErrorCode::Internal, e.what()};
    } catch (...) {
        return {ErrorCode::Internal, "unknown exception"};
    }
}

} // namespace

template <typename Model>
BasicWorker<Model>::BasicWorker()
    : m_thread([this](std::stop_token stop) { run(std::move(stop)); }) {
}

template <typename Model>
BasicWorker<Model>::~BasicWorker() {
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
        if (m_runningLoad) {
            m_runningLoad->request_stop();
        }
        stopRunningRequest();
    }
    m_thread.request_stop();
    m_thread.join();
}

template <typename Model>
void BasicWorker<Model>::load(Loader loader, LoadSink sink) {
    enqueue({std::move(loader), std::move(sink), std::stop_source{}});
}

template <typename Model>
void BasicWorker<Model>::unload() {
    enqueue({{}, {}, std::stop_source{}});
}

template <typename Model>
void BasicWorker<Model>::enqueue(Load load) {
    const std::lock_guard lock(m_mutex);
    if (m_closing) {
        return;
    }
    if (m_pendingLoad) {
        m_droppedLoads.push_back(std::move(*m_pendingLoad));
    }
    m_pendingLoad = std::move(load);
    if (m_runningLoad) {
        m_runningLoad->request_stop();
    }
    stopRunningRequest();
    m_wake.notify_one();
}

template <typename Model>
RequestId BasicWorker<Model>::submit(Task task, DoneSink done) {
    const std::lock_guard lock(m_mutex);
    if (m_closing) {
        return 0;
    }
    if (m_pendingRequest) {
        m_droppedRequests.push_back(std::move(*m_pendingRequest));
    }
    const RequestId id = m_nextId++;
    m_pendingRequest = Request{id, std::move(task), std::move(done), std::stop_source{}};
    stopRunningRequest();
    m_wake.notify_one();
    return id;
}

template <typename Model>
void BasicWorker<Model>::cancel(RequestId id) {
    const std::lock_guard lock(m_mutex);
    if (m_pendingRequest && m_pendingRequest->id == id) {
        m_droppedRequests.push_back(std::move(*m_pendingRequest));
        m_pendingRequest.reset();
        m_wake.notify_one();
    } else if (m_runningId == id) {
        stopRunningRequest();
    }
}

template <typename Model>
void BasicWorker<Model>::cancelAll() {
    const std::lock_guard lock(m_mutex);
    if (m_pendingRequest) {
        m_droppedRequests.push_back(std::move(*m_pendingRequest));
        m_pendingRequest.reset();
        m_wake.notify_one();
    }
    stopRunningRequest();
}

template <typename Model>
void BasicWorker<Model>::stopRunningRequest() {
    if (m_runningStop) {
        m_runningStop->request_stop();
    }
}

template <typename Model>
void BasicWorker<Model>::run(std::stop_token stop) {
    bool quit = false;
    while (!quit) {
        const Work work = nextWork(stop);
        quit = work.quit;
        report(work);
        if (work.load) {
            runLoad(*work.load);
        }
        if (work.request) {
            runRequest(*work.request);
        }
    }
    m_model.reset();
}

template <typename Model>
typename BasicWorker<Model>::Work BasicWorker<Model>::nextWork(std::stop_token stop) {
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, stop, [this] {
        return m_pendingLoad || m_pendingRequest || !m_droppedRequests.empty() ||
               !m_droppedLoads.empty();
    });
    Work work;
    work.quit = m_closing;
    work.droppedRequests.swap(m_droppedRequests);
    work.droppedLoads.swap(m_droppedLoads);
    if (m_closing) {
        if (m_pendingLoad) {
            work.droppedLoads.push_back(std::move(*m_pendingLoad));
        }
        if (m_pendingRequest) {
            work.droppedRequests.push_back(std::move(*m_pendingRequest));
        }
        m_pendingLoad.reset();
        m_pendingRequest.reset();
    } else if (m_pendingLoad) {
        work.load.swap(m_pendingLoad);
        m_runningLoad = work.load->stop;
    } else if (m_pendingRequest) {
        work.request.swap(m_pendingRequest);
        m_runningStop = work.request->stop;
        m_runningId = work.request->id;
    }
    return work;
}

template <typename Model>
void BasicWorker<Model>::runLoad(const Load& load) {
    m_model.reset();
    std::optional<Error> error;
    std::unique_ptr<Model> model;
    if (load.loader) {
        try {
            auto result = load.loader(load.stop.get_token());
            if (result) {
                model = std::move(result).value();
            } else {
                error = result.error();
            }
        } catch (...) {
            error = currentError();
        }
    }
    bool stopped = false;
    {
        // Decided under the lock, so that a load which was replaced can never report a model.
        const std::lock_guard lock(m_mutex);
        stopped = load.stop.stop_requested();
        m_runningLoad.reset();
    }
    if (stopped) {
        finish(load, nullptr, nullptr);
        return;
    }
    m_model = std::move(model);
    finish(load, m_model ? &m_model->info() : nullptr, error ? &*error : nullptr);
}

template <typename Model>
void BasicWorker<Model>::runRequest(const Request& request) {
    std::optional<Error> error;
    if (!m_model) {
        error = Error{ErrorCode::NotFound, "no model is loaded"};
    } else {
        try {
            request.task(*m_model, request.stop.get_token());
        } catch (...) {
            error = currentError();
        }
    }
    bool stopped = false;
    {
        // Decided under the lock: a cancel() that found this request running is never lost.
        const std::lock_guard lock(m_mutex);
        stopped = request.stop.stop_requested();
        m_runningStop.reset();
        m_runningId = 0;
    }
    if (stopped) {
        finish(request, Outcome::Cancelled, nullptr);
    } else if (error) {
        finish(request, Outcome::Failed, &*error);
    } else {
        finish(request, Outcome::Finished, nullptr);
    }
}

template <typename Model>
void BasicWorker<Model>::report(const Work& work) {
    for (const Load& load : work.droppedLoads) {
        finish(load, nullptr, nullptr);
    }
    for (const Request& request : work.droppedRequests) {
        finish(request, Outcome::Cancelled, nullptr);
    }
}

// A sink that throws has nobody left to tell; the thread must live on.
template <typename Model>
void BasicWorker<Model>::finish(const Request& request, Outcome outcome, const Error* error) {
    try {
        if (request.done) {
            request.done(request.id, outcome, error);
        }
    } catch (...) {
    }
}

template <typename Model>
void BasicWorker<Model>::finish(const Load& load, const ModelInfo* info, const Error* error) {
    try {
        if (load.sink) {
            load.sink(info, error);
        }
    } catch (...) {
    }
}

template class BasicWorker<Generator>;
template class BasicWorker<Captioner>;

} // namespace linnet::engine
