#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"

namespace linnet::engine {

// What computes a caption model on some device. Rows are captions being written; each belongs to
// one of the encoded pictures. One thread. A call that fails leaves nothing to go on with but
// encode(). Errors: OutOfMemory, Internal.
class CaptionNetwork {
public:
    virtual ~CaptionNetwork() = default;

    // Encodes pictures [count][3][height][width] in place of those before. Returns the classifier's
    // probabilities [count][classes], valid until the next call; empty without a classifier. `stop`
    // is tested between pictures; what was encoded then is of no use.
    virtual Result<std::span<const float>> encode(std::span<const float> pixels, int count,
                                                  const std::stop_token& stop) = 0;

    // Begins a row for each picture with prompts[picture], which is not empty. Returns natural-log
    // probabilities [count][vocabulary] of the token after it, valid until the next call.
    virtual Result<std::span<const float>> begin(std::span<const std::vector<TokenId>> prompts) = 0;

    // New row i is row parents[i] continued by tokens[i]; there is at least one. Returns what
    // begin() does.
    virtual Result<std::span<const float>> advance(std::span<const int> parents,
                                                   std::span<const TokenId> tokens) = 0;

    // Frees what encode(), begin() and advance() keep.
    virtual void clear() = 0;

    virtual std::string device() const = 0;       // "cpu", "cuda:0"
    virtual std::string precision() const = 0;    // "float32", "bfloat16", "float16"
    virtual std::int64_t weightBytes() const = 0; // of all weights
};

} // namespace linnet::engine
