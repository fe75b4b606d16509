#include <memory>
#include <string>
#include <utility>

#include "commands.h"
#include "context.h"
#include "remote_commands.h"

namespace linnet::cli {

namespace {

using engine::Completion;
using engine::CompletionRequest;
using engine::Error;
using engine::FinishReason;
using engine::Result;

struct CompleteOptions {
    std::string model;
    CompletionRequest request;
    int count = 1;
    RemoteOptions remote;
};

const char* toString(FinishReason reason) {
    switch (reason) {
    case FinishReason::Length:
        return "length";
    case FinishReason::Stop:
        return "stop";
    case FinishReason::Cancelled:
        break;
    }
    return "cancelled";
}

nlohmann::json toJson(const Completion& completion, double milliseconds) {
    return {{"text", completion.text},
            {"tokens", completion.tokens},
            {"logprobs", completion.logProbs},
            {"finish", toString(completion.finish)},
            {"ms", milliseconds}};
}

// The same request in the words of OpenAI's API.
protocol::CompletionRequest toWire(const CompleteOptions& options) {
    const CompletionRequest& request = options.request;
    protocol::CompletionRequest wire;
    wire.model = options.model;
    wire.prompts = {request.prompt};
    wire.options.maxTokens = request.maxTokens;
    wire.options.temperature = request.sampling.temperature;
    wire.options.topK = request.sampling.topK;
    wire.options.topP = request.sampling.topP;
    wire.options.minP = request.sampling.minP;
    wire.options.repetitionPenalty = request.sampling.repetitionPenalty;
    wire.options.seed = static_cast<std::int64_t>(request.sampling.seed);
    wire.options.stop = request.stop;
    wire.options.ignoreEnd = request.ignoreEndOfText;
    wire.options.n = options.count;
    return wire;
}

Result<void> runComplete(const CompleteOptions& options, Context& context) {
    if (options.remote.wanted()) {
        return completeRemotely(options.remote, toWire(options), context);
    }
    if (options.model.empty()) {
        return engine::Error{engine::ErrorCode::InvalidArgument, "give --model, or --remote"};
    }
    const auto model = context.loadModel(options.model);
    if (!model) {
        return model.error();
    }
    const Stopwatch watch;
    if (options.count > 1) {
        const auto completions = (*model)->completeBatch(options.request, options.count, {});
        if (!completions) {
            return completions.error();
        }
        const double milliseconds = watch.milliseconds();
        for (const Completion& completion : *completions) {
            if (context.json()) {
                context.print(toJson(completion, milliseconds));
            } else {
                context.print(completion.text);
            }
        }
        return {};
    }
    const bool live = !context.json();
    const auto completion = (*model)->complete(options.request,
                                               [&](std::string_view text) {
                                                   if (live) {
                                                       context.write(text);
                                                   }
                                                   return engine::Flow::Continue;
                                               },
                                               {});
    if (!completion) {
        return completion.error();
    }
    if (live) {
        context.print("");
    } else {
        context.print(toJson(*completion, watch.milliseconds()));
    }
    return {};
}

} // namespace

void addCompleteCommand(CLI::App& app, Context& context) {
    auto options = std::make_shared<CompleteOptions>();
    CLI::App& command =
        context.addCommand(app, "complete", "Continue a text with a model",
                           [options, &context] { return runComplete(*options, context); });
    CompletionRequest& request = options->request;
    command
        .add_option("--model", options->model,
                    "Name of an installed model, or a folder; with --remote, the server's name for "
                    "it (none: its first)")
        ->type_name("M");
    command.add_option("--prompt", request.prompt, "The text to continue")->required();
    command.add_option("--max-tokens", request.maxTokens, "Tokens at most")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command.add_option("--temperature", request.sampling.temperature, "0: the most probable token")
        ->capture_default_str();
    command.add_option("--top-k", request.sampling.topK, "Only the K best tokens; 0: all")
        ->capture_default_str();
    command.add_option("--top-p", request.sampling.topP, "The best tokens that make up P")
        ->capture_default_str();
    command
        .add_option("--min-p", request.sampling.minP,
                    "Tokens at least P times as probable as the best")
        ->capture_default_str();
    command
        .add_option("--repetition-penalty", request.sampling.repetitionPenalty,
                    "Over 1: tokens that occurred are less probable")
        ->capture_default_str();
    command.add_option("--seed", request.sampling.seed, "Same seed, same text")
        ->capture_default_str();
    command.add_option("--stop", request.stop, "End before this text (may be repeated)");
    command.add_option("--count", options->count, "Independent samples, seeds S, S+1, ...")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    addRemoteOptions(command, options->remote);
    command.add_flag("--ignore-end", request.ignoreEndOfText, "Go on after an end of text");
}

} // namespace linnet::cli
