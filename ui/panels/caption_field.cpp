#include "ui/panels/caption_field.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QMimeData>

namespace linnet::ui {

namespace {
constexpr int margin = 2;
constexpr int lines = 2;
} // namespace

CaptionField::CaptionField(QWidget* parent)
    : QPlainTextEdit(parent) {
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    document()->setDocumentMargin(margin);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAcceptDrops(false); // pictures are for the panel
    viewport()->setAcceptDrops(false);
}

QSize CaptionField::sizeHint() const {
    return {120, lines * fontMetrics().lineSpacing() + 2 * margin + 2};
}

QSize CaptionField::minimumSizeHint() const {
    return {60, sizeHint().height()};
}

void CaptionField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT accepted();
        return;
    }
    // A picture on the clipboard, and Esc, are for the panel.
    const bool pastes = event->matches(QKeySequence::Paste);
    if (event->key() == Qt::Key_Escape ||
        (pastes && !QApplication::clipboard()->mimeData()->hasText())) {
        event->ignore();
        return;
    }
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down) {
        const int before = textCursor().position();
        QPlainTextEdit::keyPressEvent(event);
        if (textCursor().position() == before) {
            focusNextPrevChild(event->key() == Qt::Key_Down);
        }
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void CaptionField::focusInEvent(QFocusEvent* event) {
    QPlainTextEdit::focusInEvent(event);
    Q_EMIT entered();
}

void CaptionField::insertFromMimeData(const QMimeData* source) {
    if (source->hasText()) {
        textCursor().insertText(source->text().simplified());
    }
}

} // namespace linnet::ui
