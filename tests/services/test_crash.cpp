// Kills a process while it types, and looks at what can be recovered.

#include <chrono>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "services/edit_script.h"
#include "services/recovery.h"

using namespace linnet::services;
using linnet::test::EditScript;

namespace {

// The promise: what is older than this is not lost.
constexpr qint64 promiseMilliseconds = 2000;

qint64 nowMilliseconds() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

struct Typed {
    int edits = 0; // all that the process told of
    int old = 0;   // those that the promise covers
    qint64 killed = 0;
};

// Lets it type until `done(typed so far)`, then kills it at once.
template <typename Done>
Typed typeAndKill(const QStringList& arguments, Done done) {
    QProcess process;
    process.start(QStringLiteral(JOURNAL_TYPIST), arguments);
    QVector<qint64> times;
    const auto readLines = [&] {
        while (process.canReadLine()) {
            times << process.readLine().trimmed().split(' ').value(1).toLongLong();
        }
    };
    while (process.waitForReadyRead(30000)) {
        readLines();
        if (done(times)) {
            break;
        }
    }
    Typed typed;
    typed.killed = nowMilliseconds();
    process.kill(); // SIGKILL
    process.waitForFinished();
    readLines();
    typed.edits = static_cast<int>(times.size());
    for (const qint64 time : times) {
        typed.old += time <= typed.killed - promiseMilliseconds ? 1 : 0;
    }
    return typed;
}

// How many of the script's edits `text` holds; -1 when it is no text on the way.
int editsIn(const QString& text, const QString& base, quint32 seed, int atMost) {
    QString typed = base;
    EditScript script(seed);
    int found = typed == text ? 0 : -1;
    for (int i = 1; i <= atMost; ++i) {
        EditScript::apply(typed, script.next(typed));
        if (typed == text) {
            found = i;
        }
    }
    return found;
}

} // namespace

class TestCrash : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void keystrokesOlderThanTwoSecondsSurvive();
    void killedAtAnyMoment_data();
    void killedAtAnyMoment();

private:
    void check(const Typed& typed, quint32 seed, int atLeast);
    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_app;
    QString m_document;
    QString m_base;
};

void TestCrash::init() {
    m_dir = std::make_unique<QTemporaryDir>();
    m_app = m_dir->filePath(QStringLiteral("app"));
    m_document = m_dir->filePath(QStringLiteral("Harbour.md"));
    m_base = QStringLiteral("The old man looked at the sea.\n");
    QFile file(m_document);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(m_base.toUtf8());
}

void TestCrash::check(const Typed& typed, quint32 seed, int atLeast) {
    const auto found = RecoveryStore(AppPaths::under(m_app)).findRecoverable();
    if (found.empty()) {
        QCOMPARE(atLeast, 0);
        return;
    }
    QCOMPARE(found.size(), size_t{1});
    QCOMPARE(found[0].path, m_document);
    QCOMPARE(found[0].base, RecoverableDocument::Base::Unchanged);
    // The process may have typed a little more than it could tell.
    const int kept = editsIn(found[0].text, m_base, seed, typed.edits + 1000);
    QVERIFY2(kept >= atLeast, qPrintable(QStringLiteral("%1 of %2 edits kept, %3 were promised")
                                             .arg(kept)
                                             .arg(typed.edits)
                                             .arg(atLeast)));
}

// With the program's own intervals.
void TestCrash::keystrokesOlderThanTwoSecondsSurvive() {
    const Typed typed = typeAndKill(
        {m_app, m_document, QStringLiteral("1"), QStringLiteral("10"), QStringLiteral("1000")},
        [](const QVector<qint64>& times) {
            return times.size() > 100 && times.last() - times.first() > 3500;
        });
    QVERIFY(typed.old > 20);
    check(typed, 1, typed.old);
}

void TestCrash::killedAtAnyMoment_data() {
    QTest::addColumn<int>("edits");
    for (int edits = 1; edits < 260; edits = edits * 3 / 2 + 1) {
        QTest::addRow("after %d edits", edits) << edits;
    }
}

void TestCrash::killedAtAnyMoment() {
    QFETCH(int, edits);
    const Typed typed = typeAndKill(
        {m_app, m_document, QString::number(edits), QStringLiteral("1"), QStringLiteral("3")},
        [&](const QVector<qint64>& times) { return times.size() >= edits; });
    check(typed, static_cast<quint32>(edits), typed.old);
}

QTEST_GUILESS_MAIN(TestCrash)
#include "test_crash.moc"
