#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/api/batch_generator.h"
#include "engine/torch/batch_loop.h"
#include "engine/torch/sequence_runner.h"
#include "engine/torch/text_rules.h"

namespace linnet::engine {

// A BatchGenerator over any DecoderBackend: a queue, and a thread that runs a BatchLoop.
class LocalBatchGenerator final : public BatchGenerator {
public:
    // As LocalGenerator's.
    LocalBatchGenerator(ModelInfo info, std::shared_ptr<const Tokenizer> tokenizer,
                        std::unique_ptr<DecoderBackend> backend, const BatchOptions& options,
                        SequenceRunner::Fallback fallback = {});
    ~LocalBatchGenerator() override;

    ModelInfo info() const override;
    const Tokenizer& tokenizer() const override { return m_rules.tokenizer(); }
    Result<Submission> submit(BatchRequest request, DeltaSink delta, DoneSink done) override;
    BatchStats stats() const override;
    void clearCache() override;

private:
    using Jobs = std::deque<std::unique_ptr<BatchJob>>;

    void run();
    bool nextWork(Jobs& cancelled); // false: quit
    void publish();

    const BatchOptions m_options;
    const TextRules m_rules;

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    Jobs m_waiting;
    bool m_quit = false;
    bool m_clear = false;
    ModelInfo m_info;
    BatchStats m_stats; // of the loop, after its latest step

    // The thread's own.
    SequenceRunner m_runner;
    BatchLoop m_loop;
    std::thread m_thread; // last: starts when all else is ready
};

} // namespace linnet::engine
