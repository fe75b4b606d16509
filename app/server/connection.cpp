#include "connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace linnet::server {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t bodyPiece = std::size_t{64} << 10U;

#ifdef POLLRDHUP
constexpr short goneEvents = POLLRDHUP;
#else
constexpr short goneEvents = 0;
#endif
#ifdef MSG_NOSIGNAL
constexpr int sendFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
#else
constexpr int sendFlags = MSG_DONTWAIT;
#endif

bool isGone(short events) {
    return (events & (goneEvents | POLLERR | POLLHUP | POLLNVAL)) != 0;
}

} // namespace

Connection::Connection(socket_t socket, ConnectionLimits limits)
    : m_socket(socket)
    , m_limits(limits) {
}

void Connection::beginRequest() {
    m_deadline = Clock::now() + m_limits.head;
    m_inHead = true;
    m_lineEnds = 0;
    m_headSize = 0;
    m_bodySize = 0;
}

short Connection::waitFor(short events, milliseconds patience) const {
    pollfd entry{m_socket, events, 0};
    const auto end = Clock::now() + patience;
    while (true) {
        const auto left =
            std::max<long>(0, std::chrono::ceil<milliseconds>(end - Clock::now()).count());
        const int found = poll(&entry, 1, static_cast<int>(left));
        if (found >= 0 || errno != EINTR) {
            return found > 0 ? entry.revents : short{0};
        }
    }
}

bool Connection::readable(milliseconds patience) const {
    return waitFor(POLLIN, patience) != 0;
}

bool Connection::peerGone() const {
    pollfd entry{m_socket, goneEvents, 0};
    if (poll(&entry, 1, 0) > 0) {
        return isGone(entry.revents);
    }
    if (goneEvents != 0) {
        return false;
    }
    char byte = 0;
    return recv(m_socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool Connection::fill() {
    m_at = 0;
    m_end = 0;
    const ssize_t got = recv(m_socket, m_buffer.data(), m_buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
        m_end = static_cast<std::size_t>(got);
        return true;
    }
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

// The head ends with an empty line; from there on the body has a deadline that moves as it comes.
void Connection::noteHead(const char* bytes, std::size_t size) {
    for (std::size_t i = 0; i < size && m_inHead; ++i) {
        ++m_headSize;
        if (bytes[i] == '\n') {
            m_inHead = ++m_lineEnds < 2;
        } else if (bytes[i] != '\r') {
            m_lineEnds = 0;
        }
    }
    if (m_headSize > m_limits.headBytes) {
        m_broken = true;
        m_refusal = 431;
    }
    if (!m_inHead) {
        m_deadline = Clock::now() + m_limits.body;
    }
}

bool Connection::is_readable() const {
    return m_at < m_end || readable(milliseconds(0));
}

bool Connection::is_writable() const {
    if (m_broken) {
        return false;
    }
    const short events = waitFor(POLLOUT | goneEvents, m_limits.write);
    return (events & POLLOUT) != 0 && !isGone(events);
}

ssize_t Connection::read(char* ptr, size_t size) {
    while (m_at == m_end && !m_broken) {
        const auto left = std::chrono::ceil<milliseconds>(m_deadline - Clock::now());
        if (left.count() <= 0 || !readable(left)) {
            m_broken = true;
            m_refusal = 408;
        } else if (!fill()) {
            return 0;
        }
    }
    if (m_broken) {
        return -1;
    }
    const std::size_t count = std::min(size, m_end - m_at);
    std::copy_n(m_buffer.data() + m_at, count, ptr);
    m_at += count;
    if (m_inHead) {
        noteHead(ptr, count);
    } else {
        const std::size_t before = m_bodySize / bodyPiece;
        m_bodySize += count;
        if (m_bodySize / bodyPiece > before) {
            m_deadline = Clock::now() + m_limits.body;
        }
    }
    return m_broken ? -1 : static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* ptr, size_t size) {
    while (!m_broken) {
        const ssize_t sent = send(m_socket, ptr, size, sendFlags);
        if (sent >= 0) {
            return sent;
        }
        const bool full = errno == EAGAIN || errno == EWOULDBLOCK;
        m_broken = errno != EINTR && !(full && waitFor(POLLOUT, m_limits.write) != 0);
    }
    return -1;
}

void Connection::sendLast(std::string_view answer) {
    (void)!send(m_socket, answer.data(), answer.size(), sendFlags);
}

void Connection::close() {
    shutdown(m_socket, SHUT_WR);
    // Closing with bytes unread resets the connection, and the answer may be lost on its way.
    const auto end = Clock::now() + milliseconds(500);
    std::size_t dropped = 0;
    while (dropped < (std::size_t{1} << 20U) && Clock::now() < end &&
           readable(std::chrono::ceil<milliseconds>(end - Clock::now()))) {
        if (!fill() || m_end == 0) {
            return;
        }
        dropped += m_end;
    }
}

// No log tells who asked.
void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
    ip.clear();
    port = 0;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
    ip.clear();
    port = 0;
}

} // namespace linnet::server
