#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "services/spell_checker.h"
#include "services/spell_words.h"
#include "support/small_dictionary.h"

using namespace linnet;
using namespace linnet::services;

class TestSpelling : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void words_data();
    void words();
    void dictionaryKnows();
    void latin1();
    void unreadableDictionaries();
    void findsDictionaries();
    void answersLater();
    void addedWordsStay();
    void ignoredWordsDoNot();
    void suggests();
    void anotherDictionary();
};

void TestSpelling::words_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* text, const QStringList& expected) {
        QTest::newRow(text) << QString::fromUtf8(text) << expected;
    };
    row("The old man, it's said.", {"The", "old", "man", "it's", "said"});
    row("'Quoted' and ‘curly’, don’t", {"Quoted", "and", "curly", QString::fromUtf8("don’t")});
    row("NASA in 1969, the 2nd try: H2O", {"in", "the", "try"});
    row("iPhone and McDonald", {"and"});
    row("see https://example.org/wrods or www.wrods.com now", {"see", "or", "now"});
    row("mail me@wrods.org, ~/wrods, /usr/lib, a/b/c, notes.md", {"mail"});
    row("and/or", {"and", "or"});
    row("snake_case #tag <br>", {});
    row("well-known", {"well", "known"});
    row("老人看着sea说话。海 wave", {"sea", "wave"});
    row("слово word", {"word"});
    row("na\u00EFve caf\u00E9", {QString::fromUtf8("naïve"), QString::fromUtf8("café")});
    row("", {});
    row("a I", {});
    row("end.Next", {});
    row("**bold** _it_ (word)", {"bold", "it", "word"});
}

void TestSpelling::words() {
    QFETCH(QString, text);
    QFETCH(QStringList, expected);
    QStringList found;
    for (const SpellWord& word : spellWords(text)) {
        found << text.mid(word.start, word.length);
    }
    QCOMPARE(found, expected);
}

void TestSpelling::dictionaryKnows() {
    QTemporaryDir folder;
    const auto loaded = SpellDictionary::load(
        tests::writeDictionary(folder.path(), "en_XX", "harbour/S\nboat\nna\xC3\xAFve\n"));
    QVERIFY(loaded.ok());
    SpellDictionary& dictionary = **loaded;
    QVERIFY(dictionary.knows(QStringLiteral("harbour")));
    QVERIFY(dictionary.knows(QStringLiteral("harbours"))); // by its affix
    QVERIFY(dictionary.knows(QStringLiteral("Harbour")));  // at the start of a sentence
    QVERIFY(dictionary.knows(QString::fromUtf8("naïve")));
    QVERIFY(!dictionary.knows(QStringLiteral("harbuor")));
    QCOMPARE(dictionary.suggestions(QStringLiteral("baot")), QStringList{QStringLiteral("boat")});
    dictionary.add(QStringLiteral("Marlow"));
    QVERIFY(dictionary.knows(QStringLiteral("Marlow")));
    QVERIFY(dictionary.knows(QStringLiteral("Marlow's")));
    dictionary.remove(QStringLiteral("Marlow"));
    QVERIFY(!dictionary.knows(QStringLiteral("Marlow")));
}

void TestSpelling::latin1() {
    QTemporaryDir folder;
    const auto loaded = SpellDictionary::load(
        tests::writeDictionary(folder.path(), "en_XX", "caf\xE9\n", "ISO8859-1"));
    QVERIFY(loaded.ok());
    QVERIFY((*loaded)->knows(QString::fromUtf8("café")));
    QVERIFY(!(*loaded)->knows(QString::fromUtf8("cafè")));
    QVERIFY((*loaded)->knows(QString::fromUtf8("łódź"))); // beyond its judgement
}

void TestSpelling::unreadableDictionaries() {
    QTemporaryDir folder;
    const auto odd =
        SpellDictionary::load(tests::writeDictionary(folder.path(), "en_XX", "a\n", "KOI8-R"));
    QVERIFY(!odd.ok());
    QVERIFY(odd.error().code == engine::ErrorCode::UnsupportedFormat);
    const auto missing = SpellDictionary::load({"en_YY", folder.filePath("x.aff"), "x.dic"});
    QVERIFY(!missing.ok());
    QVERIFY(missing.error().code == engine::ErrorCode::NotFound);
}

void TestSpelling::findsDictionaries() {
    QTemporaryDir own;
    QTemporaryDir system;
    tests::writeDictionary(system.path(), "en_US", "a\n");
    tests::writeDictionary(system.path(), "en_GB", "a\n");
    tests::writeDictionary(system.path(), "de_DE", "a\n");
    tests::writeDictionary(own.path(), "en_US", "a\n");
    QVERIFY(QFile::remove(QDir(system.path()).filePath("en_GB.aff")));
    const auto found = findDictionaries({own.path(), system.path(), "/nowhere"});
    QCOMPARE(found.size(), size_t(1));
    QCOMPARE(found.front().name, QStringLiteral("en_US"));
    QVERIFY(found.front().words.startsWith(own.path()));
}

void TestSpelling::answersLater() {
    QTemporaryDir folder;
    SpellChecker checker({tests::writeDictionary(folder.path(), "en_XX", "boat\n")},
                         folder.filePath("spelling.txt"));
    QSignalSpy changed(&checker, &SpellChecker::verdictsChanged);
    QVERIFY(checker.isAvailable());
    QVERIFY(!checker.isCorrect(QStringLiteral("boat")).has_value());
    QVERIFY(!checker.isCorrect(QStringLiteral("baot")).has_value());
    QTRY_COMPARE(changed.count(), 1); // one answer for the page
    QCOMPARE(checker.isCorrect(QStringLiteral("boat")), std::optional(true));
    QCOMPARE(checker.isCorrect(QStringLiteral("baot")), std::optional(false));
    const SpellChecker none({}, folder.filePath("spelling.txt"));
    QVERIFY(!none.isAvailable());
}

void TestSpelling::addedWordsStay() {
    QTemporaryDir folder;
    const std::vector<DictionaryFiles> files = {
        tests::writeDictionary(folder.path(), "en_XX", "boat\n")};
    const QString personal = folder.filePath("data/spelling.txt");
    {
        SpellChecker checker(files, personal);
        checker.add(QString::fromUtf8("Marlow’n"));
        checker.add(QStringLiteral("Kurtz"));
        checker.add(QStringLiteral("Oops"));
        checker.remove(QStringLiteral("Oops"));
    }
    SpellChecker checker(files, personal);
    checker.isCorrect(QStringLiteral("Kurtz"));
    checker.isCorrect(QStringLiteral("Marlow'n"));
    checker.isCorrect(QStringLiteral("Oops"));
    QTRY_COMPARE(checker.isCorrect(QStringLiteral("Kurtz")), std::optional(true));
    QCOMPARE(checker.isCorrect(QStringLiteral("Marlow'n")), std::optional(true));
    QCOMPARE(checker.isCorrect(QStringLiteral("Oops")), std::optional(false));
    QVERIFY(checker.isPersonal(QStringLiteral("Kurtz")));
    QVERIFY(!checker.isPersonal(QStringLiteral("boat")));
    QFile file(personal);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("Marlow'n\nKurtz\n"));
}

void TestSpelling::ignoredWordsDoNot() {
    QTemporaryDir folder;
    SpellChecker checker({tests::writeDictionary(folder.path(), "en_XX", "boat\n")},
                         folder.filePath("spelling.txt"));
    checker.isCorrect(QStringLiteral("baot"));
    QTRY_COMPARE(checker.isCorrect(QStringLiteral("baot")), std::optional(false));
    checker.ignore(QStringLiteral("baot"));
    QCOMPARE(checker.isCorrect(QStringLiteral("baot")), std::optional(true));
    QVERIFY(!QFile::exists(folder.filePath("spelling.txt")));
}

void TestSpelling::suggests() {
    QTemporaryDir folder;
    SpellChecker checker({tests::writeDictionary(folder.path(), "en_XX", "boat\n")},
                         folder.filePath("spelling.txt"));
    QSignalSpy ready(&checker, &SpellChecker::suggestionsReady);
    checker.askForSuggestions(QStringLiteral("baot"));
    QTRY_COMPARE(ready.count(), 1);
    QCOMPARE(ready.at(0).at(0).toString(), QStringLiteral("baot"));
    QCOMPARE(ready.at(0).at(1).toStringList(), QStringList{QStringLiteral("boat")});
}

void TestSpelling::anotherDictionary() {
    QTemporaryDir folder;
    SpellChecker checker({tests::writeDictionary(folder.path(), "en_XX", "color\n"),
                          tests::writeDictionary(folder.path(), "en_YY", "colour\n")},
                         folder.filePath("spelling.txt"));
    QCOMPARE(checker.dictionaries(), (QStringList{"en_XX", "en_YY"}));
    checker.setDictionary(QStringLiteral("en_XX"));
    checker.isCorrect(QStringLiteral("colour"));
    QTRY_COMPARE(checker.isCorrect(QStringLiteral("colour")), std::optional(false));
    checker.setDictionary(QStringLiteral("en_YY"));
    QVERIFY(!checker.isCorrect(QStringLiteral("colour")).has_value());
    QTRY_COMPARE(checker.isCorrect(QStringLiteral("colour")), std::optional(true));
}

QTEST_GUILESS_MAIN(TestSpelling)
#include "test_spelling.moc"
