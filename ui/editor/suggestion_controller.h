#pragma once

#include <QObject>
#include <QStringList>
#include <QTextCursor>
#include <QTimer>

#include "services/suggestion_source.h"
#include "ui/editor/suggestion_keys.h"

namespace linnet::ui {

class Editor;

// Decides when suggestions are asked for, shown, consumed and taken. A reply is shown only while
// its ticket is valid: the request it answers, the state of the document and the place of the
// caret. Lives on the GUI thread; asks `source`, paints through `editor`.
class SuggestionController : public QObject {
    Q_OBJECT
public:
    enum class State {
        Idle,    // nothing asked, nothing shown
        Waiting, // an edit was made, the request goes out when the delay is over
        Running, // asked, no reply yet
        Showing, // words or ghost text are on screen (more may come)
    };
    Q_ENUM(State)

    struct Ticket {
        quint64 request = 0;
        quint64 revision = 0;
        int caret = -1;
    };

    SuggestionController(Editor& editor, services::SuggestionSource& source,
                         QObject* parent = nullptr);

    // The writer's switch. Off: cancels, hides, and no request goes out.
    void setEnabled(bool enabled);
    bool isEnabled() const { return m_enabled; }
    void setGhostEnabled(bool enabled);
    void setWordCount(int count);
    void setVisibleWords(int count) { m_visibleWords = count; } // that found room in the bar
    void setDelay(int milliseconds);
    // The writer writes verse, in this form; empty: whatever fits.
    void setVerse(bool on, const QString& form);
    void setKeys(const SuggestionKeys& keys) { m_keys = keys; }

    State state() const { return m_state; }
    const Ticket& ticket() const { return m_ticket; }
    quint64 revision() const { return m_revision; }
    const QStringList& words() const { return m_words; }
    // The first word of the bar is what "accept all" would complete now.
    bool wordTakesTab() const;

    // What the keys do; each returns whether there was something visible to do it to.
    bool acceptAll();
    bool acceptWord();
    bool dismiss();
    bool cycle(int step);
    bool pick(int index);
    void ask(); // also where nothing was typed

    // Hides and cancels; suggestions return with the next input.
    void reset();

Q_SIGNALS:
    // What the word bar should show; empty: nothing.
    void wordsChanged(const QStringList& words, bool firstTakesTab);
    // For the screen reader.
    void shown(const QString& ghost, const QStringList& words);

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void onContentsChange(int position, int removed, int added);
    void onCaretMoved();
    void onInput();
    void onComposition(bool composing);
    void onReply(quint64 id, const services::SuggestionReply& reply);
    void onFinished(quint64 id);

    bool mayAsk() const;
    bool isDismissedHere() const;
    void rememberDismissal();
    void send();
    bool consume(int position, int removed, int added);
    void afterConsuming();
    void stop(); // to Idle, cancelling what runs
    void show(const QString& ghost, const QStringList& words);
    QStringList alternatives() const; // ghost texts to cycle through, the model's own first
    bool isTicketValid() const;
    bool isOffered(const SuggestionKeys::Binding& binding) const;
    bool perform(const SuggestionKeys::Binding& binding);
    bool handleKey(QKeyEvent* event);
    bool replaceAutomaticSpace(const QKeyEvent& event);
    QString beforeCaret() const; // on the caret's line
    QString afterCaret() const;

    Editor& m_editor;
    services::SuggestionSource& m_source;
    SuggestionKeys m_keys = SuggestionKeys::defaults();
    QTimer m_delay;

    State m_state = State::Idle;
    Ticket m_ticket;
    quint64 m_revision = 0;
    bool m_requestRuns = false;
    QString m_ghost;     // from the caret on; may be longer than what finds room
    QString m_consumed;  // typed or taken of the ghost text since the request
    QStringList m_words; // whole words that continue what is typed
    QString m_baseGhost; // the reply's ghost text, for cycling
    int m_alternative = 0;

    bool m_enabled = true;
    bool m_ghostEnabled = true;
    int m_wordCount = 5;
    int m_visibleWords = 9;
    bool m_verse = false;
    QString m_verseForm;
    bool m_edited = false;    // the document changed and onInput() has not been called yet
    bool m_consuming = false; // that change consumed ghost text
    bool m_lastKeyMoved = false;
    int m_automaticSpace = -1; // caret right behind a space that a pick brought

    struct Dismissal {
        QTextCursor place;
        QString before;
    };
    QList<Dismissal> m_dismissed;
};

} // namespace linnet::ui
