#include "engine/torch/batch_loop.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <utility>

namespace linnet::engine {

namespace {

// A copy of a sequence costs about as much as this many tokens of a prompt: a shorter prefix is
// not worth it.
constexpr std::size_t leastShared = 16;

// Steps of a turn: the keys and values that it brings into the cache are used that often.
constexpr int turnLength = 16;

std::size_t commonLength(std::span<const TokenId> a, std::span<const TokenId> b) {
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                    a.begin());
}

// The `count` largest of `logProbs`, best first; equal ones by id.
std::vector<TokenAlternative> largest(std::span<const float> logProbs, int count) {
    const auto better = [](const TokenAlternative& a, const TokenAlternative& b) {
        return a.logProb != b.logProb ? a.logProb > b.logProb : a.id < b.id;
    };
    // A heap with the worst of the best so far in front.
    std::vector<TokenAlternative> best;
    const auto wanted = std::min(static_cast<std::size_t>(count), logProbs.size());
    if (wanted == 0) {
        return best;
    }
    for (std::size_t i = 0; i < logProbs.size(); ++i) {
        const TokenAlternative next{static_cast<TokenId>(i), logProbs[i]};
        if (best.size() < wanted) {
            best.push_back(next);
            std::push_heap(best.begin(), best.end(), better);
        } else if (logProbs[i] > best.front().logProb) {
            std::pop_heap(best.begin(), best.end(), better);
            best.back() = next;
            std::push_heap(best.begin(), best.end(), better);
        }
    }
    std::sort_heap(best.begin(), best.end(), better);
    return best;
}

} // namespace

Flow BatchJob::passOn(std::string_view text) {
    const auto tokens = std::span(completion.tokens).subspan(delivered);
    if (!delta || (text.empty() && tokens.empty())) {
        return Flow::Continue;
    }
    delivered = completion.tokens.size();
    try {
        return delta({text, tokens});
    } catch (...) {
        return Flow::Stop; // the others in the batch must not pay for it
    }
}

void BatchJob::finish() {
    if (error) {
        try {
            done(*error);
        } catch (...) {
            // As above: its owner has been told.
        }
        return;
    }
    const std::string rest = draft.rest();
    if (draft.finish() != FinishReason::Cancelled) {
        (void)passOn(rest);
    }
    completion.text = draft.text();
    completion.finish = draft.finish();
    completion.promptTokens = static_cast<int>(draft.promptTokens());
    try {
        done(std::move(completion));
    } catch (...) {
        // As above.
    }
}

BatchLoop::BatchLoop(SequenceRunner& runner, const TextRules& rules, int maxSequences)
    : m_runner(runner)
    , m_rules(rules)
    , m_maxSequences(std::max(1, maxSequences))
    , m_places(m_maxSequences) {
    m_runner.setFreeCaches([this] { m_idle.clear(); });
}

void BatchLoop::add(std::unique_ptr<BatchJob> job) {
    m_stats.promptTokens += job->draft.promptTokens();
    if (job->request.scorePrompt) {
        for (const TokenId id : job->draft.tokens()) {
            job->completion.prompt.push_back({id, std::nullopt, {}});
        }
    }
    job->turn = m_turn - 1; // behind those who wait already
    m_jobs.push_back(std::move(job));
}

BatchStats BatchLoop::stats() const {
    BatchStats stats = m_stats;
    stats.running = static_cast<int>(m_jobs.size() + m_again.size());
    for (const auto& job : m_jobs) {
        stats.cachedTokens += static_cast<int>(job->cache.tokens.size());
    }
    for (const CachedSequence& cache : m_idle) {
        stats.cachedTokens += static_cast<int>(cache.tokens.size());
    }
    return stats;
}

void BatchLoop::step() {
    while (!m_again.empty() && static_cast<int>(m_jobs.size()) < m_places) {
        m_jobs.push_back(std::move(m_again.front()));
        m_again.erase(m_again.begin());
    }
    dropCancelled();
    retireDone(); // those that want no token
    for (;;) {
        plan();
        if (m_steps.empty()) {
            return;
        }
        const auto logits = m_runner.stepBatch(m_steps);
        if (logits) {
            ++m_stats.steps;
            collectRows(*logits);
            break;
        }
        if (!makeRoom(logits.error())) {
            return;
        }
    }
    drawRows();
    for (const Row& row : m_rows) {
        if (row.draws) {
            deliver(*row.job);
        }
    }
    retireDone();
}

void BatchLoop::cancelAll() {
    for (auto* jobs : {&m_jobs, &m_again}) {
        for (auto& job : std::exchange(*jobs, {})) {
            job->draft.end(FinishReason::Cancelled, false);
            m_ended.push_back(std::move(job));
        }
    }
}

void BatchLoop::failAll(const Error& error) {
    for (auto* jobs : {&m_jobs, &m_again}) {
        for (auto& job : std::exchange(*jobs, {})) {
            job->error = error;
            m_ended.push_back(std::move(job));
        }
    }
}

void BatchLoop::reportEnded() {
    for (const auto& job : std::exchange(m_ended, {})) {
        job->finish();
    }
}

void BatchLoop::dropCancelled() {
    for (auto* jobs : {&m_jobs, &m_again}) {
        for (auto& job : *jobs) {
            if (job->request.stop.stop_requested()) {
                job->draft.end(FinishReason::Cancelled, false);
                end(std::move(job));
            }
        }
        std::erase(*jobs, nullptr);
    }
}

// What the next pass runs: the next token of every text whose turn it is, and of new ones as many
// tokens together as make up a chunk, the oldest first.
void BatchLoop::plan() {
    m_steps.clear();
    m_planned.clear();
    takeTurns();
    auto budget = static_cast<std::size_t>(m_runner.chunkTokens());
    for (const auto& job : m_jobs) {
        if (waitsForTurn(*job)) {
            continue;
        }
        job->window = m_rules.window(job->draft.tokens());
        if (job->begun) {
            // Usually all; nothing after the window moved on or the model to another device.
            m_runner.keepPrefix(job->cache, job->window, job->window.size() - 1);
        }
    }
    for (const auto& job : m_jobs) {
        if (!waitsForTurn(*job)) {
            planJob(*job, budget);
        }
    }
}

// A turn is for those who have waited longest; who ends in it makes room for another.
void BatchLoop::takeTurns() {
    if (m_turnSteps == 0) {
        ++m_turn;
        m_turnSteps = turnLength;
    }
    --m_turnSteps;
    const auto taking = [this](const auto& job) { return job->turn == m_turn; };
    auto room =
        m_runner.backend().fullBatch() - std::count_if(m_jobs.begin(), m_jobs.end(), taking);
    for (; room > 0; --room) {
        const auto next =
            std::min_element(m_jobs.begin(), m_jobs.end(),
                             [](const auto& a, const auto& b) { return a->turn < b->turn; });
        if (next == m_jobs.end() || taking(*next)) {
            return;
        }
        (*next)->turn = m_turn;
    }
}

// Not before its first token, for which somebody waits.
bool BatchLoop::waitsForTurn(const BatchJob& job) const {
    return job.turn != m_turn && job.begun && job.scored && job.draft.drawnTokens() > 0;
}

void BatchLoop::planJob(BatchJob& job, std::size_t& budget) {
    if (!job.begun && (budget == 0 || !begin(job))) {
        return;
    }
    const std::size_t held = job.cache.tokens.size();
    std::size_t count = job.window.size() - held;
    if (count > 1) {
        count = std::min(count, budget);
        budget -= count;
    }
    if (count == 0) {
        return;
    }
    const bool last = held + count == job.window.size();
    const LogitRows rows = !job.scored ? LogitRows::All : last ? LogitRows::Last : LogitRows::None;
    m_steps.push_back({&job.cache, std::span(job.window).subspan(held, count), rows});
    m_planned.push_back(&job);
}

// Finds a job its beginning. False if another job is about to compute what this one can share.
bool BatchLoop::begin(BatchJob& job) {
    // All the rows of a prompt that is scored are wanted, so none can come from a cache.
    if (job.scored) {
        const Donor donor = donorFor(job);
        if (waitsForOther(job, donor.length)) {
            return false;
        }
        if (donor.cache != nullptr) {
            takePrefix(job, donor);
        }
    }
    m_runner.keepPrefix(job.cache, job.window, job.window.size() - 1);
    job.begun = true;
    if (job.draft.drawnTokens() == 0) {
        job.completion.reusedTokens = static_cast<int>(job.cache.tokens.size());
        m_stats.reusedTokens += job.cache.tokens.size();
    }
    trimIdle();
    return true;
}

// True if an older job will soon hold a longer part of this one's window than `held` tokens.
bool BatchLoop::waitsForOther(const BatchJob& job, std::size_t held) const {
    for (const auto& other : m_jobs) {
        if (other.get() == &job) {
            return false;
        }
        const std::size_t common =
            std::min(commonLength(other->window, job.window), job.window.size() - 1);
        if (other->begun && common >= held + leastShared && other->cache.tokens.size() < common) {
            return true;
        }
    }
    return false;
}

// The sequence with the longest beginning in common, if it is worth taking.
BatchLoop::Donor BatchLoop::donorFor(const BatchJob& job) {
    Donor best;
    const std::size_t most = job.window.size() - 1;
    const auto consider = [&](CachedSequence& cache, std::size_t index, bool idle) {
        const std::size_t length = std::min(commonLength(cache.tokens, job.window), most);
        if (m_runner.usable(cache) && length >= leastShared && length > best.length) {
            best = {index, &cache, length, idle};
        }
    };
    for (std::size_t i = m_idle.size(); i-- > 0;) {
        consider(m_idle[i], i, true);
    }
    for (const auto& other : m_jobs) {
        if (other.get() != &job && other->begun) {
            consider(other->cache, 0, false);
        }
    }
    return best;
}

// A finished text that the job continues is taken over; of all others the job gets a copy.
void BatchLoop::takePrefix(BatchJob& job, const Donor& donor) {
    const bool continues = donor.length == donor.cache->tokens.size();
    if (donor.idle && (continues || !m_runner.copy(*donor.cache, job.cache))) {
        job.cache = std::move(*donor.cache);
        m_idle.erase(m_idle.begin() + static_cast<std::ptrdiff_t>(donor.index));
    } else if (!donor.idle && !m_runner.copy(*donor.cache, job.cache)) {
        job.cache.clear();
    }
}

// Running texts and kept ones together are never more than the places.
void BatchLoop::trimIdle() {
    const auto places = static_cast<std::size_t>(m_maxSequences);
    const std::size_t room = places - std::min(places, m_jobs.size());
    if (m_idle.size() > room) {
        m_idle.erase(m_idle.begin(),
                     m_idle.begin() + static_cast<std::ptrdiff_t>(m_idle.size() - room));
    }
}

// After a pass that failed. True if another try is worth it.
bool BatchLoop::makeRoom(const Error& error) {
    if (error.code != ErrorCode::OutOfMemory) {
        failAll(error);
        return false;
    }
    if (!m_idle.empty()) {
        m_idle.clear();
        return true;
    }
    if (m_jobs.size() > 1) {
        std::unique_ptr<BatchJob> youngest = std::move(m_jobs.back());
        m_jobs.pop_back();
        youngest->cache.clear();
        youngest->begun = false;
        m_again.insert(m_again.begin(), std::move(youngest));
        m_places = static_cast<int>(m_jobs.size());
        ++m_stats.preemptions;
        return true;
    }
    m_jobs.front()->cache.clear();
    if (m_runner.recoverMemory()) {
        return true;
    }
    m_jobs.front()->error = error;
    m_ended.push_back(std::move(m_jobs.front()));
    m_jobs.clear();
    return false;
}

void BatchLoop::collectRows(std::span<const float> logits) {
    const auto vocabulary = static_cast<std::size_t>(m_runner.backend().config().vocabularySize);
    m_rows.clear();
    std::size_t offset = 0;
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        BatchJob& job = *m_planned[i];
        const std::size_t end = job.cache.tokens.size();
        const bool whole = end == job.window.size();
        const std::size_t all = m_steps[i].tokens.size();
        const std::size_t count = m_steps[i].rows == LogitRows::All ? all : whole ? 1 : 0;
        for (std::size_t position = end - count; position < end; ++position) {
            const bool draws = position + 1 == job.window.size() && !job.draft.done();
            m_rows.push_back({&job, position, draws, logits.subspan(offset, vocabulary)});
            offset += vocabulary;
        }
        job.scored = job.scored || whole;
    }
}

// Rows of different jobs at once; those of one job one after another.
void BatchLoop::drawRows() {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (i == 0 || m_rows[i].job != m_rows[i - 1].job) {
            starts.push_back(i);
        }
    }
    starts.push_back(m_rows.size());
    std::atomic<bool> failed{false};
    m_runner.backend().forEach(static_cast<int>(starts.size()) - 1, [&](int index) {
        const auto at = static_cast<std::size_t>(index);
        try {
            for (std::size_t i = starts[at]; i < starts[at + 1]; ++i) {
                drawRow(m_rows[i]);
            }
        } catch (...) {
            failed.store(true, std::memory_order_relaxed);
        }
    });
    if (failed.load()) {
        throw std::bad_alloc();
    }
}

void BatchLoop::drawRow(const Row& row) {
    BatchJob& job = *row.job;
    if (row.draws) {
        job.drawn = {job.draft.draw(row.logits), std::nullopt, {}};
        if (job.request.logProbs || job.request.alternatives > 0) {
            score(job.drawn, row);
        }
    } else if (const std::size_t next = row.next(); next < job.completion.prompt.size()) {
        score(job.completion.prompt[next], row);
    }
}

void BatchLoop::score(TokenReport& report, const Row& row) {
    BatchJob& job = *row.job;
    job.scratch.resize(row.logits.size());
    m_runner.backend().logSoftmax(row.logits, job.scratch);
    report.logProb = job.scratch[static_cast<std::size_t>(report.id)];
    report.alternatives = largest(job.scratch, job.request.alternatives);
}

void BatchLoop::deliver(BatchJob& job) {
    if (!job.draft.take(job.drawn.id, m_rules)) {
        return;
    }
    ++m_stats.generatedTokens;
    job.completion.tokens.push_back(std::move(job.drawn));
    const std::string& text = job.draft.fresh();
    if (!text.empty() && job.passOn(text) == Flow::Stop) {
        job.draft.end(FinishReason::Stop, false);
    }
}

void BatchLoop::retireDone() {
    for (auto& job : m_jobs) {
        if (job->draft.done() && job->scored) {
            end(std::move(job));
        }
    }
    std::erase(m_jobs, nullptr);
}

void BatchLoop::end(std::unique_ptr<BatchJob> job) {
    keep(std::move(job->cache));
    m_places = std::min(m_maxSequences, m_places + 1);
    m_ended.push_back(std::move(job));
}

void BatchLoop::keep(CachedSequence cache) {
    if (cache.tokens.size() >= leastShared) {
        m_idle.push_back(std::move(cache));
        trimIdle();
    }
}

} // namespace linnet::engine
