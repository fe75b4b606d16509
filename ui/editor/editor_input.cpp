#include <algorithm>

#include <QFileInfo>
#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>
#include <QUrl>

#include "ui/editor/editor.h"
#include "ui/editor/text_context.h"

// What the writer enters: keys, input methods, paste and drop.

namespace linnet::ui {

namespace {

// As QInputControl decides, which is private: text that is meant to be entered.
bool entersText(const QKeyEvent& event) {
    const QString text = event.text();
    if (text.isEmpty() || !(text.front().isPrint() || text.front().isSurrogate())) {
        return false;
    }
    const auto modifiers = event.modifiers() & ~(Qt::KeypadModifier | Qt::GroupSwitchModifier);
    return modifiers != Qt::ControlModifier &&
           modifiers != (Qt::ControlModifier | Qt::ShiftModifier) &&
           !(modifiers & Qt::MetaModifier);
}

// Alt with a key is a command, ours or nobody's; Qt would enter the letter. (On macOS it is how
// accents are typed.)
bool isAltCommand([[maybe_unused]] const QKeyEvent& event) {
#ifdef Q_OS_MACOS
    return false;
#else
    return event.modifiers() == Qt::AltModifier && !event.text().isEmpty() &&
           event.text().front().isPrint();
#endif
}

bool isEnter(int key) {
    return key == Qt::Key_Return || key == Qt::Key_Enter;
}

} // namespace

void Editor::keyPressEvent(QKeyEvent* event) {
    if (isReadOnly()) {
        QPlainTextEdit::keyPressEvent(event);
        return;
    }
    // Undo and redo are actions of the window, with keys of the writer's choice.
    if (event->matches(QKeySequence::Undo) || event->matches(QKeySequence::Redo) ||
        isAltCommand(*event)) {
        event->ignore();
        return;
    }
    const int revision = document()->revision();
    if (handleIndentation(event)) {
        // done
    } else if (isEnter(event->key()) &&
               !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
        insertNewLine();
    } else if (entersText(*event)) {
        typeText(event->text());
    } else {
        QPlainTextEdit::keyPressEvent(event);
        if (document()->revision() == revision) {
            followCaret();
            return;
        }
    }
    event->accept();
    if (document()->revision() != revision) {
        followCaret();
        Q_EMIT inputCommitted();
    }
}

// Undo takes back a word at a time: the first letter after white space begins a step.
void Editor::typeText(const QString& text) {
    QTextCursor cursor = textCursor();
    const QChar before = document()->characterAt(cursor.selectionStart() - 1);
    const bool newStep =
        m_separateUndo || cursor.hasSelection() || (before.isSpace() && !text.front().isSpace());
    m_separateUndo = false;
    if (overwriteMode() && !cursor.hasSelection() && !cursor.atBlockEnd()) {
        cursor.deleteChar();
    }
    if (newStep) {
        cursor.beginEditBlock();
    }
    cursor.insertText(text);
    if (newStep) {
        cursor.endEditBlock();
    }
    setTextCursor(cursor);
    ensureCursorVisible();
}

// A new line is as far indented as the one before; never U+2028, which Shift+Enter would insert.
void Editor::insertNewLine() {
    QTextCursor cursor = textCursor();
    const QString line = cursor.block().text().left(cursor.positionInBlock());
    const auto text =
        std::find_if(line.begin(), line.end(), [](QChar c) { return c != u' ' && c != u'\t'; });
    const QString indentation = line.left(text - line.begin());
    cursor.beginEditBlock();
    cursor.insertBlock();
    if (text != line.end()) {
        cursor.insertText(indentation);
    }
    cursor.endEditBlock();
    m_separateUndo = false;
    setTextCursor(cursor);
    ensureCursorVisible();
}

bool Editor::handleIndentation(QKeyEvent* event) {
    const bool tab = event->key() == Qt::Key_Tab && event->modifiers() == Qt::NoModifier;
    const bool backtab = event->key() == Qt::Key_Backtab ||
                         (event->key() == Qt::Key_Tab && event->modifiers() == Qt::ShiftModifier);
    if (!tab && !backtab) {
        return false;
    }
    const QTextCursor cursor = textCursor();
    const QTextBlock last = document()->findBlock(cursor.selectionEnd());
    if (backtab || document()->findBlock(cursor.selectionStart()) != last) {
        indentLines(backtab);
    } else {
        typeText(m_tabSpaces ? QString(m_tabWidth, u' ') : QStringLiteral("\t"));
    }
    return true;
}

void Editor::indentLines(bool outwards) {
    QTextCursor cursor = textCursor();
    QTextBlock block = document()->findBlock(cursor.selectionStart());
    const QTextBlock last = document()->findBlock(
        cursor.hasSelection() ? std::max(cursor.selectionStart(), cursor.selectionEnd() - 1)
                              : cursor.position());
    cursor.beginEditBlock();
    for (; block.isValid() && block.blockNumber() <= last.blockNumber(); block = block.next()) {
        QTextCursor edit(block);
        const QString line = block.text();
        if (!outwards) {
            if (!line.isEmpty()) {
                edit.insertText(m_tabSpaces ? QString(m_tabWidth, u' ') : QStringLiteral("\t"));
            }
            continue;
        }
        int remove = line.startsWith(u'\t') ? 1 : 0;
        while (remove < std::min<qsizetype>(m_tabWidth, line.size()) && line.at(remove) == u' ') {
            ++remove;
        }
        edit.movePosition(QTextCursor::Right, QTextCursor::KeepAnchor, remove);
        edit.removeSelectedText();
    }
    cursor.endEditBlock();
    m_separateUndo = true;
}

void Editor::insertSuggestion(int before, const QString& text) {
    const int caret = textCursor().position();
    const QString replaced = textBetween(*document(), caret - before, caret);
    qsizetype same = 0;
    while (same < std::min(replaced.size(), text.size()) && replaced.at(same) == text.at(same)) {
        ++same;
    }
    replaceBeforeCaret(static_cast<int>(before - same), text.mid(same));
    Q_EMIT suggestionInserted(static_cast<int>(caret - before + same), text.mid(same));
}

void Editor::replaceBeforeCaret(int before, const QString& text) {
    QTextCursor cursor = textCursor();
    cursor.clearSelection();
    // The undo step remembers the caret of the cursor that begins it.
    cursor.beginEditBlock();
    cursor.setPosition(cursor.position() - before, QTextCursor::KeepAnchor);
    cursor.insertText(text);
    cursor.endEditBlock();
    m_separateUndo = true;
    setTextCursor(cursor);
    ensureCursorVisible();
    followCaret();
}

void Editor::inputMethodEvent(QInputMethodEvent* event) {
    const bool composing = !event->preeditString().isEmpty();
    const bool commits = !event->commitString().isEmpty() || event->replacementLength() > 0;
    const bool started = composing && !m_composing;
    if (started) {
        m_composing = true;
        Q_EMIT compositionChanged(true);
    }
    QPlainTextEdit::inputMethodEvent(event);
    if (!composing && m_composing) {
        m_composing = false;
        Q_EMIT compositionChanged(false);
    }
    if (commits && !isReadOnly()) {
        m_separateUndo = true;
        if (document()->characterCount() < 200) {
            detectScript();
        }
        followCaret();
        Q_EMIT inputCommitted();
    }
}

bool Editor::canInsertFromMimeData(const QMimeData* source) const {
    return source->hasUrls() || (m_taker != nullptr && m_taker->wants(*source)) ||
           QPlainTextEdit::canInsertFromMimeData(source);
}

void Editor::insertFromMimeData(const QMimeData* source) {
    QStringList files;
    if (m_taker != nullptr && m_taker->wants(*source)) {
        files = m_taker->take(*source);
        if (!files.isEmpty()) {
            Q_EMIT filesDropped(files);
        }
        return;
    }
    for (const QUrl& url : source->urls()) {
        if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isFile()) {
            files.append(url.toLocalFile());
        }
    }
    if (!files.isEmpty()) {
        Q_EMIT filesDropped(files);
        return;
    }
    if (isReadOnly()) {
        return;
    }
    const int revision = document()->revision();
    QPlainTextEdit::insertFromMimeData(source);
    if (document()->revision() != revision) {
        m_separateUndo = true;
        detectScript();
        followCaret();
        Q_EMIT inputCommitted();
    }
}

} // namespace linnet::ui
