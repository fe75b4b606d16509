#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/api/batch_generator.h"
#include "engine/torch/draft.h"
#include "engine/torch/sequence_runner.h"
#include "engine/torch/text_rules.h"

namespace linnet::engine {

// An accepted request and what has become of it.
struct BatchJob {
    BatchJob(BatchRequest asked, std::vector<TokenId> prompt, BatchGenerator::DeltaSink deltaSink,
             BatchGenerator::DoneSink doneSink)
        : request(std::move(asked))
        , delta(std::move(deltaSink))
        , done(std::move(doneSink))
        , draft(request.completion, request.completion.sampling.seed, std::move(prompt))
        , scored(!request.scorePrompt) {}

    // Passes on what is new in completion.tokens; Flow::Stop too if the sink throws.
    Flow passOn(std::string_view text);
    // Tells its owner how it ended.
    void finish();

    BatchRequest request;
    BatchGenerator::DeltaSink delta;
    BatchGenerator::DoneSink done;
    Draft draft;
    BatchCompletion completion;
    std::size_t delivered = 0; // of completion.tokens

    std::optional<Error> error;
    bool scored; // the prompt, if that is asked for

    // The loop's own.
    CachedSequence cache;
    bool begun = false;          // the cache is this job's, not another's prefix to be taken over
    std::uint64_t turn = 0;      // the latest that it took part in
    std::vector<TokenId> window; // what the network has to see before the next token
    TokenReport drawn;           // by the pass that has just run
    std::vector<float> scratch;  // [vocabulary]
};

// Makes several texts at once: each step is one forward pass over the next token of every text and
// a chunk of the prompts of new ones, so that nobody stalls while a long prompt is read. Texts that
// begin alike share what is known of the beginning: with one another, and with finished ones, of
// which the latest are kept. When memory runs out these go first, then the youngest text begins
// again later. Of more texts than the backend calls a full batch, as many take turns of some steps.
// One thread; the runner is used by this loop alone.
class BatchLoop {
public:
    BatchLoop(SequenceRunner& runner, const TextRules& rules, int maxSequences);

    bool hasRoom() const { return static_cast<int>(m_jobs.size() + m_again.size()) < m_places; }
    bool idle() const { return m_jobs.empty() && m_again.empty(); }
    // Takes a job in; only when there is room.
    void add(std::unique_ptr<BatchJob> job);
    // Lets go of cancelled texts, then runs one forward pass and passes on the text it gives.
    void step();
    // Tells the owners of the texts that have ended.
    void reportEnded();
    // Ends all texts as cancelled, or with `error`.
    void cancelAll();
    void failAll(const Error& error);
    // Forgets what is kept of finished texts.
    void clearIdle() { m_idle.clear(); }

    // The counters; running and cachedTokens as they are now.
    BatchStats stats() const;

private:
    // A row of logits and whose it is.
    struct Row {
        BatchJob* job = nullptr;
        std::size_t position = 0; // in the job's window, of the token before
        bool draws = false;       // the last of the window
        std::span<const float> logits;

        // Of the token that this row predicts, in the draft: the window may have one in front.
        std::size_t next() const {
            return position + 1 + job->draft.tokens().size() - job->window.size();
        }
    };
    struct Donor {
        std::size_t index = 0; // in m_idle
        CachedSequence* cache = nullptr;
        std::size_t length = 0; // of the common prefix
        bool idle = false;
    };

    void dropCancelled();
    void plan();
    void takeTurns();
    bool waitsForTurn(const BatchJob& job) const;
    void planJob(BatchJob& job, std::size_t& budget);
    bool begin(BatchJob& job);
    bool waitsForOther(const BatchJob& job, std::size_t held) const;
    Donor donorFor(const BatchJob& job);
    void takePrefix(BatchJob& job, const Donor& donor);
    void trimIdle();
    bool makeRoom(const Error& error);
    void collectRows(std::span<const float> logits);
    void drawRows();
    void drawRow(const Row& row);
    void score(TokenReport& report, const Row& row);
    void deliver(BatchJob& job);
    void retireDone();
    void end(std::unique_ptr<BatchJob> job);
    void keep(CachedSequence cache);

    SequenceRunner& m_runner;
    const TextRules& m_rules;
    int m_maxSequences;
    int m_places; // fewer than m_maxSequences while memory is short
    std::vector<std::unique_ptr<BatchJob>> m_jobs;  // oldest first
    std::vector<std::unique_ptr<BatchJob>> m_again; // wait for memory to begin again, oldest first
    std::vector<std::unique_ptr<BatchJob>> m_ended; // and not reported yet
    std::vector<CachedSequence> m_idle;             // of finished texts, latest last
    std::uint64_t m_turn = 1;
    int m_turnSteps = 0; // left of it
    std::vector<SequenceStep> m_steps;
    std::vector<BatchJob*> m_planned; // of m_steps
    std::vector<Row> m_rows;
    BatchStats m_stats;
};

} // namespace linnet::engine
