#pragma once

#include <optional>
#include <string>
#include <variant>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "services/event_mailbox.h"
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

class SuggestionMailbox : public EventMailbox<SuggestionEvent> {
public:
    using EventMailbox::EventMailbox;
};

} // namespace linnet::services
