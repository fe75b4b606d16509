#include "protocol/server_sent_events.h"

#include <utility>

#include "engine/api/utf8.h"

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

std::string withoutInvalidUtf8(std::string text) {
    if (engine::utf8ValidPrefix(text) == text.size()) {
        return text;
    }
    std::string valid;
    engine::forEachUtf8Part(
        text, [&](std::string_view part) { valid += part; },
        [&](std::string_view) { valid += "\xEF\xBF\xBD"; });
    return valid;
}

} // namespace

void EventStreamParser::fail(const char* what, std::size_t limit) {
    m_error =
        Error{ErrorCode::InvalidArgument, std::string("the stream of events has ") + what +
                                              " of more than " + std::to_string(limit) + " bytes"};
    m_line.clear();
    m_data.clear();
}

Result<std::vector<ServerEvent>> EventStreamParser::feed(std::string_view bytes) {
    std::vector<ServerEvent> events;
    while (!bytes.empty() && !m_error) {
        if (std::exchange(m_skipLineFeed, false) && bytes.front() == '\n') {
            bytes.remove_prefix(1);
            continue;
        }
        const std::size_t end = bytes.find_first_of("\r\n");
        const std::string_view part = bytes.substr(0, end);
        if (part.size() > m_limits.line - m_line.size()) {
            fail("a line", m_limits.line);
            break;
        }
        m_line += part;
        if (end == std::string_view::npos) {
            break;
        }
        m_skipLineFeed = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        endLine(events);
    }
    if (m_error && events.empty()) {
        return *m_error;
    }
    return events;
}

void EventStreamParser::endLine(std::vector<ServerEvent>& events) {
    std::string_view line = m_line;
    if (std::exchange(m_firstLine, false) && line.starts_with("\xEF\xBB\xBF")) {
        line.remove_prefix(3);
    }
    if (line.empty()) {
        dispatch(events);
        m_line.clear();
        return;
    }
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) {
        value.remove_prefix(1);
    }
    if (field == "data" || field == "error") {
        if (m_data.size() + value.size() + 1 > m_limits.event) {
            fail("an event", m_limits.event);
            return;
        }
        if (m_hasData) {
            m_data += '\n';
        }
        m_data += value;
        m_hasData = true;
    }
    if (field == "event") {
        m_type = value;
    } else if (field == "error") {
        m_type = "error";
    }
    m_line.clear();
}

void EventStreamParser::dispatch(std::vector<ServerEvent>& events) {
    std::string type = std::exchange(m_type, {});
    std::string data = std::exchange(m_data, {});
    if (std::exchange(m_hasData, false)) {
        events.push_back({type.empty() ? "message" : withoutInvalidUtf8(std::move(type)),
                          withoutInvalidUtf8(std::move(data))});
    }
}

std::optional<ServerEvent> EventStreamParser::finish() {
    std::vector<ServerEvent> events;
    if (!m_error && !m_line.empty()) {
        endLine(events);
    }
    if (!m_error) {
        dispatch(events);
    }
    return events.empty() ? std::nullopt : std::optional(std::move(events.back()));
}

std::string eventText(std::string_view data) {
    std::string text;
    text.reserve(data.size() + 8);
    while (true) {
        const std::size_t end = data.find_first_of("\r\n");
        text += "data: ";
        text += data.substr(0, end);
        text += '\n';
        if (end == std::string_view::npos) {
            break;
        }
        const bool pair = data[end] == '\r' && data.substr(end + 1).starts_with('\n');
        data.remove_prefix(end + (pair ? 2 : 1));
    }
    return text += '\n';
}

std::string commentText(std::string_view text) {
    std::string comment = ": ";
    for (const char c : text) {
        comment += c == '\n' || c == '\r' ? ' ' : c;
    }
    return comment += "\n\n";
}

} // namespace linnet::protocol
