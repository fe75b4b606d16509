#pragma once

#include <functional>
#include <utility>

#include <QPlainTextEdit>
#include <QStringList>

#include "ui/editor/ghost_text.h"
#include "ui/theme.h"

namespace linnet::services {
class SpellChecker;
}

namespace linnet::ui {

class MarkdownHighlighter;
class PageLayout;
class PageOverlay;
class SpellMarks;

// How text looks on the page.
struct Typography {
    QStringList latin; // families in order of preference
    QStringList chinese;
    QStringList code;
    double pointSize = 13.5;
    double lineHeight = 1.5; // 1: single spacing
    int columns = 70;        // width of the column in Latin letters; 36 Chinese for 70
};

// Another part of the window that is asked first about what is dropped on the page or pasted.
class MimeTaker {
public:
    virtual ~MimeTaker() = default;
    virtual bool wants(const QMimeData& data) const = 0;
    // Takes what it wants. Returns files on this machine that are to be opened instead.
    virtual QStringList take(const QMimeData& data) = 0;
};

// The page: one centred column of plain text or Markdown. It paints suggested text without ever
// putting it into the document, and knows about input methods, zoom and indentation. What to
// suggest and when is the SuggestionController's business.
class Editor : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit Editor(QWidget* parent = nullptr);
    ~Editor() override;

    // Another document: nothing to undo, the caret at the start.
    void setText(const QString& text);
    // The same for a long text, in pieces, between which the window answers; nobody can write
    // meanwhile. Nothing of it can be undone.
    void beginFilling();
    void fillWith(const QString& piece);
    void endFilling();
    // The whole text with '\n' line ends, exactly as it was typed or loaded (no-break spaces too).
    QString text() const;
    // Replaces everything as one step that can be undone.
    void replaceAll(const QString& text);

    void setTypography(const Typography& typography);
    void setTheme(const Theme& theme);
    const Theme& theme() const { return m_theme; }
    void setMarkdown(bool on);
    void setTypewriter(bool on);
    // All but the paragraph at the caret steps back; lines of verse go together.
    void setFocusParagraph(bool on);
    // Underlines what `checker` finds misspelt; null: nothing.
    void setSpellChecker(services::SpellChecker* checker);
    void setIndentation(int width, bool spaces);
    // Null: everything is for the page.
    void setMimeTaker(MimeTaker* taker) { m_taker = taker; }

    int zoom() const { return m_zoom; } // per cent
    void setZoom(int percent);
    static constexpr int smallestZoom = 50;
    static constexpr int largestZoom = 300;

    bool isComposing() const { return m_composing; } // an input method shows pre-edit text

    // Suggested text from the caret on; what of it finds room is visibleGhost().
    void showGhost(const QString& text);
    void hideGhost();
    QString visibleGhost() const { return m_ghost.visibleText(); }
    bool ghostStartsAtCaret() const; // not behind closing punctuation

    // Replaces the `before` characters in front of the caret by `text`, as one undo step of its
    // own that nothing typed later joins. Tells by suggestionInserted() what text is new.
    void insertSuggestion(int before, const QString& text);
    // The same for text that the writer typed.
    void replaceBeforeCaret(int before, const QString& text);

    // Key sequences that belong to actions of the window, also where the widget would take them.
    void setWindowKeys(const QList<QKeySequence>& keys) { m_windowKeys = keys; }

    // Calls back with the text of each visible block for matches to paint behind it.
    struct Match {
        int start = 0;
        int length = 0;
    };
    using Matcher = std::function<QVector<Match>(const QString& blockText)>;
    void setMatcher(Matcher matcher);

    // Painted over the text; null: none. Must outlive its being set.
    void setOverlay(PageOverlay* overlay);
    // The least room beside the column, in pixels.
    void setSideMargin(int pixels);
    // Blocks that are on screen, each with its top left corner in the viewport.
    using BlockVisitor = std::function<void(const QTextBlock& block, const QPointF& origin)>;
    void forEachVisibleBlock(const BlockVisitor& visit) const;

    QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;
    // Found by name by QInputMethod, as in the base class.
    Q_INVOKABLE QVariant inputMethodQuery(Qt::InputMethodQuery query, QVariant argument) const;

Q_SIGNALS:
    // The writer entered or removed text by keyboard, input method, paste or drop. Comes after the
    // caret has its new place. Not for undo and redo.
    void inputCommitted();
    void compositionChanged(bool composing);
    void suggestionInserted(int position, const QString& text);
    void filesDropped(const QStringList& paths);
    void zoomChanged(int percent);
    void focusChanged(bool focused);

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void insertFromMimeData(const QMimeData* source) override;

private:
    void applyFont();
    void updateColumn();
    bool forwardFromMargin(QEvent* event);
    bool takeFilesFromMargin(QDropEvent* event);
    QVariant inWidget(const QVariant& value) const;
    bool handleIndentation(QKeyEvent* event);
    void indentLines(bool outwards);
    void insertNewLine();
    void typeText(const QString& text);
    void followCaret();
    void textIsWhole();
    void detectScript();
    void layoutGhost();
    GhostPlace ghostPlace() const;
    QFont ghostFont() const;
    void paintBehindText(QPainter& painter);
    void paintSpelling(QPainter& painter);
    void paintOverOthers(QPainter& painter);
    void onCaretMoved();
    std::pair<int, int> paragraphAtCaret() const;
    void paintSpan(QPainter& painter, const QTextBlock& block, const QPointF& origin, int start,
                   int end, bool throughLineEnd, const QColor& colour) const;

    PageLayout* m_layout = nullptr;
    MarkdownHighlighter* m_highlighter = nullptr;
    Typography m_typography;
    Theme m_theme;
    Matcher m_matcher;
    SpellMarks* m_spelling = nullptr;
    std::pair<int, int> m_paragraph; // numbers of its first and last block
    bool m_focusParagraph = false;
    PageOverlay* m_overlay = nullptr;
    int m_sideMargin = 0;
    QList<QKeySequence> m_windowKeys;
    GhostText m_ghost;
    QString m_ghostText;
    MimeTaker* m_taker = nullptr;
    int m_zoom = 100;
    int m_tabWidth = 4;
    bool m_tabSpaces = false;
    bool m_typewriter = false;
    bool m_composing = false;
    bool m_chineseColumn = false;
    bool m_separateUndo = false; // the next key begins an undo step
    bool m_pressedInMargin = false;
    int m_wheelRest = 0;
};

} // namespace linnet::ui
