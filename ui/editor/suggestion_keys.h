#pragma once

#include <optional>

#include <QKeySequence>
#include <QList>

class QKeyEvent;

namespace linnet::ui {

enum class SuggestionCommand {
    AcceptAll,
    AcceptWord,
    Dismiss,
    NextAlternative,
    PreviousAlternative,
    Ask,
    Pick, // with an index
};

// Which keys do what to suggestions. Not shortcuts of actions, because they are taken only while
// there is something visible for them to do.
struct SuggestionKeys {
    struct Binding {
        QKeySequence key;
        SuggestionCommand command;
        int index = 0;
    };
    QList<Binding> bindings;

    static SuggestionKeys defaults();
    std::optional<Binding> find(const QKeyEvent& event) const;
};

} // namespace linnet::ui
