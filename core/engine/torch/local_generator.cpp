#include "engine/torch/local_generator.h"

#include <algorithm>
#include <utility>

#include "engine/torch/sampler.h"
#include "engine/torch/text_stream.h"

namespace linnet::engine {

// One text in the making.
struct LocalGenerator::Sample {
    Sample(const CompletionRequest& request, std::uint64_t seed, std::vector<TokenId> prompt)
        : sampler(request.sampling, seed)
        , stream(request.stop)
        , tokens(std::move(prompt)) {}

    void finish(FinishReason reason) {
        completion.finish = reason;
        done = true;
    }

    Sampler sampler;
    TextStream stream;
    std::vector<TokenId> tokens; // prompt and output
    Completion completion;
    CachedSequence cache;
    bool done = false;
    bool unwanted = false; // what is held back: the sink or a stop request ended it
};

LocalGenerator::LocalGenerator(ModelInfo info, std::shared_ptr<const Tokenizer> tokenizer,
                               std::unique_ptr<DecoderBackend> backend,
                               SequenceRunner::Fallback fallback)
    : m_info(std::move(info))
    , m_tokenizer(std::move(tokenizer))
    , m_runner(std::move(backend), std::move(fallback), m_info.parameters) {
    m_runner.setFreeCaches([this] { clearCache(); });
    updateInfo();
}

void LocalGenerator::updateInfo() {
    const DecoderBackend& backend = m_runner.backend();
    m_info.architecture = backend.config().architecture;
    m_info.device = backend.device();
    m_info.precision = backend.precision();
    m_info.weightBytes = backend.weightBytes();
    m_info.contextLength = backend.config().maxPositions;
    m_info.vocabularySize = backend.config().vocabularySize;
    if (!m_runner.notice().empty()) {
        m_info.notice = m_runner.notice();
    }
}

void LocalGenerator::clearCache() {
    m_cache.clear();
    m_knownContext.clear();
}

// Tokens at the window's end that only branches use: so a branch sees what its context saw.
std::size_t LocalGenerator::branchRoom() const {
    return std::min<std::size_t>(32, static_cast<std::size_t>(m_info.contextLength) / 8);
}

// The token that the model expects before all others.
std::optional<TokenId> LocalGenerator::leadToken() const {
    return m_tokenizer->addsBeginOfText() ? m_tokenizer->beginOfText() : std::nullopt;
}

// What the network sees of `context`: its end, after the beginning-of-text token if the model has
// one. A context over the length loses half a window at once, so that the next tokens find their
// predecessors in the cache. Depends on the context alone, never on what is cached.
std::vector<TokenId> LocalGenerator::window(std::span<const TokenId> context) const {
    std::vector<TokenId> result;
    if (const auto lead = leadToken()) {
        result.push_back(*lead);
        if (!context.empty() && context.front() == *lead) {
            context = context.subspan(1);
        }
    }
    const auto length = static_cast<std::size_t>(m_info.contextLength);
    const std::size_t room = std::max<std::size_t>(length - branchRoom(), 2) - result.size();
    if (context.size() > room) {
        const std::size_t half = std::max<std::size_t>(length / 2, 1);
        const std::size_t drops = (context.size() - room + half - 1) / half;
        context = context.subspan(std::min(drops * half, context.size() - 1));
    }
    result.insert(result.end(), context.begin(), context.end());
    return result;
}

// `context`, checked, with something to begin with: an empty one begins after an end of text.
Result<std::vector<TokenId>> LocalGenerator::started(std::vector<TokenId> context) const {
    for (const TokenId id : context) {
        if (id < 0 || id >= m_info.vocabularySize) {
            return Error{ErrorCode::InvalidArgument, "token " + std::to_string(id) +
                                                         " is not in the model's vocabulary of " +
                                                         std::to_string(m_info.vocabularySize)};
        }
    }
    if (context.empty() && !leadToken()) {
        const auto start =
            m_tokenizer->endOfText() ? m_tokenizer->endOfText() : m_tokenizer->beginOfText();
        if (!start) {
            return Error{ErrorCode::InvalidArgument,
                         "the text is empty and the model has no token to begin one with"};
        }
        context.push_back(*start);
    }
    return context;
}

bool LocalGenerator::endsText(TokenId id) const {
    const std::vector<int>& ends = m_runner.backend().config().endOfText;
    return std::find(ends.begin(), ends.end(), id) != ends.end() || m_tokenizer->endOfText() == id;
}

// The prompt's tokens, or what is wrong with the request.
Result<std::vector<TokenId>> LocalGenerator::startOf(const CompletionRequest& request) const {
    if (request.maxTokens < 0) {
        return Error{ErrorCode::InvalidArgument, "the number of tokens must be 0 or more"};
    }
    if (const char* problem = Sampler::problem(request.sampling)) {
        return Error{ErrorCode::InvalidArgument, problem};
    }
    return started(m_tokenizer->encode(request.prompt));
}

float LocalGenerator::logProb(std::span<const float> logits, TokenId id) {
    m_scratch.resize(logits.size());
    m_runner.backend().logSoftmax(logits, m_scratch);
    return m_scratch[static_cast<std::size_t>(id)];
}

// Draws the next token of `sample` from `logits` and passes on the text that it makes final.
void LocalGenerator::accept(Sample& sample, std::span<const float> logits,
                            const CompletionRequest& request, const TextSink& sink) {
    const TokenId id = sample.sampler.sample(logits, sample.tokens);
    if (endsText(id) && !request.ignoreEndOfText) {
        sample.finish(FinishReason::Stop);
        return;
    }
    sample.tokens.push_back(id);
    sample.completion.tokens.push_back(id);
    sample.completion.logProbs.push_back(logProb(logits, id));
    const std::string text = sample.stream.append(m_tokenizer->bytes(id));
    if (!text.empty() && sink && sink(text) == Flow::Stop) {
        sample.unwanted = true;
        sample.finish(FinishReason::Stop);
    } else if (sample.stream.stopped()) {
        sample.finish(FinishReason::Stop);
    } else if (static_cast<int>(sample.completion.tokens.size()) >= request.maxTokens) {
        sample.finish(FinishReason::Length);
    }
}

Result<Completion> LocalGenerator::complete(const CompletionRequest& request, const TextSink& sink,
                                            std::stop_token stop) {
    auto prompt = startOf(request);
    if (!prompt) {
        return prompt.error();
    }
    Sample sample(request, request.sampling.seed, std::move(prompt).value());
    sample.completion.promptTokens = static_cast<int>(sample.tokens.size());
    sample.done = request.maxTokens == 0;
    while (!sample.done) {
        const std::vector<TokenId> context = window(sample.tokens);
        const auto logits = m_runner.advance(m_cache, context, stop);
        updateInfo();
        if (!logits) {
            return logits.error();
        }
        if (logits->empty()) {
            sample.unwanted = true;
            sample.finish(FinishReason::Cancelled);
            break;
        }
        if (sample.completion.tokens.empty()) {
            sample.completion.reusedTokens = static_cast<int>(m_runner.reusedTokens());
        }
        accept(sample, *logits, request, sink);
    }
    if (!sample.unwanted) {
        const std::string rest = sample.stream.finish();
        if (!rest.empty() && sink) {
            (void)sink(rest);
        }
    }
    sample.completion.text = sample.stream.text();
    return std::move(sample.completion);
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
        samples.emplace_back(request, request.sampling.seed + static_cast<std::uint64_t>(i),
                             *prompt);
        samples.back().completion.promptTokens = static_cast<int>(prompt->size());
        samples.back().done = request.maxTokens == 0;
    }
    const Result<bool> begun =
        request.maxTokens > 0 ? startBatch(samples, request, stop) : Result<bool>(false);
    if (!begun) {
        return begun.error();
    }
    bool running = *begun;
    while (running) {
        std::vector<Sample*> live;
        for (Sample& sample : samples) {
            if (!sample.done) {
                live.push_back(&sample);
            }
        }
        if (live.empty()) {
            break;
        }
        const auto stepped = step(live, request, stop);
        updateInfo();
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
        if (!sample.done) {
            sample.finish(FinishReason::Cancelled);
        }
        (void)sample.stream.finish();
        sample.completion.text = sample.stream.text();
        completions.push_back(std::move(sample.completion));
    }
    return completions;
}

// Runs the prompt once; every sample draws its first token from the same distribution. False when
// stopped.
Result<bool> LocalGenerator::startBatch(std::vector<Sample>& samples,
                                        const CompletionRequest& request,
                                        const std::stop_token& stop) {
    const auto logits = m_runner.advance(m_cache, window(samples.front().tokens), stop);
    updateInfo();
    if (!logits) {
        return logits.error();
    }
    if (logits->empty()) {
        return false;
    }
    for (Sample& sample : samples) {
        sample.completion.reusedTokens = static_cast<int>(m_runner.reusedTokens());
        accept(sample, *logits, request, {});
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
            const std::vector<TokenId> context = window(sample->tokens);
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
Result<bool> LocalGenerator::step(std::span<Sample* const> samples,
                                  const CompletionRequest& request, const std::stop_token& stop) {
    const auto prepared = prepareStep(samples, stop);
    if (!prepared || !*prepared) {
        return prepared;
    }
    if (stop.stop_requested()) {
        return false;
    }
    std::vector<CachedSequence*> caches;
    std::vector<std::span<const TokenId>> next;
    for (Sample* sample : samples) {
        caches.push_back(&sample->cache);
        next.push_back(std::span(sample->tokens).last(1));
    }
    const auto logits = m_runner.stepBatch(caches, next);
    if (!logits) {
        return logits.error();
    }
    const auto vocabulary = static_cast<std::size_t>(m_info.vocabularySize);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        accept(*samples[i], logits->subspan(i * vocabulary, vocabulary), request, {});
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
    const auto from = started({context.begin(), context.end()});
    if (!from) {
        return from.error();
    }
    std::vector<TokenId> seen = window(*from);
    if (seen != m_knownContext) {
        const auto logits = m_runner.advance(m_cache, seen, stop);
        updateInfo();
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
    const auto from = started({context.begin(), context.end()});
    if (!from) {
        return from.error();
    }
    bool batch = true;
    for (const std::vector<TokenId>& branch : branches) {
        if (const auto checked = started(branch); !checked && !branch.empty()) {
            return checked.error();
        }
        batch = batch && !branch.empty() && branch.size() <= branchRoom();
    }
    std::vector<std::vector<float>> result(branches.size());
    Result<bool> done = false;
    if (batch) {
        done = runBranches(window(*from), branches, result, stop);
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
    updateInfo();
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
        std::vector<CachedSequence*> pointers;
        for (CachedSequence& fork : forks) {
            if (!m_runner.copy(m_cache, fork)) {
                return false;
            }
            pointers.push_back(&fork);
        }
        const auto logits = m_runner.stepBatch(pointers, tokens);
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
    if (const auto checked = started({tokens.begin(), tokens.end()}); !checked) {
        return checked.error();
    }
    scored.tokens.assign(tokens.begin(), tokens.end());
    scored.logProbs.resize(tokens.size());
    std::vector<TokenId> lead;
    if (const auto token = leadToken(); token && tokens.front() != *token) {
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
        updateInfo();
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
