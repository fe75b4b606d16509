#include <csignal>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include "services/document_file.h"

#if defined(Q_OS_UNIX)
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

using namespace linnet::services;
using linnet::engine::ErrorCode;
using linnet::engine::Result;

namespace {

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot read");
}

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

// Fails at the step of its choice and never touches the disk.
class FailingTarget : public SaveTarget {
public:
    enum class Step { Open, Write, ShortWrite, Commit };
    explicit FailingTarget(Step step)
        : m_step(step) {}
    bool open() override { return m_step != Step::Open; }
    qint64 write(const QByteArray& bytes) override {
        return m_step == Step::Write        ? -1
               : m_step == Step::ShortWrite ? bytes.size() - 1
                                            : bytes.size();
    }
    bool commit() override {
        committed = true;
        return m_step != Step::Commit;
    }
    QString errorString() const override { return QStringLiteral("No space left on device"); }
    static inline bool committed = false;

private:
    Step m_step;
};

template <typename T>
QString message(const Result<T>& result) {
    return result.ok() ? QString() : QString::fromStdString(result.error().message);
}

} // namespace

class TestDocumentFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void savingUnchangedChangesNothing_data();
    void savingUnchangedChangesNothing();
    void refusesWhatIsNoText();
    void refusesTooLarge();
    void unencodableTextIsNotWritten();
    void everyFailingStepIsReported_data();
    void everyFailingStepIsReported();
    void fullDiskLeavesTheFileAlone();
    void vanishedFolder();
    void unwritableFolder();
    void followsLinks();
    void keepsPermissions();
    void noticesAnotherWriter();
    void newFile();

private:
    QString at(const QString& name) const { return m_dir->filePath(name); }
    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestDocumentFile::init() {
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
}

void TestDocumentFile::savingUnchangedChangesNothing_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("utf-8") << QByteArray("Der Fluß\nund 诗\n");
    QTest::newRow("bom, crlf, no last line end") << QByteArray("\xEF\xBB\xBFone\r\ntwo");
    QTest::newRow("mixed") << QByteArray("one\r\ntwo\nthree\rfour\r\n\n");
    QTest::newRow("windows-1252") << QByteArray("caf\xE9 \x97 na\xEFve\r\n");
    QTest::newRow("gb18030") << QByteArray("\xC4\xE3\xBA\xC3\xA3\xAC\xD4\xC2\n");
    QTest::newRow("utf-16") << QByteArray("\xFF\xFEh\0i\0\r\0\n\0", 10);
    QTest::newRow("broken utf-8") << QByteArray("fine \xE4\xB8\xAD, then broken \xE4\xB8 here\n");
}

void TestDocumentFile::savingUnchangedChangesNothing() {
    QFETCH(QByteArray, bytes);
    const QString path = at(QStringLiteral("a.txt"));
    write(path, bytes);
    const auto document = loadDocument(path);
    QVERIFY2(document.ok(), qPrintable(message(document)));
    QVERIFY(!document->text.contains(u'\r'));
    SaveDocumentOptions options;
    options.expected = document->fingerprint;
    const auto saved = saveDocument(path, document->text, document->format, options);
    QVERIFY2(saved.ok(), qPrintable(message(saved)));
    QCOMPARE(read(path), bytes);
    QVERIFY(saved->sameContent(document->fingerprint));
    QVERIFY(fingerprintOf(path)->sameContent(*saved));
}

void TestDocumentFile::refusesWhatIsNoText() {
    write(at(QStringLiteral("a.bin")), QByteArray("\x7F"
                                                  "ELF\x02\x01\x01\0\0\0",
                                                  10));
    const auto binary = loadDocument(at(QStringLiteral("a.bin")));
    QVERIFY(!binary.ok());
    QVERIFY(binary.error().code == ErrorCode::UnsupportedFormat);
    QVERIFY2(message(binary).contains(QStringLiteral("program")), qPrintable(message(binary)));
    QVERIFY(loadDocument(m_dir->path()).error().code == ErrorCode::UnsupportedFormat);
    QVERIFY(loadDocument(at(QStringLiteral("none"))).error().code == ErrorCode::NotFound);
}

void TestDocumentFile::refusesTooLarge() {
    write(at(QStringLiteral("a.txt")), QByteArray(1001, 'x'));
    LoadDocumentOptions options;
    options.maxBytes = 1000;
    const auto document = loadDocument(at(QStringLiteral("a.txt")), options);
    QVERIFY(!document.ok());
    QVERIFY(document.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(message(document).contains(QStringLiteral("larger than")),
             qPrintable(message(document)));
    options.maxBytes = 1001;
    QVERIFY(loadDocument(at(QStringLiteral("a.txt")), options).ok());
}

void TestDocumentFile::unencodableTextIsNotWritten() {
    const QString path = at(QStringLiteral("a.txt"));
    write(path, "caf\xE9\n");
    auto document = loadDocument(path);
    QVERIFY(document.ok());
    document->text += QStringLiteral("月");
    const auto saved = saveDocument(path, document->text, document->format);
    QVERIFY(!saved.ok());
    QVERIFY(saved.error().code == ErrorCode::UnsupportedFormat);
    QVERIFY(message(saved).contains(QStringLiteral("月")));
    QCOMPARE(read(path), QByteArray("caf\xE9\n"));
    document->format.encoding = {};
    QVERIFY(saveDocument(path, document->text, document->format).ok());
    QCOMPARE(read(path), QByteArray("café\n月"));
}

void TestDocumentFile::everyFailingStepIsReported_data() {
    QTest::addColumn<int>("step");
    QTest::newRow("open") << static_cast<int>(FailingTarget::Step::Open);
    QTest::newRow("write") << static_cast<int>(FailingTarget::Step::Write);
    QTest::newRow("short write") << static_cast<int>(FailingTarget::Step::ShortWrite);
    QTest::newRow("commit") << static_cast<int>(FailingTarget::Step::Commit);
}

void TestDocumentFile::everyFailingStepIsReported() {
    QFETCH(int, step);
    const auto failing = static_cast<FailingTarget::Step>(step);
    FailingTarget::committed = false;
    SaveDocumentOptions options;
    options.makeTarget = [&](const QString&) { return std::make_unique<FailingTarget>(failing); };
    const auto saved =
        saveDocument(at(QStringLiteral("a.txt")), QStringLiteral("text"), {}, options);
    QVERIFY(!saved.ok());
    QVERIFY(saved.error().code == ErrorCode::Io);
    QVERIFY(message(saved).contains(QStringLiteral("No space left")));
    QVERIFY(message(saved).contains(QStringLiteral("safe in the editor")));
    QCOMPARE(FailingTarget::committed, failing == FailingTarget::Step::Commit);
}

void TestDocumentFile::fullDiskLeavesTheFileAlone() {
#if defined(Q_OS_UNIX)
    const QString path = at(QStringLiteral("a.txt"));
    write(path, "before");
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlimit before = limit;
    limit.rlim_cur = 100000;
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    const auto saved = saveDocument(path, QString(300000, u'x'), {});
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
    QVERIFY(!saved.ok());
    QVERIFY(saved.error().code == ErrorCode::Io);
    QCOMPARE(read(path), QByteArray("before"));
    QCOMPARE(QDir(m_dir->path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
#endif
}

void TestDocumentFile::vanishedFolder() {
    const QString folder = at(QStringLiteral("gone"));
    QVERIFY(QDir().mkpath(folder));
    write(folder + QStringLiteral("/a.txt"), "text");
    const auto document = loadDocument(folder + QStringLiteral("/a.txt"));
    QVERIFY(document.ok());
    QVERIFY(QDir(folder).removeRecursively());
    const auto saved = saveDocument(document->path, document->text, document->format);
    QVERIFY(!saved.ok());
    QVERIFY(saved.error().code == ErrorCode::NotFound);
    QVERIFY(message(saved).contains(QStringLiteral("safe in the editor")));
}

void TestDocumentFile::unwritableFolder() {
#if defined(Q_OS_LINUX)
    // Holds for root too, whom permissions do not stop.
    const auto saved = saveDocument(QStringLiteral("/proc/linnet.txt"), QStringLiteral("text"), {});
    QVERIFY(!saved.ok());
    QVERIFY(saved.error().code == ErrorCode::Io);
    QVERIFY(message(saved).contains(QStringLiteral("safe in the editor")));
    QVERIFY(saveDocument(QStringLiteral("/dev/full"), QStringLiteral("text"), {}).error().code ==
            ErrorCode::InvalidArgument);
#endif
}

void TestDocumentFile::followsLinks() {
    QVERIFY(QDir().mkpath(at(QStringLiteral("real"))));
    const QString target = at(QStringLiteral("real/a.txt"));
    write(target, "before");
    const QString link = at(QStringLiteral("link.txt"));
    const QString second = at(QStringLiteral("second.txt"));
    QVERIFY(QFile::link(QStringLiteral("real/a.txt"), link));
    QVERIFY(QFile::link(link, second));
    QVERIFY(saveDocument(second, QStringLiteral("after"), {}).ok());
    QVERIFY(QFileInfo(link).isSymLink());
    QVERIFY(QFileInfo(second).isSymLink());
    QCOMPARE(read(target), QByteArray("after"));

    const QString loop = at(QStringLiteral("loop"));
    QVERIFY(QFile::link(loop, loop));
    QVERIFY(!saveDocument(loop, QStringLiteral("text"), {}).ok());
}

void TestDocumentFile::keepsPermissions() {
#if defined(Q_OS_UNIX)
    const QString path = at(QStringLiteral("a.txt"));
    write(path, "before");
    const QByteArray name = QFile::encodeName(path);
    QCOMPARE(::chmod(name.constData(), 0641), 0);
    const bool root = ::geteuid() == 0;
    if (root) {
        QCOMPARE(::chown(name.constData(), 12345, 54321), 0);
    }
    QVERIFY(saveDocument(path, QStringLiteral("after"), {}).ok());
    struct stat info {};
    QCOMPARE(::stat(name.constData(), &info), 0);
    QCOMPARE(info.st_mode & 07777U, 0641U);
    if (root) {
        QCOMPARE(info.st_uid, 12345U);
        QCOMPARE(info.st_gid, 54321U);
    }
#endif
}

void TestDocumentFile::noticesAnotherWriter() {
    const QString path = at(QStringLiteral("a.txt"));
    write(path, "before");
    const auto document = loadDocument(path);
    QVERIFY(document.ok());
    write(path, "theirs");
    SaveDocumentOptions options;
    options.expected = document->fingerprint;
    const auto saved = saveDocument(path, QStringLiteral("ours"), {}, options);
    QVERIFY(!saved.ok());
    QVERIFY(saved.error().code == ErrorCode::InvalidArgument);
    QCOMPARE(read(path), QByteArray("theirs"));
    QVERIFY(saveDocument(path, QStringLiteral("ours"), {}).ok());
    QCOMPARE(read(path), QByteArray("ours"));
}

void TestDocumentFile::newFile() {
    const QString path = at(QStringLiteral("new.md"));
    const DocumentFormat format{{}, LineEndings(LineEnding::CrLf)};
    const auto saved = saveDocument(path, QStringLiteral("# One\n"), format);
    QVERIFY2(saved.ok(), qPrintable(message(saved)));
    QCOMPARE(read(path), QByteArray("# One\r\n"));
    QCOMPARE(saved->size, 7);
}

QTEST_APPLESS_MAIN(TestDocumentFile)
#include "test_document_file.moc"
