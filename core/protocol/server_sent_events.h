#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::protocol {

// The data of the event that ends a stream of OpenAI's API.
inline constexpr std::string_view doneMarker = "[DONE]";

struct ServerEvent {
    std::string type; // "message" unless the stream names another
    std::string data; // valid UTF-8, lines joined by \n
};

struct EventLimits {
    std::size_t line = std::size_t{1} << 20U;  // bytes
    std::size_t event = std::size_t{4} << 20U; // bytes of data of one event
};

// Reads a text/event-stream as it comes, in pieces of any size (HTML Standard, section 9.2): any
// line ending, a byte order mark, comments, data of several lines. Fields "id" and "retry" mean
// nothing here and are skipped. Older llama.cpp servers write a failure in mid-stream as a field
// "error": it becomes an event of that type.
class EventStreamParser {
public:
    explicit EventStreamParser(EventLimits limits = {})
        : m_limits(limits) {}

    // The events that `bytes` completes. Error: InvalidArgument, a line or an event over its limit;
    // the stream is of no use from there on, and every later call gives the same error.
    engine::Result<std::vector<ServerEvent>> feed(std::string_view bytes);

    // Whether the next feed() gives an error: the last one gave the events before it.
    bool failed() const { return m_error.has_value(); }

    // The event that the end of the stream completes: some servers leave out the last empty line.
    std::optional<ServerEvent> finish();

private:
    void endLine(std::vector<ServerEvent>& events);
    void dispatch(std::vector<ServerEvent>& events);
    void fail(const char* what, std::size_t limit);

    EventLimits m_limits;
    std::string m_line;
    std::string m_data;
    std::string m_type;
    bool m_hasData = false;
    bool m_firstLine = true;
    bool m_skipLineFeed = false; // the last byte was a carriage return
    std::optional<engine::Error> m_error;
};

// One event with `data`, ready to be sent.
std::string eventText(std::string_view data);

// A comment, which keeps a connection alive.
std::string commentText(std::string_view text);

} // namespace linnet::protocol
