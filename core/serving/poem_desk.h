#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <variant>

#include "protocol/poems.h"
#include "serving/channel.h"
#include "serving/work_queue.h"
#include "verse/checked_poem.h"

namespace linnet::serving {

// The poems of one client in the making; leaving it ends the composition within a step.
class PoemCall {
public:
    ~PoemCall() { m_stop.request_stop(); }

    using Event = std::variant<protocol::PoemLineEvent, engine::Result<verse::CheckedComposition>>;
    // What there is, the composition last; waits at most `patience`.
    std::vector<Event> next(std::chrono::milliseconds patience) { return m_inbox->take(patience); }

private:
    friend class PoemDesk;
    std::stop_source m_stop;
    std::shared_ptr<Channel<Event>> m_inbox = std::make_shared<Channel<Event>>();
};

// A model of verse with the thread that composes with it, one request after the other.
class PoemDesk {
public:
    // `data` outlives it.
    PoemDesk(verse::Language language, std::unique_ptr<engine::Generator> model,
             std::unique_ptr<verse::Composer> composer, const verse::VerseData& data,
             std::size_t maxWaiting);

    verse::Language language() const { return m_language; }

    // Whether the request can be met; nothing if it can. On the caller's thread.
    std::optional<verse::Refusal> check(const verse::PoemRequest& request) const {
        return m_composer->check(request);
    }

    // Null: too many wait.
    std::unique_ptr<PoemCall> start(const verse::PoemRequest& request);

    int running() const { return m_queue.running(); }
    int waiting() const { return m_queue.waiting(); }

private:
    verse::Language m_language;
    std::unique_ptr<engine::Generator> m_model;
    std::unique_ptr<verse::Composer> m_composer;
    const verse::VerseData& m_data;
    verse::Analyzer m_analyzer;
    WorkQueue m_queue; // last: its thread uses all else
};

// A seed has to be given by then: the wire leaves it open.
verse::PoemRequest toComposerRequest(const protocol::PoemRequest& request, std::uint64_t seed);
protocol::PoemResponse toWire(const std::string& model,
                              const std::vector<verse::CheckedPoem>& poems);

} // namespace linnet::serving
