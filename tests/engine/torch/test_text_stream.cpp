#include <QTest>

#include <string>
#include <vector>

#include "engine/torch/text_stream.h"

using linnet::engine::TextStream;

class TestTextStream : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void heldBack_data() {
        QTest::addColumn<QByteArrayList>("pieces");
        QTest::addColumn<QByteArrayList>("stops");
        QTest::addColumn<QByteArrayList>("out"); // after each piece, then at the end
        QTest::addColumn<bool>("stopped");
        using List = QByteArrayList;
        QTest::newRow("plain") << List{"ab", "c"} << List{} << List{"ab", "c", ""} << false;
        QTest::newRow("three bytes of a character")
            << List{"\xE5\xB1", "\xB1x"} << List{} << List{"", "\xE5\xB1\xB1x", ""} << false;
        QTest::newRow("four bytes one by one") << List{"\xF0", "\x9F", "\x98", "\x80"} << List{}
                                               << List{"", "", "", "\xF0\x9F\x98\x80", ""} << false;
        QTest::newRow("a stray byte becomes the replacement character") << List{"a\x80"
                                                                                "b"}
                                                                        << List{}
                                                                        << List{"a\xEF\xBF\xBD"
                                                                                "b",
                                                                                ""}
                                                                        << false;
        QTest::newRow("a character broken off by another") << List{"\xE5\xB1", "a"} << List{}
                                                           << List{"",
                                                                   "\xEF\xBF\xBD"
                                                                   "a",
                                                                   ""}
                                                           << false;
        QTest::newRow("a surrogate is three stray bytes")
            << List{"\xED\xA0\x80"} << List{} << List{"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", ""}
            << false;
        QTest::newRow("an incomplete character at the end is dropped")
            << List{"a\xE5\xB1"} << List{} << List{"a", ""} << false;
        QTest::newRow("stop in one piece")
            << List{"one. Two"} << List{". "} << List{"one", ""} << true;
        QTest::newRow("stop across pieces")
            << List{"one", ".", " Two"} << List{". "} << List{"one", "", "", ""} << true;
        QTest::newRow("what looked like a stop comes out after all")
            << List{"one", ".", "Two"} << List{". "} << List{"one", "", ".Two", ""} << false;
        QTest::newRow("half a stop at the end is text")
            << List{"one."} << List{". "} << List{"one", "."} << false;
        QTest::newRow("the first of several stops")
            << List{"a", "b", "c"} << List{"c", "bc"} << List{"a", "", "", ""} << true;
        QTest::newRow("the longer beginning is held")
            << List{"xab", "z"} << List{"abc", "bq"} << List{"x", "abz", ""} << false;
        QTest::newRow("a stop that repeats itself")
            << List{"aa", "ab"} << List{"aab"} << List{"", "a", ""} << true;
        QTest::newRow("nothing after the stop")
            << List{"a|b", "c"} << List{"|"} << List{"a", "", ""} << true;
        QTest::newRow("an empty stop is none") << List{"ab"} << List{""} << List{"ab", ""} << false;
        QTest::newRow("a stop of several bytes")
            << List{"a\xE3\x80", "\x82"
                                 "b"}
            << List{"\xE3\x80\x82"} << List{"a", "", ""} << true;
    }

    void heldBack() {
        QFETCH(QByteArrayList, pieces);
        QFETCH(QByteArrayList, stops);
        QFETCH(QByteArrayList, out);
        QFETCH(bool, stopped);
        std::vector<std::string> stopStrings;
        for (const QByteArray& stop : stops) {
            stopStrings.push_back(stop.toStdString());
        }
        TextStream stream(stopStrings);
        QByteArrayList got;
        for (const QByteArray& piece : pieces) {
            got << QByteArray::fromStdString(stream.append(piece.toStdString()));
        }
        QCOMPARE(stream.stopped(), stopped);
        got << QByteArray::fromStdString(stream.finish());
        QCOMPARE(got, out);
        QCOMPARE(QByteArray::fromStdString(stream.text()), out.join());
    }
};

QTEST_APPLESS_MAIN(TestTextStream)
#include "test_text_stream.moc"
