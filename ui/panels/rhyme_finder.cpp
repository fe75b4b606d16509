#include "ui/panels/rhyme_finder.h"

#include <algorithm>
#include <utility>

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTabBar>
#include <QTextBlock>
#include <QTextDocument>
#include <QVBoxLayout>

#include "ui/editor/editor.h"
#include "ui/editor/markdown_highlighter.h"
#include "ui/editor/text_context.h"

namespace linnet::ui {

namespace {

constexpr QSize usualSize(380, 260);
constexpr int gap = 6;
constexpr int linesBack = 4;         // how far a line to rhyme with may be above
constexpr int charactersRead = 2000; // before the place, of what a model orders the words by
constexpr qsizetype mostShown = 200; // of a kind

bool isRhymeCharacter(QChar c) {
    return isWordCharacter(c) || c == u'\'' || c == QChar(0x2019);
}

// What stands around a place from `start` to `end`.
services::RhymeQuery placeQuery(QTextDocument* document, int start, int end) {
    services::RhymeQuery query;
    QTextCursor cursor(document);
    cursor.setPosition(std::max(0, start - charactersRead));
    cursor.setPosition(start, QTextCursor::KeepAnchor);
    query.before = cursor.selectedText().replace(QChar::ParagraphSeparator, u'\n');
    cursor.setPosition(end);
    cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
    query.after = cursor.selectedText();
    return query;
}

} // namespace

WordPlace rhymeWordAt(const QString& line, int position) {
    const auto at = [&](int i) { return i >= 0 && i < line.size() ? line.at(i) : QChar(); };
    if (isChinese(at(position - 1))) {
        return {position - 1, 1};
    }
    int start = position;
    while (isRhymeCharacter(at(start - 1))) {
        --start;
    }
    int end = position;
    while (isRhymeCharacter(at(end))) {
        ++end;
    }
    if (start == end && isChinese(at(position))) {
        return {position, 1};
    }
    return {start, end - start};
}

WordPlace lastWordOf(const QString& line) {
    for (int i = static_cast<int>(line.size()); i > 0; --i) {
        const QChar c = line.at(i - 1);
        if (isChinese(c) || c.isLetterOrNumber()) {
            return rhymeWordAt(line, i);
        }
    }
    return {};
}

RhymeFinder::RhymeFinder(Editor& editor, services::VerseSource& source, QWidget* parent)
    : QFrame(parent)
    , m_editor(editor)
    , m_source(source) {
    setObjectName(QStringLiteral("rhymeFinder"));
    setAccessibleName(tr("Rhymes"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    build();
    connect(&source, &services::VerseSource::rhymesFound, this, &RhymeFinder::onRhymes);
    hide();
}

void RhymeFinder::build() {
    m_word = new QLineEdit(this);
    m_word->setObjectName(QStringLiteral("rhymeWord"));
    m_word->setAccessibleName(tr("Word to rhyme with"));
    m_word->installEventFilter(this);
    connect(m_word, &QLineEdit::textEdited, this, &RhymeFinder::lookUp);
    m_kinds = new QTabBar(this);
    m_kinds->setObjectName(QStringLiteral("rhymeKinds"));
    m_kinds->setDrawBase(false);
    m_kinds->setExpanding(false);
    m_kinds->setFocusPolicy(Qt::NoFocus); // Page Up and Page Down go from tab to tab
    connect(m_kinds, &QTabBar::currentChanged, this, &RhymeFinder::fillWords);
    m_words = new QListWidget(this);
    m_words->setObjectName(QStringLiteral("rhymeWords"));
    m_words->setAccessibleName(tr("Rhymes"));
    m_words->setFlow(QListView::LeftToRight);
    m_words->setWrapping(true);
    m_words->setResizeMode(QListView::Adjust);
    m_words->setSpacing(3);
    m_words->setFrameShape(QFrame::NoFrame);
    m_words->setUniformItemSizes(false);
    connect(m_words, &QListWidget::itemActivated, this, &RhymeFinder::choose);
    m_hint = new QLabel(this);
    m_hint->setObjectName(QStringLiteral("rhymeHint"));
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setWordWrap(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 10, 10, 8);
    column->setSpacing(6);
    column->addWidget(m_word);
    column->addWidget(m_kinds);
    column->addWidget(m_words, 1);
    column->addWidget(m_hint);
}

void RhymeFinder::setTheme(const Theme& theme) {
    QPalette colours = m_words->palette();
    colours.setColor(QPalette::Base, theme.chrome);
    m_words->setPalette(colours);
}

void RhymeFinder::setFamilies(const QStringList& latin, const QStringList& chinese) {
    QFont font = this->font();
    font.setFamilies(latin + chinese);
    font.setPointSizeF(font.pointSizeF() * 1.15);
    m_words->setFont(font);
}

void RhymeFinder::open(bool verse, const QString& form) {
    const QTextCursor caret = m_editor.textCursor();
    QTextBlock block = caret.block();
    WordPlace place = rhymeWordAt(block.text(), caret.positionInBlock());
    m_replaces = place.length;
    m_end = block.position() + place.start + place.length;
    if (place.length == 0) {
        m_end = caret.position();
        for (int i = 0; i < linesBack && place.length == 0 && block.previous().isValid(); ++i) {
            block = block.previous();
            place = lastWordOf(block.text());
        }
    }
    const QString word = block.text().mid(place.start, place.length);
    m_query = placeQuery(caret.document(), m_end - m_replaces, m_end);
    m_query.verse = verse;
    m_query.form = form;
    m_word->setText(word);
    m_hint->setText(m_replaces > 0
                        ? tr("Enter puts the chosen word in the place of “%1”.").arg(word)
                        : tr("Enter puts the chosen word in at the caret."));
    resize(usualSize.boundedTo(parentWidget()->size()));
    this->place();
    show();
    raise();
    m_word->setFocus();
    m_word->selectAll();
    lookUp();
}

// Under the caret's line, or above it where there is no room.
void RhymeFinder::place() {
    const QRect caret = m_editor.cursorRect();
    const QPoint below = m_editor.viewport()->mapTo(parentWidget(), caret.bottomLeft());
    const QPoint above = m_editor.viewport()->mapTo(parentWidget(), caret.topLeft());
    const int y = below.y() + gap + height() <= parentWidget()->height()
                      ? below.y() + gap
                      : std::max(0, above.y() - gap - height());
    move(std::clamp(below.x(), 0, std::max(0, parentWidget()->width() - width())), y);
}

void RhymeFinder::lookUp() {
    m_query.word = m_word->text().trimmed();
    m_report = {};
    m_waiting = !m_query.word.isEmpty();
    m_request = m_waiting ? m_source.findRhymes(m_query) : 0;
    if (!m_waiting) {
        showReport();
    }
}

// The first answer is shown as it is. A better order of the same words takes its place only if
// nobody has begun to choose among them: no word moves away from under a key.
void RhymeFinder::onRhymes(quint64 id, const services::RhymeReport& report) {
    if (id != m_request) {
        return;
    }
    const bool first = std::exchange(m_waiting, false);
    if (!first && !isUntouched()) {
        return;
    }
    const int kind = first ? 0 : std::max(0, m_kinds->currentIndex());
    m_report = report;
    if (m_perfectOnly) {
        m_report.sets.removeIf([](const services::RhymeSet& set) {
            return set.kind == services::RhymeKind::Family ||
                   set.kind == services::RhymeKind::Slant;
        });
    }
    showReport();
    if (kind > 0) {
        m_kinds->setCurrentIndex(kind);
    }
}

bool RhymeFinder::isUntouched() const {
    return m_words->currentRow() <= 0 && !m_words->hasFocus();
}

QString RhymeFinder::titleOf(const services::RhymeSet& set) const {
    if (set.kind == services::RhymeKind::Tone) {
        return set.group == QStringLiteral("平") ? tr("Level tone") : tr("Oblique tone");
    }
    if (m_report.language == services::VerseLanguage::Chinese) {
        return set.kind == services::RhymeKind::Perfect ? set.group
                                                        : tr("%1, neighbouring").arg(set.group);
    }
    switch (set.kind) {
    case services::RhymeKind::Perfect:
        return tr("Perfect");
    case services::RhymeKind::Family:
        return tr("Family");
    case services::RhymeKind::Slant:
        return tr("Slant");
    case services::RhymeKind::Mosaic:
        return tr("Several words");
    case services::RhymeKind::Tone:
        break;
    }
    return {};
}

void RhymeFinder::showReport() {
    const QSignalBlocker quiet(m_kinds);
    while (m_kinds->count() > 0) {
        m_kinds->removeTab(0);
    }
    for (const services::RhymeSet& set : std::as_const(m_report.sets)) {
        m_kinds->addTab(tr("%1 (%2)").arg(titleOf(set)).arg(set.words.size()));
    }
    fillWords();
}

void RhymeFinder::fillWords() {
    m_words->clear();
    m_words->addItems(m_report.sets.value(m_kinds->currentIndex()).words.mid(0, mostShown));
    if (m_words->count() > 0) {
        m_words->setCurrentRow(0);
    } else if (!m_word->text().trimmed().isEmpty() && !m_waiting) {
        m_words->addItem(tr("No rhyme is known."));
        m_words->item(0)->setFlags(Qt::NoItemFlags);
    }
}

void RhymeFinder::choose() {
    const QListWidgetItem* item = m_words->currentItem();
    if (item == nullptr || !(item->flags() & Qt::ItemIsSelectable)) {
        return;
    }
    const QString word = item->text();
    leave();
    QTextCursor caret = m_editor.textCursor();
    caret.setPosition(m_end);
    m_editor.setTextCursor(caret);
    m_editor.replaceBeforeCaret(m_replaces, word);
}

void RhymeFinder::leave() {
    hide();
    m_editor.setFocus();
}

void RhymeFinder::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Escape:
        leave();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose();
        return;
    case Qt::Key_PageUp:
        m_kinds->setCurrentIndex(std::max(0, m_kinds->currentIndex() - 1));
        return;
    case Qt::Key_PageDown:
        m_kinds->setCurrentIndex(std::min(m_kinds->count(), m_kinds->currentIndex() + 2) - 1);
        return;
    default:
        QFrame::keyPressEvent(event);
    }
}

// The arrows walk through the words while the caret stays in the field.
bool RhymeFinder::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            m_words->setFocus();
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace linnet::ui
