#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/batch_generator.h"
#include "engine/api/generator.h"
#include "engine/api/result.h"

namespace linnet::server {

struct ListenAddress {
    std::string host = "127.0.0.1";
    int port = 8642; // 0: any that is free

    bool isLoopback() const;
    // "127.0.0.1:8642", "[::1]:0", "0.0.0.0:80". Error: InvalidArgument.
    static engine::Result<ListenAddress> parse(const std::string& text);
};

struct ServerOptions {
    std::filesystem::path models; // a folder of model folders
    ListenAddress listen;
    std::filesystem::path keysFile;        // empty: no keys, on loopback only
    std::vector<std::string> allowedHosts; // names a request may give the server, on loopback
    engine::LoadOptions load;
    engine::BatchOptions batch;
    int maxTokens = 4096;     // of one text
    int bodyMegabytes = 64;   // of a request with pictures
    int cacheMegabytes = 64;  // of answers kept
    int connections = 512;    // at once
    int requestSeconds = 300; // until a request that still runs is given up
    int drainSeconds = 30;    // for what still runs when the server is told to end
    int headSeconds = 10;     // for a client to send the head, and each 64 KiB of a body
    bool quiet = false;       // the log tells of failures only
};

// Reads the command line; an exit code instead of options if the program is to end at once.
struct ParsedOptions {
    ServerOptions options;
    std::optional<int> exitCode;
};
ParsedOptions parseOptions(int argc, char** argv);

} // namespace linnet::server
