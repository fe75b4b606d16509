#include <QTest>

#include "protocol/server_sent_events.h"

using linnet::protocol::EventLimits;
using linnet::protocol::EventStreamParser;
using linnet::protocol::ServerEvent;

namespace {

// "TYPE|DATA" of each event, in pieces of `size` bytes, with what the end completes.
QStringList eventsOf(const QByteArray& stream, qsizetype size) {
    EventStreamParser parser;
    QStringList events;
    const auto add = [&](const ServerEvent& event) {
        events << QString::fromStdString(event.type + "|" + event.data);
    };
    for (qsizetype at = 0; at < stream.size(); at += size) {
        const auto found = parser.feed(stream.mid(at, size).toStdString());
        if (!found) {
            return {QString::fromStdString(found.error().message)};
        }
        for (const ServerEvent& event : *found) {
            add(event);
        }
    }
    if (const auto last = parser.finish()) {
        add(*last);
    }
    return events;
}

} // namespace

class TestServerSentEvents : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data() {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QStringList>("events");
        const auto row = [](const char* name, const QByteArray& stream, const char* events) {
            QTest::newRow(name) << stream
                                << QString::fromUtf8(events).split(QLatin1Char(';'),
                                                                   Qt::SkipEmptyParts);
        };
        row("one", "data: a\n\n", "message|a");
        row("two", "data: a\n\ndata: b\n\n", "message|a;message|b");
        row("no space", "data:a\n\n", "message|a");
        row("two spaces", "data:  a\n\n", "message| a");
        row("lines", "data: a\ndata: b\n\n", "message|a\nb");
        row("empty lines of data", "data\ndata\n\n", "message|\n");
        row("empty data", "data:\n\n", "message|");
        row("no data", "event: x\n\n\n\n", "");
        row("carriage returns", "data: a\r\rdata: b\r\r", "message|a;message|b");
        row("both", "data: a\r\n\r\ndata: b\r\n\r\n", "message|a;message|b");
        row("mixed", "data: a\n\rdata: b\r\n\n", "message|a;message|b");
        row("comments", ": hello\n:\n: ping\n\ndata: a\n: x\n\n", "message|a");
        row("type", "event: poem\ndata: a\n\ndata: b\n\n", "poem|a;message|b");
        row("other fields", "id: 1\nretry: 10\nfoo: bar\nfoo\ndata: a\n\n", "message|a");
        row("mark",
            "\xEF\xBB\xBF"
            "data: a\n\n",
            "message|a");
        row("mark only first",
            "data: a\n\n\xEF\xBB\xBF"
            "data: b\n\n",
            "message|a");
        row("utf-8", "data: 山\xE2\x80\xA6 \xF0\x9F\x90\xA6\n\n", "message|山… 🐦");
        row("colon in data", "data: {\"a\": \"b:c\"}\n\n", "message|{\"a\": \"b:c\"}");
        row("unfinished", "data: a\n\ndata: [DONE]", "message|a;message|[DONE]");
        row("error field", "error: {\"code\":500}\n\n", "error|{\"code\":500}");
        QTest::newRow("bad utf-8") << QByteArray("data: a\xFF"
                                                 "b\n\n")
                                   << QStringList{QStringLiteral("message|a\uFFFDb")};
    }

    // However the bytes are cut.
    void reads() {
        QFETCH(QByteArray, stream);
        QFETCH(QStringList, events);
        for (const qsizetype size : {1, 2, 3, 5, 7, 1000}) {
            QCOMPARE(eventsOf(stream, size), events);
        }
    }

    void limits() {
        EventStreamParser lines(EventLimits{10, 100});
        QVERIFY(lines.feed("data: abcd").ok());
        const auto tooLong = lines.feed("e");
        QVERIFY(!tooLong.ok());
        QVERIFY(QByteArray::fromStdString(tooLong.error().message).contains("10 bytes"));
        QVERIFY(!lines.feed("\n\ndata: a\n\n").ok());
        QVERIFY(!lines.finish());

        EventStreamParser events(EventLimits{10, 8});
        const auto good = events.feed("data: a\n\ndata: abc\ndata: abc\ndata: abc\n\n");
        QVERIFY(good.ok());
        QCOMPARE(good->size(), std::size_t{1}); // what came before the failure
        QVERIFY(!events.feed("").ok() || !events.feed("\n").ok());
    }

    void writes() {
        using linnet::protocol::eventText;
        QCOMPARE(eventText("{\"a\":1}"), std::string("data: {\"a\":1}\n\n"));
        QCOMPARE(eventText("a\nb\r\nc\rd"), std::string("data: a\ndata: b\ndata: c\ndata: d\n\n"));
        QCOMPARE(eventText(""), std::string("data: \n\n"));
        QCOMPARE(linnet::protocol::commentText("a\nb"), std::string(": a b\n\n"));
        QCOMPARE(eventsOf(QByteArray::fromStdString(eventText("a\nb")), 1),
                 QStringList{QStringLiteral("message|a\nb")});
    }
};

QTEST_APPLESS_MAIN(TestServerSentEvents)
#include "test_server_sent_events.moc"
