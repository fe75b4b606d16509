#include "ui/editor/suggestion_keys.h"

#include <QKeyEvent>

namespace linnet::ui {

SuggestionKeys SuggestionKeys::defaults() {
    SuggestionKeys keys;
    keys.bindings = {
        {QKeySequence(Qt::Key_Tab), SuggestionCommand::AcceptAll},
        {QKeySequence(Qt::CTRL | Qt::Key_Right), SuggestionCommand::AcceptWord},
        {QKeySequence(Qt::Key_Escape), SuggestionCommand::Dismiss},
        {QKeySequence(Qt::ALT | Qt::Key_BracketRight), SuggestionCommand::NextAlternative},
        {QKeySequence(Qt::ALT | Qt::Key_BracketLeft), SuggestionCommand::PreviousAlternative},
        {QKeySequence(Qt::ALT | Qt::Key_Backslash), SuggestionCommand::Ask},
    };
    for (int i = 0; i < 9; ++i) {
        keys.bindings.append({QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + i)),
                              SuggestionCommand::Pick, i});
    }
    return keys;
}

std::optional<SuggestionKeys::Binding> SuggestionKeys::find(const QKeyEvent& event) const {
    const auto modifiers = event.modifiers() & ~(Qt::KeypadModifier | Qt::GroupSwitchModifier);
    const QKeySequence pressed(QKeyCombination(modifiers, static_cast<Qt::Key>(event.key())));
    for (const Binding& binding : bindings) {
        if (binding.key == pressed) {
            return binding;
        }
    }
    return std::nullopt;
}

} // namespace linnet::ui
