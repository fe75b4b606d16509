#include "console.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace linnet::train {

namespace {

bool standardErrorIsTerminal() {
#ifdef _WIN32
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(STDERR_FILENO) != 0;
#endif
}

template <typename... Values>
std::string format(const char* pattern, Values... values) {
    std::array<char, 512> text{};
    std::snprintf(text.data(), text.size(), pattern, values...);
    return text.data();
}

} // namespace

StatusLine::StatusLine()
    : m_last()
    , m_terminal(standardErrorIsTerminal()) {
}

StatusLine::~StatusLine() {
    if (m_dirty) {
        std::fputc('\n', stderr);
    }
}

void StatusLine::show(const std::string& text) {
    const auto now = std::chrono::steady_clock::now();
    const auto pause = m_terminal ? std::chrono::milliseconds(200) : std::chrono::seconds(20);
    if (m_last != std::chrono::steady_clock::time_point() && now - m_last < pause) {
        return;
    }
    m_last = now;
    if (m_terminal) {
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
        m_dirty = true;
    } else {
        std::fprintf(stderr, "%s\n", text.c_str());
    }
    std::fflush(stderr);
}

void StatusLine::note(const std::string& text) {
    std::fprintf(stderr, "%s%s\n", m_dirty ? "\r\033[K" : "", text.c_str());
    std::fflush(stderr);
    m_dirty = false;
}

std::string formatSeconds(double seconds) {
    const auto whole = static_cast<long>(std::lround(std::max(seconds, 0.0)));
    return whole >= 3600 ? format("%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60)
                         : format("%ld:%02ld", whole / 60, whole % 60);
}

std::string progressBar(std::uint64_t done, std::uint64_t total, double seconds) {
    const double megabytes = static_cast<double>(done) / 1e6;
    if (total == 0 || done == 0) {
        return format("%.1f MB", megabytes);
    }
    const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    std::string bar(30, '.');
    for (std::size_t i = 0; i < static_cast<std::size_t>(part * 30.0); ++i) {
        bar[i] = '#';
    }
    return format("[%s] %3.0f %%  %.1f MB  %s left", bar.c_str(), part * 100.0, megabytes,
                  formatSeconds(seconds / part - seconds).c_str());
}

std::string describe(const training::LmProgress& p) {
    return format(
        "step %lld  %.2f M tokens  loss %.4f  rate x%.3f  norm %.2f  %.0f tokens/s  %s left",
        static_cast<long long>(p.step), static_cast<double>(p.tokens) / 1e6, p.loss,
        p.learningRateFactor, p.gradientNorm, p.tokensPerSecond,
        formatSeconds(p.secondsLeft).c_str());
}

std::string describe(const training::LmValidation& v) {
    std::string text =
        format("valid at step %lld: %.4f nats/token, %.1f per word, %.4f bits/byte;",
               static_cast<long long>(v.step), v.lossPerToken, v.perplexityPerWord, v.bitsPerByte);
    for (const auto& [group, loss] : v.lossOfGroup) {
        text += format(" %s %.4f", group.c_str(), loss);
    }
    return text;
}

bool parseMixture(const std::string& text, std::map<std::string, double>& mixture) {
    std::istringstream in(text);
    std::string item;
    while (std::getline(in, item, ',')) {
        const std::size_t equals = item.rfind('=');
        if (equals == std::string::npos || equals == 0) {
            return false;
        }
        char* end = nullptr;
        const double weight = std::strtod(item.c_str() + equals + 1, &end);
        if (*end != '\0' || !(weight > 0.0)) {
            return false;
        }
        mixture[item.substr(0, equals)] = weight;
    }
    return true;
}

} // namespace linnet::train
