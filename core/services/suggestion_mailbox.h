#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "services/suggestion_source.h"

namespace linnet::services {

// What the threads behind suggestions tell the GUI thread.
struct ReplyEvent {
    quint64 id = 0;
    SuggestionReply reply;
};
struct FinishedEvent {
    quint64 id = 0;
};
// The network of load number `load`; neither info nor error: that load was given up.
struct NetworkEvent {
    quint64 load = 0;
    std::optional<engine::ModelInfo> info;
    std::optional<engine::Error> error;
};
// The counted words of a model were loaded; with an error: they were not, and so there are no
// suggestions at all.
struct WordsEvent {
    std::optional<engine::Error> error;
};
// A suggestion could not be computed.
struct TroubleEvent {
    engine::Error error;
};
using SuggestionEvent =
    std::variant<ReplyEvent, FinishedEvent, NetworkEvent, WordsEvent, TroubleEvent>;

// A locked buffer of events with one wake-up at a time: a hundred replies are not a hundred
// events in the GUI thread's queue. Any thread.
class SuggestionMailbox {
public:
    // `wake` is called on the posting thread, once until take().
    explicit SuggestionMailbox(std::function<void()> wake)
        : m_wake(std::move(wake)) {}

    void post(SuggestionEvent event) {
        {
            const std::lock_guard lock(m_mutex);
            m_events.push_back(std::move(event));
            if (m_woken) {
                return;
            }
            m_woken = true;
        }
        m_wake();
    }

    std::vector<SuggestionEvent> take() {
        const std::lock_guard lock(m_mutex);
        m_woken = false;
        return std::exchange(m_events, {});
    }

private:
    std::function<void()> m_wake;
    std::mutex m_mutex;
    std::vector<SuggestionEvent> m_events;
    bool m_woken = false;
};

} // namespace linnet::services
