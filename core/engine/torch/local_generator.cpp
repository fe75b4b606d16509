#include "engine/torch/local_generator.h"

#include <algorithm>
#include <utility>

#include "engine/torch/draft.h"

namespace linnet::engine {

// One of the texts that are made together.
struct LocalGenerator::Sample {
    Draft draft;
    Completion completion;
    CachedSequence cache;
};

LocalGenerator::LocalGenerator(ModelInfo info, std::shared_ptr<const Tokenizer> tokenizer,
                               std::unique_ptr<DecoderBackend> backend,
                               SequenceRunner::Fallback fallback)
    : m_info(std::move(info))
    , m_rules(std::move(tokenizer), backend->config())
    , m_runner(std::move(backend), std::move(fallback), m_info.parameters) {
    m_runner.setFreeCaches([this] { clearCache(); });
    describe(m_info, m_runner);
}

void LocalGenerator::clearCache() {
    m_cache.clear();
    m_knownContext.clear();
}

// The prompt's tokens, or what is wrong with the request.
Result<std::vector<TokenId>> LocalGenerator::startOf(const CompletionRequest& request) const {
    if (const auto checked = TextRules::check(request); !checked) {
        return checked.error();
    }
    return m_rules.started(tokenizer().encode(request.prompt));
}

float LocalGenerator::logProb(std::span<const float> logits, TokenId id) {
    m_scratch.resize(logits.size());
    m_runner.backend().logSoftmax(logits, m_scratch);
    return m_scratch[static_cast<std::size_t>(id)];
}

// Draws the next token of `sample` from `logits` and passes on the text that it makes final.
void LocalGenerator::accept(Sample& sample, std::span<const float> logits, const TextSink& sink) {
    const TokenId id = sample.draft.draw(logits);
    if (!sample.draft.take(id, m_rules)) {
        return;
    }
    sample.completion.tokens.push_back(id);
    sample.completion.logProbs.push_back(logProb(logits, id));
    const std::string& text = sample.draft.fresh();
    if (!text.empty() && sink && sink(text) == Flow::Stop) {
        sample.draft.end(FinishReason::Stop, false);
    }
}

Completion LocalGenerator::finished(Sample& sample, const TextSink& sink) {
    const std::string rest = sample.draft.rest();
    if (!rest.empty() && sink) {
        (void)sink(rest);
    }
    sample.completion.finish = sample.draft.finish();
    sample.completion.promptTokens = static_cast<int>(sample.draft.promptTokens());
    sample.completion.text = sample.draft.text();
    return std::move(sample.completion);
}

Result<Completion> LocalGenerator::complete(const CompletionRequest& request, const TextSink& sink,
                                            std::stop_token stop) {
    auto prompt = startOf(request);
    if (!prompt) {
        return prompt.error();
    }
    Sample sample{Draft(request, request.sampling.seed, std::move(prompt).value()), {}, {}};
    while (!sample.draft.done()) {
        const std::vector<TokenId> context = m_rules.window(sample.draft.tokens());
        const auto logits = m_runner.advance(m_cache, context, stop);
        describe(m_info, m_runner);
        if (!logits) {
            return logits.error();
        }
        if (logits->empty()) {
            sample.draft.end(FinishReason::Cancelled, false);
            break;
        }
        if (sample.completion.tokens.empty()) {
            sample.completion.reusedTokens = static_cast<int>(m_runner.reusedTokens());
        }
        accept(sample, *logits, sink);
    }
    return finished(sample, sink);
}

Result<std::vector<Completion>> LocalGenerator::completeBatch(const CompletionRequest& request,
                                                              int count, std::stop_token stop) {
    if (count < 1) {
        return Error{ErrorCode::InvalidArgument, "the number of samples must be 1 or more"};
    }
    const auto prompt = startOf(request);
    if (!prompt) {
        return prompt.error();
    }
    std::vector<Sample> samples;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t seed = request.sampling.seed + static_cast<std::uint64_t>(i);
        samples.push_back({Draft(request, seed, *prompt), {}, {}});
    }
    const Result<bool> begun =
        request.maxTokens > 0 ? startBatch(samples, stop) : Result<bool>(false);
    if (!begun) {
        return begun.error();
    }
    bool running = *begun;
    while (running) {
        std::vector<Sample*> live;
        for (Sample& sample : samples) {
            if (!sample.draft.done()) {
                live.push_back(&sample);
            }
        }
        if (live.empty()) {
            break;
        }
        const auto stepped = step(live, stop);
        describe(m_info, m_runner);
        if (!stepped) {
            if (stepped.error().code == ErrorCode::OutOfMemory) {
                samples.clear();
                return completeOneByOne(request, count, stop);
            }
            return stepped.error();
        }
        running = *stepped;
    }
    std::vector<Completion> completions;
    for (Sample& sample : samples) {
        if (!sample.draft.done()) {
            sample.draft.end(FinishReason::Cancelled, true);
        }
        completions.push_back(finished(sample, {}));
    }
    return completions;
}

// Runs the prompt once; every sample draws its first token from the same distribution. False when
// stopped.
Result<bool> LocalGenerator::startBatch(std::vector<Sample>& samples, const std::stop_token& stop) {
    const auto logits =
        m_runner.advance(m_cache, m_rules.window(samples.front().draft.tokens()), stop);
    describe(m_info, m_runner);
    if (!logits) {
        return logits.error();
    }
    if (logits->empty()) {
        return false;
    }
    for (Sample& sample : samples) {
        sample.completion.reusedTokens = static_cast<int>(m_runner.reusedTokens());
        accept(sample, *logits, {});
        // If it cannot be copied, the first step runs the prompt again.
        (void)m_runner.copy(m_cache, sample.cache);
    }
    return true;
}

// Brings every sample's cache to all but the last token of its window. False when stopped.
Result<bool> LocalGenerator::prepareStep(std::span<Sample* const> samples,
                                         const std::stop_token& stop) {
    // Again if something ran: a move to another device on the way drops the earlier ones.
    for (bool again = true; again;) {
        again = false;
        for (Sample* sample : samples) {
            const std::vector<TokenId> context = m_rules.window(sample->draft.tokens());
            const auto before = std::span(context).first(context.size() - 1);
            if (m_runner.holds(sample->cache, before)) {
                continue;
            }
            const auto held = m_runner.advanceAll(sample->cache, before, before.size(), {}, stop);
            if (!held || !*held) {
                return held;
            }
            again = true;
        }
    }
    return true;
}

// One token for each of `samples`, in one batch. False when stopped.
Result<bool> LocalGenerator::step(std::span<Sample* const> samples, const std::stop_token& stop) {
    const auto prepared = prepareStep(samples, stop);
    if (!prepared || !*prepared) {
        return prepared;
    }
    if (stop.stop_requested()) {
        return false;
    }
    std::vector<SequenceStep> steps;
    for (Sample* sample : samples) {
        steps.push_back({&sample->cache, std::span(sample->draft.tokens()).last(1)});
    }
    const auto logits = m_runner.stepBatch(steps);
    if (!logits) {
        return logits.error();
    }
    const auto vocabulary = static_cast<std::size_t>(m_info.vocabularySize);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        accept(*samples[i], logits->subspan(i * vocabulary, vocabulary), {});
    }
    return true;
}

// When a batch does not fit in memory.
Result<std::vector<Completion>> LocalGenerator::completeOneByOne(const CompletionRequest& request,
                                                                 int count,
                                                                 const std::stop_token& stop) {
    clearCache();
    std::vector<Completion> completions;
    for (int i = 0; i < count; ++i) {
        CompletionRequest single = request;
        single.sampling.seed += static_cast<std::uint64_t>(i);
        auto completion = complete(single, {}, stop);
        if (!completion) {
            return completion.error();
        }
        completions.push_back(std::move(completion).value());
    }
    return completions;
}

Result<std::span<const float>> LocalGenerator::nextTokenLogProbs(std::span<const TokenId> context,
                                                                 std::stop_token stop) {
    const auto from = m_rules.started({context.begin(), context.end()});
    if (!from) {
        return from.error();
    }
    std::vector<TokenId> seen = m_rules.window(*from);
    if (seen != m_knownContext) {
        const auto logits = m_runner.advance(m_cache, seen, stop);
        describe(m_info, m_runner);
        if (!logits) {
            return logits.error();
        }
        if (logits->empty()) {
            return std::span<const float>();
        }
        m_logProbs.resize(logits->size());
        m_runner.backend().logSoftmax(*logits, m_logProbs);
        m_knownContext = std::move(seen);
    }
    return std::span<const float>(m_logProbs);
}

Result<std::vector<std::vector<float>>>
LocalGenerator::branchLogProbs(std::span<const TokenId> context,
                               std::span<const std::vector<TokenId>> branches,
                               std::stop_token stop) {
    const auto from = m_rules.started({context.begin(), context.end()});
    if (!from) {
        return from.error();
    }
    bool batch = true;
    for (const std::vector<TokenId>& branch : branches) {
        if (const auto checked = m_rules.started(branch); !checked && !branch.empty()) {
            return checked.error();
        }
        batch = batch && !branch.empty() && branch.size() <= m_rules.branchRoom();
    }
    std::vector<std::vector<float>> result(branches.size());
    Result<bool> done = false;
    if (batch) {
        done = runBranches(m_rules.window(*from), branches, result, stop);
        if (!done && done.error().code != ErrorCode::OutOfMemory) {
            return done.error();
        }
    }
    // One after the other: long or empty branches, no room for all, a backend that cannot fork.
    for (std::size_t i = 0; i < branches.size() && !(done && *done); ++i) {
        std::vector<TokenId> tokens = *from;
        tokens.insert(tokens.end(), branches[i].begin(), branches[i].end());
        const auto logProbs = nextTokenLogProbs(tokens, stop);
        if (!logProbs) {
            return logProbs.error();
        }
        if (logProbs->empty()) {
            return std::vector<std::vector<float>>();
        }
        result[i].assign(logProbs->begin(), logProbs->end());
    }
    return result;
}

// All branches on forks of the context, several in a batch. False if the backend cannot fork or
// the stop came; `result` is then incomplete.
Result<bool> LocalGenerator::runBranches(std::span<const TokenId> seen,
                                         std::span<const std::vector<TokenId>> branches,
                                         std::vector<std::vector<float>>& result,
                                         const std::stop_token& stop) {
    const auto held = m_runner.advanceAll(m_cache, seen, seen.size(), {}, stop);
    describe(m_info, m_runner);
    if (!held || !*held) {
        return held;
    }
    const auto vocabulary = static_cast<std::size_t>(m_info.vocabularySize);
    for (std::size_t begin = 0; begin < branches.size();) {
        if (stop.stop_requested()) {
            return false;
        }
        // As many at once as a prompt's chunk has tokens, so that a stop is noticed as soon.
        std::vector<std::span<const TokenId>> tokens;
        std::size_t count = 0;
        for (std::size_t i = begin; i < branches.size(); ++i) {
            count += branches[i].size();
            if (i > begin && count > static_cast<std::size_t>(m_runner.chunkTokens())) {
                break;
            }
            tokens.emplace_back(branches[i]);
        }
        std::vector<CachedSequence> forks(tokens.size());
        std::vector<SequenceStep> steps;
        for (std::size_t i = 0; i < forks.size(); ++i) {
            if (!m_runner.copy(m_cache, forks[i])) {
                return false;
            }
            steps.push_back({&forks[i], tokens[i]});
        }
        const auto logits = m_runner.stepBatch(steps);
        if (!logits) {
            return logits.error();
        }
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            result[begin + i].resize(vocabulary);
            m_runner.backend().logSoftmax(logits->subspan(i * vocabulary, vocabulary),
                                          result[begin + i]);
        }
        begin += tokens.size();
    }
    return true;
}

Result<ScoredTokens> LocalGenerator::score(std::span<const TokenId> tokens, std::stop_token stop) {
    ScoredTokens scored;
    if (tokens.empty()) {
        return scored;
    }
    if (const auto checked = m_rules.started({tokens.begin(), tokens.end()}); !checked) {
        return checked.error();
    }
    scored.tokens.assign(tokens.begin(), tokens.end());
    scored.logProbs.resize(tokens.size());
    std::vector<TokenId> lead;
    if (const auto token = m_rules.leadToken(); token && tokens.front() != *token) {
        lead.push_back(*token);
    }
    const auto length = static_cast<std::size_t>(m_info.contextLength);
    CachedSequence cache;
    std::size_t next = lead.empty() ? 1 : 0; // the first token not scored yet
    for (std::size_t begin = 0; next < tokens.size();) {
        // Inputs are all but the last token, whose successor nobody asks for.
        const std::size_t end = std::min(tokens.size(), begin + length + 1 - lead.size());
        std::vector<TokenId> inputs = lead;
        inputs.insert(inputs.end(), tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                      tokens.begin() + static_cast<std::ptrdiff_t>(end) - 1);
        const std::size_t shift = begin + 1 - lead.size(); // input's position to token predicted
        const auto done = m_runner.advanceAll(
            cache, inputs, next - shift,
            [&](std::size_t position, std::span<const float> logits) {
                scored.logProbs[position + shift] = logProb(logits, tokens[position + shift]);
            },
            stop);
        describe(m_info, m_runner);
        if (!done) {
            return done.error();
        }
        if (!*done) {
            return ScoredTokens();
        }
        next = end;
        begin = end - std::min(length / 2, end);
    }
    return scored;
}

} // namespace linnet::engine
