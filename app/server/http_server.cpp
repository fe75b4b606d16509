#include "http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace linnet::server {

namespace {

thread_local Exchange* currentExchange = nullptr;
thread_local bool overloaded = false; // the connection on this thread is one too many

constexpr std::string_view tooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    "Content-Type: application/json\r\nContent-Length: 109\r\n\r\n"
    "{\"error\":{\"message\":\"too many connections; try again\",\"type\":\"unavailable_error\","
    "\"param\":null,\"code\":null}}\r\n";

} // namespace

// A thread for each connection; beyond the limit the accepting thread answers 503 itself.
class HttpServer::Threads : public httplib::TaskQueue {
public:
    explicit Threads(std::size_t most)
        : m_most(most) {}

    void enqueue(std::function<void()> serve) override {
        {
            const std::lock_guard lock(m_mutex);
            overloaded = m_count >= m_most;
            m_count += overloaded ? 0 : 1;
        }
        if (!overloaded) {
            try {
                std::thread([this, serve] {
                    serve();
                    leave();
                }).detach();
                return;
            } catch (const std::system_error&) { // no more threads
                leave();
                overloaded = true;
            }
        }
        serve();
    }

    void shutdown() override {
        std::unique_lock lock(m_mutex);
        m_left.wait(lock, [this] { return m_count == 0; });
    }

private:
    void leave() {
        // Notified under the lock: once it is free, shutdown() may end this object.
        const std::lock_guard lock(m_mutex);
        --m_count;
        m_left.notify_all();
    }

    std::size_t m_most;
    std::mutex m_mutex;
    std::condition_variable m_left;
    std::size_t m_count = 0;
};

HttpServer::HttpServer(std::size_t maxConnections, ConnectionLimits limits, Finished finished)
    : m_maxConnections(maxConnections)
    , m_limits(limits)
    , m_finished(std::move(finished)) {
    new_task_queue = [this] { return new Threads(m_maxConnections); }; // the library deletes it
    // Unlike the library's default, no SO_REUSEPORT: two servers on one port would be a mistake.
    set_socket_options([](socket_t socket) {
        const int on = 1;
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    set_tcp_nodelay(true);
    // Only said to clients in a header; serve() keeps to m_limits.
    set_keep_alive_timeout(std::chrono::duration_cast<std::chrono::seconds>(limits.idle).count());
    set_keep_alive_max_count(1'000'000);
}

void HttpServer::acceptBursts() {
    (void)::listen(svr_sock_, SOMAXCONN); // again: that changes the length of the queue
}

Exchange& HttpServer::exchange() {
    return *currentExchange;
}

bool HttpServer::process_and_close_socket(socket_t socket) {
    if (overloaded) {
        (void)!send(socket, tooManyConnections.data(), tooManyConnections.size(),
                    MSG_DONTWAIT | MSG_NOSIGNAL);
        ::shutdown(socket, SHUT_WR);
        ::close(socket);
        return true;
    }
    ++m_connections;
    Connection connection(socket, m_limits);
    serve(connection);
    connection.close();
    ::close(socket);
    --m_connections;
    return true;
}

void HttpServer::serve(Connection& connection) {
    const auto listening = [this] { return svr_sock_ != INVALID_SOCKET; };
    bool goOn = true;
    while (goOn && connection.awaitRequest(listening)) {
        ++m_busy;
        Exchange exchange;
        exchange.connection = &connection;
        currentExchange = &exchange;
        bool closed = false;
        const bool answered = process_request(connection, false, closed, {});
        currentExchange = nullptr;
        m_finished(exchange);
        --m_busy;
        goOn = answered && !closed && !exchange.close;
    }
}

} // namespace linnet::server
