#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "engine/api/tokenizer.h"

namespace linnet::engine {

struct BatchOptions {
    // Texts in the making at once. Their keys and values and those kept of finished texts together
    // never hold more than this many contexts.
    int maxSequences = 32;
    std::size_t maxWaiting = 256; // requests that wait for one of those places
};

struct TokenAlternative {
    TokenId id = 0;
    float logProb = 0;
};

// A token and how likely the model found it, under the unfiltered distribution.
struct TokenReport {
    TokenId id = 0;
    std::optional<float> logProb;               // natural; none if it was not asked for, or for
                                                // a first token without a predecessor
    std::vector<TokenAlternative> alternatives; // most probable first
};

struct BatchRequest {
    CompletionRequest completion;
    // In place of completion.prompt, if given. Ids out of the vocabulary are refused.
    std::optional<std::vector<TokenId>> promptTokens;
    bool logProbs = false;    // report the log-probability of every token
    int alternatives = 0;     // and so many of the likeliest at its place; over 0 implies logProbs
    bool scorePrompt = false; // report the prompt's tokens as well; it must fit the context
    std::stop_token stop;     // leaves the batch before the next step
};

// Text that has become final, whole UTF-8 characters, and the tokens drawn since the last one. The
// last may have no text: tokens of a stop string.
struct BatchDelta {
    std::string_view text;
    std::span<const TokenReport> tokens;
};

struct BatchCompletion {
    std::string text;
    std::vector<TokenReport> tokens;
    std::vector<TokenReport> prompt; // only with scorePrompt
    FinishReason finish = FinishReason::Length;
    int promptTokens = 0;
    int reusedTokens = 0; // of these, not computed anew
};

struct BatchStats {
    int running = 0; // requests
    int waiting = 0;
    int cachedTokens = 0;           // in the keys and values held, of running and of finished texts
    std::uint64_t steps = 0;        // forward passes
    std::uint64_t promptTokens = 0; // of all requests so far
    std::uint64_t reusedTokens = 0; // of which found in the cache
    std::uint64_t generatedTokens = 0;
    std::uint64_t preemptions = 0; // requests that had to begin again for lack of memory
};

// A loaded model that serves many requests at once: a thread of its own runs forward passes, each
// over the next token of every text in the making and some tokens of the prompts of new ones. A
// request joins and leaves between two passes. What a request gives does not depend on the others
// in the batch, nor on what is cached, in int8 on the CPU; float precisions may round otherwise in
// another batch.
class BatchGenerator {
public:
    // Called on the generator's thread, between passes: has to be quick. Flow::Stop ends the text.
    using DeltaSink = std::function<Flow(const BatchDelta& delta)>;
    // Called once per accepted request, as its last call, on the generator's thread; on the
    // destructor's with FinishReason::Cancelled for what it finds waiting. Errors: OutOfMemory,
    // Internal.
    using DoneSink = std::function<void(Result<BatchCompletion> completion)>;

    enum class Submission { Accepted, QueueFull };

    // Stops all requests, reports them as cancelled and waits for the thread. Not from a sink.
    virtual ~BatchGenerator() = default;

    // All functions may be called from any thread, also from sinks.

    virtual ModelInfo info() const = 0; // its notice can change
    virtual const Tokenizer& tokenizer() const = 0;

    // Accepts a request if fewer than maxWaiting wait; `delta` may be empty. With any other answer
    // no sink is called. Error: InvalidArgument, what is wrong with the request.
    virtual Result<Submission> submit(BatchRequest request, DeltaSink delta, DoneSink done) = 0;

    virtual BatchStats stats() const = 0;

    // Forgets what is kept of finished texts (privacy, memory), before the next pass.
    virtual void clearCache() = 0;
};

} // namespace linnet::engine
