#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>

#include "commands.h"
#include "context.h"
#include "protocol/completions.h"
#include "quantile.h"
#include "remote_client.h"

extern char** environ; // POSIX

namespace linnet::cli {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

struct BenchArguments {
    RemoteOptions remote; // empty: a server of its own
    std::string model = "en-prose";
    std::vector<int> clients = {1, 8, 32};
    int requests = 8; // of each client
    int tokens = 64;  // of each request
};

// A linnet-server beside this program, on a free port, until this object ends.
class OwnServer {
public:
    static Result<std::unique_ptr<OwnServer>> start(const Context& context) {
        std::error_code none;
        const fs::path program =
            fs::read_symlink("/proc/self/exe", none).parent_path() / "linnet-server";
        if (!fs::is_regular_file(program, none)) {
            return Error{ErrorCode::NotFound,
                         "there is no " + program.string() + "; give --remote"};
        }
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) {
            return Error{ErrorCode::Io, "cannot make a pipe"};
        }
        const std::string threads = std::to_string(std::max(1, context.threads()));
        const std::string models = context.modelFolders().front().string();
        std::vector<std::string> words = {program.string(), "--quiet", "--listen",   "127.0.0.1:0",
                                          "--models",       models,    "--cache-mb", "0"};
        if (context.threads() > 0) {
            words.insert(words.end(), {"--threads", threads});
        }
        std::vector<char*> pointers;
        for (std::string& word : words) {
            pointers.push_back(word.data());
        }
        pointers.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        auto server = std::make_unique<OwnServer>();
        const int failed = posix_spawn(&server->m_process, program.c_str(), &actions, nullptr,
                                       pointers.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        std::FILE* out = fdopen(ends[0], "r");
        char line[200] = "";
        const bool said = failed == 0 && std::fgets(line, sizeof line, out) != nullptr;
        std::fclose(out);
        const std::string text = line;
        const std::size_t address = text.find("http://");
        if (!said || address == std::string::npos) {
            return Error{ErrorCode::Internal, program.string() + " did not start"};
        }
        server->m_url = text.substr(address, text.find_last_not_of("\n") + 1 - address);
        return server;
    }
    OwnServer() = default;
    ~OwnServer() {
        if (m_process > 0) {
            kill(m_process, SIGTERM);
            waitpid(m_process, nullptr, 0);
        }
    }
    OwnServer(const OwnServer&) = delete;
    OwnServer& operator=(const OwnServer&) = delete;
    const std::string& url() const { return m_url; }

private:
    pid_t m_process = 0;
    std::string m_url;
};

// What all clients of one round measured.
struct Round {
    std::mutex mutex;
    std::vector<double> firstText; // milliseconds
    std::vector<double> whole;
    long tokens = 0;
    int failures = 0;
    std::string problem; // of the last failure
};

void askOnce(RemoteClient& client, const protocol::CompletionRequest& request, Round& round) {
    const Stopwatch watch;
    double first = 0;
    int tokens = 0;
    const auto streamed =
        client.stream("/completions", protocol::toJson(request), [&](const std::string& data) {
            // Most chunks are only text: reading them would take cores from a server beside it.
            const bool usage = data.find("\"completion_tokens\"") != std::string::npos;
            if (first != 0 && !usage) {
                return true;
            }
            const auto chunk = protocol::parseCompletionResponse(data);
            if (chunk && first == 0 && !chunk->choices.empty()) {
                first = watch.milliseconds();
            }
            if (chunk && chunk->usage) {
                tokens = chunk->usage->completionTokens;
            }
            return true;
        });
    const std::lock_guard lock(round.mutex);
    if (!streamed || tokens == 0) {
        ++round.failures;
        round.problem = streamed ? "the server counted no tokens" : streamed.error().message;
        return;
    }
    round.firstText.push_back(first);
    round.whole.push_back(watch.milliseconds());
    round.tokens += tokens;
}

// Prompts differ, as those of different writers do.
constexpr const char* openings[] = {"The old man looked at the sea", "It was raining when she",
                                    "Nobody in the village knew",    "In the morning the boats",
                                    "He had never been told why",    "Between the two houses"};

void runClient(const BenchArguments& arguments, int number, Round& round) {
    auto client = RemoteClient::open(arguments.remote);
    if (!client) {
        return;
    }
    for (int i = 0; i < arguments.requests; ++i) {
        const int which = number * arguments.requests + i;
        protocol::CompletionRequest request;
        request.model = arguments.model;
        request.prompts = {std::string(openings[which % 6]) + " " + std::to_string(which) + ","};
        request.options.maxTokens = arguments.tokens;
        request.options.seed = which;
        request.options.stream = true;
        request.options.includeUsage = true;
        request.options.ignoreEnd = true;
        askOnce(*client, request, round);
    }
}

Result<json> measure(const BenchArguments& arguments, int clients) {
    Round round;
    const Stopwatch watch;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < clients; ++i) {
            threads.emplace_back([&, i] { runClient(arguments, i, round); });
        }
    }
    const double seconds = watch.milliseconds() / 1000;
    if (round.whole.empty()) {
        return Error{ErrorCode::Network, round.problem};
    }
    return json{{"clients", clients},
                {"requests", round.whole.size()},
                {"failures", round.failures},
                {"problem", round.problem},
                {"tokens_per_s", static_cast<double>(round.tokens) / seconds},
                {"ttft_p50_ms", quantile(round.firstText, 0.5)},
                {"ttft_p95_ms", quantile(round.firstText, 0.95)},
                {"request_p95_ms", quantile(round.whole, 0.95)}};
}

Result<void> waitUntilReady(const BenchArguments& arguments) {
    auto client = RemoteClient::open(arguments.remote);
    if (!client) {
        return client.error();
    }
    const Stopwatch watch;
    while (true) {
        const auto model = client->get("/models/" + arguments.model);
        if (model || watch.milliseconds() > 60'000) {
            return model ? Result<void>() : model.error();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

Result<void> runBench(BenchArguments arguments, const Context& context) {
    std::unique_ptr<OwnServer> own;
    if (!arguments.remote.wanted()) {
        auto started = OwnServer::start(context);
        if (!started) {
            return started.error();
        }
        own = std::move(started).value();
        arguments.remote.url = own->url();
        if (const auto ready = waitUntilReady(arguments); !ready) {
            return ready;
        }
    }
    for (const int clients : arguments.clients) {
        const auto measured = measure(arguments, clients);
        if (!measured) {
            return measured.error();
        }
        if (context.json()) {
            context.print(*measured);
            continue;
        }
        char line[200];
        const auto number = [&](const char* key) { return (*measured)[key].get<double>(); };
        std::snprintf(line, sizeof line,
                      "%3d clients: %7.0f tokens/s, first text p50 %.1f ms, p95 %.1f ms, request "
                      "p95 %.0f ms, %d failed",
                      clients, number("tokens_per_s"), number("ttft_p50_ms"), number("ttft_p95_ms"),
                      number("request_p95_ms"), (*measured)["failures"].get<int>());
        const auto problem = (*measured)["problem"].get<std::string>();
        context.print(line + (problem.empty() ? problem : ": " + problem));
    }
    return {};
}

} // namespace

void addBenchServerCommand(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<BenchArguments>();
    CLI::App& command =
        context.addCommand(context.group(app, "bench", "Measure speed"), "server",
                           "Tokens/s and time to the first text of many clients at once",
                           [arguments, &context] { return runBench(*arguments, context); });
    command.add_option("--model", arguments->model, "Name of the model on the server")
        ->capture_default_str();
    command.add_option("--clients", arguments->clients, "How many at once, one round each")
        ->delimiter(',')
        ->check(CLI::Range(1, 1024).description(""));
    command.add_option("--requests", arguments->requests, "Requests of each client")
        ->check(CLI::Range(1, 100000).description(""))
        ->capture_default_str();
    command.add_option("--tokens", arguments->tokens, "Tokens of each request")
        ->check(CLI::Range(1, 4096).description(""))
        ->capture_default_str();
    addRemoteOptions(command, arguments->remote);
}

} // namespace linnet::cli
