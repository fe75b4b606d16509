#pragma once

#include <QList>
#include <QObject>
#include <QPointer>
#include <QTextBlock>
#include <QTimer>

#include "services/spell_checker.h"
#include "ui/editor/editor.h"

class QMenu;

namespace linnet::ui {

// Which words on the page are misspelt. Blocks are looked at when they are painted, after a pause
// in typing, so that neither a key nor a long document costs anything; marks move with the text
// until then. The word at the caret is left alone while it is typed.
class SpellMarks : public QObject {
    Q_OBJECT
public:
    SpellMarks(Editor& editor, services::SpellChecker& checker);
    ~SpellMarks() override;

    // What to underline in a block that is being painted.
    QVector<Editor::Match> of(const QTextBlock& block);

    // Puts what can be done about the word at `position` of the document on top of `menu`;
    // spellings come in when they are found.
    void extendMenu(QMenu& menu, int position);

private:
    struct Marks;

    void onContentsChange(int position, int removed, int added);
    void onCaretMoved();
    void look();
    void lookAt(QTextBlock& block);
    void offerSpellings(QMenu& menu, const QTextCursor& word);

    Editor& m_editor;
    services::SpellChecker& m_checker;
    QTimer m_pause;
    QList<QTextBlock> m_stale;
    quint64 m_generation = 1; // of the checker's verdicts
    int m_revision = 0;       // of the document, when the caret moved last
    bool m_typing = false;
};

} // namespace linnet::ui
