#include "http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "protocol/api_error.h"

namespace linnet::server {

namespace {

thread_local Exchange* currentExchange = nullptr;
thread_local bool overloaded = false; // the connection on this thread is one too many

// An answer without the library, as the last of a connection.
std::string lastAnswer(const char* status, const char* headers, const protocol::ApiError& error) {
    const std::string body = protocol::toJson(error);
    return std::string("HTTP/1.1 ") + status + "\r\n" + headers +
           "Connection: close\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string& refusalText(int status) {
    static const std::string tooSlow =
        lastAnswer("408 Request Timeout", "",
                   {408, "the request came too slowly", "invalid_request_error", "", ""});
    static const std::string tooLarge =
        lastAnswer("431 Request Header Fields Too Large", "",
                   {431, "the head of the request is too large", "invalid_request_error", "", ""});
    return status == 408 ? tooSlow : tooLarge;
}

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
        static const std::string answer =
            lastAnswer("503 Service Unavailable", "Retry-After: 1\r\n",
                       {503, "too many connections; try again", "", "", ""});
        (void)!send(socket, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
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
        const int refusal = connection.refusal();
        if (refusal != 0) {
            exchange.status = refusal;
            connection.sendLast(refusalText(refusal));
        }
        m_finished(exchange);
        --m_busy;
        goOn = answered && !closed && !exchange.close && refusal == 0;
    }
}

} // namespace linnet::server
