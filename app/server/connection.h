#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace linnet::server {

// How long a client may take, so that a slow one costs a thread for a while, and nothing else.
struct ConnectionLimits {
    std::chrono::milliseconds head{10'000};  // for the head of a request, from its first byte
    std::chrono::milliseconds body{10'000};  // for its body, and for each 64 KiB of it that came
    std::chrono::milliseconds write{30'000}; // without a byte going out
    std::chrono::milliseconds idle{75'000};  // between requests; longer than proxies keep theirs
    std::size_t headBytes = std::size_t{32} << 10U;
};

// A client's socket, with deadlines for whole requests rather than single reads. One thread.
class Connection : public httplib::Stream {
public:
    // `socket` stays the caller's to close.
    Connection(socket_t socket, ConnectionLimits limits);

    // Waits for the first byte of a request in slices, between which `goOn` is asked. False: none
    // came.
    template <typename GoOn>
    bool awaitRequest(const GoOn& goOn) {
        const auto end = Clock::now() + m_limits.idle;
        while (m_at == m_end && Clock::now() < end) {
            if (!goOn()) {
                return false;
            }
            if (readable(std::chrono::milliseconds(100)) && !fill()) {
                return false;
            }
        }
        beginRequest();
        return m_at < m_end;
    }

    // Whether the client closed its side or is unreachable: it will not read an answer.
    bool peerGone() const;
    // Why the request was given up while it was read: 408, it came too slowly; 431, its head is too
    // large. 0: it was not. Then nothing can be written any more but a last answer.
    int refusal() const { return m_refusal; }
    void sendLast(std::string_view answer);
    // Ends the connection such that the client can still read what was sent last.
    void close();

    bool is_readable() const override;
    bool is_writable() const override; // waits for room to write
    ssize_t read(char* ptr, size_t size) override;
    ssize_t write(const char* ptr, size_t size) override;
    void get_remote_ip_and_port(std::string& ip, int& port) const override;
    void get_local_ip_and_port(std::string& ip, int& port) const override;
    socket_t socket() const override { return m_socket; }

private:
    using Clock = std::chrono::steady_clock;

    void beginRequest();
    bool readable(std::chrono::milliseconds patience) const;
    // The events that came, or 0.
    short waitFor(short events, std::chrono::milliseconds patience) const;
    bool fill(); // what is there, without waiting; false: the end
    void noteHead(const char* bytes, std::size_t size);

    socket_t m_socket;
    ConnectionLimits m_limits;
    std::array<char, 16384> m_buffer{};
    std::size_t m_at = 0;
    std::size_t m_end = 0;
    Clock::time_point m_deadline;
    bool m_inHead = true;
    int m_lineEnds = 0; // consecutive ones, at the end of the head
    std::size_t m_headSize = 0;
    std::size_t m_bodySize = 0;
    bool m_broken = false;
    int m_refusal = 0;
};

} // namespace linnet::server
