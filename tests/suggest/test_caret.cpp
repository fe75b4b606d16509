#include <QTest>

#include "suggest/caret.h"
#include "suggest/offensive_words.h"
#include "suggest/text_tracker.h"
#include "suggest/unicode_words.h"
#include "suggest/word_stream.h"

using namespace linnet::suggest;

class TestCaret : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void words_data();
    void words();
    void normalises_data();
    void normalises();
    void typed_data();
    void typed();
    void suppressed_data();
    void suppressed();
    void cases();
    void offensive();
    void tracker();
};

namespace {
QString text(std::string_view value) {
    return QString::fromUtf8(value.data(), static_cast<qsizetype>(value.size()));
}
} // namespace

void TestCaret::words_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("plain") << "The old man." << QStringList{"The", "old", "man"};
    QTest::newRow("joined") << "don't well-known 18F" << QStringList{"don't", "well-known", "18F"};
    QTest::newRow("curly") << "don’t" << QStringList{"don’t"};
    QTest::newRow("outside") << "'tis -x- o' 'a'" << QStringList{"tis", "x", "o", "a"};
    QTest::newRow("double joiner") << "a--b c''d e-'f" << QStringList{"a", "b", "c", "d", "e", "f"};
    QTest::newRow("dash") << "café—über" << QStringList{"café", "über"};
    QTest::newRow("underscore") << "_emphasis_ a_b" << QStringList{"emphasis", "a", "b"};
    QTest::newRow("scripts") << "мир 山水 α" << QStringList{"мир", "山水", "α"};
    QTest::newRow("none") << " … --- " << QStringList{};
}

void TestCaret::words() {
    QFETCH(QString, input);
    QFETCH(QStringList, words);
    const std::string bytes = input.toStdString();
    QStringList found;
    forEachWord(bytes, [&](std::string_view, std::string_view word) { found << text(word); });
    QCOMPARE(found, words);
}

void TestCaret::normalises_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("output");
    QTest::newRow("quotes") << "“It’s ‘fine’,” he said…"
                            << "\"It's 'fine',\" he said...";
    QTest::newRow("dashes") << "a -- b---c – d — e"
                            << "a—b—c—d—e";
    QTest::newRow("lines") << "a\r\n\r\nb\rc"
                           << "a\nb\nc";
    QTest::newRow("hyphen") << "well-known - no"
                            << "well-known—no";
    QTest::newRow("list") << "- item"
                          << "- item";
    QTest::newRow("same") << "Zürich, \"plain\"."
                          << "Zürich, \"plain\".";
}

void TestCaret::normalises() {
    QFETCH(QString, input);
    QFETCH(QString, output);
    QCOMPARE(text(normaliseText(input.toStdString())), output);
}

void TestCaret::typed_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("context");
    QTest::newRow("boundary") << "The old "
                              << ""
                              << "The old ";
    QTest::newRow("letters") << "The ol"
                             << "ol"
                             << "The ";
    QTest::newRow("whole word") << "The old"
                                << "old"
                                << "The ";
    QTest::newRow("apostrophe") << "I don'"
                                << "don'"
                                << "I ";
    QTest::newRow("curly") << "I don’t"
                           << "don't"
                           << "I ";
    QTest::newRow("hyphen") << "a well-"
                            << "well-"
                            << "a ";
    QTest::newRow("quote") << "he said, \"H"
                           << "H"
                           << "he said, \"";
    QTest::newRow("dash") << "no—y"
                          << "y"
                          << "no—";
    QTest::newRow("opening apostrophe") << "he 't"
                                        << "t"
                                        << "he '";
    QTest::newRow("empty") << ""
                           << ""
                           << "";
}

void TestCaret::typed() {
    QFETCH(QString, before);
    QFETCH(QString, typed);
    QFETCH(QString, context);
    const Caret caret = analyseCaret(before.toStdString());
    QCOMPARE(text(caret.typed), typed);
    QCOMPARE(text(caret.context), context);
}

void TestCaret::suppressed_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<bool>("suppressed");
    QTest::newRow("prose") << "The old man looked at th" << false;
    QTest::newRow("url") << "see https://exam" << true;
    QTest::newRow("www") << "see www.exa" << true;
    QTest::newRow("e-mail") << "write to anna@exa" << true;
    QTest::newRow("domain") << "on example.co" << true;
    QTest::newRow("path") << "in /usr/lo" << true;
    QTest::newRow("after url") << "see https://example.org and th" << false;
    QTest::newRow("code span") << "call `pri" << true;
    QTest::newRow("closed span") << "call `print` and th" << false;
    QTest::newRow("span of another paragraph") << "one ` mark\n\nand th" << false;
    QTest::newRow("fence") << "text\n```\nint ma" << true;
    QTest::newRow("after fence") << "```\nint main\n```\nand th" << false;
    QTest::newRow("mess") << "text #$%^& a" << false;
    QTest::newRow("right in a mess") << "text #$%^&a" << true;
    QTest::newRow("slash") << "and/o" << false;
    QTest::newRow("sentence without space") << "\"Stop.\" H" << false;
    QTest::newRow("Chinese") << "山水，" << true;
    QTest::newRow("markdown") << "**bo" << false;
    QTest::newRow("heading") << "## Th" << false;
}

void TestCaret::suppressed() {
    QFETCH(QString, before);
    QFETCH(bool, suppressed);
    QCOMPARE(analyseCaret(before.toStdString()).suppressed, suppressed);
}

void TestCaret::cases() {
    QCOMPARE(text(capitalised("élan")), QString("Élan"));
    QCOMPARE(text(uncapitalised("Łódź")), QString("łódź"));
    QCOMPARE(text(upperCased("naïve мир")), QString("NAÏVE МИР"));
    QVERIFY(isAllUpper("NASA") && !isAllUpper("N") && !isAllUpper("NaSA"));
    // Every code point that has a partner comes back.
    for (char32_t c = 1; c < 0x500; ++c) {
        if (toLower(c) != c) {
            QCOMPARE(toUpper(toLower(c)), c);
        }
    }
    QCOMPARE(text(withApostrophes("don't", true)), QString("don’t"));
    QCOMPARE(text(withApostrophes("don't", false)), QString("don't"));
    QVERIFY(analyseCaret("I don’t. You do").curly);
    QVERIFY(!analyseCaret("I don’t. You don't do").curly);
}

void TestCaret::offensive() {
    QVERIFY(isOffensive("fuck"));
    QVERIFY(isOffensive("Fucking"));
    QVERIFY(!isOffensive("duck"));
    QVERIFY(!isOffensive("Scunthorpe"));
    QVERIFY(!isOffensive(""));
}

void TestCaret::tracker() {
    TextTracker tracker;
    std::string document;
    for (int i = 0; i < 300; ++i) {
        document += "word" + std::to_string(i * 7919 % 1000) + ' ';
    }
    QCOMPARE(tracker.update(document.substr(0, 500)), TextTracker::Change::Elsewhere);
    QCOMPARE(tracker.update(document.substr(0, 500)), TextTracker::Change::None);
    QCOMPARE(tracker.update(document.substr(0, 510)), TextTracker::Change::Grown);
    QCOMPARE(text(tracker.added()), text(document.substr(500, 10)));
    // The request begins further on.
    QCOMPARE(tracker.update(document.substr(256, 300)), TextTracker::Change::Grown);
    QCOMPARE(text(tracker.text()), text(document.substr(0, 556)));
    QCOMPARE(text(tracker.added()), text(document.substr(510, 46)));
    // Something was deleted, something else typed.
    QCOMPARE(tracker.update(document.substr(256, 280) + "xyz "), TextTracker::Change::Edited);
    QCOMPARE(text(tracker.text()), text(document.substr(0, 536) + "xyz "));
    QCOMPARE(tracker.update("Another text altogether, with nothing of the first one in it, and "
                            "long enough to be told apart. "),
             TextTracker::Change::Elsewhere);
    // Very long texts lose their beginning.
    std::string longText;
    std::size_t cut = 0;
    for (int i = 0; i < 1200; ++i) {
        longText +=
            "chapter " + std::to_string(i) + " of a very long book that goes on and on and on, ";
        const auto size = longText.size();
        tracker.update(std::string_view(longText).substr(size - std::min<std::size_t>(size, 2000)));
        cut += tracker.cut();
    }
    QVERIFY(cut > 0);
    QVERIFY(tracker.text().size() <= 64 * 1024);
    QVERIFY(std::string_view(longText).substr(longText.size() - tracker.text().size()) ==
            tracker.text());
}

QTEST_APPLESS_MAIN(TestCaret)
#include "test_caret.moc"
