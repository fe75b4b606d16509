#include <QTest>
#include <QTextDocument>

#include "ui/editor/editor.h"
#include "ui/editor/finder.h"
#include "ui/editor/markdown_highlighter.h"
#include "ui/editor/word_choices.h"
#include "ui/theme.h"

using namespace linnet;
using namespace linnet::ui;

namespace {

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

// What the page does with text and colour, apart from the widget: Markdown, finding, words,
// contrasts.
class TestText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void markdownStyles_data();
    void markdownStyles();
    void finds_data();
    void finds();
    void replacesAllInOneStep();
    void replacesGroups();
    void badPatternIsTold();
    void wordEdits_data();
    void wordEdits();
    void wordsAfterPunctuation_data();
    void wordsAfterPunctuation();
    void firstWords_data();
    void firstWords();
    void contrasts_data();
    void contrasts();
};

void TestText::markdownStyles_data() {
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

void TestText::markdownStyles() {
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

void TestText::finds_data() {
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

void TestText::finds() {
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

void TestText::replacesAllInOneStep() {
    Editor editor;
    editor.setText(QStringLiteral("one two one\none\nnone"));
    const Finder finder({QStringLiteral("one"), false, true, false});
    QCOMPARE(finder.replaceAll(*editor.document(), QStringLiteral("1\\1")), 3);
    QCOMPARE(editor.text(), QStringLiteral("1\\1 two 1\\1\n1\\1\nnone"));
    editor.undo();
    QCOMPARE(editor.text(), QStringLiteral("one two one\none\nnone"));
    QVERIFY(!editor.document()->isUndoAvailable());
}

void TestText::replacesGroups() {
    Editor editor;
    editor.setText(QStringLiteral("Smith, John\nDoe, Jane"));
    const Finder finder({QStringLiteral("(\\w+), (\\w+)"), false, false, true});
    QCOMPARE(finder.replaceAll(*editor.document(), QStringLiteral("\\2\\n\\1 \\\\")), 2);
    QCOMPARE(editor.text(), QStringLiteral("John\nSmith \\\nJane\nDoe \\"));
}

void TestText::badPatternIsTold() {
    const Finder finder({QStringLiteral("(a"), false, false, true});
    QVERIFY(!finder.problem().isEmpty());
    QVERIFY(!finder.canFind());
    QVERIFY(finder.matches(QStringLiteral("(a")).isEmpty());
}

void TestText::wordEdits_data() {
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
    QTest::newRow("next word") << "door"
                               << "the" << 0;
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
    QTest::newRow("not its own ending") << "or"
                                        << "door" << 0;
}

void TestText::wordEdits() {
    QFETCH(QString, word);
    QFETCH(QString, before);
    QFETCH(int, replaced);
    const auto edit = editForWord(word, before);
    QCOMPARE(edit.has_value(), replaced >= 0);
    if (edit) {
        QCOMPARE(edit->before, replaced);
    }
}

void TestText::wordsAfterPunctuation_data() {
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
    QTest::newRow("finished word") << "the roof"
                                   << " he";
}

void TestText::wordsAfterPunctuation() {
    QFETCH(QString, before);
    QFETCH(QString, text);
    const auto edit = editForWord(QStringLiteral("he"), before);
    QVERIFY(edit.has_value());
    QCOMPARE(edit->before, 0);
    QCOMPARE(edit->text, text);
    QCOMPARE(remainderOfWord(QStringLiteral("he"), before), text);
}

void TestText::firstWords_data() {
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

void TestText::firstWords() {
    QFETCH(QString, ghost);
    QFETCH(QString, word);
    QCOMPARE(firstWord(ghost), word);
}

void TestText::contrasts_data() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestText::contrasts() {
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

QTEST_MAIN(TestText)
#include "test_text.moc"
