#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "commands.h"
#include "context.h"
#include "engine/api/worker.h"
#include "quantile.h"

namespace linnet::cli {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Generator;
using engine::Result;
using engine::TokenId;

struct CancelBench {
    std::string model = "en-prose";
    int repeats = 100;
};

// Waits for one event of another thread.
class Signal {
public:
    void set() {
        const std::lock_guard lock(m_mutex);
        m_set = true;
        m_wake.notify_all();
    }
    void wait() {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [&] { return m_set; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_set = false;
};

// Reads a prompt that fills most of the window, over and over.
void readPrompts(Generator& model, const std::stop_token& stop, Signal& begun) {
    std::vector<TokenId> prompt(static_cast<std::size_t>(model.info().contextLength * 3 / 4));
    for (int round = 0; !stop.stop_requested(); ++round) {
        std::iota(prompt.begin(), prompt.end(), round % 100);
        model.clearCache();
        begun.set();
        if (!model.nextTokenLogProbs(prompt, stop)) {
            return;
        }
    }
}

// Writes on and on, a token at a time.
void writeText(Generator& model, const std::stop_token& stop, Signal& begun) {
    engine::CompletionRequest request;
    request.prompt = "The old man looked at the";
    request.maxTokens = model.info().contextLength / 2;
    request.ignoreEndOfText = true;
    while (!stop.stop_requested()) {
        const auto sink = [&](std::string_view) {
            begun.set();
            return engine::Flow::Continue;
        };
        if (!model.complete(request, sink, stop)) {
            return;
        }
    }
}

using Task = void (*)(Generator&, const std::stop_token&, Signal&);

// Milliseconds from cancel() to the report that the worker is idle again.
std::vector<double> cancelTimes(engine::Worker& worker, Task task, int repeats) {
    std::vector<double> times;
    for (int i = 0; i < repeats; ++i) {
        Signal begun;
        Signal idle;
        const auto id =
            worker.submit([&](Generator& model, std::stop_token stop) { task(model, stop, begun); },
                          [&](engine::RequestId, engine::Worker::Outcome, const Error*) {
                              begun.set(); // also when it failed before it began
                              idle.set();
                          });
        begun.wait();
        // From 0 to 40 ms into the work, never at the same place.
        std::this_thread::sleep_for(std::chrono::microseconds(i * 7919 % 40000));
        const Stopwatch watch;
        worker.cancel(id);
        idle.wait();
        times.push_back(watch.milliseconds());
    }
    return times;
}

Result<void> runCancel(const CancelBench& bench, Context& context) {
    engine::Worker worker;
    Signal loaded;
    std::optional<Error> failure;
    engine::ModelInfo info;
    worker.load(
        [&](std::stop_token) { return context.loadModel(bench.model); },
        [&](const engine::ModelInfo* ready, const Error* error) {
            if (ready != nullptr) {
                info = *ready;
            } else {
                failure = error != nullptr ? *error : Error{ErrorCode::Internal, "not loaded"};
            }
            loaded.set();
        });
    loaded.wait();
    if (failure) {
        return *failure;
    }
    nlohmann::json out{{"bench", "cancel"}, {"model", info.name}, {"precision", info.precision}};
    std::string line = info.name + " " + info.precision + ", cancel to idle worker";
    for (const auto& [name, task] :
         {std::pair<const char*, Task>{"prefill", &readPrompts}, {"decode", &writeText}}) {
        const auto times = cancelTimes(worker, task, bench.repeats);
        out[name] = {{"p50_ms", quantile(times, 0.5)},
                     {"p95_ms", quantile(times, 0.95)},
                     {"max_ms", quantile(times, 1.0)}};
        char text[120] = {};
        std::snprintf(text, sizeof text, "\n  in %s: p50 %.2f ms, p95 %.2f ms, longest %.2f ms",
                      name, quantile(times, 0.5), quantile(times, 0.95), quantile(times, 1.0));
        line += text;
    }
    if (context.json()) {
        context.print(out);
    } else {
        context.print(line);
    }
    return {};
}

} // namespace

void addBenchCancel(CLI::App& app, Context& context) {
    auto bench = std::make_shared<CancelBench>();
    CLI::App& command = context.addCommand(context.group(app, "bench", "Measure speed"), "cancel",
                                           "Milliseconds from a cancel to an idle worker",
                                           [=, &context] { return runCancel(*bench, context); });
    command.add_option("--model", bench->model, "Name of an installed model, or a folder")
        ->type_name("M")
        ->capture_default_str();
    command.add_option("--repeats", bench->repeats, "Cancels of each kind of work")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
}

} // namespace linnet::cli
