#pragma once

#include <QFrame>

#include "services/verse_source.h"
#include "ui/theme.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QTabBar;

namespace linnet::ui {

class Editor;

// Rhymes for the word at the caret, or for the last word of the line before when the caret stands
// at none. The chosen word takes that word's place, or is put in at the caret.
class RhymeFinder : public QFrame {
    Q_OBJECT
public:
    RhymeFinder(Editor& editor, services::VerseSource& source, QWidget* parent);

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);
    // Leaves out family and slant rhymes, of Chinese the neighbouring groups.
    void setPerfectOnly(bool on) { m_perfectOnly = on; }
    // Looks up the word and shows itself beside it. `verse`: English text is verse, of that form if
    // one is named.
    void open(bool verse, const QString& form);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void place();
    void lookUp();
    void onRhymes(quint64 id, const services::RhymeReport& report);
    void showReport();
    void fillWords();
    void choose();
    void leave();
    QString titleOf(const services::RhymeSet& set) const;
    bool isUntouched() const;

    Editor& m_editor;
    services::VerseSource& m_source;
    services::RhymeReport m_report;
    services::RhymeQuery m_query;
    bool m_perfectOnly = false;
    quint64 m_request = 0;  // the latest; 0: none
    bool m_waiting = false; // for its first answer
    int m_replaces = 0;     // characters before m_end that the choice takes the place of
    int m_end = 0;          // position in the document
    QLineEdit* m_word = nullptr;
    QTabBar* m_kinds = nullptr;
    QListWidget* m_words = nullptr;
    QLabel* m_hint = nullptr;
};

// The word at `position` of a line: letters and apostrophes, or one Chinese character. Empty
// length: there is none.
struct WordPlace {
    int start = 0;
    int length = 0;
};
WordPlace rhymeWordAt(const QString& line, int position);
// The last word of a line.
WordPlace lastWordOf(const QString& line);

} // namespace linnet::ui
