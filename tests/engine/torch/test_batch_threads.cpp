// A batch generator under clients on several threads, over the int8 decoder with its own threads.
// Plain checks without a test framework, so that the thread sanitizer sees all of the process.

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>

#include "byte_tokenizer.h"
#include "engine/torch/cpu/benchmark.h"
#include "engine/torch/local_batch_generator.h"
#include "engine/torch/local_generator.h"

namespace {

using namespace linnet::engine;
using linnet::tests::ByteTokenizer;
using Completion = Result<BatchCompletion>;

constexpr int clients = 4;
constexpr int requestsEach = 12;

void check(bool condition, const char* text, int line) {
    if (!condition) {
        std::fprintf(stderr, "FAIL line %d: %s\n", line, text);
        std::exit(1);
    }
}
#define CHECK(condition) check((condition), #condition, __LINE__)

std::unique_ptr<DecoderBackend> makeDecoder(const cpu::CpuOptions& options) {
    ModelConfig config;
    config.architecture = "llama";
    config.vocabularySize = ByteTokenizer::vocabulary;
    config.hiddenSize = 32;
    config.layers = 2;
    config.heads = 2;
    config.kvHeads = 1;
    config.headDim = 16;
    config.intermediateSize = 64;
    config.maxPositions = 64;
    config.tiedEmbeddings = true;
    auto decoder = cpu::makeRandomDecoder(config, options); // always the same
    CHECK(decoder.ok());
    return std::move(decoder).value();
}

std::shared_ptr<const Tokenizer> tokenizer() {
    return std::make_shared<ByteTokenizer>(false);
}

BatchRequest requestOf(int client, int number) {
    BatchRequest request;
    request.completion.prompt = number % 3 == 0 ? "The old man and the sea, and " : "It was ";
    request.completion.prompt += std::to_string(client) + " and " + std::to_string(number);
    request.completion.maxTokens = 5 + number % 20;
    request.completion.sampling.temperature = number % 2;
    request.completion.sampling.seed = static_cast<std::uint64_t>(client * 100 + number);
    request.completion.ignoreEndOfText = true;
    return request;
}

bool isCancelled(int number) {
    return number % 5 == 4;
}

// One client: asks, one request after another; takes some back, looks at the counters meanwhile.
void ask(BatchGenerator& generator, int client, std::vector<std::vector<TokenId>>& texts) {
    for (int number = 0; number < requestsEach; ++number) {
        std::promise<Completion> answer;
        std::stop_source stop;
        BatchRequest request = requestOf(client, number);
        request.stop = stop.get_token();
        std::atomic<std::size_t> streamed{0};
        const auto submitted = generator.submit(
            std::move(request),
            [&](const BatchDelta& delta) {
                streamed += delta.tokens.size();
                return Flow::Continue;
            },
            [&](Completion completion) { answer.set_value(std::move(completion)); });
        CHECK(submitted.ok() && *submitted == BatchGenerator::Submission::Accepted);
        if (isCancelled(number)) {
            stop.request_stop();
        } else if (number == client) {
            generator.clearCache();
        }
        CHECK(generator.stats().running <= clients);
        CHECK(generator.info().vocabularySize == ByteTokenizer::vocabulary);
        const Completion completion = answer.get_future().get();
        CHECK(completion.ok());
        for (const TokenReport& token : completion->tokens) {
            texts.back().push_back(token.id);
        }
        CHECK(completion->finish == FinishReason::Cancelled || streamed == texts.back().size());
        texts.emplace_back();
    }
}

// In turns or not, on one thread or two, shared or each with texts of its own.
void everyClientGetsItsOwn(const cpu::CpuOptions& options, int maxSequences) {
    std::vector<std::vector<std::vector<TokenId>>> texts(clients, {{}});
    {
        LocalBatchGenerator generator({}, tokenizer(), makeDecoder(options),
                                      {.maxSequences = maxSequences, .maxWaiting = clients});
        std::vector<std::jthread> threads;
        for (int client = 0; client < clients; ++client) {
            threads.emplace_back(
                [&, client] { ask(generator, client, texts[static_cast<std::size_t>(client)]); });
        }
    }
    LocalGenerator single({}, tokenizer(), makeDecoder({}));
    for (int client = 0; client < clients; ++client) {
        for (int number = 0; number < requestsEach; ++number) {
            const auto alone = single.complete(requestOf(client, number).completion, {}, {});
            const auto& text =
                texts[static_cast<std::size_t>(client)][static_cast<std::size_t>(number)];
            CHECK(alone.ok());
            CHECK(isCancelled(number) || text == alone->tokens);
        }
    }
}

// A generator that goes while texts are in the making ends them all.
void endingEndsAll() {
    constexpr std::size_t count = 6;
    std::atomic<int> ended{0};
    {
        LocalBatchGenerator generator({}, tokenizer(), makeDecoder({.threads = 2}),
                                      {.maxSequences = 3, .maxWaiting = count});
        for (std::size_t i = 0; i < count; ++i) {
            BatchRequest request = requestOf(1, 0);
            request.completion.maxTokens = 1 << 20;
            CHECK(generator.submit(std::move(request), {}, [&](Completion) { ++ended; }).ok());
        }
    }
    CHECK(ended == static_cast<int>(count));
}

} // namespace

int main() {
    everyClientGetsItsOwn({}, clients);
    everyClientGetsItsOwn({.threads = 2}, clients);
    everyClientGetsItsOwn({.threads = 2, .fewAlone = true}, 3);
    endingEndsAll();
    std::puts("PASS");
    return 0;
}
