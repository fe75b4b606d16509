#include "serving/metrics.h"

#include <cstdio>

namespace linnet::serving {

namespace {

std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.15g", value);
    return text;
}

} // namespace

void writeHead(std::string& text, std::string_view name, std::string_view type,
               std::string_view help) {
    text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
    text.append(name).append(" ").append(type).append("\n");
}

void writeSample(std::string& text, std::string_view name, std::string_view labels, double value) {
    text.append(name);
    if (!labels.empty()) {
        text.append("{").append(labels).append("}");
    }
    text.append(" ").append(shown(value)).append("\n");
}

std::string label(std::string_view name, std::string_view value) {
    std::string text(name);
    text += "=\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            text += '\\';
        }
        text += c == '\n' ? ' ' : c;
    }
    return text += '"';
}

void Histogram::add(double seconds) {
    std::size_t bucket = 0;
    while (bucket < bounds.size() && seconds > bounds[bucket]) {
        ++bucket;
    }
    ++m_counts[bucket];
    m_sum += seconds;
}

void Histogram::write(std::string& text, std::string_view name, std::string_view labels) const {
    const std::string bucket = std::string(name) + "_bucket";
    const std::string before = labels.empty() ? "" : std::string(labels) + ",";
    std::uint64_t total = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        total += m_counts[i];
        const std::string bound = i < bounds.size() ? shown(bounds[i]) : "+Inf";
        writeSample(text, bucket, before + label("le", bound), static_cast<double>(total));
    }
    writeSample(text, std::string(name) + "_sum", labels, m_sum);
    writeSample(text, std::string(name) + "_count", labels, static_cast<double>(total));
}

void Metrics::request(const std::string& route, int status, double seconds) {
    const std::lock_guard lock(m_mutex);
    ++m_requests[{route, status}];
    m_latencies[route].add(seconds);
}

void Metrics::firstToken(double seconds) {
    const std::lock_guard lock(m_mutex);
    m_firstToken.add(seconds);
}

void Metrics::tokens(int prompt, int generated) {
    const std::lock_guard lock(m_mutex);
    m_promptTokens += static_cast<std::uint64_t>(prompt);
    m_generatedTokens += static_cast<std::uint64_t>(generated);
}

void Metrics::write(std::string& text) const {
    const std::lock_guard lock(m_mutex);
    writeHead(text, "linnet_requests_total", "counter",
              "Requests answered; status 499: the client went away first");
    for (const auto& [key, count] : m_requests) {
        writeSample(text, "linnet_requests_total",
                    label("route", key.first) + "," + label("status", std::to_string(key.second)),
                    static_cast<double>(count));
    }
    writeHead(text, "linnet_request_seconds", "histogram",
              "From the first byte in to the last out");
    for (const auto& [route, histogram] : m_latencies) {
        histogram.write(text, "linnet_request_seconds", label("route", route));
    }
    writeHead(text, "linnet_time_to_first_token_seconds", "histogram",
              "From the first byte in to the first text made");
    m_firstToken.write(text, "linnet_time_to_first_token_seconds", {});
    writeHead(text, "linnet_prompt_tokens_total", "counter", "Tokens of prompts");
    writeSample(text, "linnet_prompt_tokens_total", {}, static_cast<double>(m_promptTokens));
    writeHead(text, "linnet_generated_tokens_total", "counter", "Tokens generated");
    writeSample(text, "linnet_generated_tokens_total", {}, static_cast<double>(m_generatedTokens));
}

} // namespace linnet::serving
