#include "ui/editor/editor.h"

#include <algorithm>
#include <cmath>

#include <QContextMenuEvent>
#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTextBlock>
#include <QWheelEvent>

#include "services/line_endings.h"
#include "ui/editor/markdown_highlighter.h"
#include "ui/editor/page_layout.h"
#include "ui/editor/spell_marks.h"
#include "ui/editor/text_context.h"

namespace linnet::ui {

namespace {
constexpr int topMargin = 28;
constexpr int sideMargin = 24;
// Long enough to tell a Chinese document from one with a Chinese name in it.
constexpr int scriptSample = 2000;
constexpr int scriptSettled = 400;
} // namespace

Editor::Editor(QWidget* parent)
    : QPlainTextEdit(parent)
    , m_theme(lightTheme()) {
    auto* document = new QTextDocument(this);
    m_layout = new PageLayout(document);
    document->setDocumentLayout(m_layout);
    document->setDocumentMargin(0);
    setDocument(document);
    m_highlighter = new MarkdownHighlighter(document);

    setObjectName(QStringLiteral("editor"));
    setAccessibleName(tr("Text"));
    setFrameShape(QFrame::NoFrame);
    setAutoFillBackground(true);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setCursorWidth(2);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(false);
    setTheme(m_theme);
    connect(this, &QPlainTextEdit::blockCountChanged, this, &Editor::detectScript);
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, &Editor::onCaretMoved);
}

Editor::~Editor() {
    delete m_spelling;
    // The highlighter must not work while the document goes.
    delete m_highlighter;
}

void Editor::setText(const QString& text) {
    hideGhost();
    document()->setUndoRedoEnabled(false);
    setPlainText(text);
    textIsWhole();
}

void Editor::textIsWhole() {
    document()->setUndoRedoEnabled(true);
    document()->setModified(false);
    m_separateUndo = false;
    detectScript();
    updateColumn();
}

void Editor::beginFilling() {
    hideGhost();
    document()->setUndoRedoEnabled(false);
    clear();
    setReadOnly(true);
}

void Editor::fillWith(const QString& piece) {
    const int position = textCursor().position();
    QTextCursor end(document());
    end.movePosition(QTextCursor::End);
    end.insertText(piece);
    QTextCursor caret = textCursor();
    if (caret.position() != position) { // it stood at the end and was pushed along
        caret.setPosition(position);
        setTextCursor(caret);
    }
}

void Editor::endFilling() {
    setReadOnly(false);
    textIsWhole();
}

QString Editor::text() const {
    return services::textFromRaw(document()->toRawText());
}

void Editor::replaceAll(const QString& text) {
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.select(QTextCursor::Document);
    cursor.insertText(text);
    cursor.endEditBlock();
    m_separateUndo = true;
}

void Editor::setTypography(const Typography& typography) {
    m_typography = typography;
    QStringList chinese = typography.chinese;
    m_highlighter->setFamilies(chinese + typography.latin, typography.code + chinese);
    m_layout->setLineHeight(typography.lineHeight);
    applyFont();
}

void Editor::applyFont() {
    QFont font;
    font.setFamilies(m_typography.latin + m_typography.chinese);
    font.setPointSizeF(m_typography.pointSize * m_zoom / 100.0);
    font.setStyleHint(QFont::Serif);
    setFont(font);
    document()->setDefaultFont(font);
    m_layout->updateMetrics();
    setIndentation(m_tabWidth, m_tabSpaces);
    updateColumn();
    // Line positions changed without any line being laid out anew.
    viewport()->update();
    ensureCursorVisible();
    layoutGhost();
}

void Editor::setTheme(const Theme& theme) {
    m_theme = theme;
    setPalette(theme.pagePalette());
    m_highlighter->setTheme(theme);
    viewport()->update();
}

void Editor::setMarkdown(bool on) {
    m_highlighter->setMarkdown(on);
}

void Editor::setTypewriter(bool on) {
    m_typewriter = on;
    setCenterOnScroll(on);
    followCaret();
}

void Editor::setFocusParagraph(bool on) {
    m_focusParagraph = on;
    m_paragraph = paragraphAtCaret();
    viewport()->update();
}

void Editor::onCaretMoved() {
    if (!m_focusParagraph) {
        return;
    }
    const std::pair<int, int> paragraph = paragraphAtCaret();
    if (paragraph != m_paragraph) {
        m_paragraph = paragraph;
        viewport()->update();
    }
}

// A block; or, in verse and where every line is broken by hand, the lines up to an empty one.
std::pair<int, int> Editor::paragraphAtCaret() const {
    const auto isLine = [](const QTextBlock& block) {
        return block.isValid() && block.length() > 1 && block.layout()->lineCount() == 1;
    };
    QTextBlock first = textCursor().block();
    QTextBlock last = first;
    if (isLine(first)) {
        while (isLine(first.previous())) {
            first = first.previous();
        }
        while (isLine(last.next())) {
            last = last.next();
        }
    }
    return {first.blockNumber(), last.blockNumber()};
}

void Editor::setSpellChecker(services::SpellChecker* checker) {
    delete std::exchange(m_spelling, nullptr);
    if (checker != nullptr) {
        m_spelling = new SpellMarks(*this, *checker);
    }
}

void Editor::contextMenuEvent(QContextMenuEvent* event) {
    QMenu* menu = createStandardContextMenu(event->pos());
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("editorMenu"));
    if (m_spelling != nullptr && !isReadOnly()) {
        const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
        m_spelling->extendMenu(*menu, byKey ? textCursor().position()
                                            : cursorForPosition(event->pos()).position());
    }
    menu->popup(event->globalPos());
}

void Editor::setIndentation(int width, bool spaces) {
    m_tabWidth = width;
    m_tabSpaces = spaces;
    setTabStopDistance(width * QFontMetricsF(font()).horizontalAdvance(u' ') * 2);
}

void Editor::setZoom(int percent) {
    const int bounded = std::clamp(percent, smallestZoom, largestZoom);
    if (bounded == m_zoom) {
        return;
    }
    m_zoom = bounded;
    applyFont();
    Q_EMIT zoomChanged(m_zoom);
}

void Editor::setMatcher(Matcher matcher) {
    m_matcher = std::move(matcher);
    viewport()->update();
}

// Centres the column by margins: wrapping then depends on the column alone, and making the window
// wider lays nothing out anew.
void Editor::updateColumn() {
    const QFontMetricsF metrics(font());
    static const QString sample = QStringLiteral("the old man looked at the sea for a long time ");
    const double letter = metrics.horizontalAdvance(sample) / static_cast<double>(sample.size());
    const double em = QFontInfo(font()).pixelSize();
    const double column =
        m_chineseColumn ? em * m_typography.columns * 36 / 70 : letter * m_typography.columns;
    const int bar = verticalScrollBar()->isVisible() ? verticalScrollBar()->width() : 0;
    const int room = width() - bar;
    const int least = std::max(sideMargin, m_sideMargin);
    const int side = std::max(least, (room - static_cast<int>(std::ceil(column))) / 2);
    const QMargins margins(side, topMargin, side, 4);
    if (margins != viewportMargins()) {
        setViewportMargins(margins);
    }
}

void Editor::setSideMargin(int pixels) {
    m_sideMargin = pixels;
    updateColumn();
}

void Editor::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    layoutGhost();
}

void Editor::scrollContentsBy(int dx, int dy) {
    QPlainTextEdit::scrollContentsBy(dx, dy);
    layoutGhost();
}

void Editor::wheelEvent(QWheelEvent* event) {
    if (event->modifiers() & Qt::ControlModifier) {
        m_wheelRest += event->angleDelta().y();
        const int steps = m_wheelRest / 120;
        m_wheelRest -= steps * 120;
        setZoom(m_zoom + 10 * steps);
        event->accept();
        return;
    }
    QPlainTextEdit::wheelEvent(event);
}

void Editor::focusInEvent(QFocusEvent* event) {
    QPlainTextEdit::focusInEvent(event);
    Q_EMIT focusChanged(true);
}

void Editor::focusOutEvent(QFocusEvent* event) {
    QPlainTextEdit::focusOutEvent(event);
    Q_EMIT focusChanged(false);
}

bool Editor::event(QEvent* event) {
    switch (event->type()) {
    case QEvent::Resize:
        updateColumn();
        break;
    case QEvent::ShortcutOverride: {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (m_windowKeys.contains(QKeySequence(key->keyCombination()))) {
            event->ignore();
            return false;
        }
        break;
    }
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick:
    case QEvent::MouseMove:
    case QEvent::MouseButtonRelease:
    case QEvent::Wheel:
        if (forwardFromMargin(event)) {
            return true;
        }
        break;
    case QEvent::DragEnter:
    case QEvent::DragMove:
    case QEvent::Drop:
        if (takeFilesFromMargin(static_cast<QDropEvent*>(event))) {
            return true;
        }
        break;
    default:
        break;
    }
    return QPlainTextEdit::event(event);
}

// The margins left and right of the column belong to the page: a click there is a click at the
// nearest text, and the wheel scrolls.
bool Editor::forwardFromMargin(QEvent* event) {
    if (event->type() == QEvent::Wheel) {
        wheelEvent(static_cast<QWheelEvent*>(event));
        return true;
    }
    auto* mouse = static_cast<QMouseEvent*>(event);
    const QPoint inViewport = viewport()->mapFrom(this, mouse->position().toPoint());
    if (event->type() == QEvent::MouseButtonPress) {
        m_pressedInMargin = mouse->button() == Qt::LeftButton;
    }
    if (!m_pressedInMargin) {
        return false;
    }
    QMouseEvent moved(mouse->type(), QPointF(inViewport), mouse->globalPosition(), mouse->button(),
                      mouse->buttons(), mouse->modifiers(), mouse->pointingDevice());
    if (event->type() == QEvent::MouseButtonRelease) {
        m_pressedInMargin = false;
    }
    return viewportEvent(&moved);
}

bool Editor::takeFilesFromMargin(QDropEvent* event) {
    const bool wanted = m_taker != nullptr && m_taker->wants(*event->mimeData());
    if (!event->mimeData()->hasUrls() && !wanted) {
        return false;
    }
    event->acceptProposedAction();
    if (event->type() == QEvent::Drop) {
        insertFromMimeData(event->mimeData());
    }
    return true;
}

void Editor::detectScript() {
    // An opened document is judged once, a new one until it has some lines.
    if (document()->characterCount() > scriptSettled && document()->isModified()) {
        return;
    }
    int chinese = 0;
    int letters = 0;
    for (const QChar c : textBetween(*document(), 0, scriptSample)) {
        chinese += isChinese(c) ? 1 : 0;
        letters += isWordCharacter(c) ? 1 : 0;
    }
    const bool mostlyChinese = 3 * chinese > letters && chinese > 0;
    if (mostlyChinese != m_chineseColumn) {
        m_chineseColumn = mostlyChinese;
        updateColumn();
    }
}

void Editor::followCaret() {
    if (m_typewriter) {
        centerCursor();
    }
}

QVariant Editor::inputMethodQuery(Qt::InputMethodQuery query) const {
    return inWidget(QPlainTextEdit::inputMethodQuery(query));
}

QVariant Editor::inputMethodQuery(Qt::InputMethodQuery query, QVariant argument) const {
    if (argument.userType() == QMetaType::QPointF) {
        argument = argument.toPointF() - QPointF(viewport()->pos());
    }
    return inWidget(QPlainTextEdit::inputMethodQuery(query, argument));
}

// The base class answers in coordinates of the viewport, although the widget is asked; with
// margins as wide as ours the candidate window would stand beside the text.
QVariant Editor::inWidget(const QVariant& value) const {
    const QPointF offset = viewport()->pos();
    switch (value.userType()) {
    case QMetaType::QRectF:
        return value.toRectF().translated(offset);
    case QMetaType::QRect:
        return value.toRect().translated(offset.toPoint());
    case QMetaType::QPointF:
        return value.toPointF() + offset;
    default:
        return value;
    }
}

} // namespace linnet::ui
