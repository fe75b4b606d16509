#include "server_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>

#include "app/files/program_files.h"

namespace linnet::server {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr int exitUsage = 2;

void addModelOptions(CLI::App& app, ServerOptions& options) {
    const std::map<std::string, engine::Device> devices{{"auto", engine::Device::Auto},
                                                        {"cpu", engine::Device::Cpu},
                                                        {"cuda", engine::Device::Cuda}};
    const std::map<std::string, engine::Precision> precisions{
        {"auto", engine::Precision::Auto},         {"float32", engine::Precision::Float32},
        {"bfloat16", engine::Precision::BFloat16}, {"float16", engine::Precision::Float16},
        {"int8", engine::Precision::Int8},
    };
    CLI::CheckedTransformer deviceNames(devices);
    CLI::CheckedTransformer precisionNames(precisions);
    deviceNames.description("");
    precisionNames.description("");
    app.add_option("--models", options.models,
                   "Folder of model folders (default: $LINNET_MODELS, or those that came with it)")
        ->type_name("DIR");
    app.add_option("--device", options.load.device, "auto, cpu or cuda")
        ->transform(deviceNames)
        ->type_name("NAME");
    app.add_option("--precision", options.load.precision,
                   "auto, float32, bfloat16, float16 or int8")
        ->transform(precisionNames)
        ->type_name("NAME");
    app.add_option(
           "--threads", options.load.threads,
           "Threads of each model (default: all cores but one; of two, the second joins where "
           "there are texts enough)")
        ->check(CLI::Range(1, 1024).description(""));
    app.add_option("--parallel", options.batch.maxSequences,
                   "Texts in the making at once, of each model")
        ->check(CLI::Range(1, 1024).description(""))
        ->capture_default_str();
    app.add_option("--queue", options.batch.maxWaiting,
                   "Requests that may wait, of each model; further ones are answered 503")
        ->check(CLI::Range(1, 100000).description(""))
        ->capture_default_str();
}

void addLimitOptions(CLI::App& app, ServerOptions& options) {
    const auto number = [&](const char* name, int& value, int least, int most, const char* help) {
        app.add_option(name, value, help)
            ->check(CLI::Range(least, most).description(""))
            ->capture_default_str();
    };
    number("--max-tokens", options.maxTokens, 1, 1'000'000, "Tokens that one text may have");
    number("--max-body-mb", options.bodyMegabytes, 1, 1024, "Size of a request, in MiB");
    number("--cache-mb", options.cacheMegabytes, 0, 100'000,
           "Answers kept for the same request again, in MiB; 0: none");
    number("--max-connections", options.connections, 1, 10'000, "Connections at once");
    number("--request-timeout", options.requestSeconds, 1, 86'400,
           "Seconds until a request is given up");
    number("--drain-timeout", options.drainSeconds, 0, 3600,
           "Seconds that running requests get when the server is told to end");
    number("--client-timeout", options.headSeconds, 1, 3600,
           "Seconds for a client to send a request's head, and each 64 KiB of its body");
}

} // namespace

bool ListenAddress::isLoopback() const {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<ListenAddress> ListenAddress::parse(const std::string& text) {
    const Error error{ErrorCode::InvalidArgument,
                      "--listen " + text + ": write HOST:PORT, such as 127.0.0.1:8642 or [::1]:0"};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) {
        return error;
    }
    ListenAddress address;
    address.host = text.substr(0, colon);
    if (address.host.front() == '[' && address.host.back() == ']') {
        address.host = address.host.substr(1, address.host.size() - 2);
    } else if (address.host.find(':') != std::string::npos) {
        return error;
    }
    const std::string port = text.substr(colon + 1);
    char* end = nullptr;
    const long number = std::strtol(port.c_str(), &end, 10);
    if (port.empty() || *end != '\0' || number < 0 || number > 65535 || address.host.empty()) {
        return error;
    }
    address.port = static_cast<int>(number);
    return address;
}

ParsedOptions parseOptions(int argc, char** argv) {
    ParsedOptions parsed;
    ServerOptions& options = parsed.options;
    CLI::App app("Linnet's models for many: an HTTP server that speaks OpenAI's API.",
                 "linnet-server");
    app.set_version_flag("--version", LINNET_VERSION);
    app.footer("SIGHUP reads models and keys again; SIGTERM lets running requests finish, then "
               "ends.\nWithout --api-keys-file it listens on the loopback interface only.");
    std::string listen = "127.0.0.1:8642";
    app.add_option("--listen", listen, "Address and port; port 0: any that is free, and it says so")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    app.add_option("--api-keys-file", options.keysFile,
                   "Keys that clients may show, one a line; # begins a comment")
        ->type_name("FILE");
    app.add_option("--allow-host", options.allowedHosts,
                   "On loopback: a name, besides localhost, that the header Host may have")
        ->type_name("NAME");
    addModelOptions(app, options);
    addLimitOptions(app, options);
    app.add_flag("--quiet", options.quiet, "Log failures only, not each request");
    try {
        app.parse(argc, argv);
        const auto address = ListenAddress::parse(listen);
        if (!address) {
            throw CLI::ValidationError(address.error().message);
        }
        options.listen = *address;
        if (!options.listen.isLoopback() && options.keysFile.empty()) {
            throw CLI::ValidationError("--listen " + listen +
                                       ": others can reach this address, so give --api-keys-file");
        }
    } catch (const CLI::Success& e) {
        parsed.exitCode = app.exit(e);
    } catch (const CLI::ParseError& e) {
        app.exit(e);
        parsed.exitCode = exitUsage;
    }
    if (options.models.empty()) {
        options.models = files::programModels();
    }
    return parsed;
}

} // namespace linnet::server
