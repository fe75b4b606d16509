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
#include "ui/editor/finder.h"
#include "ui/editor/markdown_highlighter.h"
#include "ui/editor/page_layout.h"
#include "ui/editor/text_context.h"
#include "ui/editor/word_choices.h"
#include "ui/theme.h"

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

QString styleNames(const QString& text, bool fence = false) {
    QString names;
    for (const quint8 style : MarkdownHighlighter::styles(text, fence)) {
        // M(ark), S(trong), E(mphasis), B(oth), C(ode), L(ink), Q(uote), H(an punctuation)
        const QChar name = style & MarkdownHighlighter::Chinese    ? u'H'
                           : style & MarkdownHighlighter::Mark     ? u'M'
                           : (style & 6) == 6                      ? u'B'
                           : style & MarkdownHighlighter::Strong   ? u'S'
                           : style & MarkdownHighlighter::Emphasis ? u'E'
                           : style & MarkdownHighlighter::Code     ? u'C'
                           : style & MarkdownHighlighter::Link     ? u'L'
                           : style & MarkdownHighlighter::Quote    ? u'Q'
                                                                   : u'.';
        names += name;
    }
    return names;
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
    void markdownStyles_data();
    void markdownStyles();
    void finds_data();
    void finds();
    void replacesAllInOneStep();
    void replacesGroups();
    void badPatternIsTold();
    void countsFollowEdits();
    void wordEdits_data();
    void wordEdits();
    void wordsAfterPunctuation_data();
    void wordsAfterPunctuation();
    void firstWords_data();
    void firstWords();
    void contrasts_data();
    void contrasts();
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

void TestEditor::markdownStyles_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("styles");
    QTest::newRow("plain") << "2 * 3 * 4"
                           << ".........";
    QTest::newRow("heading") << "## Two"
                             << "MMMSSS";
    QTest::newRow("no heading") << "#tag"
                                << "....";
    QTest::newRow("emphasis") << "a *b c* d"
                              << "..MEEEM..";
    QTest::newRow("strong") << "**b** c"
                            << "MMSMM..";
    QTest::newRow("both") << "***b***"
                          << "MMMBMMM";
    QTest::newRow("underscores in words") << "a_b_c"
                                          << ".....";
    QTest::newRow("underscores") << "_ab_ c"
                                 << "MEEM..";
    QTest::newRow("escaped") << "\\*a*"
                             << "....";
    QTest::newRow("code") << "a `*b*` c"
                          << "..MCCCM..";
    QTest::newRow("link") << "[ab](u) c"
                          << "MLLMMMM..";
    QTest::newRow("quote") << "> ab"
                           << "MMQQ";
    QTest::newRow("list") << "- ab"
                          << "MM..";
    QTest::newRow("rule") << "---"
                          << "MMM";
    QTest::newRow("quotation marks in Chinese")
        << QStringLiteral("\u201C\u597D\u201D\u2014\u2014") << "H.HHH";
    QTest::newRow("Chinese emphasis is weight") << QStringLiteral("*\u597D*a") << "MSM.";
    QTest::newRow("quotation marks in English") << QStringLiteral("\u201Cok\u201D") << "....";
}

void TestEditor::markdownStyles() {
    QFETCH(QString, text);
    QFETCH(QString, styles);
    QCOMPARE(styleNames(text), styles);
    bool fence = false;
    MarkdownHighlighter::styles(QStringLiteral("```cpp"), fence);
    QVERIFY(fence);
    MarkdownHighlighter::styles(text, fence);
    QVERIFY(fence);
    MarkdownHighlighter::styles(QStringLiteral("```"), fence);
    QVERIFY(!fence);
}

void TestEditor::finds_data() {
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("how"); // c(ase), w(ords), r(egular expression)
    QTest::addColumn<int>("count");
    QTest::newRow("any case") << "the"
                              << "" << 5;
    QTest::newRow("case") << "the"
                          << "c" << 4;
    QTest::newRow("words") << "the"
                           << "w" << 3;
    QTest::newRow("words and case") << "the"
                                    << "cw" << 2;
    QTest::newRow("special characters") << "a.b"
                                        << "" << 1;
    QTest::newRow("expression") << "[Tt]he\\w"
                                << "r" << 2;
    QTest::newRow("Chinese") << QStringLiteral("\u8001\u4EBA") << "" << 1;
    QTest::newRow("nothing matches nothing") << "z*"
                                             << "r" << 0;
}

void TestEditor::finds() {
    QFETCH(QString, pattern);
    QFETCH(QString, how);
    QFETCH(int, count);
    QTextDocument document(
        QStringLiteral("The other man\nthe a.b axb\n\u8001\u4EBA these\nand the end"));
    const Finder finder({pattern, how.contains(u'c'), how.contains(u'w'), how.contains(u'r')});
    QVERIFY(finder.problem().isEmpty());
    QCOMPARE(finder.count(document), count);
    // Going round forwards and backwards meets each match once.
    for (const bool backwards : {false, true}) {
        QSet<int> met;
        int from = backwards ? document.characterCount() - 1 : 0;
        for (int i = 0; i < count; ++i) {
            const QTextCursor found = finder.find(document, from, backwards);
            QVERIFY(!found.isNull());
            met.insert(found.selectionStart());
            from = backwards ? found.selectionStart() : found.selectionEnd();
        }
        QCOMPARE(met.size(), count);
        QCOMPARE(finder.find(document, from, backwards).isNull(), count == 0);
    }
}

void TestEditor::replacesAllInOneStep() {
    Editor editor;
    editor.setText(QStringLiteral("one two one\none\nnone"));
    const Finder finder({QStringLiteral("one"), false, true, false});
    QCOMPARE(finder.replaceAll(*editor.document(), QStringLiteral("1\\1")), 3);
    QCOMPARE(editor.text(), QStringLiteral("1\\1 two 1\\1\n1\\1\nnone"));
    editor.undo();
    QCOMPARE(editor.text(), QStringLiteral("one two one\none\nnone"));
    QVERIFY(!editor.document()->isUndoAvailable());
}

void TestEditor::replacesGroups() {
    Editor editor;
    editor.setText(QStringLiteral("Smith, John\nDoe, Jane"));
    const Finder finder({QStringLiteral("(\\w+), (\\w+)"), false, false, true});
    QCOMPARE(finder.replaceAll(*editor.document(), QStringLiteral("\\2\\n\\1 \\\\")), 2);
    QCOMPARE(editor.text(), QStringLiteral("John\nSmith \\\nJane\nDoe \\"));
}

void TestEditor::badPatternIsTold() {
    const Finder finder({QStringLiteral("(a"), false, false, true});
    QVERIFY(!finder.problem().isEmpty());
    QVERIFY(!finder.canFind());
    QVERIFY(finder.matches(QStringLiteral("(a")).isEmpty());
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

void TestEditor::wordEdits_data() {
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("before");
    QTest::addColumn<int>("replaced"); // -1: the word does not fit here
    QTest::newRow("whole") << "door"
                           << "the " << 0;
    QTest::newRow("begun") << "door"
                           << "the do" << 2;
    QTest::newRow("other case") << "Door"
                                << "the do" << 2;
    QTest::newRow("typed already") << "door"
                                   << "the door" << 4;
    QTest::newRow("other letters") << "door"
                                   << "the fl" << -1;
    QTest::newRow("apostrophe") << "don't"
                                << "I don'" << 4;
    QTest::newRow("curly apostrophe") << "don't"
                                      << "I don\u2019" << 4;
    QTest::newRow("new word after apostrophe") << "the"
                                               << "don'" << -1;
    QTest::newRow("after a quotation mark") << "The"
                                            << "\u201CTh" << 2;
    QTest::newRow("hyphen") << "well-known"
                            << "a well-k" << 6;
    QTest::newRow("Chinese") << "\u5B57"
                             << "\u6C49" << 0;
    QTest::newRow("not inside a word") << "or"
                                       << "door" << -1;
}

void TestEditor::wordEdits() {
    QFETCH(QString, word);
    QFETCH(QString, before);
    QFETCH(int, replaced);
    const auto edit = editForWord(word, before);
    QCOMPARE(edit.has_value(), replaced >= 0);
    if (edit) {
        QCOMPARE(edit->before, replaced);
    }
}

void TestEditor::wordsAfterPunctuation_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("text");
    QTest::newRow("comma") << "the roof,"
                           << " he";
    QTest::newRow("space there already") << "the roof, "
                                         << "he";
    QTest::newRow("closing quotation") << "\"Yes,\""
                                       << " he";
    QTest::newRow("opening quotation") << "He said \""
                                       << "he";
    QTest::newRow("curly closing") << QStringLiteral("\u201CYes\u201D") << " he";
    QTest::newRow("curly opening") << QStringLiteral("\u201C") << "he";
    QTest::newRow("bracket") << "("
                             << "he";
    QTest::newRow("start") << ""
                           << "he";
}

void TestEditor::wordsAfterPunctuation() {
    QFETCH(QString, before);
    QFETCH(QString, text);
    const auto edit = editForWord(QStringLiteral("he"), before);
    QVERIFY(edit.has_value());
    QCOMPARE(edit->before, 0);
    QCOMPARE(edit->text, text);
    QCOMPARE(remainderOfWord(QStringLiteral("he"), before), text);
}

void TestEditor::firstWords_data() {
    QTest::addColumn<QString>("ghost");
    QTest::addColumn<QString>("word");
    QTest::newRow("with space") << " old man"
                                << " old";
    QTest::newRow("rest of a word") << "ld man"
                                    << "ld";
    QTest::newRow("punctuation") << "ld, man"
                                 << "ld,";
    QTest::newRow("Chinese") << "\u8001\u4EBA"
                             << "\u8001";
    QTest::newRow("last") << " man"
                          << " man";
}

void TestEditor::firstWords() {
    QFETCH(QString, ghost);
    QFETCH(QString, word);
    QCOMPARE(firstWord(ghost), word);
}

void TestEditor::contrasts_data() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestEditor::contrasts() {
    // The formula itself, by the values of WCAG: black on white 21, #767676 on white 4.54.
    QVERIFY(qAbs(contrastRatio(Qt::black, Qt::white) - 21) < 0.01);
    QVERIFY(qAbs(contrastRatio(QColor(0x76, 0x76, 0x76), Qt::white) - 4.54) < 0.01);
    QFETCH(bool, dark);
    const Theme& theme = dark ? darkTheme() : lightTheme();
    QCOMPARE(theme.dark, dark);
    for (const QColor& behind : {theme.paper, theme.chrome, theme.selection, theme.match}) {
        QVERIFY(contrastRatio(theme.ink, behind) >= 7);
    }
    QVERIFY(contrastRatio(theme.ink, theme.current) >= 4.5);
    for (const QColor& mark : {theme.muted, theme.accent}) {
        QVERIFY(contrastRatio(mark, theme.paper) >= 4.5);
        QVERIFY(contrastRatio(mark, theme.chrome) >= 4.5);
    }
    QVERIFY(contrastRatio(theme.ghost, theme.paper) >= 3);
    QVERIFY(contrastRatio(theme.ghost, theme.paper) < contrastRatio(theme.muted, theme.paper));
    for (const QColor& dot : {theme.good, theme.busy, theme.bad}) {
        QVERIFY(contrastRatio(dot, theme.chrome) >= 3);
    }
    const QPalette palette = theme.palette();
    QVERIFY(contrastRatio(palette.color(QPalette::ButtonText), palette.color(QPalette::Button)) >=
            7);
}

QTEST_MAIN(TestEditor)
#include "test_editor.moc"
