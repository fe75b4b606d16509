#include <QTest>

#include "services/line_endings.h"
#include "services/text_codec.h"

using namespace linnet::services;
using linnet::engine::ErrorCode;

class TestTextCodec : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void detects_data();
    void detects();
    void refusesBinary_data();
    void refusesBinary();
    void forcedEncodingMustFit();
    void namesTheCharacterThatDoesNotFit();
    void everyByteSurvives();
    void lineEndings_data();
    void lineEndings();
    void mixedEndingsStayWithTheirLines();
    void editingNeverMergesLines();
    void rawTextKeepsNoBreakSpaces();
};

void TestTextCodec::detects_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("mark");
    const QString chinese = QStringLiteral("床前明月光，疑是地上霜。");
    const auto row = [](const char* tag, const char* hex, const QString& text, const char* name,
                        bool mark = false) {
        QTest::newRow(tag) << QByteArray::fromHex(hex) << text << QString::fromLatin1(name) << mark;
    };
    row("empty", "", QString(), "UTF-8");
    row("ascii", "48656c6c6f0a", QStringLiteral("Hello\n"), "UTF-8");
    row("utf-8", "436166c3a9", QStringLiteral("Café"), "UTF-8");
    row("utf-8 bom", "efbbbf436166c3a9", QStringLiteral("Café"), "UTF-8", true);
    row("bom twice", "efbbbfefbbbf41", QStringLiteral("\uFEFFA"), "UTF-8", true);
    row("utf-16le bom", "fffe4100e400", QStringLiteral("Aä"), "UTF-16LE", true);
    row("utf-16be bom", "feff004100e4", QStringLiteral("Aä"), "UTF-16BE", true);
    row("utf-16le", "480065006c006c006f000a00", QStringLiteral("Hello\n"), "UTF-16LE");
    row("utf-16be", "00480065006c006c006f000a", QStringLiteral("Hello\n"), "UTF-16BE");
    row("utf-32le bom", "fffe000041000000", QStringLiteral("A"), "UTF-32LE", true);
    row("windows-1252", "93436166e994209620 6e61ef766585", QStringLiteral("“Café” – naïve…"),
        "windows-1252");
    row("gb18030", "b4b2c7b0c3f7d4c2b9e2a3acd2c9cac7b5d8c9cfcbaaa1a3", chinese, "GB18030");
    QByteArray wide;
    for (const QChar c : chinese) {
        wide.append(static_cast<char>(c.unicode() & 0xFF))
            .append(static_cast<char>(c.unicode() >> 8));
    }
    QTest::newRow("utf-16le Chinese, no zero byte") << wide << chinese << "UTF-16LE" << false;
    // The pairs of letters that once made editors see Chinese.
    row("hidden facts", "427573682068696420746865206661637473",
        QStringLiteral("Bush hid the facts"), "UTF-8");
}

void TestTextCodec::detects() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    QFETCH(QString, name);
    QFETCH(bool, mark);
    if (!availableEncodings().contains(name)) {
        QSKIP("this Qt has no ICU");
    }
    const auto decoded = decodeText(bytes);
    QVERIFY2(decoded.ok(), decoded ? "" : decoded.error().message.c_str());
    QCOMPARE(decoded->encoding.name, name);
    QCOMPARE(decoded->encoding.byteOrderMark, mark);
    QCOMPARE(decoded->text, text);
    const auto encoded = encodeText(decoded->text, decoded->encoding);
    QVERIFY(encoded.ok());
    QCOMPARE(*encoded, bytes);
}

void TestTextCodec::refusesBinary_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");
    QTest::newRow("png") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) << "picture";
    QTest::newRow("zip") << QByteArray("PK\x03\x04\x14\0\0\0\x08\0\xff\xff", 12) << "ZIP";
    QTest::newRow("pdf") << QByteArray("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj") << "PDF";
    QTest::newRow("zeros") << QByteArray(99, '\0') << "zero bytes";
    QTest::newRow("controls") << QByteArray("\x01\x02\x03\xff\x04\x05\x06") << "control";
}

void TestTextCodec::refusesBinary() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    const auto decoded = decodeText(bytes);
    QVERIFY(!decoded.ok());
    QVERIFY(decoded.error().code == ErrorCode::UnsupportedFormat);
    QVERIFY2(QString::fromStdString(decoded.error().message).contains(reason),
             decoded.error().message.c_str());
}

void TestTextCodec::forcedEncodingMustFit() {
    const QByteArray latin("caf\xE9");
    const auto asUtf8 = decodeText(latin, QStringLiteral("UTF-8"));
    QVERIFY(!asUtf8.ok());
    QVERIFY(asUtf8.error().code == ErrorCode::UnsupportedFormat);
    const auto asLatin = decodeText(latin, QStringLiteral("ISO-8859-1"));
    QVERIFY(asLatin.ok());
    QCOMPARE(asLatin->text, QStringLiteral("café"));
    const auto unknown = decodeText(latin, QStringLiteral("EBCDIC-7"));
    QVERIFY(!unknown.ok());
    QVERIFY(unknown.error().code == ErrorCode::InvalidArgument);
}

void TestTextCodec::namesTheCharacterThatDoesNotFit() {
    const QString text = QStringLiteral("naïve 诗 𠮷");
    for (const char* name : {"windows-1252", "ISO-8859-1"}) {
        const TextEncoding encoding{QLatin1String(name), false};
        const auto encoded = encodeText(text, encoding);
        QVERIFY(!encoded.ok());
        QVERIFY(encoded.error().code == ErrorCode::UnsupportedFormat);
        const QString message = QString::fromStdString(encoded.error().message);
        QVERIFY2(message.contains(QStringLiteral("诗 (U+8BD7)")), qPrintable(message));
        QVERIFY2(message.contains(QStringLiteral("UTF-8")), qPrintable(message));
        const auto character = firstUnencodable(text, encoding);
        QVERIFY(character.has_value());
        QCOMPARE(character->position, 6);
        QCOMPARE(character->character, U'诗');
    }
    const auto astral =
        firstUnencodable(QStringLiteral("a𠮷"), {QStringLiteral("ISO-8859-1"), false});
    QVERIFY(astral.has_value());
    QCOMPARE(astral->character, U'𠮷');
    QVERIFY(!firstUnencodable(text, {}).has_value());
}

void TestTextCodec::everyByteSurvives() {
    QByteArray all;
    for (int byte = 1; byte < 256; ++byte) {
        all.append(static_cast<char>(byte));
    }
    const auto decoded = decodeText(all, QStringLiteral("windows-1252"));
    QVERIFY(decoded.ok());
    QCOMPARE(*encodeText(decoded->text, decoded->encoding), all);
}

void TestTextCodec::lineEndings_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("normal");
    QTest::addColumn<QString>("label");
    QTest::newRow("none") << "one"
                          << "one"
                          << "LF";
    QTest::newRow("lf") << "one\ntwo\n"
                        << "one\ntwo\n"
                        << "LF";
    QTest::newRow("crlf") << "one\r\ntwo\r\n"
                          << "one\ntwo\n"
                          << "CRLF";
    QTest::newRow("cr") << "one\rtwo"
                        << "one\ntwo"
                        << "CR";
    QTest::newRow("mixed") << "one\r\ntwo\nthree\r\n\r\n\rx"
                           << "one\ntwo\nthree\n\n\nx"
                           << "mixed, mostly CRLF";
    QTest::newRow("separator") << QStringLiteral("one\u2029two\u2028three")
                               << QStringLiteral("one\ntwo\u2028three") << "U+2029";
}

void TestTextCodec::lineEndings() {
    QFETCH(QString, text);
    QFETCH(QString, normal);
    QFETCH(QString, label);
    QString edited = text;
    const LineEndings endings = LineEndings::normalize(edited);
    QCOMPARE(edited, normal);
    QCOMPARE(endings.label(), label);
    QCOMPARE(endings.restore(edited), text);
}

void TestTextCodec::mixedEndingsStayWithTheirLines() {
    QString text = QStringLiteral("alpha\r\nbeta\ngamma\r\ndelta\nepsilon\r\n");
    const LineEndings endings = LineEndings::normalize(text);
    text.replace(QStringLiteral("beta\n"), QStringLiteral("beta\nnew\nlines\n"));
    text.replace(QStringLiteral("alpha"), QStringLiteral("Alpha"));
    QCOMPARE(endings.restore(text),
             QStringLiteral("Alpha\r\nbeta\nnew\r\nlines\r\ngamma\r\ndelta\nepsilon\r\n"));
}

void TestTextCodec::editingNeverMergesLines() {
    QString text = QStringLiteral("a\rb\n\nc\r\n");
    const LineEndings endings = LineEndings::normalize(text);
    text.remove(QStringLiteral("b\n")); // "a" CR is now followed by the empty line's LF
    QString restored = endings.restore(text);
    LineEndings::normalize(restored);
    QCOMPARE(restored, text);
}

void TestTextCodec::rawTextKeepsNoBreakSpaces() {
    QCOMPARE(textFromRaw(QStringLiteral("10\u00A0km\u2029next\u2028same")),
             QStringLiteral("10\u00A0km\nnext\u2028same"));
}

QTEST_APPLESS_MAIN(TestTextCodec)
#include "test_text_codec.moc"
