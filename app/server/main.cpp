#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <system_error>
#include <thread>

#include "app/files/program_files.h"
#include "gate.h"
#include "replies.h"
#include "routes.h"
#include "verse/script/opencc_converter.h"

namespace {

using namespace linnet;
using server::HttpServer;
using server::ServerState;

constexpr int exitFailed = 1;
constexpr int exitUsage = 2;

void logExchange(ServerState& state, const server::Exchange& exchange) {
    state.metrics.request(exchange.route, exchange.status, exchange.seconds());
    nlohmann::json fields = {{"route", exchange.route},
                             {"status", exchange.status},
                             {"ms", static_cast<int>(exchange.seconds() * 1000)}};
    if (!exchange.model.empty()) {
        fields["model"] = exchange.model;
    }
    if (exchange.promptTokens + exchange.generatedTokens > 0) {
        fields["prompt_tokens"] = exchange.promptTokens;
        fields["generated_tokens"] = exchange.generatedTokens;
    }
    if (exchange.cached) {
        fields["cached"] = true;
    }
    state.log.info("request", std::move(fields));
}

void setUp(HttpServer& http, ServerState& state) {
    http.set_pre_routing_handler([&state](const httplib::Request& request,
                                          httplib::Response& response) {
        return server::passesGate(state, request, response) ? HttpServer::HandlerResponse::Unhandled
                                                            : HttpServer::HandlerResponse::Handled;
    });
    http.set_exception_handler(
        [&state](const httplib::Request&, httplib::Response& response, std::exception_ptr failure) {
            std::string what = "unknown";
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& e) {
                what = e.what();
            } catch (...) {
            }
            state.log.fail("exception", what);
            server::sendError(response, {500, "the server failed", "server_error", "", ""});
        });
    // What the library itself refuses, in the API's words.
    http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
        if (response.body.empty()) {
            server::sendError(
                response,
                {response.status, "the server cannot read or serve this request", "", "", ""});
        }
    });
    http.set_logger([](const httplib::Request&, const httplib::Response& response) {
        const bool cut = response.content_provider_ && !response.content_provider_success_;
        HttpServer::exchange().status = cut ? 499 : response.status;
    });
    server::addAdminRoutes(http, state);
    server::addCompletionRoutes(http, state);
    server::addChatRoutes(http, state);
    server::addCaptionRoutes(http, state);
    server::addPoemRoutes(http, state);
}

engine::Result<void> readKeys(ServerState& state) {
    if (state.options.keysFile.empty()) {
        return {};
    }
    auto keys = serving::ApiKeys::load(state.options.keysFile);
    if (!keys) {
        return keys.error();
    }
    std::error_code none;
    const auto others = std::filesystem::status(state.options.keysFile, none).permissions() &
                        std::filesystem::perms::others_all;
    if (!none && others != std::filesystem::perms::none) {
        state.log.warn("keys", {{"message", "others on this machine may read the file of keys"}});
    }
    state.setKeys(std::move(keys).value());
    return {};
}

void reload(ServerState& state, const std::stop_token& stop) {
    const auto done = state.shelf.reload(
        [&state](const serving::ShelfNews& news) {
            nlohmann::json fields = {{"model", news.model}, {"what", news.what}};
            if (!news.error.empty()) {
                fields["message"] = news.error;
            } else if (!news.version.empty()) {
                fields["version"] = news.version;
                fields["seconds"] = news.seconds;
            }
            state.log.write(news.error.empty() ? "info" : "error", "model", std::move(fields));
        },
        stop);
    if (!done) {
        state.log.fail("models", done.error().message);
    } else if (!state.shelf.ready() && !stop.stop_requested()) {
        state.log.fail("models", "no model could be loaded from " + state.options.models.string());
    }
}

// Waits until what runs is done, or its time is over.
void drain(const HttpServer& http, ServerState& state) {
    state.draining = true;
    state.log.info("draining", {{"requests", http.busy()}});
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(state.options.drainSeconds);
    while (http.busy() > 0 && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

// Until a signal says that it is over. Models load beside it, one reload after the other.
void handleSignals(const sigset_t& signals, const HttpServer& http, ServerState& state) {
    std::jthread loader([&state](const std::stop_token& stop) { reload(state, stop); });
    while (true) {
        int signal = 0;
        sigwait(&signals, &signal);
        if (signal != SIGHUP) {
            break;
        }
        if (const auto read = readKeys(state); !read) {
            state.log.fail("keys", read.error().message + "; the keys stay as they were");
        }
        loader.join();
        loader = std::jthread([&state](const std::stop_token& stop) { reload(state, stop); });
    }
    loader.request_stop();
    drain(http, state);
}

int serve(const server::ServerOptions& options) {
    // Blocked before any thread starts, so that only sigwait() sees them.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    ServerState state(options, {options.models, files::verseFolder(), options.load, options.batch},
                      verse::makeOpenccConverter());
    if (const auto read = readKeys(state); !read) {
        state.log.fail("keys", read.error().message);
        return exitUsage;
    }
    server::ConnectionLimits limits;
    limits.head = std::chrono::seconds(options.headSeconds);
    limits.body = std::chrono::seconds(options.headSeconds);
    HttpServer http(static_cast<std::size_t>(options.connections), limits,
                    [&state](const server::Exchange& exchange) { logExchange(state, exchange); });
    setUp(http, state);
    const std::string& host = options.listen.host;
    int port = options.listen.port;
    const bool bound =
        port == 0 ? (port = http.bind_to_any_port(host)) > 0 : http.bind_to_port(host, port);
    if (!bound) {
        state.log.fail("listen", "cannot listen on " + host + ":" +
                                     std::to_string(options.listen.port) +
                                     "; is another server there?");
        return exitFailed;
    }
    http.acceptBursts();
    std::thread listener([&http] { http.listen_after_bind(); });
    const bool six = host.find(':') != std::string::npos;
    std::printf("listening on http://%s%s%s:%d\n", six ? "[" : "", host.c_str(), six ? "]" : "",
                port);
    std::fflush(stdout);
    handleSignals(signals, http, state);
    http.stop();
    listener.join();
    state.log.info("ended", nlohmann::json::object());
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const auto parsed = linnet::server::parseOptions(argc, argv);
        return parsed.exitCode ? *parsed.exitCode : serve(parsed.options);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "linnet-server: %s\n", e.what());
    } catch (...) {
        std::fputs("linnet-server: unknown failure\n", stderr);
    }
    return exitFailed;
}
