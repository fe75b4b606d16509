#include <QtTest>

#include "engine/api/fnv1a.h"

using linnet::engine::Fnv1a;

// Against the test vectors that its authors publish (draft-eastlake-fnv, appendix C).
class TestFnv1a : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void knownValues_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<quint64>("value");
        QTest::newRow("empty") << QByteArray() << quint64(0xcbf29ce484222325U);
        QTest::newRow("a") << QByteArray("a") << quint64(0xaf63dc4c8601ec8cU);
        QTest::newRow("foobar") << QByteArray("foobar") << quint64(0x85944171f73967e8U);
    }
    void knownValues() {
        QFETCH(QByteArray, text);
        QFETCH(quint64, value);
        const std::string_view whole(text.constData(), static_cast<std::size_t>(text.size()));
        QCOMPARE(quint64(Fnv1a::of(whole)), value);
        Fnv1a pieces;
        for (const char byte : whole) {
            pieces.add(std::string_view(&byte, 1));
        }
        QCOMPARE(quint64(pieces.value()), value);
    }

    void bytesAboveAscii() {
        const std::uint8_t bytes[] = {0xe8, 0xaf, 0x97};
        QCOMPARE(Fnv1a::of(std::span<const std::uint8_t>(bytes)), Fnv1a::of("\u8bd7"));
    }
};

QTEST_APPLESS_MAIN(TestFnv1a)
#include "test_fnv1a.moc"
