#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "context.h"
#include "engine/torch/cpu/benchmark.h"

namespace linnet::cli {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

struct BenchOptions {
    std::string model;
    std::string shape;
    int tokens = 0;
    int repeats = 5;
    bool bandwidth = true;
};

// Something that decodes: an installed model, or random weights of a known shape.
struct Subject {
    std::string name;
    std::string precision;
    std::int64_t weightBytes = 0;
    int contextLength = 0;
    std::unique_ptr<engine::Generator> model;               // either
    std::unique_ptr<engine::cpu::CpuDecoder> randomDecoder; // or
};

int threadsOf(const Context& context) {
    return std::max(1, context.threads());
}

Result<Subject> openSubject(const BenchOptions& options, Context& context) {
    if (options.model.empty() == options.shape.empty()) {
        return Error{ErrorCode::InvalidArgument, "give either --model or --shape"};
    }
    Subject subject;
    if (!options.model.empty()) {
        auto model = context.loadModel(options.model, threadsOf(context));
        if (!model) {
            return model.error();
        }
        subject.model = std::move(model).value();
        const engine::ModelInfo& info = subject.model->info();
        subject.name = info.name;
        subject.precision = info.precision;
        subject.weightBytes = info.weightBytes;
        subject.contextLength = info.contextLength;
        return subject;
    }
    const auto config = engine::cpu::benchmarkShape(options.shape);
    if (!config) {
        return Error{ErrorCode::InvalidArgument,
                     "unknown shape " + options.shape + "; known: 15m, 34m, gpt2, smollm2"};
    }
    auto decoder = engine::cpu::makeRandomDecoder(*config, {.threads = threadsOf(context)});
    if (!decoder) {
        return decoder.error();
    }
    subject.name = options.shape;
    subject.precision = "int8";
    subject.contextLength = config->maxPositions;
    subject.randomDecoder = std::move(decoder).value();
    subject.weightBytes = subject.randomDecoder->weightBytes();
    return subject;
}

// A fixed text of `count` tokens.
std::vector<engine::TokenId> testTokens(int count, int vocabulary) {
    std::vector<engine::TokenId> tokens;
    std::uint32_t state = 1;
    for (int i = 0; i < count; ++i) {
        state = state * 1664525U + 1013904223U;
        tokens.push_back(static_cast<engine::TokenId>(state >> 8U) % vocabulary);
    }
    return tokens;
}

// Tokens a second of one run through the whole engine: one token at a time, or all at once.
Result<double> runModel(engine::Generator& model, int tokens, bool oneByOne) {
    const auto text = testTokens(tokens, model.info().vocabularySize);
    model.clearCache();
    const Stopwatch watch;
    for (int i = oneByOne ? 1 : tokens; i <= tokens; ++i) {
        const auto logProbs =
            model.nextTokenLogProbs({text.data(), static_cast<std::size_t>(i)}, {});
        if (!logProbs) {
            return logProbs.error();
        }
    }
    return tokens * 1000.0 / watch.milliseconds();
}

Result<std::vector<double>> measure(Subject& subject, int tokens, int repeats, bool oneByOne) {
    std::vector<double> speeds;
    for (int i = 0; i < repeats; ++i) {
        if (subject.model) {
            const auto speed = runModel(*subject.model, tokens, oneByOne);
            if (!speed) {
                return speed.error();
            }
            speeds.push_back(*speed);
        } else {
            speeds.push_back(oneByOne
                                 ? engine::cpu::measureDecode(*subject.randomDecoder, tokens, 1)
                                 : engine::cpu::measurePrefill(*subject.randomDecoder, tokens, 1));
        }
    }
    if (*std::min_element(speeds.begin(), speeds.end()) <= 0) {
        return Error{ErrorCode::Internal, "a decoding step failed"};
    }
    std::sort(speeds.begin(), speeds.end());
    return speeds;
}

double median(const std::vector<double>& sorted) {
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::string formatted(const char* format, double a, double b = 0, double c = 0, double d = 0) {
    char line[160];
    std::snprintf(line, sizeof line, format, a, b, c, d);
    return line;
}

Result<void> runSpeed(const BenchOptions& options, Context& context, bool decode) {
    auto subject = openSubject(options, context);
    if (!subject) {
        return subject.error();
    }
    const int wanted = options.tokens > 0 ? options.tokens : decode ? 128 : 512;
    const int tokens = std::min(wanted, subject->contextLength * 3 / 4);
    const auto speeds = measure(*subject, tokens, options.repeats, decode);
    if (!speeds) {
        return speeds.error();
    }
    const double best = speeds->back();
    nlohmann::json out{{"bench", decode ? "decode" : "prefill"},
                       {"model", subject->name},
                       {"precision", subject->precision},
                       {"threads", threadsOf(context)},
                       {"tokens", tokens},
                       {"repeats", options.repeats},
                       {"tokens_per_second", best},
                       {"tokens_per_second_median", median(*speeds)},
                       {"weight_bytes_per_token", subject->weightBytes}};
    std::string line = subject->name + " " + subject->precision + ", " +
                       std::to_string(threadsOf(context)) + " thread(s), " +
                       formatted("%.0f tokens: best %.1f, median %.1f tokens/s",
                                 static_cast<double>(tokens), best, median(*speeds));
    if (decode && options.bandwidth) {
        // Of a block as large as the weights, so that both come from the same level of memory.
        const double bandwidth = engine::cpu::measureReadBandwidth(
            threadsOf(context), static_cast<std::size_t>(subject->weightBytes));
        const double used = best * static_cast<double>(subject->weightBytes);
        out["memory_bandwidth"] = bandwidth;
        out["memory_bandwidth_share"] = bandwidth > 0 ? used / bandwidth : 0.0;
        line += formatted("\n%.1f MB of weights per token, %.1f GB/s of %.1f GB/s: %.0f %%",
                          static_cast<double>(subject->weightBytes) / 1e6, used / 1e9,
                          bandwidth / 1e9, bandwidth > 0 ? 100 * used / bandwidth : 0.0);
    }
    if (context.json()) {
        context.print(out);
    } else {
        context.print(line);
    }
    return {};
}

// From nothing to the first distribution, as a user waits for it. Only the first engine of a
// process loads its libraries, so it is timed apart.
Result<void> runLoad(const BenchOptions& options, Context& context) {
    if (options.model.empty()) {
        return Error{ErrorCode::InvalidArgument, "give --model"};
    }
    const Stopwatch engineWatch;
    const auto opened = context.engine();
    if (!opened) {
        return opened.error();
    }
    const double engineMs = engineWatch.milliseconds();
    std::vector<double> loads;
    std::vector<double> firsts;
    for (int i = 0; i < options.repeats; ++i) {
        const Stopwatch watch;
        const auto model = context.loadModel(options.model);
        if (!model) {
            return model.error();
        }
        loads.push_back(watch.milliseconds());
        const auto tokens = (*model)->tokenizer().encode("The old man looked at the");
        const Stopwatch firstWatch;
        if (const auto first = (*model)->nextTokenLogProbs(tokens, {}); !first) {
            return first.error();
        }
        firsts.push_back(firstWatch.milliseconds());
    }
    const double cold = engineMs + loads.front() + firsts.front();
    std::sort(loads.begin(), loads.end());
    std::sort(firsts.begin(), firsts.end());
    if (context.json()) {
        context.print(nlohmann::json{{"bench", "load"},
                                     {"model", options.model},
                                     {"engine_ms", engineMs},
                                     {"load_ms", loads.front()},
                                     {"load_ms_median", median(loads)},
                                     {"first_ms", firsts.front()},
                                     {"ready_ms", cold}});
        return {};
    }
    context.print(formatted("engine %.1f ms, model %.1f ms (median %.1f), first prediction %.1f ms",
                            engineMs, loads.front(), median(loads), firsts.front()) +
                  formatted("\nfrom nothing to the first prediction %.1f ms", cold));
    return {};
}

void addBench(CLI::App& bench, Context& context, const std::string& name,
              const std::string& description, bool speed, bool decode) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App& command = context.addCommand(bench, name, description, [=, &context] {
        return speed ? runSpeed(*options, context, decode) : runLoad(*options, context);
    });
    command.add_option("--model", options->model, "Name of an installed model, or a folder")
        ->type_name("M");
    command.add_option("--repeats", options->repeats, "Runs; best and median are shown")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    if (!speed) {
        return;
    }
    command
        .add_option("--shape", options->shape,
                    "Random int8 weights of a known shape: 15m, 34m, gpt2, smollm2")
        ->type_name("NAME");
    command.add_option("--tokens", options->tokens, "Tokens of a run")->check(CLI::PositiveNumber);
    if (decode) {
        command.add_flag("!--no-bandwidth", options->bandwidth,
                         "Do not measure the memory's bandwidth");
    }
}

} // namespace

void addBenchCommands(CLI::App& app, Context& context) {
    CLI::App& bench = context.group(app, "bench", "Measure speed");
    addBench(bench, context, "load", "Time until a model is ready", false, false);
    addBench(bench, context, "prefill", "Tokens a second of a prompt", true, false);
    addBench(bench, context, "decode", "Tokens a second, one by one; share of the bandwidth", true,
             true);
}

} // namespace linnet::cli
