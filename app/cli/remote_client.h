#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::cli {

struct RemoteOptions {
    std::string url; // "http://host:8642", with or without a path such as /openai/v1; empty: none
    std::string keyFile; // its first line is the key
    int seconds = 120;   // for one answer

    bool wanted() const { return !url.empty(); }
};

// Declares --remote, --api-key-file and --timeout.
void addRemoteOptions(CLI::App& command, RemoteOptions& options);

// A server of OpenAI's API. Redirects are not followed, since the key would go with them; TLS
// certificates are verified. One thread.
class RemoteClient {
public:
    // Errors: InvalidArgument (an address that is none, a key that is none), NotFound, Io (of the
    // file of the key), UnsupportedFormat (https in a build without TLS).
    static engine::Result<RemoteClient> open(const RemoteOptions& options);
    RemoteClient(RemoteClient&&) noexcept;
    RemoteClient& operator=(RemoteClient&&) noexcept;
    ~RemoteClient();

    // Paths begin after /v1. Errors: Network (unreachable, cut), Timeout, and as the server says,
    // in words that tell 401, 403, 404, 429 and 503 apart.
    engine::Result<std::string> get(const std::string& path);
    engine::Result<std::string> post(const std::string& path, const std::string& json);

    struct FormPart {
        std::string name;
        std::string file; // its name; empty: a plain field
        std::string content;
    };
    engine::Result<std::string> postForm(const std::string& path,
                                         const std::vector<FormPart>& parts);

    // An answer as a stream of events; `event` gets the data of each but the last, and returns
    // false to end it. An error in mid-stream is an Error.
    engine::Result<void> stream(const std::string& path, const std::string& json,
                                const std::function<bool(const std::string& data)>& event);

private:
    struct State;
    explicit RemoteClient(std::unique_ptr<State> state);
    engine::Result<std::string> send(const char* method, const std::string& path,
                                     const std::string& body, const std::string& type,
                                     const std::function<bool(std::string_view)>& piece);

    std::unique_ptr<State> m_state;
};

} // namespace linnet::cli
