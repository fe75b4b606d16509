#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"

namespace linnet::engine {

enum class Device { Auto, Cpu, Cuda };
enum class Precision { Auto, Float32, BFloat16, Float16, Int8 };

struct LoadOptions {
    Device device = Device::Auto;
    Precision precision = Precision::Auto; // Auto: int8 on the CPU, a 16-bit float on CUDA
    int threads = 0;                       // 0: all but one core, at least one
};

struct ModelInfo {
    std::string name;         // the folder's name
    std::string architecture; // "llama", "qwen2", "gpt2"
    std::string device;       // "cpu", "cuda:0"
    std::string precision;    // "int8", "float32", ...
    std::int64_t parameters = 0;
    std::int64_t weightBytes = 0; // read for one decoded token
    int contextLength = 0;        // tokens
    int vocabularySize = 0;
    std::string notice; // e.g. that the model moved to the CPU for lack of memory; else empty
};

// How the next token is drawn. Filters apply in the order repetition penalty, temperature, top-k,
// top-p, min-p, as in the Hugging Face library.
struct SamplingOptions {
    double temperature = 0.0; // 0: greedy
    int topK = 0;             // 0: off
    double topP = 1.0;
    double minP = 0.0;
    double repetitionPenalty = 1.0; // Keskar et al. 2019 (CTRL), over prompt and output
    std::uint64_t seed = 0;
};

struct CompletionRequest {
    std::string prompt;
    int maxTokens = 64;
    SamplingOptions sampling;
    std::vector<std::string> stop; // the text ends before the first of these
    bool ignoreEndOfText = false;
};

enum class FinishReason { Length, Stop, Cancelled };

struct Completion {
    std::string text;
    std::vector<TokenId> tokens;
    std::vector<float> logProbs; // natural log, of each token under the unfiltered distribution
    FinishReason finish = FinishReason::Length;
    int promptTokens = 0;
    int reusedTokens = 0; // prompt tokens found in the KV cache
};

enum class Flow { Continue, Stop };

// Called with whole UTF-8 characters as they become final.
using TextSink = std::function<Flow(std::string_view text)>;

struct ScoredTokens {
    std::vector<TokenId> tokens;
    std::vector<std::optional<float>> logProbs; // none for a first token without a predecessor
};

// A loaded language model. Not thread-safe: one thread (the Worker's) uses it. Cancelled requests
// return what there is with FinishReason::Cancelled, or Cancelled below; they are not errors.
class Generator {
public:
    virtual ~Generator() = default;

    virtual const ModelInfo& info() const = 0;
    virtual const Tokenizer& tokenizer() const = 0;

    // Generates text after `request.prompt`. `stop` is tested before every forward pass and
    // between prefill chunks.
    virtual Result<Completion> complete(const CompletionRequest& request, const TextSink& sink,
                                        std::stop_token stop) = 0;

    // `count` independent samples of one prompt in one batch; sample i uses seed + i.
    virtual Result<std::vector<Completion>> completeBatch(const CompletionRequest& request,
                                                          int count, std::stop_token stop) = 0;

    // Natural-log probabilities over the vocabulary for the token after `context` (the model's
    // beginning-of-text token, if it uses one, is put in front). The longest prefix shared with
    // earlier calls is not recomputed; a context longer than the window loses its oldest half.
    // The span is valid until the next call. Empty when cancelled.
    virtual Result<std::span<const float>> nextTokenLogProbs(std::span<const TokenId> context,
                                                             std::stop_token stop) = 0;

    // For every branch, the log-probabilities [branches][vocabulary] after context + branch.
    // Branches share the context's KV cache. Empty when cancelled.
    virtual Result<std::vector<std::vector<float>>>
    branchLogProbs(std::span<const TokenId> context, std::span<const std::vector<TokenId>> branches,
                   std::stop_token stop) = 0;

    // Log-probability of each token of `tokens` given those before it, with the window restarted
    // at half its length when it is full (strided perplexity). Empty when cancelled.
    virtual Result<ScoredTokens> score(std::span<const TokenId> tokens, std::stop_token stop) = 0;

    // Forgets the KV cache (privacy, memory).
    virtual void clearCache() = 0;
};

} // namespace linnet::engine
