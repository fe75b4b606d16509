// The forms as shipped, the layout of poems, and what the reader says of bad files.

#include <QTest>

#include <string>

#include "verse/form_library.h"

using namespace linnet::verse;

namespace {

QString lineOf(const Layout& layout, std::size_t line) {
    return QString::fromStdString(
        toString(layout.lines.at(line).patterns.at(0), Language::Chinese));
}

QString schemeOf(const Layout& layout) {
    QString scheme;
    for (std::size_t i = 0; i < layout.rhymes.size(); ++i) {
        if (std::find(layout.breaks.begin(), layout.breaks.end(), static_cast<int>(i)) !=
            layout.breaks.end()) {
            scheme += QLatin1Char(' ');
        }
        const RhymeMark mark = layout.rhymes[i];
        scheme += mark.letter < 0
                      ? QLatin1Char('x')
                      : QLatin1Char(static_cast<char>((mark.required ? 'A' : 'a') + mark.letter));
    }
    return scheme;
}

const char* const smallForm = R"({
    "name": "tiny", "language": "en", "title": {"en": "Tiny", "zh": "小"},
    "description": {"en": "Two lines.", "zh": "两行。"},
    "variants": [{"lines": ["x/", 3], "rhyme": "AA"}]})";

} // namespace

class TestForms : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        auto library = FormLibrary::open(LINNET_SOURCE_DIR "/resources/forms");
        QVERIFY2(library, library ? "" : library.error().message.c_str());
        m_library = std::move(library).value();
    }

    void parallelLinesAndOpenings() {
        const Form& qilu = **m_library.find("qilu");
        QCOMPARE(qilu.parallel, (std::vector<std::pair<int, int>>{{2, 3}, {4, 5}}));
        QVERIFY(!(*m_library.find("limerick"))->openings.lines.empty());
        QVERIFY((*m_library.find("haiku"))->images);
        const std::string start(smallForm, std::string(smallForm).rfind('}'));
        for (const auto& [keys, named] :
             {std::pair(R"("parallel": [[1, 3]])", "parallel"),
              std::pair(R"("openings": {"lines": ["A {who}"]})", "who"),
              std::pair(R"("openings": {"lines": []})", "openings.lines"),
              std::pair(R"("images": 1)", "images")}) {
            const auto read = readForm(start + ", " + keys + "}", "tiny.json");
            QVERIFY(!read);
            QVERIFY2(read.error().message.find(named) != std::string::npos,
                     read.error().message.c_str());
        }
    }

    void everyFormIsThere() {
        QStringList names;
        for (const Form& form : m_library.forms()) {
            names << QString::fromStdString(form.name);
        }
        QCOMPARE(names.join(QLatin1Char(' ')),
                 QStringLiteral("wujue qijue wulu qilu wuyan qiyan duilian sonnet petrarchan "
                                "ballad common-metre heroic-couplet limerick haiku blank-verse "
                                "free-verse"));
        QCOMPARE((*m_library.find("七绝"))->name, std::string("qijue"));
        const auto missing = m_library.find("ode");
        QVERIFY(!missing);
        QVERIFY(missing.error().message.find("sonnet") != std::string::npos);
    }

    // The tables that every handbook prints; 中 where either tone may stand.
    void regulatedPatterns() {
        const Form& form = **m_library.find("qijue");
        const Layout layout = layoutOf(*form.findVariant("ping-rhymed"), 1);
        QCOMPARE(lineOf(layout, 0), QStringLiteral("中平中仄中平平"));
        QCOMPARE(lineOf(layout, 1), QStringLiteral("中仄中平中仄平"));
        QCOMPARE(lineOf(layout, 2), QStringLiteral("中仄中平中仄仄"));
        QCOMPARE(lineOf(layout, 3), QStringLiteral("中平中仄中平平"));
        QCOMPARE(schemeOf(layout), QStringLiteral("aAxA"));
        const Form& five = **m_library.find("wulu");
        const Layout eight = layoutOf(*five.findVariant("ze-unrhymed"), 1);
        QCOMPARE(lineOf(eight, 0), QStringLiteral("中仄中平仄"));
        QCOMPARE(lineOf(eight, 2), QStringLiteral("中平中仄仄"));
        QCOMPARE(lineOf(eight, 4), QStringLiteral("中仄中平仄"));
        QCOMPARE(schemeOf(eight), QStringLiteral("xAxAxAxA"));
    }

    void licences() {
        const Form& form = **m_library.find("wulu");
        const auto ends = [&](const char* variant, std::size_t line) {
            const Pattern& pattern = form.findVariant(variant)->lines.at(line).patterns.at(0);
            const auto changed = withLicence(pattern, form.licences.at(0));
            return changed ? QString::fromStdString(toString(*changed, Language::Chinese))
                           : QString();
        };
        QCOMPARE(ends("ze-unrhymed", 2), QStringLiteral("中平仄平仄"));
        QCOMPARE(ends("ze-unrhymed", 0), QString());
        QCOMPARE(ends("ze-unrhymed", 1), QString());
    }

    void layouts() {
        const Form& ballad = **m_library.find("ballad");
        QCOMPARE(schemeOf(layoutOf(ballad.variants[0], 2)), QStringLiteral("xAxA xBxB"));
        QVERIFY(blocksFor(ballad.variants[0], 8) == 2);
        QVERIFY(!blocksFor(ballad.variants[0], 6));
        const Form& couplets = **m_library.find("heroic-couplet");
        QCOMPARE(schemeOf(layoutOf(couplets.variants[0], 3)), QStringLiteral("AABBCC"));
        const Form& sonnet = **m_library.find("sonnet");
        QCOMPARE(schemeOf(layoutOf(sonnet.variants[0], 1)), QStringLiteral("ABAB CDCD EFEF GG"));
        QCOMPARE(sonnet.lineCounts(), std::vector<int>{14});
        QCOMPARE((*m_library.find("wuyan"))->lineCounts(), (std::vector<int>{4, 8}));
        QCOMPARE(couplets.lineCounts(3), (std::vector<int>{2, 4, 6}));
        QVERIFY(!(*m_library.find("haiku"))->hasRhyme());
        QVERIFY((*m_library.find("blank-verse"))->hasPattern());
    }

    void badFiles_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("says");
        QTest::newRow("not json") << "\"name\""
                                  << "name"
                                  << "JSON";
        QTest::newRow("unknown key") << "\"title\""
                                     << "\"titel\""
                                     << "titel";
        QTest::newRow("missing key")
            << "\"description\": {\"en\": \"Two lines.\", \"zh\": \"两行。\"},"
            << ""
            << "description";
        QTest::newRow("language") << "\"en\", \"title\""
                                  << "\"fr\", \"title\""
                                  << "language";
        QTest::newRow("letters") << "x/\""
                                 << "xo\""
                                 << "variants[0].lines[0]";
        QTest::newRow("length") << "3]"
                                << "0]"
                                << "variants[0].lines[1]";
        QTest::newRow("scheme length") << "AA"
                                       << "AAA"
                                       << "variants[0].rhyme";
        QTest::newRow("scheme letters") << "AA"
                                        << "A?"
                                        << "variants[0].rhyme";
        QTest::newRow("number for text") << "\"tiny\""
                                         << "7"
                                         << "name";
        QTest::newRow("empty stanza") << "AA"
                                      << " AA"
                                      << "stanza";
        QTest::newRow("no variant name") << "[{\"lines\""
                                         << "[{\"lines\": [1], \"rhyme\": \"x\"}, {\"lines\""
                                         << "variants[0].name";
    }
    void badFiles() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, says);
        const QString good = QString::fromUtf8(smallForm);
        QVERIFY(readForm(good.toStdString(), "tiny.json"));
        QVERIFY(good.contains(from));
        const auto form = readForm(QString(good).replace(from, to).toStdString(), "tiny.json");
        QVERIFY(!form);
        const QString message = QString::fromStdString(form.error().message);
        QVERIFY2(message.startsWith(QStringLiteral("tiny.json")) && message.contains(says),
                 qPrintable(message));
    }

private:
    FormLibrary m_library;
};

QTEST_APPLESS_MAIN(TestForms)
#include "test_forms.moc"
