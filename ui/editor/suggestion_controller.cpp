#include "ui/editor/suggestion_controller.h"

#include <algorithm>

#include <QEvent>
#include <QTextBlock>

#include "ui/editor/editor.h"
#include "ui/editor/text_context.h"
#include "ui/editor/word_choices.h"

namespace linnet::ui {

namespace {
constexpr int dismissalsKept = 8;
constexpr int dismissalContext = 32; // characters that make a place the same
} // namespace

SuggestionController::SuggestionController(Editor& editor, services::SuggestionSource& source,
                                           QObject* parent)
    : QObject(parent)
    , m_editor(editor)
    , m_source(source) {
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &SuggestionController::send);
    connect(editor.document(), &QTextDocument::contentsChange, this,
            &SuggestionController::onContentsChange);
    connect(&editor, &Editor::cursorPositionChanged, this, &SuggestionController::onCaretMoved);
    connect(&editor, &Editor::selectionChanged, this, &SuggestionController::onCaretMoved);
    connect(&editor, &Editor::inputCommitted, this, &SuggestionController::onInput);
    connect(&editor, &Editor::compositionChanged, this, &SuggestionController::onComposition);
    connect(&editor, &Editor::focusChanged, this, [this](bool focused) {
        if (!focused) {
            stop();
        }
    });
    connect(&source, &services::SuggestionSource::ready, this, &SuggestionController::onReply);
    connect(&source, &services::SuggestionSource::finished, this,
            &SuggestionController::onFinished);
    editor.installEventFilter(this);
}

void SuggestionController::setEnabled(bool enabled) {
    if (enabled == m_enabled) {
        return;
    }
    m_enabled = enabled;
    stop();
    if (!enabled) {
        m_source.cancel();
    }
}

void SuggestionController::setGhostEnabled(bool enabled) {
    m_ghostEnabled = enabled;
    if (!enabled) {
        stop();
    }
}

void SuggestionController::setWordCount(int count) {
    m_wordCount = count;
    if (m_words.size() > count) {
        stop();
    }
}

void SuggestionController::setDelay(int milliseconds) {
    m_delay.setInterval(milliseconds);
}

void SuggestionController::setVerse(bool on, const QString& form) {
    if (on != m_verse || form != m_verseForm) {
        m_verse = on;
        m_verseForm = form;
        stop(); // what is shown was for something else
    }
}

void SuggestionController::reset() {
    stop();
    m_dismissed.clear();
    m_edited = false;
    m_automaticSpace = -1;
}

QString SuggestionController::beforeCaret() const {
    const QTextCursor cursor = m_editor.textCursor();
    return cursor.block().text().left(cursor.positionInBlock());
}

QString SuggestionController::afterCaret() const {
    const QTextCursor cursor = m_editor.textCursor();
    return cursor.block().text().mid(cursor.positionInBlock());
}

// ---- what happens to the document

void SuggestionController::onContentsChange(int position, int removed, int added) {
    if (removed == 0 && added == 0) {
        return;
    }
    ++m_revision;
    m_edited = true;
    m_automaticSpace = -1;
    m_consuming = consume(position, removed, added);
    if (!m_consuming) {
        stop();
    }
}

// Text that is the next of the ghost text takes it over: the ticket moves along, no new request.
bool SuggestionController::consume(int position, int removed, int added) {
    const bool follows = m_state == State::Showing && !m_editor.visibleGhost().isEmpty() &&
                         removed == 0 && position == m_ticket.caret && added <= m_ghost.size() &&
                         m_ticket.revision + 1 == m_revision;
    const QTextCursor cursor = m_editor.textCursor();
    if (!follows || cursor.position() != position + added || cursor.hasSelection() ||
        textBetween(*m_editor.document(), position, position + added) != m_ghost.left(added)) {
        return false;
    }
    m_consumed += m_ghost.left(added);
    m_ghost.remove(0, added);
    m_ticket.revision = m_revision;
    m_ticket.caret = position + added;
    return true;
}

void SuggestionController::onCaretMoved() {
    const QTextCursor cursor = m_editor.textCursor();
    if (cursor.hasSelection()) {
        stop();
    } else if (m_consuming) {
        afterConsuming();
    } else if (!m_edited && cursor.position() != m_ticket.caret) {
        stop();
    }
}

void SuggestionController::afterConsuming() {
    if (!isTicketValid()) {
        stop();
        return;
    }
    m_consuming = false;
    const QString before = beforeCaret();
    QStringList words;
    for (const QString& word : std::as_const(m_words)) {
        const auto edit = editForWord(word, before);
        if (edit && edit->before > 0 && edit->before < word.size()) {
            words.append(word);
        }
    }
    // Past the word that they were for, the ghost text knows the next one.
    const bool insideWord = !before.isEmpty() && isWordCharacter(before.back());
    if (!insideWord) {
        words = QStringList{firstWord(m_ghost).trimmed()};
        words.removeAll(QString());
    }
    show(m_ghost, words);
}

void SuggestionController::onInput() {
    const bool consumed = m_edited && m_state == State::Showing && isTicketValid();
    m_edited = false;
    if (m_consuming) {
        afterConsuming();
    }
    if (consumed && !m_ghost.isEmpty()) {
        return;
    }
    if (!mayAsk() || isDismissedHere()) {
        stop();
        return;
    }
    stop();
    if (m_delay.interval() > 0) {
        m_state = State::Waiting;
        m_ticket = {0, m_revision, m_editor.textCursor().position()};
        m_delay.start();
    } else {
        send();
    }
}

void SuggestionController::onComposition(bool composing) {
    if (composing) {
        stop();
    }
}

bool SuggestionController::mayAsk() const {
    const QTextCursor cursor = m_editor.textCursor();
    const QString after = afterCaret();
    const bool insideWord =
        !after.isEmpty() && isWordCharacter(after.front()) &&
        isWordCharacter(m_editor.document()->characterAt(cursor.position() - 1));
    return m_enabled && !m_editor.isReadOnly() && !m_editor.isComposing() &&
           !cursor.hasSelection() && !insideWord;
}

void SuggestionController::send() {
    if (!mayAsk()) {
        stop();
        return;
    }
    const int caret = m_editor.textCursor().position();
    const QTextDocument& document = *m_editor.document();
    services::SuggestionQuery query;
    query.before = textBetween(document, contextStart(document, caret), caret);
    query.after = afterCaret();
    query.wordCount = m_wordCount;
    query.ghost = m_ghostEnabled && isOpenEnd(query.after);
    query.verse = m_verse;
    query.verseForm = m_verseForm;
    m_ticket = {0, m_revision, caret};
    m_state = State::Running;
    m_requestRuns = true;
    m_ticket.request = m_source.request(query);
}

void SuggestionController::stop() {
    m_delay.stop();
    if (m_requestRuns) {
        m_requestRuns = false;
        m_source.cancel();
    }
    m_ticket = {};
    m_state = State::Idle;
    m_consuming = false;
    m_consumed.clear();
    m_baseGhost.clear();
    m_alternative = 0;
    m_ghost.clear();
    m_editor.hideGhost();
    if (!m_words.isEmpty()) {
        m_words.clear();
        Q_EMIT wordsChanged({}, false);
    }
}

// ---- what comes from the source

bool SuggestionController::isTicketValid() const {
    const QTextCursor cursor = m_editor.textCursor();
    return m_ticket.caret >= 0 && m_ticket.revision == m_revision &&
           m_ticket.caret == cursor.position() && !cursor.hasSelection();
}

void SuggestionController::onReply(quint64 id, const services::SuggestionReply& reply) {
    if (id == 0 || id != m_ticket.request || !isTicketValid() || !mayAsk()) {
        return;
    }
    if (!m_consumed.isEmpty()) {
        // More of the text that the writer is typing along; the words are for another place.
        if (reply.ghost.startsWith(m_consumed) && m_alternative == 0) {
            show(reply.ghost.mid(m_consumed.size()), m_words);
        }
        return;
    }
    const QString before = beforeCaret();
    QStringList words;
    for (const services::SuggestedWord& word : reply.words) {
        if (words.size() < m_wordCount && editForWord(word.word, before)) {
            words.append(word.word);
        }
    }
    m_baseGhost = reply.ghost;
    show(m_alternative == 0 ? reply.ghost : m_ghost, words);
}

void SuggestionController::onFinished(quint64 id) {
    if (id == 0 || id != m_ticket.request) {
        return;
    }
    m_requestRuns = false;
    if (m_state == State::Running) {
        m_state = State::Idle;
    }
}

void SuggestionController::show(const QString& ghost, const QStringList& words) {
    const QString allowed = m_ghostEnabled && isOpenEnd(afterCaret()) ? ghost : QString();
    m_ghost = allowed;
    m_words = words;
    m_editor.showGhost(allowed);
    const bool visible = !m_editor.visibleGhost().isEmpty() || !m_words.isEmpty();
    if (visible) {
        m_state = State::Showing;
    } else {
        m_state = m_requestRuns ? State::Running : State::Idle;
    }
    Q_EMIT wordsChanged(m_words, wordTakesTab());
    if (visible) {
        Q_EMIT shown(m_editor.visibleGhost(), m_words);
    }
}

// ---- what the writer does with it

bool SuggestionController::wordTakesTab() const {
    // At the start of a line Tab is for indenting.
    return m_state == State::Showing && !m_words.isEmpty() && m_editor.visibleGhost().isEmpty() &&
           !beforeCaret().trimmed().isEmpty();
}

bool SuggestionController::acceptAll() {
    const QString visible = m_editor.visibleGhost();
    if (visible.isEmpty()) {
        return wordTakesTab() && pick(0);
    }
    m_editor.insertSuggestion(0, visible);
    onInput();
    return true;
}

bool SuggestionController::acceptWord() {
    const QString visible = m_editor.visibleGhost();
    if (visible.isEmpty() || !m_editor.ghostStartsAtCaret()) {
        return false;
    }
    m_editor.insertSuggestion(0, firstWord(visible));
    onInput();
    return true;
}

bool SuggestionController::pick(int index) {
    if (m_state != State::Showing || index < 0 || index >= m_words.size()) {
        return false;
    }
    const QString word = m_words.at(index);
    const auto edit = editForWord(word, beforeCaret());
    if (!edit) {
        return false;
    }
    const bool space = afterCaret().isEmpty() && isWordCharacter(word.back());
    m_editor.insertSuggestion(edit->before, space ? edit->text + u' ' : edit->text);
    if (space) {
        m_automaticSpace = m_editor.textCursor().position();
    }
    onInput();
    return true;
}

bool SuggestionController::dismiss() {
    if (m_editor.visibleGhost().isEmpty()) {
        return false;
    }
    rememberDismissal();
    stop();
    return true;
}

void SuggestionController::rememberDismissal() {
    const int caret = m_editor.textCursor().position();
    m_dismissed.prepend(
        {m_editor.textCursor(),
         textBetween(*m_editor.document(), std::max(0, caret - dismissalContext), caret)});
    while (m_dismissed.size() > dismissalsKept) {
        m_dismissed.removeLast();
    }
}

bool SuggestionController::isDismissedHere() const {
    const int caret = m_editor.textCursor().position();
    return std::any_of(m_dismissed.begin(), m_dismissed.end(), [&](const Dismissal& dismissal) {
        return dismissal.place.position() == caret &&
               dismissal.before ==
                   textBetween(*m_editor.document(), std::max(0, caret - dismissalContext), caret);
    });
}

QStringList SuggestionController::alternatives() const {
    if (m_state != State::Showing || !m_ghostEnabled || !isOpenEnd(afterCaret())) {
        return {};
    }
    QStringList all;
    if (!m_baseGhost.isEmpty() && m_consumed.isEmpty()) {
        all.append(m_baseGhost);
    } else if (!m_ghost.isEmpty() && m_alternative == 0) {
        all.append(m_ghost);
    }
    const QString before = beforeCaret();
    for (const QString& word : m_words) {
        const QString rest = remainderOfWord(word, before);
        if (!rest.isEmpty() && (all.isEmpty() || firstWord(all.front()) != rest)) {
            all.append(rest);
        }
    }
    return all;
}

bool SuggestionController::cycle(int step) {
    const QStringList all = alternatives();
    const auto count = static_cast<int>(all.size());
    const bool visible = !m_editor.visibleGhost().isEmpty();
    if (count == 0 || (count == 1 && visible)) {
        return false;
    }
    if (visible) {
        m_alternative = (m_alternative + step + count) % count;
    } else {
        m_alternative = step > 0 ? 0 : count - 1;
    }
    show(all.at(m_alternative), m_words);
    return true;
}

void SuggestionController::ask() {
    const QTextCursor cursor = m_editor.textCursor();
    m_dismissed.removeIf([&](const Dismissal& dismissal) {
        return dismissal.place.position() == cursor.position();
    });
    stop();
    m_edited = false;
    send();
}

} // namespace linnet::ui
