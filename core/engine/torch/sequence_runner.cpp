#include "engine/torch/sequence_runner.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace linnet::engine {

namespace {

constexpr int smallestChunk = 8;

// Tokens of a prompt that run as one pass: some 15 ms on one CPU core, by the model's size. Not by
// the clock, or rounding would differ from run to run; where it takes longer than thought, the
// backend notices a stop between its layers.
int chunkFor(const DecoderBackend& backend, std::int64_t parameters) {
    if (backend.device() != "cpu") {
        return 512;
    }
    // Products a core does in that time: about 1 G in 8 bits, a third of it in floating point.
    const double products = backend.precision() == "int8" ? 1.0e9 : 0.4e9;
    const double tokens = products / static_cast<double>(std::max<std::int64_t>(parameters, 1));
    const int rounded = static_cast<int>(std::min(tokens, 1e6)) / smallestChunk * smallestChunk;
    return std::clamp(rounded, smallestChunk, 256);
}

} // namespace

void CachedSequence::clear() {
    state.reset();
    tokens.clear();
}

SequenceRunner::SequenceRunner(std::unique_ptr<DecoderBackend> backend, Fallback fallback,
                               std::int64_t parameters)
    : m_backend(std::move(backend))
    , m_fallback(std::move(fallback))
    , m_parameters(parameters)
    , m_chunkTokens(chunkFor(*m_backend, parameters)) {
}

Result<std::span<const float>> SequenceRunner::advance(CachedSequence& sequence,
                                                       std::span<const TokenId> wanted,
                                                       const std::stop_token& stop) {
    std::span<const float> last;
    const auto done = advanceAll(
        sequence, wanted, wanted.size() - 1,
        [&last](std::size_t, std::span<const float> logits) { last = logits; }, stop);
    if (!done) {
        return done.error();
    }
    return *done ? last : std::span<const float>();
}

Result<bool> SequenceRunner::advanceAll(CachedSequence& sequence, std::span<const TokenId> wanted,
                                        std::size_t firstRow, const RowSink& sink,
                                        const std::stop_token& stop) {
    assert(!wanted.empty() && firstRow <= wanted.size());
    for (;;) {
        const auto pass = runPass(sequence, wanted, firstRow, sink, stop);
        if (!pass) {
            if (pass.error().code == ErrorCode::OutOfMemory) {
                sequence.clear();
                if (recoverMemory()) {
                    continue;
                }
            }
            return pass.error();
        }
        return *pass == Pass::Done;
    }
}

Result<SequenceRunner::Pass> SequenceRunner::runPass(CachedSequence& sequence,
                                                     std::span<const TokenId> wanted,
                                                     std::size_t firstRow, const RowSink& sink,
                                                     const std::stop_token& stop) {
    if (stop.stop_requested()) {
        return Pass::Stopped; // before anything is forgotten
    }
    keepPrefix(sequence, wanted, firstRow);
    m_reusedTokens = sequence.tokens.size();
    const bool lastOnly = firstRow + 1 == wanted.size();
    const auto vocabulary = static_cast<std::size_t>(m_backend->config().vocabularySize);
    while (sequence.tokens.size() < wanted.size()) {
        if (stop.stop_requested()) {
            return Pass::Stopped;
        }
        const std::size_t begin = sequence.tokens.size();
        std::size_t end = std::min(begin + static_cast<std::size_t>(m_chunkTokens), wanted.size());
        LogitRows rows = LogitRows::All;
        if (lastOnly) {
            rows = end == wanted.size() ? LogitRows::Last : LogitRows::None;
        } else if (begin < firstRow) {
            end = std::min(end, firstRow);
            rows = LogitRows::None;
        }
        const auto tokens = wanted.subspan(begin, end - begin);
        const DecoderStep step{sequence.state.get(), tokens, rows};
        const auto logits = m_backend->forward({&step, 1}, stop);
        if (!logits) {
            return logits.error();
        }
        if (static_cast<std::size_t>(sequence.state->length()) < end) {
            return Pass::Stopped; // between two layers
        }
        sequence.tokens.insert(sequence.tokens.end(), tokens.begin(), tokens.end());
        const std::size_t count = logits->size() / vocabulary;
        for (std::size_t row = 0; row < count; ++row) {
            sink(end - count + row, logits->subspan(row * vocabulary, vocabulary));
        }
    }
    return Pass::Done;
}

void SequenceRunner::keepPrefix(CachedSequence& sequence, std::span<const TokenId> wanted,
                                std::size_t atMost) {
    if (!usable(sequence)) {
        sequence.tokens.clear();
        sequence.state = m_backend->newSequence();
        sequence.epoch = m_epoch;
        return;
    }
    const auto common = static_cast<std::size_t>(
        std::mismatch(sequence.tokens.begin(), sequence.tokens.end(), wanted.begin(), wanted.end())
            .first -
        sequence.tokens.begin());
    const std::size_t keep = std::min(common, atMost);
    if (keep < sequence.tokens.size()) {
        sequence.state->truncate(static_cast<int>(keep));
        sequence.tokens.resize(keep);
    }
}

Result<std::span<const float>> SequenceRunner::stepBatch(std::span<const SequenceStep> steps) {
    std::vector<DecoderStep> decoderSteps;
    for (const SequenceStep& step : steps) {
        assert(step.sequence->epoch == m_epoch && !step.tokens.empty());
        decoderSteps.push_back({step.sequence->state.get(), step.tokens, step.rows});
    }
    const auto logits = m_backend->forward(decoderSteps);
    if (logits) {
        for (const SequenceStep& step : steps) {
            auto& held = step.sequence->tokens;
            held.insert(held.end(), step.tokens.begin(), step.tokens.end());
        }
    }
    return logits;
}

bool SequenceRunner::holds(const CachedSequence& sequence, std::span<const TokenId> tokens) const {
    return usable(sequence) &&
           std::equal(sequence.tokens.begin(), sequence.tokens.end(), tokens.begin(), tokens.end());
}

bool SequenceRunner::copy(const CachedSequence& original, CachedSequence& copy) {
    copy.clear();
    if (!usable(original)) {
        return false;
    }
    copy.state = m_backend->forkSequence(*original.state);
    if (!copy.state) {
        return false;
    }
    copy.tokens = original.tokens;
    copy.epoch = original.epoch;
    return true;
}

bool SequenceRunner::recoverMemory() {
    if (m_freeCaches) {
        m_freeCaches();
    }
    if (m_chunkTokens > smallestChunk) {
        m_chunkTokens = std::max(smallestChunk, m_chunkTokens / 4);
        return true;
    }
    if (!m_fallback) {
        return false;
    }
    const std::string device = m_backend->device();
    auto backend = std::exchange(m_fallback, {})();
    if (!backend) {
        return false;
    }
    m_backend = std::move(backend).value();
    m_chunkTokens = chunkFor(*m_backend, m_parameters);
    ++m_epoch;
    m_notice = "The memory of " + device + " is full; the model moved to the CPU.";
    return true;
}

void describe(ModelInfo& info, const SequenceRunner& runner) {
    const DecoderBackend& backend = runner.backend();
    info.architecture = backend.config().architecture;
    info.device = backend.device();
    info.precision = backend.precision();
    info.weightBytes = backend.weightBytes();
    info.contextLength = backend.config().maxPositions;
    info.vocabularySize = backend.config().vocabularySize;
    if (!runner.notice().empty()) {
        info.notice = runner.notice();
    }
}

} // namespace linnet::engine
