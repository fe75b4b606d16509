#include <csignal>
#include <map>
#include <mutex>

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "services/edit_script.h"
#include "services/journal.h"
#include "services/journal_format.h"

#if defined(Q_OS_UNIX)
#include <sys/resource.h>
#include <sys/stat.h>
#endif

using namespace linnet::services;
using linnet::engine::Error;
using linnet::engine::ErrorCode;
using linnet::engine::Result;
using linnet::test::EditScript;

namespace {

// Disks that can be full: a folder given here takes that many more bytes.
struct Disks {
    std::mutex mutex;
    std::map<QString, qint64> room;

    bool take(const QString& path, qint64 bytes) {
        const std::lock_guard lock(mutex);
        for (auto& [folder, left] : room) {
            if (path.startsWith(folder)) {
                if (left < bytes) {
                    return false;
                }
                left -= bytes;
            }
        }
        return true;
    }
    void set(const QString& folder, qint64 bytes) {
        const std::lock_guard lock(mutex);
        room[folder] = bytes;
    }
};

class LimitedFile : public JournalFile {
public:
    LimitedFile(std::unique_ptr<JournalFile> file, Disks& disks)
        : m_file(std::move(file))
        , m_disks(disks) {}
    QString path() const override { return m_file->path(); }
    qint64 size() const override { return m_file->size(); }
    Result<void> append(const QByteArray& bytes) override {
        return m_disks.take(path(), bytes.size()) ? m_file->append(bytes)
                                                  : Error{ErrorCode::Io, "disk full"};
    }
    Result<void> sync() override { return m_file->sync(); }
    Result<QByteArray> readAll(qint64 limit) override { return m_file->readAll(limit); }
    Result<void> remove() override { return m_file->remove(); }

private:
    std::unique_ptr<JournalFile> m_file;
    Disks& m_disks;
};

JournalFileFactory limited(Disks& disks) {
    return [&disks](const QString& path,
                    JournalAccess access) -> Result<std::unique_ptr<JournalFile>> {
        auto file = openJournalFile(path, access);
        if (!file) {
            return file;
        }
        return std::unique_ptr<JournalFile>(
            std::make_unique<LimitedFile>(std::move(file).value(), disks));
    };
}

JournalContent contentOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const auto content = readJournal(file.readAll());
    return content ? *content : JournalContent{};
}

QStringList journalsBelow(const QString& folder) {
    return QDir(folder).entryList({QStringLiteral("*.linnet-journal")}, QDir::Files | QDir::Hidden);
}

} // namespace

class TestJournal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void nothingIsWrittenBeforeTheFirstEdit();
    void editsReachTheDisk();
    void editsAreWrittenInBatches();
    void savingRemovesTheJournal();
    void editsAfterSavingStartAgain();
    void editsWhileSavingStayRecoverable();
    void untitledDocumentsGoToTheStateFolder();
    void anotherInstanceGetsAJournalOfItsOwn();
    void oldJournalsAreNeverOverwritten();
    void longJournalsAreRewritten();
    void fullDiskMovesTheJournal();
    void allDisksFullIsTold();
    void spaceIsReservedAhead();
    void realFileSizeLimit();
    void supersedesWhenSafe();
    void destructionWritesWhatIsPending();
    void tenThousandEdits();

private:
    void makeDocument(const QByteArray& text);
    std::unique_ptr<QTemporaryDir> m_dir;
    AppPaths m_paths;
    QString m_folder; // of the document
    QString m_path;
    LoadedDocument m_document;
};

void TestJournal::init() {
    m_dir = std::make_unique<QTemporaryDir>();
    m_paths = AppPaths::under(m_dir->filePath(QStringLiteral("app")));
    m_folder = m_dir->filePath(QStringLiteral("texts"));
    QVERIFY(QDir().mkpath(m_folder));
    m_path = m_folder + QStringLiteral("/Harbour.md");
    makeDocument("base\n");
}

void TestJournal::makeDocument(const QByteArray& text) {
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
    file.close();
    auto document = loadDocument(m_path);
    QVERIFY(document.ok());
    m_document = *document;
}

void TestJournal::nothingIsWrittenBeforeTheFirstEdit() {
    RecoveryJournal journal(m_paths);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    QVERIFY(journal.waitForDisk());
    QVERIFY(journal.journalPath().isEmpty());
    QVERIFY(journalsBelow(m_folder).isEmpty());
}

void TestJournal::editsReachTheDisk() {
    RecoveryJournal journal(m_paths, {std::chrono::milliseconds(0)});
    QSignalSpy written(&journal, &RecoveryJournal::written);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    journal.documentChanged(4, 0, QStringLiteral(" line\u2029two"));
    journal.documentChanged(0, 4, QStringLiteral("first"));
    QTRY_VERIFY(!written.isEmpty() && written.last()[0].toULongLong() == 2);
    QCOMPARE(journal.journalPath(), m_folder + QStringLiteral("/.Harbour.md.linnet-journal"));
    const JournalContent content = contentOf(journal.journalPath());
    QCOMPARE(content.text, QStringLiteral("first line\ntwo\n"));
    QCOMPARE(content.baseText, QStringLiteral("base\n"));
    QCOMPARE(content.header.baseSize, 5);
    QCOMPARE(content.header.baseSha256, m_document.fingerprint.sha256);
    QVERIFY(content.lastWritten.isValid());
#if defined(Q_OS_UNIX)
    QCOMPARE(QFile::permissions(journal.journalPath()) &
                 (QFileDevice::ReadGroup | QFileDevice::ReadOther),
             QFileDevice::Permissions());
#endif
}

void TestJournal::editsAreWrittenInBatches() {
    RecoveryJournal journal(m_paths, {std::chrono::hours(1)});
    journal.begin(JournalDocument::of(m_document), m_document.text);
    QVERIFY(journal.waitForDisk());
    journal.documentChanged(0, 0, QStringLiteral("x"));
    journal.documentChanged(1, 0, QStringLiteral("y"));
    QVERIFY(journal.journalPath().isEmpty());
    QVERIFY(journal.waitForDisk());
    QCOMPARE(contentOf(journal.journalPath()).text, QStringLiteral("xybase\n"));
}

void TestJournal::savingRemovesTheJournal() {
    RecoveryJournal journal(m_paths, {std::chrono::milliseconds(0)});
    journal.begin(JournalDocument::of(m_document), m_document.text);
    journal.documentChanged(0, 0, QStringLiteral("more "));
    QVERIFY(journal.waitForDisk());
    QCOMPARE(journalsBelow(m_folder).size(), 1);
    const auto saved = saveDocument(m_path, QStringLiteral("more base\n"), {});
    QVERIFY(saved.ok());
    journal.saved({m_path, {}, *saved}, QStringLiteral("more base\n"));
    QVERIFY(journal.waitForDisk());
    QVERIFY(journalsBelow(m_folder).isEmpty());
    QVERIFY(journal.journalPath().isEmpty());
    QVERIFY(QDir(m_paths.state + QStringLiteral("/journals")).isEmpty());
}

void TestJournal::editsAfterSavingStartAgain() {
    RecoveryJournal journal(m_paths, {std::chrono::hours(1)});
    journal.begin(JournalDocument::untitled(), QString());
    journal.documentChanged(0, 0, QStringLiteral("saved text"));
    const auto saved = saveDocument(m_path, QStringLiteral("saved text"), {});
    QVERIFY(saved.ok());
    journal.saved({m_path, {}, *saved}, QStringLiteral("saved text"));
    journal.documentChanged(10, 0, QStringLiteral(" and more"));
    QVERIFY(journal.waitForDisk());
    const JournalContent content = contentOf(journal.journalPath());
    QCOMPARE(content.header.document, m_path);
    QCOMPARE(content.baseText, QStringLiteral("saved text"));
    QCOMPARE(content.text, QStringLiteral("saved text and more"));
}

// The disk was slow, and the writer went on: what is saved is older than the text.
void TestJournal::editsWhileSavingStayRecoverable() {
    RecoveryJournal journal(m_paths, {std::chrono::hours(1)});
    journal.begin(JournalDocument::of(m_document), m_document.text);
    journal.documentChanged(0, 0, QStringLiteral("new "));
    QVERIFY(journal.waitForDisk());
    const auto saved = saveDocument(m_path, QStringLiteral("new base\n"), {});
    QVERIFY(saved.ok());
    journal.documentChanged(0, 0, QStringLiteral("very "));
    journal.saved({m_path, {}, *saved}, QStringLiteral("new base\n"));
    QVERIFY(journal.waitForDisk());
    QCOMPARE(journalsBelow(m_folder).size(), 1);
    const JournalContent content = contentOf(journal.journalPath());
    QCOMPARE(content.text, QStringLiteral("very new base\n"));
    QCOMPARE(content.baseText, QStringLiteral("new base\n"));
    QCOMPARE(content.header.baseSha256, saved->sha256);
}

void TestJournal::untitledDocumentsGoToTheStateFolder() {
    RecoveryJournal journal(m_paths);
    journal.begin(JournalDocument::untitled(), QString());
    journal.documentChanged(0, 0, QStringLiteral("draft"));
    QVERIFY(journal.waitForDisk());
    QVERIFY(journal.journalPath().startsWith(m_paths.state));
    QCOMPARE(contentOf(journal.journalPath()).text, QStringLiteral("draft"));
    const QString path = journal.journalPath();
    journal.discard();
    QVERIFY(journal.waitForDisk());
    QVERIFY(!QFile::exists(path));
}

void TestJournal::anotherInstanceGetsAJournalOfItsOwn() {
    RecoveryJournal one(m_paths);
    RecoveryJournal two(m_paths);
    for (RecoveryJournal* journal : {&one, &two}) {
        journal->begin(JournalDocument::of(m_document), m_document.text);
        journal->documentChanged(0, 0, journal == &one ? QStringLiteral("1") : QStringLiteral("2"));
        QVERIFY(journal->waitForDisk());
    }
    QVERIFY(one.journalPath() != two.journalPath());
    QCOMPARE(contentOf(one.journalPath()).text, QStringLiteral("1base\n"));
    QCOMPARE(contentOf(two.journalPath()).text, QStringLiteral("2base\n"));
    one.discard();
    QVERIFY(one.waitForDisk());
    QVERIFY(QFile::exists(two.journalPath()));
}

void TestJournal::oldJournalsAreNeverOverwritten() {
    const QString old = m_folder + QStringLiteral("/.Harbour.md.linnet-journal");
    QFile file(old);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("precious");
    file.close();
    RecoveryJournal journal(m_paths);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    journal.documentChanged(0, 0, QStringLiteral("x"));
    QVERIFY(journal.waitForDisk());
    QCOMPARE(journal.journalPath(), m_folder + QStringLiteral("/.Harbour.md.2.linnet-journal"));
    journal.discard();
    QVERIFY(journal.waitForDisk());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("precious"));
}

void TestJournal::longJournalsAreRewritten() {
    JournalOptions options;
    options.compactBytes = 4096;
    RecoveryJournal journal(m_paths, options);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    QString text = m_document.text;
    for (int round = 0; round < 40; ++round) {
        for (int i = 0; i < 50; ++i) {
            journal.documentChanged(0, i % 2, i % 2 == 0 ? QStringLiteral("z") : QString());
        }
        QVERIFY(journal.waitForDisk());
        QVERIFY(QFileInfo(journal.journalPath()).size() < 8192);
        QCOMPARE(contentOf(journal.journalPath()).text, text);
        QCOMPARE(contentOf(journal.journalPath()).baseText, m_document.text);
    }
    QCOMPARE(journalsBelow(m_folder).size(), 1);
}

void TestJournal::fullDiskMovesTheJournal() {
    Disks disks;
    JournalOptions options;
    options.openFile = limited(disks);
    RecoveryJournal journal(m_paths, options);
    QSignalSpy failed(&journal, &RecoveryJournal::failed);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    journal.documentChanged(0, 0, QStringLiteral("one "));
    QVERIFY(journal.waitForDisk());
    disks.set(m_folder, 0);
    journal.documentChanged(4, 0, QStringLiteral("two "));
    QVERIFY(journal.waitForDisk());
    QVERIFY(journal.journalPath().startsWith(m_paths.state));
    QCOMPARE(contentOf(journal.journalPath()).text, QStringLiteral("one two base\n"));
    QVERIFY(journalsBelow(m_folder).isEmpty());
    disks.set(m_paths.state, 0);
    journal.documentChanged(8, 0, QStringLiteral("three "));
    QVERIFY(journal.waitForDisk());
    QVERIFY(journal.journalPath().startsWith(m_paths.temporary));
    QCOMPARE(contentOf(journal.journalPath()).text, QStringLiteral("one two three base\n"));
    QCOMPARE(contentOf(journal.journalPath()).header.document, m_path);
    QCOMPARE(failed.size(), 0);
}

void TestJournal::allDisksFullIsTold() {
    Disks disks;
    JournalOptions options;
    options.openFile = limited(disks);
    RecoveryJournal journal(m_paths, options);
    QSignalSpy failed(&journal, &RecoveryJournal::failed);
    QSignalSpy recovered(&journal, &RecoveryJournal::recovered);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    journal.documentChanged(0, 0, QStringLiteral("one "));
    QVERIFY(journal.waitForDisk());
    disks.set(m_dir->path(), 0);
    journal.documentChanged(4, 0, QStringLiteral("two "));
    QVERIFY(!journal.waitForDisk());
    journal.documentChanged(8, 0, QStringLiteral("three "));
    QVERIFY(!journal.waitForDisk());
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(failed[0][0].toString().contains(QStringLiteral("disk full")));
    // What was safe is still there.
    QCOMPARE(contentOf(journal.journalPath()).text, QStringLiteral("one base\n"));
    disks.set(m_dir->path(), 1000000);
    journal.documentChanged(0, 0, QStringLiteral("zero "));
    QVERIFY(journal.waitForDisk());
    QTRY_COMPARE(recovered.size(), 1);
    QCOMPARE(contentOf(journal.journalPath()).text, QStringLiteral("zero one two three base\n"));
}

void TestJournal::spaceIsReservedAhead() {
#if defined(Q_OS_LINUX)
    RecoveryJournal journal(m_paths);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    journal.documentChanged(0, 0, QStringLiteral("x"));
    QVERIFY(journal.waitForDisk());
    struct stat info {};
    QCOMPARE(::stat(QFile::encodeName(journal.journalPath()).constData(), &info), 0);
    if (info.st_blocks * 512 < 65536) {
        QSKIP("this file system cannot reserve space");
    }
    QVERIFY(info.st_size < 2000);
    QVERIFY(info.st_blocks * 512 >= 128 * 1024);
#endif
}

// A real limit on the size of files: the reserve cannot grow, and then the journal cannot.
void TestJournal::realFileSizeLimit() {
#if defined(Q_OS_UNIX)
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlimit before = limit;
    QString text = m_document.text;
    {
        RecoveryJournal journal(m_paths);
        journal.begin(JournalDocument::of(m_document), m_document.text);
        limit.rlim_cur = 20000;
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &limit), 0);
        bool safe = true;
        for (int i = 0; i < 100 && safe; ++i) {
            const QString added(i % 2 == 0 ? 1000 : 0, u'x');
            journal.documentChanged(0, i % 2 == 0 ? 0 : 1000, added);
            safe = journal.waitForDisk();
        }
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(safe); // by rewriting the journal in short, again and again
        QCOMPARE(contentOf(journal.journalPath()).text, text);
    }
#endif
}

void TestJournal::supersedesWhenSafe() {
    const QString old = m_folder + QStringLiteral("/.Harbour.md.linnet-journal");
    QFile file(old);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    Disks disks;
    disks.set(m_dir->path(), 0);
    JournalOptions options;
    options.openFile = limited(disks);
    RecoveryJournal journal(m_paths, options);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    journal.textReplaced(QStringLiteral("recovered"));
    journal.supersede(old);
    QVERIFY(!journal.waitForDisk());
    QVERIFY(QFile::exists(old));
    disks.set(m_dir->path(), 1000000);
    journal.documentChanged(9, 0, QStringLiteral("!"));
    QVERIFY(journal.waitForDisk());
    QVERIFY(!QFile::exists(old));
    QCOMPARE(contentOf(journal.journalPath()).text, QStringLiteral("recovered!"));
}

void TestJournal::destructionWritesWhatIsPending() {
    QString path = m_folder + QStringLiteral("/.Harbour.md.linnet-journal");
    {
        RecoveryJournal journal(m_paths, {std::chrono::hours(1)});
        journal.begin(JournalDocument::of(m_document), m_document.text);
        journal.documentChanged(0, 5, QStringLiteral("last words"));
    }
    QCOMPARE(contentOf(path).text, QStringLiteral("last words"));
}

void TestJournal::tenThousandEdits() {
    JournalOptions options;
    options.compactBytes = 20000;
    RecoveryJournal journal(m_paths, options);
    journal.begin(JournalDocument::of(m_document), m_document.text);
    QString text = m_document.text;
    EditScript script(21);
    for (int i = 0; i < 10000; ++i) {
        const JournalEdit edit = script.next(text);
        // A QTextDocument may count the end of the last block too.
        const bool toTheEnd = edit.position + edit.removed == text.size() && edit.removed > 0;
        EditScript::apply(text, edit);
        journal.documentChanged(edit.position, edit.removed + (toTheEnd ? 1 : 0), edit.added);
        if (i % 500 == 0) {
            QVERIFY(journal.waitForDisk());
            QCOMPARE(contentOf(journal.journalPath()).text, text);
        }
    }
    QVERIFY(journal.waitForDisk());
    QCOMPARE(contentOf(journal.journalPath()).text, text);
}

QTEST_GUILESS_MAIN(TestJournal)
#include "test_journal.moc"
