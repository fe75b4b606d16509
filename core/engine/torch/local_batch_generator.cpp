#include "engine/torch/local_batch_generator.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace linnet::engine {

LocalBatchGenerator::LocalBatchGenerator(ModelInfo info, std::shared_ptr<const Tokenizer> tokenizer,
                                         std::unique_ptr<DecoderBackend> backend,
                                         const BatchOptions& options,
                                         SequenceRunner::Fallback fallback)
    : m_options(options)
    , m_rules(std::move(tokenizer), backend->config())
    , m_info(std::move(info))
    , m_runner(std::move(backend), std::move(fallback), m_info.parameters)
    , m_loop(m_runner, m_rules, options.maxSequences) {
    describe(m_info, m_runner);
    m_thread = std::thread([this] { run(); });
}

LocalBatchGenerator::~LocalBatchGenerator() {
    {
        const std::lock_guard lock(m_mutex);
        m_quit = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

ModelInfo LocalBatchGenerator::info() const {
    const std::lock_guard lock(m_mutex);
    return m_info;
}

BatchStats LocalBatchGenerator::stats() const {
    const std::lock_guard lock(m_mutex);
    BatchStats stats = m_stats;
    stats.waiting = static_cast<int>(m_waiting.size());
    return stats;
}

void LocalBatchGenerator::clearCache() {
    {
        const std::lock_guard lock(m_mutex);
        m_clear = true;
    }
    m_wake.notify_one();
}

Result<BatchGenerator::Submission> LocalBatchGenerator::submit(BatchRequest request,
                                                               DeltaSink delta, DoneSink done) {
    if (const auto checked = TextRules::check(request.completion); !checked) {
        return checked.error();
    }
    if (request.alternatives < 0) {
        return Error{ErrorCode::InvalidArgument, "the number of alternatives must be 0 or more"};
    }
    auto prompt =
        m_rules.started(request.promptTokens ? std::move(*request.promptTokens)
                                             : tokenizer().encode(request.completion.prompt));
    if (!prompt) {
        return prompt.error();
    }
    if (request.scorePrompt && prompt->size() > m_rules.room()) {
        return Error{ErrorCode::InvalidArgument, "a prompt of " + std::to_string(prompt->size()) +
                                                     " tokens cannot be scored: the model sees " +
                                                     std::to_string(m_rules.room()) + " at once"};
    }
    auto job = std::make_unique<BatchJob>(std::move(request), std::move(prompt).value(),
                                          std::move(delta), std::move(done));
    {
        const std::lock_guard lock(m_mutex);
        // Those for whom there is a place are not waiting: they have not been fetched yet.
        const int places = std::max(0, std::max(1, m_options.maxSequences) - m_stats.running);
        if (m_waiting.size() >= m_options.maxWaiting + static_cast<std::size_t>(places)) {
            return Submission::QueueFull;
        }
        m_waiting.push_back(std::move(job));
    }
    m_wake.notify_one();
    return Submission::Accepted;
}

void LocalBatchGenerator::run() {
    for (;;) {
        Jobs cancelled;
        const bool goesOn = nextWork(cancelled);
        for (const auto& job : cancelled) {
            job->draft.end(FinishReason::Cancelled, false);
            job->finish();
        }
        if (!goesOn) {
            m_loop.cancelAll();
            m_loop.reportEnded();
            return;
        }
        try {
            m_loop.step();
        } catch (const std::bad_alloc&) {
            m_loop.clearIdle();
            m_loop.failAll({ErrorCode::OutOfMemory, "not enough memory for the requests"});
        } catch (const std::exception& e) {
            m_loop.failAll({ErrorCode::Internal, e.what()});
        }
        publish(); // before a request's end is known, so that it is not counted any more
        m_loop.reportEnded();
    }
}

// Waits until there is something to do and fetches requests as far as there is room. `cancelled`:
// those that need not begin.
bool LocalBatchGenerator::nextWork(Jobs& cancelled) {
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [this] { return m_quit || m_clear || !m_waiting.empty() || !m_loop.idle(); });
    if (m_quit) {
        cancelled = std::exchange(m_waiting, {});
        return false;
    }
    if (std::exchange(m_clear, false)) {
        m_loop.clearIdle();
    }
    for (auto& job : m_waiting) {
        if (job->request.stop.stop_requested()) {
            cancelled.push_back(std::move(job));
        } else if (m_loop.hasRoom()) {
            m_loop.add(std::move(job));
        }
    }
    std::erase(m_waiting, nullptr);
    m_stats = m_loop.stats();
    return true;
}

void LocalBatchGenerator::publish() {
    const std::lock_guard lock(m_mutex);
    m_stats = m_loop.stats();
    describe(m_info, m_runner);
}

} // namespace linnet::engine
