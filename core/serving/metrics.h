#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace linnet::serving {

// Counts in buckets by an upper bound, as Prometheus wants them.
class Histogram {
public:
    void add(double seconds);
    // The lines of `name`, with `labels` ("route=\"x\"", may be empty) inside the braces.
    void write(std::string& text, std::string_view name, std::string_view labels) const;

private:
    static constexpr std::array<double, 14> bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                      0.25,  0.5,    1,     2.5,  5,     10,   60};
    std::array<std::uint64_t, bounds.size() + 1> m_counts{};
    double m_sum = 0;
};

// What the server counts over its life. Any thread.
class Metrics {
public:
    void request(const std::string& route, int status, double seconds);
    void firstToken(double seconds);
    void tokens(int prompt, int generated);

    // The text of Prometheus's exposition format, version 0.0.4.
    void write(std::string& text) const;

private:
    mutable std::mutex m_mutex;
    std::map<std::pair<std::string, int>, std::uint64_t> m_requests; // by route and status
    std::map<std::string, Histogram> m_latencies;                    // by route
    Histogram m_firstToken;
    std::uint64_t m_promptTokens = 0;
    std::uint64_t m_generatedTokens = 0;
};

// Adds the comment lines of a metric, then samples one by one. `type`: counter, gauge, histogram.
void writeHead(std::string& text, std::string_view name, std::string_view type,
               std::string_view help);
void writeSample(std::string& text, std::string_view name, std::string_view labels, double value);

// A label with its value quoted.
std::string label(std::string_view name, std::string_view value);

} // namespace linnet::serving
