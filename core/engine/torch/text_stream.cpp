#include "engine/torch/text_stream.h"

#include <algorithm>
#include <utility>

namespace linnet::engine {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Sequence {
    std::size_t length = 0; // of the character, or of the invalid part
    bool valid = false;
    bool incomplete = false; // valid so far, but the text ends
};

// The character at `at`, by table 3-7 of the Unicode standard.
Sequence sequenceAt(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(at);
    if (lead < 0x80) {
        return {1, true, false};
    }
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0) {
        return {1, false, false};
    }
    for (std::size_t i = 1; i < length; ++i) {
        if (at + i == text.size()) {
            return {i, false, true};
        }
        unsigned low = 0x80;
        unsigned high = 0xBF;
        if (i == 1) {
            low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : low;
            high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : high;
        }
        if (byte(at + i) < low || byte(at + i) > high) {
            return {i, false, false};
        }
    }
    return {length, true, false};
}

} // namespace

std::string takeWholeUtf8(std::string& bytes) {
    std::string whole;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const Sequence sequence = sequenceAt(bytes, at);
        if (sequence.incomplete) {
            break;
        }
        whole += sequence.valid ? std::string_view(bytes).substr(at, sequence.length) : replacement;
        at += sequence.length;
    }
    bytes.erase(0, at);
    return whole;
}

TextStream::TextStream(std::vector<std::string> stops)
    : m_stops(std::move(stops)) {
    std::erase_if(m_stops, [](const std::string& stop) { return stop.empty(); });
}

std::string TextStream::append(std::string_view bytes) {
    if (m_stopped) {
        return {};
    }
    m_partial += bytes;
    m_held += takeWholeUtf8(m_partial);
    std::size_t first = std::string::npos;
    for (const std::string& stop : m_stops) {
        first = std::min(first, m_held.find(stop));
    }
    if (first != std::string::npos) {
        m_stopped = true;
        const std::string out = release(first);
        m_held.clear();
        m_partial.clear();
        return out;
    }
    // The longest end that begins a stop string has to wait.
    std::size_t hold = 0;
    for (const std::string& stop : m_stops) {
        for (std::size_t n = std::min(stop.size() - 1, m_held.size()); n > hold; --n) {
            if (m_held.compare(m_held.size() - n, n, stop, 0, n) == 0) {
                hold = n;
            }
        }
    }
    return release(m_held.size() - hold);
}

std::string TextStream::finish() {
    if (m_stopped) {
        return {};
    }
    m_stopped = true;
    m_partial.clear();
    return release(m_held.size());
}

std::string TextStream::release(std::size_t end) {
    std::string out = m_held.substr(0, end);
    m_held.erase(0, end);
    m_text += out;
    return out;
}

} // namespace linnet::engine
