#include <algorithm>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "context.h"
#include "engine/torch/random_batch_generator.h"

namespace linnet::cli {

namespace {

using engine::BatchGenerator;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

struct BatchBench {
    std::string model;
    std::string shape;
    std::vector<int> clients = {1, 2, 4, 8, 16, 32};
    int promptTokens = 16;
    int tokens = 64;
    int repeats = 5;
    double temperature = 0.0;
};

Result<std::unique_ptr<BatchGenerator>> openGenerator(const BatchBench& bench, Context& context) {
    if (bench.model.empty() == bench.shape.empty()) {
        return Error{ErrorCode::InvalidArgument, "give either --model or --shape"};
    }
    const int most = *std::max_element(bench.clients.begin(), bench.clients.end());
    const engine::BatchOptions options{.maxSequences = most,
                                       .maxWaiting = static_cast<std::size_t>(most)};
    const int threads = std::max(1, context.threads());
    if (!bench.shape.empty()) {
        return engine::makeRandomBatchGenerator(bench.shape, threads, options);
    }
    const auto folder = context.findModel(bench.model);
    if (!folder) {
        return folder.error();
    }
    const auto opened = context.engine();
    if (!opened) {
        return opened.error();
    }
    engine::LoadOptions load = context.loadOptions();
    load.threads = threads;
    return (*opened)->loadBatch(*folder, load, options, {});
}

// Prompts that have nothing in common, so that each is read.
engine::BatchRequest requestOf(const BatchBench& bench, int client, int run, int vocabulary) {
    engine::BatchRequest request;
    std::uint32_t state = static_cast<std::uint32_t>(run * 1000 + client);
    request.promptTokens.emplace();
    for (int i = 0; i < bench.promptTokens; ++i) {
        state = state * 1664525U + 1013904223U;
        request.promptTokens->push_back(static_cast<engine::TokenId>(state >> 8U) % vocabulary);
    }
    request.completion.maxTokens = bench.tokens;
    request.completion.sampling.temperature = bench.temperature;
    request.completion.sampling.seed = state;
    request.completion.ignoreEndOfText = true;
    return request;
}

// Tokens a second of `clients` requests made at once, prompts and all.
Result<double> measure(BatchGenerator& generator, const BatchBench& bench, int clients, int run) {
    using Completion = Result<engine::BatchCompletion>;
    std::vector<std::promise<Completion>> answers(static_cast<std::size_t>(clients));
    const Stopwatch watch;
    for (int i = 0; i < clients; ++i) {
        auto& answer = answers[static_cast<std::size_t>(i)];
        const auto submitted = generator.submit(
            requestOf(bench, i, run, generator.info().vocabularySize), {},
            [&answer](Completion completion) { answer.set_value(std::move(completion)); });
        if (!submitted || *submitted != BatchGenerator::Submission::Accepted) {
            // Those before refer to `answers`; they end with this.
            for (int j = 0; j < i; ++j) {
                answers[static_cast<std::size_t>(j)].get_future().wait();
            }
            return submitted ? Error{ErrorCode::Internal, "the queue is full"} : submitted.error();
        }
    }
    Result<double> result = 0.0;
    std::size_t tokens = 0;
    for (auto& answer : answers) {
        const Completion completion = answer.get_future().get();
        if (!completion) {
            result = completion.error();
        } else {
            tokens += completion->tokens.size();
        }
    }
    return result ? Result<double>(static_cast<double>(tokens) * 1000.0 / watch.milliseconds())
                  : result;
}

Result<void> runBatchBench(const BatchBench& bench, Context& context) {
    const auto opened = openGenerator(bench, context);
    if (!opened) {
        return opened.error();
    }
    BatchGenerator& generator = **opened;
    const int vocabulary = generator.info().vocabularySize;
    if (vocabulary < 1) {
        return Error{ErrorCode::Internal, "a model without tokens"};
    }
    nlohmann::json rows = nlohmann::json::array();
    std::vector<double> best(bench.clients.size());
    // Every count in each round, so that a busy spell hits all alike.
    for (int run = 0; run < bench.repeats; ++run) {
        for (std::size_t i = 0; i < bench.clients.size(); ++i) {
            const auto speed = measure(generator, bench, bench.clients[i], run);
            if (!speed) {
                return speed.error();
            }
            best[i] = std::max(best[i], *speed);
        }
    }
    std::string text = generator.info().name + " " + generator.info().precision + ", " +
                       std::to_string(std::max(1, context.threads())) + " thread(s), " +
                       std::to_string(bench.promptTokens) + " + " + std::to_string(bench.tokens) +
                       " tokens each, best of " + std::to_string(bench.repeats);
    for (std::size_t i = 0; i < bench.clients.size(); ++i) {
        char line[80];
        std::snprintf(line, sizeof line, "\n%4d at once: %8.0f tokens/s, %5.2f times the first",
                      bench.clients[i], best[i], best[i] / best.front());
        text += line;
        rows.push_back({{"clients", bench.clients[i]}, {"tokens_per_second", best[i]}});
    }
    if (!context.json()) {
        context.print(text);
        return {};
    }
    context.print(nlohmann::json{{"bench", "batch"},
                                 {"model", generator.info().name},
                                 {"precision", generator.info().precision},
                                 {"threads", std::max(1, context.threads())},
                                 {"prompt_tokens", bench.promptTokens},
                                 {"tokens", bench.tokens},
                                 {"repeats", bench.repeats},
                                 {"temperature", bench.temperature},
                                 {"rows", rows}});
    return {};
}

} // namespace

void addBenchBatch(CLI::App& app, Context& context) {
    CLI::App& bench = context.group(app, "bench", "Measure speed");
    auto options = std::make_shared<BatchBench>();
    CLI::App& command =
        context.addCommand(bench, "batch", "Tokens a second of requests that are made at once",
                           [=, &context] { return runBatchBench(*options, context); });
    command.add_option("--model", options->model, "Name of an installed model, or a folder")
        ->type_name("M");
    command
        .add_option("--shape", options->shape,
                    "Random int8 weights of a known shape: 15m, 34m, gpt2, smollm2")
        ->type_name("NAME");
    command.add_option("--clients", options->clients, "Numbers of requests at once")
        ->delimiter(',')
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    command.add_option("--prompt-tokens", options->promptTokens, "Tokens of each prompt")
        ->check(CLI::Range(1, 1 << 20))
        ->capture_default_str();
    command.add_option("--tokens", options->tokens, "Tokens to generate for each")
        ->check(CLI::Range(1, 1 << 20))
        ->capture_default_str();
    command.add_option("--temperature", options->temperature, "0 takes the likeliest")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command.add_option("--repeats", options->repeats, "Runs; the best is shown")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
}

} // namespace linnet::cli
