#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "connection.h"

namespace linnet::server {

// One request on its way, for the log, the counts and the handlers that serve it.
struct Exchange {
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    const Connection* connection = nullptr;
    std::string route = "other"; // one of a fixed set: never the client's own words
    std::string model;           // that served it
    int status = 499;            // until an answer has gone out whole
    int promptTokens = 0;
    int generatedTokens = 0;
    bool cached = false;
    bool close = false;   // the connection ends after this request
    bool refused = false; // before its body was read

    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }
};

// The HTTP side: connections with deadlines, a thread for each, at most so many of them. The
// library's own pool would let a few slow clients keep all others out.
class HttpServer : public httplib::Server {
public:
    using Finished = std::function<void(const Exchange&)>;

    HttpServer(std::size_t maxConnections, ConnectionLimits limits, Finished finished);

    // The request that this thread serves: the library has no way to hand it to a handler. Only
    // from handlers and content providers.
    static Exchange& exchange();

    // Lets a burst of connections wait to be accepted; once bound. The library's five are too few:
    // of 32 clients that come at once some would be let in a second later, when TCP tries again.
    void acceptBursts();

    int connections() const { return m_connections; }
    int busy() const { return m_busy; } // requests, from their first byte to the last of the answer

private:
    class Threads;

    bool process_and_close_socket(socket_t socket) override;
    void serve(Connection& connection);

    std::size_t m_maxConnections;
    ConnectionLimits m_limits;
    Finished m_finished;
    std::atomic<int> m_connections = 0;
    std::atomic<int> m_busy = 0;
};

} // namespace linnet::server
