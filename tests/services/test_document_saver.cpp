#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "services/document_saver.h"
#include "support/slow_disk.h"

using namespace linnet;
using namespace linnet::services;

namespace {

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
}

} // namespace

class TestDocumentSaver : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void inOrderAndWithoutWaiting();
    void failuresAreTold();
    void changesByOthersAreKept();
    void theEndWaitsForTheDisk();
};

void TestDocumentSaver::inOrderAndWithoutWaiting() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("a.md"));
    tests::SlowDisk disk;
    DocumentSaver saver(disk.factory());
    QVector<quint64> done;
    connect(&saver, &DocumentSaver::finished, this,
            [&done](quint64 id, const SaveOutcome& outcome) {
                QVERIFY(outcome.written.ok());
                done.append(id);
            });
    for (int i = 1; i <= 3; ++i) {
        QCOMPARE(saver.save({path, QString::number(i), {}, {}}), quint64(i));
    }
    disk.begun.acquire();
    QVERIFY(!QFile::exists(path)); // nothing is committed, and nobody has waited
    disk.mayCommit.release();
    disk.begun.acquire(); // the second follows when the first is on disk
    QCOMPARE(read(path), QByteArray("1"));
    disk.mayCommit.release(2);
    QTRY_COMPARE(done, (QVector<quint64>{1, 2, 3}));
    QCOMPARE(read(path), QByteArray("3"));
    QVERIFY(!disk.onGuiThread);
}

void TestDocumentSaver::failuresAreTold() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("a.md"));
    tests::SlowDisk disk;
    disk.mayCommit.release(2);
    DocumentSaver saver(disk.factory());
    QStringList told;
    connect(&saver, &DocumentSaver::finished, this, [&told](quint64, const SaveOutcome& outcome) {
        told << (outcome.written ? QStringLiteral("fine")
                                 : QString::fromStdString(outcome.written.error().message));
        QVERIFY(!outcome.changedOnDisk);
    });
    saver.save({path, QStringLiteral("old"), {}, {}});
    QTRY_COMPARE(told, QStringList{QStringLiteral("fine")});
    disk.full = true;
    saver.save({path, QStringLiteral("new"), {}, {}});
    QTRY_COMPARE(told.size(), 2);
    QVERIFY2(told.at(1).contains(QStringLiteral("no space left")), qPrintable(told.at(1)));
    QCOMPARE(read(path), QByteArray("old"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1); // no leftovers
}

void TestDocumentSaver::changesByOthersAreKept() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("a.md"));
    const auto known = saveDocument(path, QStringLiteral("mine"), {});
    QVERIFY(known.ok());
    QVERIFY(saveDocument(path, QStringLiteral("theirs"), {}).ok());
    DocumentSaver saver;
    int told = 0;
    connect(&saver, &DocumentSaver::finished, this, [&told](quint64, const SaveOutcome& outcome) {
        QVERIFY(!outcome.written.ok());
        QVERIFY(outcome.changedOnDisk);
        ++told;
    });
    saver.save({path, QStringLiteral("newer"), {}, *known});
    QTRY_COMPARE(told, 1);
    QCOMPARE(read(path), QByteArray("theirs"));
}

void TestDocumentSaver::theEndWaitsForTheDisk() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("a.md"));
    tests::SlowDisk disk;
    disk.mayCommit.release(2);
    {
        DocumentSaver saver(disk.factory());
        saver.save({path, QStringLiteral("one"), {}, {}});
        saver.save({path, QStringLiteral("two"), {}, {}});
    }
    QCOMPARE(read(path), QByteArray("two"));
}

QTEST_GUILESS_MAIN(TestDocumentSaver)
#include "test_document_saver.moc"
