#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "services/journal.h"
#include "services/journal_format.h"
#include "services/recovery.h"

using namespace linnet::services;
using Base = RecoverableDocument::Base;

namespace {

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestRecovery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void findsWhatACrashLeft();
    void leavesLivingInstancesAlone();
    void changedBaseGivesBothVersions();
    void missingBase();
    void textThatIsOnDiskIsNoNews();
    void untitledDocuments();
    void foundWithTheFolderElsewhere();
    void unreadableJournalsAreKept();
    void tornJournals();
    void tornBeforeAnythingWasWritten();
    void discarding();
    void recoveredTextIsKeptSafeAgain();

private:
    // Leaves a journal as a crash would.
    QString crash(const QString& path, const QString& text);
    QString at(const QString& name) const { return m_dir->filePath(name); }
    std::unique_ptr<QTemporaryDir> m_dir;
    AppPaths m_paths;
    QString m_path;
};

void TestRecovery::init() {
    m_dir = std::make_unique<QTemporaryDir>();
    m_paths = AppPaths::under(at(QStringLiteral("app")));
    QVERIFY(QDir().mkpath(at(QStringLiteral("texts"))));
    m_path = at(QStringLiteral("texts/Harbour.md"));
    write(m_path, "caf\xE9\r\n");
}

QString TestRecovery::crash(const QString& path, const QString& text) {
    RecoveryJournal journal(m_paths);
    if (path.isEmpty()) {
        journal.begin(JournalDocument::untitled(), QString());
    } else {
        const auto document = loadDocument(path);
        journal.begin(JournalDocument::of(*document), document->text);
    }
    journal.textReplaced(text);
    journal.waitForDisk();
    return journal.journalPath();
}

void TestRecovery::findsWhatACrashLeft() {
    const QString journal = crash(m_path, QStringLiteral("café and more\n"));
    RecoveryStore store(m_paths);
    const auto found = store.findRecoverable();
    QCOMPARE(found.size(), size_t{1});
    QCOMPARE(found[0].path, m_path);
    QCOMPARE(found[0].title, QStringLiteral("Harbour.md"));
    QCOMPARE(found[0].text, QStringLiteral("café and more\n"));
    QCOMPARE(found[0].savedText, QStringLiteral("café\n"));
    QCOMPARE(found[0].base, Base::Unchanged);
    QCOMPARE(found[0].encoding, QStringLiteral("windows-1252"));
    QCOMPARE(found[0].journalPath, journal);
    QVERIFY(!found[0].torn);
    QVERIFY(found[0].lastWritten.secsTo(QDateTime::currentDateTime()) < 60);
    QVERIFY(store.unreadable().empty());
    // Offered once at a time: another look, by any instance, finds it in use.
    QVERIFY(RecoveryStore(m_paths).findRecoverable().empty());
    QVERIFY(RecoveryStore(m_paths).findFor(m_path).empty());
}

void TestRecovery::leavesLivingInstancesAlone() {
    RecoveryJournal journal(m_paths);
    const auto document = loadDocument(m_path);
    journal.begin(JournalDocument::of(*document), document->text);
    journal.documentChanged(0, 0, QStringLiteral("x"));
    QVERIFY(journal.waitForDisk());
    RecoveryStore store(m_paths);
    QVERIFY(store.findRecoverable().empty());
    QVERIFY(store.findFor(m_path).empty());
    QVERIFY(QFile::exists(journal.journalPath()));
}

void TestRecovery::changedBaseGivesBothVersions() {
    crash(m_path, QStringLiteral("mine\n"));
    write(m_path, "theirs\n");
    const auto found = RecoveryStore(m_paths).findFor(m_path);
    QCOMPARE(found.size(), size_t{1});
    QCOMPARE(found[0].base, Base::Changed);
    QCOMPARE(found[0].text, QStringLiteral("mine\n"));
    QCOMPARE(found[0].savedText, QStringLiteral("theirs\n"));
    QCOMPARE(found[0].baseText, QStringLiteral("café\n"));
}

void TestRecovery::missingBase() {
    crash(m_path, QStringLiteral("mine\n"));
    QVERIFY(QFile::remove(m_path));
    const auto found = RecoveryStore(m_paths).findRecoverable();
    QCOMPARE(found.size(), size_t{1});
    QCOMPARE(found[0].base, Base::Missing);
    QCOMPARE(found[0].text, QStringLiteral("mine\n"));
    QCOMPARE(found[0].savedText, QStringLiteral("café\n"));
}

void TestRecovery::textThatIsOnDiskIsNoNews() {
    // Ended between the save and the removal of the journal.
    const QString journal = crash(m_path, QStringLiteral("saved\n"));
    write(m_path, "saved\r\n");
    QVERIFY(RecoveryStore(m_paths).findRecoverable().empty());
    QVERIFY(!QFile::exists(journal));
    QVERIFY(QDir(m_paths.state + QStringLiteral("/journals")).isEmpty());
}

void TestRecovery::untitledDocuments() {
    crash(QString(), QStringLiteral("  Once upon\na midnight dreary, while I pondered, weak"));
    crash(QString(), QStringLiteral(" \n")); // nothing worth asking about
    const auto found = RecoveryStore(m_paths).findRecoverable();
    QCOMPARE(found.size(), size_t{1});
    QCOMPARE(found[0].base, Base::Untitled);
    QVERIFY(found[0].path.isEmpty());
    QCOMPARE(found[0].title, QStringLiteral("Once upon a midnight dreary, while I pon"));
    QVERIFY(found[0].savedText.isEmpty());
}

void TestRecovery::foundWithTheFolderElsewhere() {
    crash(m_path, QStringLiteral("mine\n"));
    QVERIFY(QDir(m_dir->path()).rename(QStringLiteral("texts"), QStringLiteral("moved")));
    const QString moved = at(QStringLiteral("moved/Harbour.md"));
    const AppPaths otherMachine = AppPaths::under(at(QStringLiteral("other")));
    const auto found = RecoveryStore(otherMachine).findFor(moved);
    QCOMPARE(found.size(), size_t{1});
    QCOMPARE(found[0].path, moved);
    QCOMPARE(found[0].base, Base::Unchanged);
    QCOMPARE(found[0].text, QStringLiteral("mine\n"));
}

void TestRecovery::unreadableJournalsAreKept() {
    const QString journal = crash(m_path, QStringLiteral("mine\n"));
    const QByteArray junk("no journal at all");
    write(journal, junk);
    RecoveryStore store(m_paths);
    QVERIFY(store.findRecoverable().empty());
    QCOMPARE(store.unreadable().size(), size_t{1});
    QCOMPARE(store.unreadable()[0].path, journal);
    QCOMPARE(read(journal), junk);
    // An empty one holds nothing.
    write(journal, {});
    QVERIFY(store.findRecoverable().empty());
    QVERIFY(store.unreadable().empty());
    QVERIFY(!QFile::exists(journal));
}

void TestRecovery::tornJournals() {
    QString journalPath;
    {
        RecoveryJournal journal(m_paths);
        const auto document = loadDocument(m_path);
        journal.begin(JournalDocument::of(*document), document->text);
        journal.documentChanged(0, 0, QStringLiteral("kept "));
        QVERIFY(journal.waitForDisk());
        journal.documentChanged(0, 0, QStringLiteral("lost "));
        QVERIFY(journal.waitForDisk());
        journalPath = journal.journalPath();
    }
    QByteArray bytes = read(journalPath);
    bytes.chop(20); // into the last edit, behind which there is only its time
    write(journalPath, bytes);
    const auto found = RecoveryStore(m_paths).findRecoverable();
    QCOMPARE(found.size(), size_t{1});
    QVERIFY(found[0].torn);
    QCOMPARE(found[0].text, QStringLiteral("kept café\n"));
}

void TestRecovery::tornBeforeAnythingWasWritten() {
    const QString journal = crash(m_path, QStringLiteral("mine\n"));
    const QByteArray bytes = read(journal);
    const auto content = readJournal(bytes);
    QVERIFY(content.ok());
    const QByteArray beginning = journalBeginning(content->header, content->baseText);
    QVERIFY(bytes.startsWith(beginning));
    // The first second of work never reached the disk whole.
    write(journal, beginning + QByteArray(20, 'x'));
    RecoveryStore store(m_paths);
    QVERIFY(store.findRecoverable().empty());
    QVERIFY(!QFile::exists(journal));
    // But a journal with much behind the damage is kept for somebody to look at.
    write(journal, beginning + QByteArray(20000, 'x'));
    QVERIFY(store.findFor(m_path).empty());
    QCOMPARE(store.unreadable().size(), size_t{1});
    QVERIFY(QFile::exists(journal));
}

void TestRecovery::discarding() {
    const QString journal = crash(m_path, QStringLiteral("mine\n"));
    RecoveryStore store(m_paths);
    auto found = store.findRecoverable();
    QCOMPARE(found.size(), size_t{1});
    QVERIFY(store.discard(found[0]).ok());
    QVERIFY(!QFile::exists(journal));
    found.clear();
    QVERIFY(store.findRecoverable().empty());
}

void TestRecovery::recoveredTextIsKeptSafeAgain() {
    const QString old = crash(m_path, QStringLiteral("mine\n"));
    auto found = RecoveryStore(m_paths).findFor(m_path);
    QCOMPARE(found.size(), size_t{1});
    {
        RecoveryJournal journal(m_paths);
        const auto document = loadDocument(m_path);
        journal.begin(JournalDocument::of(*document), document->text);
        journal.textReplaced(found[0].text);
        journal.supersede(found[0].journalPath);
        QVERIFY(journal.waitForDisk());
        QVERIFY(!QFile::exists(old));
        found.clear();
    }
    found = RecoveryStore(m_paths).findRecoverable();
    QCOMPARE(found.size(), size_t{1});
    QCOMPARE(found[0].text, QStringLiteral("mine\n"));
}

QTEST_GUILESS_MAIN(TestRecovery)
#include "test_recovery.moc"
