#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "services/document_file.h"
#include "services/document_watcher.h"

using namespace linnet::services;
using Change = DocumentWatcher::Change;

namespace {

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestDocumentWatcher : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void tellsOfOtherWriters();
    void tellsOfRemovalAndReturn();
    void ignoresTouchesAndOwnSaves();
    void stopsWatching();
    void lateAnswersAreDropped();

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_path;
    FileFingerprint m_known;
};

void TestDocumentWatcher::init() {
    m_dir = std::make_unique<QTemporaryDir>();
    m_path = m_dir->filePath(QStringLiteral("a.txt"));
    write(m_path, "one");
    m_known = *fingerprintOf(m_path);
}

void TestDocumentWatcher::tellsOfOtherWriters() {
    DocumentWatcher watcher;
    watcher.setSettleTime(0);
    QSignalSpy spy(&watcher, &DocumentWatcher::changed);
    watcher.watch(m_path, m_known);
    write(m_path, "another text");
    QTRY_COMPARE(spy.size(), 1);
    QCOMPARE(spy[0][0].value<Change>(), Change::Modified);
    // Replaced, as most programs save; it must still be watched afterwards.
    for (const char* text : {"replaced", "replaced again"}) {
        spy.clear();
        QVERIFY(saveDocument(m_path, QString::fromLatin1(text), {}).ok());
        QTRY_COMPARE(spy.size(), 1);
        QCOMPARE(spy[0][1].value<FileFingerprint>().size, qstrlen(text));
    }
}

void TestDocumentWatcher::tellsOfRemovalAndReturn() {
    DocumentWatcher watcher;
    watcher.setSettleTime(0);
    QSignalSpy spy(&watcher, &DocumentWatcher::changed);
    watcher.watch(m_path, m_known);
    QVERIFY(QFile::remove(m_path));
    QTRY_COMPARE(spy.size(), 1);
    QCOMPARE(spy[0][0].value<Change>(), Change::Removed);
    write(m_path, "back");
    QTRY_VERIFY(spy.size() >= 2);
    QCOMPARE(spy[1][0].value<Change>(), Change::Modified);
}

void TestDocumentWatcher::ignoresTouchesAndOwnSaves() {
    DocumentWatcher watcher;
    watcher.setSettleTime(0);
    QSignalSpy spy(&watcher, &DocumentWatcher::changed);
    watcher.watch(m_path, m_known);
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.setFileTime(QDateTime::currentDateTime().addDays(1),
                                 QFileDevice::FileModificationTime));
    }
    watcher.checkNow();
    QVERIFY(watcher.isReading());
    QTRY_VERIFY(!watcher.isReading());
    QCOMPARE(spy.size(), 0);
    const auto saved = saveDocument(m_path, QStringLiteral("ours"), {});
    QVERIFY(saved.ok());
    watcher.watch(m_path, *saved);
    watcher.checkNow();
    QCOMPARE(spy.size(), 0);
    // The same number of bytes, another text.
    write(m_path, "ouch");
    QVERIFY(QFile(m_path).exists());
    QTRY_COMPARE(spy.size(), 1);
}

void TestDocumentWatcher::stopsWatching() {
    DocumentWatcher watcher;
    QSignalSpy spy(&watcher, &DocumentWatcher::changed);
    watcher.watch(m_path, m_known);
    watcher.stop();
    write(m_path, "another text");
    watcher.checkNow();
    QCOMPARE(spy.size(), 0);
}

// What was read of one document says nothing about the next one.
void TestDocumentWatcher::lateAnswersAreDropped() {
    DocumentWatcher watcher;
    QSignalSpy spy(&watcher, &DocumentWatcher::changed);
    watcher.watch(m_path, m_known);
    write(m_path, "another text");
    watcher.checkNow();
    QVERIFY(watcher.isReading());
    const QString other = m_dir->filePath(QStringLiteral("b.txt"));
    write(other, "b");
    watcher.watch(other, *fingerprintOf(other));
    QVERIFY(!watcher.isReading());
    write(other, "bb");
    watcher.checkNow();
    QTRY_COMPARE(spy.size(), 1);
    QCOMPARE(spy[0][1].value<FileFingerprint>().size, qint64(2));
}

QTEST_GUILESS_MAIN(TestDocumentWatcher)
#include "test_document_watcher.moc"
