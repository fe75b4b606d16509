#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/api/generator.h"
#include "engine/torch/model_config.h"

namespace linnet::engine {

// The keys and values of one token sequence, in a backend's own layout.
class KvSequence {
public:
    virtual ~KvSequence() = default;
    virtual int length() const = 0;        // tokens held
    virtual void truncate(int length) = 0; // forgets all from position `length` on
};

// The positions of a step whose logits are wanted.
enum class LogitRows { None, Last, All };

// New tokens of one sequence, appended at its length().
struct DecoderStep {
    KvSequence* sequence = nullptr;
    std::span<const TokenId> tokens;
    LogitRows rows = LogitRows::Last;
};

// Runs the network. Two implementations: libtorch (any precision, any device) and our own int8
// kernels for the CPU. Prompt processing, decoding, scoring and batches are all this one call.
class DecoderBackend {
public:
    virtual ~DecoderBackend() = default;

    virtual const ModelConfig& config() const = 0;
    virtual std::unique_ptr<KvSequence> newSequence() = 0;

    // A second sequence with the same content; null if the backend cannot copy, then the tokens
    // have to be run again. `sequence` must be of this backend.
    virtual std::unique_ptr<KvSequence> forkSequence(const KvSequence& /*sequence*/) {
        return nullptr;
    }

    // Runs all steps in one batch. Returns the wanted logits, row after row in the order of the
    // steps, [rows][vocabularySize]; valid until the next call. The caller keeps steps short
    // enough for its cancel latency and within config().maxPositions. Once `stop` is requested,
    // it may give up between two layers: then nothing is returned and sequences are unchanged.
    // Errors: OutOfMemory (sequences are unchanged), Internal.
    virtual Result<std::span<const float>> forward(std::span<const DecoderStep> steps,
                                                   const std::stop_token& stop = {}) = 0;

    // Logits of one row to natural-log probabilities; `out` has their length and may be the same.
    virtual void logSoftmax(std::span<const float> logits, std::span<float> out) const = 0;

    // Calls body(i) for every i in [0, count), maybe on several threads at once; for the work
    // around a batch, such as drawing a token for each of its rows. `body` must not throw.
    virtual void forEach(int count, const std::function<void(int)>& body) {
        for (int i = 0; i < count; ++i) {
            body(i);
        }
    }

    // How many sequences make a pass as fast, by the token, as it gets: of more, some wait.
    virtual int fullBatch() const { return std::numeric_limits<int>::max(); }

    virtual std::string device() const = 0;
    virtual std::string precision() const = 0;
    virtual std::int64_t weightBytes() const = 0;
};

} // namespace linnet::engine
