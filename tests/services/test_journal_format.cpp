#include <QRandomGenerator>
#include <QTest>

#include "services/edit_script.h"
#include "services/journal_format.h"

using namespace linnet::services;
using linnet::engine::ErrorCode;
using linnet::test::EditScript;

namespace {

JournalHeader header() {
    return {QStringLiteral("/home/诗/Harbour.md"),
            QStringLiteral("GB18030"),
            true,
            42,
            QByteArray(32, 'h'),
            QDateTime::fromMSecsSinceEpoch(1700000000123, Qt::UTC)};
}

} // namespace

class TestJournalFormat : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void checksumIsTheStandardOne();
    void headerSurvives();
    void tenThousandEdits();
    void everyCutGivesAnEarlierText();
    void oneFlippedBitIsNoticed();
    void mutationsNeverCrash();
    void snapshotsHoldAnyText();
    void foreignFilesAreRefused();
};

void TestJournalFormat::checksumIsTheStandardOne() {
    QCOMPARE(crc32("123456789"), 0xCBF43926U); // the check value of the CRC catalogue
    QCOMPARE(crc32("Linnet"), 0x8B283255U);
    QCOMPARE(crc32("net", crc32("Lin")), 0x8B283255U);
    QCOMPARE(crc32({}), 0U);
}

void TestJournalFormat::headerSurvives() {
    const QDateTime when = QDateTime::fromMSecsSinceEpoch(1700000001456, Qt::UTC);
    const auto content =
        readJournal(journalBeginning(header(), QStringLiteral("base")) + journalTime(when));
    QVERIFY(content.ok());
    QCOMPARE(content->header.document, header().document);
    QCOMPARE(content->header.encoding, header().encoding);
    QCOMPARE(content->header.byteOrderMark, true);
    QCOMPARE(content->header.baseSize, 42);
    QCOMPARE(content->header.baseSha256, header().baseSha256);
    QCOMPARE(content->header.created, header().created);
    QCOMPARE(content->lastWritten, when);
    QCOMPARE(content->text, QStringLiteral("base"));
    QVERIFY(!content->changed);
    QVERIFY(!content->torn);
}

void TestJournalFormat::tenThousandEdits() {
    const QString base = QStringLiteral("The old man looked at the sea.\n");
    QString text = base;
    QByteArray bytes = journalBeginning(header(), base);
    EditScript script(11);
    for (int i = 0; i < 10000; ++i) {
        const JournalEdit edit = script.next(text);
        EditScript::apply(text, edit);
        bytes += journalEdit(edit);
        if (i % 1000 == 999) {
            const auto content = readJournal(bytes);
            QVERIFY(content.ok());
            QCOMPARE(content->text, text);
        }
    }
    const auto content = readJournal(bytes);
    QVERIFY(content.ok());
    QVERIFY(content->changed);
    QVERIFY(!content->torn);
    QCOMPARE(content->text, text);
    QCOMPARE(content->baseText, base);
}

void TestJournalFormat::everyCutGivesAnEarlierText() {
    QString text = QStringLiteral("base");
    QByteArray bytes = journalBeginning(header(), text);
    QVector<QPair<qsizetype, QString>> states{{bytes.size(), text}};
    EditScript script(5);
    for (int i = 0; i < 60; ++i) {
        const JournalEdit edit = script.next(text);
        EditScript::apply(text, edit);
        bytes += journalEdit(edit);
        states.push_back({bytes.size(), text});
    }
    for (qsizetype cut = 0; cut < bytes.size(); ++cut) {
        // What a power loss may leave: nothing after the cut, zeros, or old rubbish.
        for (const QByteArray& tail :
             {QByteArray(), QByteArray(50, '\0'), QByteArray(50, '\x5A')}) {
            // A cut through a record's last zero bytes does no harm when zeros follow.
            const QByteArray left = bytes.left(cut) + tail;
            const auto state = std::find_if(states.rbegin(), states.rend(), [&](const auto& one) {
                return left.startsWith(bytes.left(one.first));
            });
            const auto content = readJournal(left);
            QCOMPARE(content.ok(), state != states.rend());
            if (content) {
                QCOMPARE(content->text, state->second);
                QCOMPARE(content->torn, state->first != left.size());
            }
        }
    }
}

void TestJournalFormat::oneFlippedBitIsNoticed() {
    QString text = QStringLiteral("base");
    QByteArray bytes = journalBeginning(header(), text);
    QStringList states{text};
    EditScript script(6);
    for (int i = 0; i < 20; ++i) {
        const JournalEdit edit = script.next(text);
        EditScript::apply(text, edit);
        states << text;
        bytes += journalEdit(edit);
    }
    for (qsizetype bit = 0; bit < 8 * bytes.size(); ++bit) {
        QByteArray damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        const auto content = readJournal(damaged);
        QVERIFY(!content.ok() || (content->torn && states.contains(content->text)));
    }
}

void TestJournalFormat::mutationsNeverCrash() {
    QString text = QStringLiteral("base");
    QByteArray bytes = journalBeginning(header(), text);
    EditScript script(9);
    for (int i = 0; i < 30; ++i) {
        const JournalEdit edit = script.next(text);
        EditScript::apply(text, edit);
        bytes += journalEdit(edit);
    }
    QRandomGenerator random(1);
    int readable = 0;
    for (int round = 0; round < 20000; ++round) {
        QByteArray damaged = bytes;
        for (int i = random.bounded(1, 6); i > 0; --i) {
            const int at = random.bounded(static_cast<int>(damaged.size()));
            switch (random.bounded(4)) {
            case 0:
                damaged[at] = static_cast<char>(random.bounded(256));
                break;
            case 1:
                damaged.insert(at, damaged.mid(random.bounded(static_cast<int>(damaged.size())),
                                               random.bounded(40)));
                break;
            case 2:
                damaged.remove(at, random.bounded(40));
                break;
            default:
                damaged.replace(at, 4, QByteArray::fromHex("ffffff7f"));
                break;
            }
            if (damaged.isEmpty()) {
                break;
            }
        }
        const auto content = readJournal(damaged);
        readable += content.ok() ? 1 : 0;
        QVERIFY(content.ok() || !content.error().message.empty());
    }
    QVERIFY(readable > 1000);
}

void TestJournalFormat::snapshotsHoldAnyText() {
    for (const QString& text :
         {QString(), QStringLiteral("诗\nà"), QString(QChar(0xDC00)), QStringLiteral("\uFEFFx"),
          QString(QChar(0)) + QStringLiteral("y")}) {
        const auto content =
            readJournal(journalBeginning(header(), QStringLiteral("base")) + journalSnapshot(text));
        QVERIFY(content.ok());
        QCOMPARE(content->text, text);
        QVERIFY(content->changed);
    }
}

void TestJournalFormat::foreignFilesAreRefused() {
    QVERIFY(readJournal("a diary").error().code == ErrorCode::UnsupportedFormat);
    QVERIFY(readJournal({}).error().code == ErrorCode::UnsupportedFormat);
    QVERIFY(readJournal("LinnetJ\n").error().code == ErrorCode::CorruptFile);
}

QTEST_APPLESS_MAIN(TestJournalFormat)
#include "test_journal_format.moc"
