#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/decoder_backend.h"

namespace linnet::engine {

// A sequence and the tokens whose keys and values it holds.
struct CachedSequence {
    std::unique_ptr<KvSequence> state;
    std::vector<TokenId> tokens;
    std::uint64_t epoch = 0; // of the backend that `state` belongs to

    void clear();
};

// Tokens (not empty) to append to a sequence, and the positions whose logits are wanted.
struct SequenceStep {
    CachedSequence* sequence = nullptr;
    std::span<const TokenId> tokens;
    LogitRows rows = LogitRows::Last;
};

// Runs sequences through a backend: reuses what a sequence already holds, splits long inputs into
// chunks between which a stop is noticed, and survives a lack of memory: first the caches are
// freed and the chunks made smaller, then the model moves to the CPU. One thread.
class SequenceRunner {
public:
    // Makes a backend of the same weights on the CPU.
    using Fallback = std::function<Result<std::unique_ptr<DecoderBackend>>()>;
    // Called before a retry for lack of memory; frees what can be computed again.
    using FreeCaches = std::function<void()>;
    // The logits [vocabulary] after the token at `position`; valid during the call.
    using RowSink = std::function<void(std::size_t position, std::span<const float> logits)>;

    // `fallback` may be empty: there is nowhere to move to.
    SequenceRunner(std::unique_ptr<DecoderBackend> backend, Fallback fallback,
                   std::int64_t parameters);

    void setFreeCaches(FreeCaches freeCaches) { m_freeCaches = std::move(freeCaches); }

    // Brings `sequence` to exactly `wanted` (not empty, within maxPositions) and yields the logits
    // after its last token, valid until the next call; empty when stopped. A sequence that already
    // held `wanted` runs its last token again.
    Result<std::span<const float>>
    advance(CachedSequence& sequence, std::span<const TokenId> wanted, const std::stop_token& stop);

    // The same with the logits after each position from `firstRow` on; wanted.size() for none, and
    // then nothing runs if `sequence` holds `wanted`. A row may come twice after a retry. False
    // when stopped.
    Result<bool> advanceAll(CachedSequence& sequence, std::span<const TokenId> wanted,
                            std::size_t firstRow, const RowSink& sink, const std::stop_token& stop);

    // Runs all steps in one batch; yields the wanted logits, row after row, valid until the next
    // call. Sequences must hold something or have been through keepPrefix(). No retry: on
    // OutOfMemory they are unchanged, and recoverMemory() says whether another try is worth it.
    Result<std::span<const float>> stepBatch(std::span<const SequenceStep> steps);

    // Makes `sequence` ready for `wanted`: of the longest common prefix it keeps at most `atMost`
    // tokens and forgets all else.
    void keepPrefix(CachedSequence& sequence, std::span<const TokenId> wanted, std::size_t atMost);

    // Frees the caches and makes chunks smaller or, when they are the smallest, moves the model to
    // the CPU. False if nothing was left to do.
    bool recoverMemory();

    // True if `sequence` holds something that the backend now in use knows.
    bool usable(const CachedSequence& sequence) const {
        return sequence.state && sequence.epoch == m_epoch;
    }
    // True if `sequence` holds exactly `tokens`, on the backend now in use.
    bool holds(const CachedSequence& sequence, std::span<const TokenId> tokens) const;

    // Makes `copy` hold what `original` holds. False, and holds nothing, if the backend cannot.
    bool copy(const CachedSequence& original, CachedSequence& copy);

    DecoderBackend& backend() { return *m_backend; }
    const DecoderBackend& backend() const { return *m_backend; }
    // Tokens that the latest call found in its sequence.
    std::size_t reusedTokens() const { return m_reusedTokens; }
    int chunkTokens() const { return m_chunkTokens; }
    // Says that the model moved to the CPU; else empty.
    const std::string& notice() const { return m_notice; }

private:
    enum class Pass { Done, Stopped, Retry };
    Result<Pass> runPass(CachedSequence& sequence, std::span<const TokenId> wanted,
                         std::size_t firstRow, const RowSink& sink, const std::stop_token& stop);

    std::unique_ptr<DecoderBackend> m_backend;
    Fallback m_fallback;
    FreeCaches m_freeCaches;
    std::int64_t m_parameters;
    int m_chunkTokens;
    std::uint64_t m_epoch = 1;
    std::size_t m_reusedTokens = 0;
    std::string m_notice;
};

// Enters into `info` what the runner's backend knows: all but the name and the parameters.
void describe(ModelInfo& info, const SequenceRunner& runner);

} // namespace linnet::engine
