#include <QEvent>
#include <QKeyEvent>
#include <QTextBlock>

#include "ui/editor/editor.h"
#include "ui/editor/suggestion_controller.h"

// Which keys the suggestions take, and when they leave them to the editor.

namespace linnet::ui {

namespace {

bool isModifier(int key) {
    return key == Qt::Key_Control || key == Qt::Key_Shift || key == Qt::Key_Alt ||
           key == Qt::Key_AltGr || key == Qt::Key_Meta || key == Qt::Key_CapsLock;
}

bool movesCaret(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up ||
           key == Qt::Key_Down || key == Qt::Key_Home || key == Qt::Key_End ||
           key == Qt::Key_PageUp || key == Qt::Key_PageDown;
}

} // namespace

bool SuggestionController::eventFilter(QObject* object, QEvent* event) {
    if (object != &m_editor) {
        return QObject::eventFilter(object, event);
    }
    switch (event->type()) {
    case QEvent::ShortcutOverride: {
        const auto binding = m_keys.find(*static_cast<QKeyEvent*>(event));
        if (binding && isOffered(*binding)) {
            event->accept();
            return true;
        }
        break;
    }
    case QEvent::KeyPress:
        if (handleKey(static_cast<QKeyEvent*>(event))) {
            event->accept();
            return true;
        }
        break;
    case QEvent::ReadOnlyChange:
        stop();
        break;
    default:
        break;
    }
    return QObject::eventFilter(object, event);
}

bool SuggestionController::handleKey(QKeyEvent* event) {
    if (m_editor.isComposing() || isModifier(event->key())) {
        return false;
    }
    const auto binding = m_keys.find(*event);
    const bool taken =
        (binding && isOffered(*binding) && perform(*binding)) || replaceAutomaticSpace(*event);
    m_lastKeyMoved = !taken && movesCaret(event->key());
    return taken;
}

bool SuggestionController::isOffered(const SuggestionKeys::Binding& binding) const {
    if (m_editor.isComposing() || m_editor.isReadOnly()) {
        return false;
    }
    const bool ghost = !m_editor.visibleGhost().isEmpty();
    switch (binding.command) {
    case SuggestionCommand::AcceptAll:
        return ghost || wordTakesTab();
    case SuggestionCommand::AcceptWord:
        return ghost && m_editor.ghostStartsAtCaret() && !m_lastKeyMoved;
    case SuggestionCommand::Dismiss:
        return ghost;
    case SuggestionCommand::NextAlternative:
    case SuggestionCommand::PreviousAlternative:
        return alternatives().size() > (ghost ? 1 : 0);
    case SuggestionCommand::Ask:
        return m_enabled;
    case SuggestionCommand::Pick:
        return m_state == State::Showing && binding.index < m_words.size() &&
               binding.index < m_visibleWords;
    }
    return false;
}

bool SuggestionController::perform(const SuggestionKeys::Binding& binding) {
    switch (binding.command) {
    case SuggestionCommand::AcceptAll:
        return acceptAll();
    case SuggestionCommand::AcceptWord:
        return acceptWord();
    case SuggestionCommand::Dismiss:
        return dismiss();
    case SuggestionCommand::NextAlternative:
        return cycle(1);
    case SuggestionCommand::PreviousAlternative:
        return cycle(-1);
    case SuggestionCommand::Ask:
        ask();
        return true;
    case SuggestionCommand::Pick:
        return pick(binding.index);
    }
    return false;
}

// A comma typed right after a word that was picked belongs to the word: the space that the pick
// brought gives way.
bool SuggestionController::replaceAutomaticSpace(const QKeyEvent& event) {
    static const QString closing = QStringLiteral(".,;:!?)]\u2019\u201D\u2026\u2014");
    const QString text = event.text();
    const QTextCursor cursor = m_editor.textCursor();
    const auto modifiers = event.modifiers() & (Qt::ControlModifier | Qt::AltModifier);
    if (m_automaticSpace < 0 || cursor.position() != m_automaticSpace || cursor.hasSelection() ||
        text.size() != 1 || !closing.contains(text.front()) || modifiers) {
        return false;
    }
    m_editor.replaceBeforeCaret(1, text);
    onInput();
    return true;
}

} // namespace linnet::ui
