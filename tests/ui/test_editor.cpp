#include <QClipboard>
#include <QInputMethodEvent>
#include <QMimeData>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QStyle>
#include <QTemporaryFile>
#include <QTest>
#include <QTextBlock>
#include <QUrl>
#include <QWheelEvent>

#include "services/text_statistics.h"
#include "ui/editor/document_counts.h"
#include "ui/editor/editor.h"
#include "ui/editor/page_layout.h"
#include "ui/editor/text_context.h"

using namespace linnet;
using namespace linnet::ui;

namespace {

class TestEditorWidget : public Editor {
public:
    using Editor::canInsertFromMimeData;
    using Editor::insertFromMimeData;
};

void setUp(Editor& editor) {
    Typography type;
    type.latin = {QStringLiteral("Noto Serif")};
    type.chinese = {QStringLiteral("Noto Serif CJK SC")};
    editor.setTypography(type);
    editor.resize(1000, 500);
    editor.show();
    editor.activateWindow();
    editor.setFocus();
}

void moveTo(Editor& editor, int position) {
    QTextCursor cursor = editor.textCursor();
    cursor.setPosition(position);
    editor.setTextCursor(cursor);
}

} // namespace

class TestEditor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textComesBackExactly();
    void tabIndents();
    void newLineKeepsIndentation();
    void undoTakesBackWords();
    void zoomBounded();
    void columnIsCentred();
    void linesStandOnAGrid();
    void ghostTakesOnlyFreeRoom();
    void ghostNeverMovesText();
    void inputMethodRectangleIsAtTheCaret();
    void altLettersAreNotEntered();
    void droppedFilesAreNotText();
    void countsFollowEdits();
};

void TestEditor::textComesBackExactly() {
    Editor editor;
    const QString text = QStringLiteral("a\u00A0b\n\n\t\u4F60\u597D \U0001F426\nend");
    editor.setText(text);
    QCOMPARE(editor.text(), text);
    QVERIFY(!editor.document()->isModified());
    QVERIFY(!editor.document()->isUndoAvailable());
}

void TestEditor::tabIndents() {
    Editor editor;
    setUp(editor);
    QTest::keyClicks(&editor, QStringLiteral("a"));
    QTest::keyClick(&editor, Qt::Key_Tab);
    QCOMPARE(editor.text(), QStringLiteral("a\t"));
    editor.setText(QStringLiteral("one\ntwo\nthree"));
    moveTo(editor, 1);
    QTest::keyClick(&editor, Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(&editor, Qt::Key_Tab);
    QCOMPARE(editor.text(), QStringLiteral("\tone\n\ttwo\nthree"));
    QTest::keyClick(&editor, Qt::Key_Backtab, Qt::ShiftModifier);
    QCOMPARE(editor.text(), QStringLiteral("one\ntwo\nthree"));
    editor.undo();
    QCOMPARE(editor.text(), QStringLiteral("\tone\n\ttwo\nthree"));
    editor.setIndentation(2, true);
    editor.setText(QStringLiteral("x"));
    QTest::keyClick(&editor, Qt::Key_Tab);
    QCOMPARE(editor.text(), QStringLiteral("  x"));
}

void TestEditor::newLineKeepsIndentation() {
    Editor editor;
    setUp(editor);
    QTest::keyClicks(&editor, QStringLiteral("  two"));
    QTest::keyClick(&editor, Qt::Key_Return);
    QTest::keyClicks(&editor, QStringLiteral("x"));
    QTest::keyClick(&editor, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(editor.text(), QStringLiteral("  two\n  x\n  "));
    QCOMPARE(editor.document()->blockCount(), 3);
}

void TestEditor::undoTakesBackWords() {
    Editor editor;
    setUp(editor);
    QTest::keyClicks(&editor, QStringLiteral("one two three"));
    editor.undo();
    QCOMPARE(editor.text(), QStringLiteral("one two "));
    editor.undo();
    QCOMPARE(editor.text(), QStringLiteral("one "));
    editor.redo();
    QCOMPARE(editor.text(), QStringLiteral("one two "));
}

void TestEditor::zoomBounded() {
    Editor editor;
    setUp(editor);
    QSignalSpy changed(&editor, &Editor::zoomChanged);
    const qreal size = editor.document()->defaultFont().pointSizeF();
    QWheelEvent wheel(QPointF(50, 50), editor.mapToGlobal(QPointF(50, 50)), QPoint(),
                      QPoint(0, 120), Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(editor.viewport(), &wheel);
    QCOMPARE(editor.zoom(), 110);
    QCOMPARE(changed.count(), 1);
    QVERIFY(qAbs(editor.document()->defaultFont().pointSizeF() - 1.1 * size) < 0.01);
    editor.setZoom(1000);
    QCOMPARE(editor.zoom(), Editor::largestZoom);
    editor.setZoom(1);
    QCOMPARE(editor.zoom(), Editor::smallestZoom);
}

void TestEditor::columnIsCentred() {
    Editor editor;
    setUp(editor);
    editor.setText(QStringLiteral("and then the man went back to his house again ").repeated(20));
    const int left = editor.viewport()->x();
    const int right = editor.width() - left - editor.viewport()->width();
    QVERIFY(left > 100);
    QVERIFY(qAbs(left - right) <= editor.style()->pixelMetric(QStyle::PM_ScrollBarExtent) + 1);
    // 66 to 72 letters a line
    const QTextLayout* layout = editor.document()->firstBlock().layout();
    QVERIFY(layout->lineCount() > 5);
    for (int i = 0; i + 1 < layout->lineCount(); ++i) {
        QVERIFY(layout->lineAt(i).textLength() <= 76);
        QVERIFY(layout->lineAt(i).textLength() >= 60);
    }
    editor.setText(QStringLiteral("\u79CB").repeated(300));
    layout = editor.document()->firstBlock().layout();
    QTRY_COMPARE(layout->lineAt(0).textLength(), 36);
}

void TestEditor::linesStandOnAGrid() {
    Editor editor;
    setUp(editor);
    editor.setText(QStringLiteral("plain words\n\u6F22\u5B57 and words\n# heading\nlast"));
    editor.grab();
    QList<qreal> baselines;
    const auto* page = qobject_cast<PageLayout*>(editor.document()->documentLayout());
    QVERIFY(page != nullptr);
    qreal top = 0;
    for (QTextBlock block = editor.document()->firstBlock(); block.isValid();
         block = block.next()) {
        const qreal height = page->blockBoundingRect(block).height();
        const QTextLine line = block.layout()->lineAt(0);
        baselines.append(top + line.y() + line.ascent());
        top += height;
    }
    for (int i = 1; i < baselines.size(); ++i) {
        QVERIFY(qAbs(baselines[i] - baselines[i - 1] - page->pitch()) < 0.51);
    }
}

void TestEditor::ghostTakesOnlyFreeRoom() {
    Editor editor;
    setUp(editor);
    const QString full =
        QStringLiteral("and then the man went back to his house and shut all the doors");
    editor.setText(full);
    moveTo(editor, static_cast<int>(full.size()));
    editor.showGhost(QStringLiteral(" and closed it again")); // wraps into free space
    QCOMPARE(editor.visibleGhost(), QStringLiteral(" and closed it again"));
    // With a paragraph below, only what fits on the line.
    editor.setText(full + QStringLiteral("\nnext paragraph"));
    moveTo(editor, static_cast<int>(full.size()));
    editor.showGhost(QStringLiteral(" and closed it again"));
    QVERIFY(editor.visibleGhost().size() < 20);
    QVERIFY(QStringLiteral(" and closed it again").startsWith(editor.visibleGhost()));
    // A blank line is free.
    editor.setText(full + QStringLiteral("\n\nnext paragraph"));
    moveTo(editor, static_cast<int>(full.size()));
    editor.showGhost(QStringLiteral(" and closed it again"));
    QCOMPARE(editor.visibleGhost(), QStringLiteral(" and closed it again"));
    // Never more than a line of text.
    editor.showGhost(QStringLiteral(" and\nmore"));
    QCOMPARE(editor.visibleGhost(), QStringLiteral(" and"));
}

void TestEditor::ghostNeverMovesText() {
    Editor editor;
    setUp(editor);
    editor.setText(QStringLiteral("first\nThe old man\n\nlast paragraph"));
    moveTo(editor, 17);
    QList<QRect> before;
    for (int i = 0; i < editor.document()->characterCount(); ++i) {
        QTextCursor cursor(editor.document());
        cursor.setPosition(i);
        before.append(editor.cursorRect(cursor));
    }
    editor.showGhost(QStringLiteral(" looked at the sea ").repeated(6));
    QVERIFY(!editor.visibleGhost().isEmpty());
    for (int i = 0; i < editor.document()->characterCount(); ++i) {
        QTextCursor cursor(editor.document());
        cursor.setPosition(i);
        QCOMPARE(editor.cursorRect(cursor), before.at(i));
    }
}

void TestEditor::inputMethodRectangleIsAtTheCaret() {
    Editor editor;
    setUp(editor);
    editor.setText(QStringLiteral("some text\nmore"));
    moveTo(editor, 12);
    const QRect caret = editor.cursorRect();
    const QRect expected = caret.translated(editor.viewport()->pos());
    const QRect told = editor.inputMethodQuery(Qt::ImCursorRectangle).toRectF().toRect();
    QVERIFY2(qAbs(told.x() - expected.x()) <= 2 && qAbs(told.y() - expected.y()) <= 2,
             qPrintable(QStringLiteral("%1,%2").arg(told.x()).arg(told.y())));
    QVariant answer;
    QVERIFY(QMetaObject::invokeMethod(
        &editor, "inputMethodQuery", Qt::DirectConnection, Q_RETURN_ARG(QVariant, answer),
        Q_ARG(Qt::InputMethodQuery, Qt::ImCursorRectangle), Q_ARG(QVariant, QVariant())));
    QCOMPARE(answer.toRectF().toRect(), told);
    QInputMethodEvent preedit(QStringLiteral("ni"), {});
    QCoreApplication::sendEvent(&editor, &preedit);
    QVERIFY(editor.isComposing());
    QCOMPARE(editor.text(), QStringLiteral("some text\nmore"));
    QVERIFY(!editor.document()->isUndoAvailable());
}

void TestEditor::altLettersAreNotEntered() {
    Editor editor;
    setUp(editor);
    QTest::keyClick(&editor, Qt::Key_3, Qt::AltModifier);
    QCOMPARE(editor.text(), QString());
}

void TestEditor::droppedFilesAreNotText() {
    TestEditorWidget editor;
    QTemporaryFile file;
    QVERIFY(file.open());
    QMimeData files;
    files.setUrls({QUrl::fromLocalFile(file.fileName())});
    QSignalSpy dropped(&editor, &Editor::filesDropped);
    QVERIFY(editor.canInsertFromMimeData(&files));
    editor.insertFromMimeData(&files);
    QCOMPARE(dropped.count(), 1);
    QCOMPARE(dropped.at(0).at(0).toStringList(), QStringList{file.fileName()});
    QCOMPARE(editor.text(), QString());
    QMimeData words;
    words.setText(QStringLiteral("pasted"));
    editor.insertFromMimeData(&words);
    QCOMPARE(editor.text(), QStringLiteral("pasted"));
}

// Against a count of the whole text after each of many random edits.
void TestEditor::countsFollowEdits() {
    Editor editor;
    DocumentCounts counts(*editor.document());
    editor.setText(QStringLiteral("One two\n\nthree \u56DB"));
    QCOMPARE(counts.total(), services::countText(editor.text()));
    QRandomGenerator random(7);
    const QStringList pieces = {"word", " ", "\n", "\n\n", "\u4F60", "a b\nc d\ne", "", "'"};
    for (int i = 0; i < 400; ++i) {
        QTextCursor cursor(editor.document());
        const int size = editor.document()->characterCount();
        cursor.setPosition(random.bounded(size));
        if (random.bounded(2) == 0) {
            cursor.setPosition(std::min(size - 1, cursor.position() + random.bounded(12)),
                               QTextCursor::KeepAnchor);
        }
        cursor.insertText(pieces.at(random.bounded(static_cast<int>(pieces.size()))));
        if (random.bounded(8) == 0) {
            editor.undo();
        }
        QCOMPARE(counts.total(), services::countText(editor.text()));
    }
    editor.setText(QStringLiteral("The"));
    counts.restart();
    moveTo(editor, 3);
    connect(&editor, &Editor::suggestionInserted, &counts, &DocumentCounts::suggestionInserted);
    editor.insertSuggestion(0, QStringLiteral(" old man"));
    QCOMPARE(counts.wordsFromSuggestions(), 2);
    editor.undo();
    QCOMPARE(counts.wordsFromSuggestions(), 0);
    editor.redo();
    QCOMPARE(counts.wordsFromSuggestions(), 2);
}

QTEST_MAIN(TestEditor)
#include "test_editor.moc"
