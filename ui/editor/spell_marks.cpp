#include "ui/editor/spell_marks.h"

#include <algorithm>

#include <QMenu>
#include <QTextLayout>

#include "services/spell_words.h"

namespace linnet::ui {

namespace {

constexpr int pause = 300; // ms without an edit

// What is set as code is not prose.
bool isCode(const QTextBlock& block, int position) {
    const auto formats = block.layout()->formats();
    return std::any_of(formats.begin(), formats.end(), [position](const auto& range) {
        return position >= range.start && position < range.start + range.length &&
               range.format.fontFixedPitch();
    });
}

} // namespace

// Of one block; kept with it by the document.
struct SpellMarks::Marks : public QTextBlockUserData {
    QVector<Editor::Match> words;
    int revision = -1; // of the block
    quint64 generation = 0;
};

SpellMarks::SpellMarks(Editor& editor, services::SpellChecker& checker)
    : QObject(&editor)
    , m_editor(editor)
    , m_checker(checker)
    , m_revision(editor.document()->revision()) {
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &SpellMarks::look);
    connect(editor.document(), &QTextDocument::contentsChange, this, &SpellMarks::onContentsChange);
    connect(&editor, &QPlainTextEdit::cursorPositionChanged, this, &SpellMarks::onCaretMoved);
    connect(&checker, &services::SpellChecker::verdictsChanged, this, [this] {
        ++m_generation;
        m_editor.viewport()->update();
    });
    editor.viewport()->update();
}

SpellMarks::~SpellMarks() {
    for (QTextBlock block = m_editor.document()->begin(); block.isValid(); block = block.next()) {
        block.setUserData(nullptr);
    }
    m_editor.viewport()->update();
}

QVector<Editor::Match> SpellMarks::of(const QTextBlock& block) {
    const auto* marks = static_cast<const Marks*>(block.userData());
    if (marks == nullptr || marks->revision != block.revision() ||
        marks->generation != m_generation) {
        if (!m_stale.contains(block)) {
            m_stale.append(block);
        }
        if (!m_pause.isActive()) {
            m_pause.start(0);
        }
    }
    if (marks == nullptr) {
        return {};
    }
    QVector<Editor::Match> words = marks->words;
    const QTextCursor caret = m_editor.textCursor();
    if (m_typing && caret.block() == block) {
        const int at = caret.positionInBlock();
        words.removeIf([at](const Editor::Match& word) {
            return word.start <= at && at <= word.start + word.length;
        });
    }
    return words;
}

void SpellMarks::onContentsChange(int position, int removed, int added) {
    m_typing = true;
    m_pause.start(pause);
    QTextBlock block = m_editor.document()->findBlock(position);
    const bool within = block.isValid() && position + added < block.position() + block.length();
    auto* marks = within ? static_cast<Marks*>(block.userData()) : nullptr;
    if (marks != nullptr) {
        const int at = position - block.position();
        QVector<Editor::Match> moved;
        for (Editor::Match word : std::as_const(marks->words)) {
            if (word.start >= at + removed) {
                word.start += added - removed;
            } else if (word.start + word.length > at) {
                continue; // another word by now
            }
            if (word.start + word.length < block.length()) {
                moved.append(word);
            }
        }
        marks->words = moved;
        return;
    }
    for (; block.isValid() && block.position() <= position + added; block = block.next()) {
        block.setUserData(nullptr);
    }
}

void SpellMarks::onCaretMoved() {
    const int revision = m_editor.document()->revision();
    if (revision == m_revision && m_typing) {
        m_typing = false;
        m_editor.viewport()->update();
    }
    m_revision = revision;
}

void SpellMarks::look() {
    for (QTextBlock& block : std::exchange(m_stale, {})) {
        if (block.isValid()) {
            lookAt(block);
        }
    }
    m_editor.viewport()->update();
}

void SpellMarks::lookAt(QTextBlock& block) {
    auto marks = std::make_unique<Marks>();
    marks->revision = block.revision();
    marks->generation = m_generation;
    const QString text = block.text();
    for (const services::SpellWord& word : services::spellWords(text)) {
        const auto correct = m_checker.isCorrect(text.mid(word.start, word.length));
        if (!correct.value_or(true) && !isCode(block, word.start)) {
            marks->words.append({word.start, word.length});
        }
    }
    block.setUserData(marks.release());
}

void SpellMarks::extendMenu(QMenu& menu, int position) {
    const QTextBlock block = m_editor.document()->findBlock(position);
    const QString text = block.text();
    const int at = position - block.position();
    for (const services::SpellWord& word : services::spellWords(text)) {
        if (at < word.start || at > word.start + word.length) {
            continue;
        }
        const QString spelt = text.mid(word.start, word.length);
        QTextCursor cursor(block);
        cursor.setPosition(block.position() + word.start);
        cursor.setPosition(block.position() + word.start + word.length, QTextCursor::KeepAnchor);
        const bool wrong = !m_checker.isCorrect(spelt).value_or(true) && !isCode(block, word.start);
        QAction* first = menu.actions().value(0);
        const auto add = [&](const QString& label, auto run) {
            auto* action = new QAction(label, &menu);
            QObject::connect(action, &QAction::triggered, this, run);
            menu.insertAction(first, action);
        };
        if (wrong) {
            offerSpellings(menu, cursor);
            menu.insertSeparator(first);
            add(tr("Add “%1” to the Dictionary").arg(spelt),
                [this, spelt] { m_checker.add(spelt); });
            add(tr("Ignore"), [this, spelt] { m_checker.ignore(spelt); });
            menu.insertSeparator(first);
        } else if (m_checker.isPersonal(spelt)) {
            add(tr("Remove “%1” from the Dictionary").arg(spelt),
                [this, spelt] { m_checker.remove(spelt); });
            menu.insertSeparator(first);
        }
        return;
    }
}

// A line that says so stands where the spellings will be.
void SpellMarks::offerSpellings(QMenu& menu, const QTextCursor& word) {
    auto* waiting = new QAction(tr("Looking for spellings…"), &menu);
    waiting->setEnabled(false);
    menu.insertAction(menu.actions().value(0), waiting);
    const QString spelt = word.selectedText();
    connect(&m_checker, &services::SpellChecker::suggestionsReady, &menu,
            [this, &menu, waiting, word, spelt](const QString& of, const QStringList& found) {
                if (of != spelt || !waiting->isVisible()) {
                    return;
                }
                QFont bold = menu.font();
                bold.setBold(true);
                for (const QString& spelling : found) {
                    auto* action = new QAction(spelling, &menu);
                    action->setFont(bold);
                    menu.insertAction(waiting, action);
                    connect(action, &QAction::triggered, this, [this, word, spelt, spelling] {
                        QTextCursor cursor = word;
                        if (cursor.selectedText() == spelt) { // still there
                            cursor.insertText(spelling);
                        }
                    });
                }
                waiting->setText(tr("No similar word is known"));
                waiting->setVisible(found.isEmpty());
            });
    m_checker.askForSuggestions(spelt);
}

} // namespace linnet::ui
