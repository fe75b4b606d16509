// Tokens in a real keychain: gnome-keyring on a D-Bus of its own, in folders of its own.

#include <QDBusConnection>
#include <QDBusInterface>
#include <QDBusObjectPath>
#include <QDBusReply>
#include <QDirIterator>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "services/secret_store.h"
#include "services/token_keeper.h"

using namespace linnet::services;

namespace {

const QString key = QStringLiteral("https://studio.example:443/1");
const QString token = QStringLiteral("sk-very-secret-5567");

// The keychain's answer, when it has come.
struct Answer {
    bool came = false;
    SecretAnswer value;

    SecretStore::Reply listen() {
        return [this](const SecretAnswer& answer) {
            came = true;
            value = answer;
        };
    }
};

} // namespace

class TestKeychain : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void withoutAService(); // first: no service is there yet
    void keepsAndForgets();
    void onlyTheKeychainHasIt();
    void locked();

private:
    bool startBus();
    bool startKeyring();
    QDBusConnection bus() const { return QDBusConnection::sessionBus(); }

    QTemporaryDir m_folder;
    QProcess m_bus;
    QProcess m_keyring;
};

bool TestKeychain::startBus() {
    for (const char* name : {"run", "home", "config", "data", "cache"}) {
        QDir(m_folder.path()).mkpath(QString::fromUtf8(name));
    }
    const auto set = [this](const char* name, const char* folder) {
        qputenv(name, m_folder.filePath(QString::fromUtf8(folder)).toUtf8());
    };
    set("XDG_RUNTIME_DIR", "run");
    set("HOME", "home");
    set("XDG_CONFIG_HOME", "config");
    set("XDG_DATA_HOME", "data");
    set("XDG_CACHE_HOME", "cache");
    QFile::setPermissions(m_folder.filePath(QStringLiteral("run")),
                          QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    // A configuration without service folders: nothing starts by itself.
    QFile config(m_folder.filePath(QStringLiteral("bus.conf")));
    if (!config.open(QIODevice::WriteOnly)) {
        return false;
    }
    config.write("<busconfig><type>session</type><listen>unix:path=" +
                 m_folder.filePath(QStringLiteral("run/bus")).toUtf8() +
                 "</listen><policy context=\"default\"><allow send_destination=\"*\"/>"
                 "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>");
    config.close();
    m_bus.start(QStringLiteral("dbus-daemon"),
                {QStringLiteral("--config-file=") + config.fileName(), QStringLiteral("--nofork"),
                 QStringLiteral("--print-address")});
    if (!m_bus.waitForStarted() || !m_bus.waitForReadyRead()) {
        return false;
    }
    qputenv("DBUS_SESSION_BUS_ADDRESS", m_bus.readLine().trimmed());
    return bus().isConnected();
}

bool TestKeychain::startKeyring() {
    m_keyring.start(QStringLiteral("gnome-keyring-daemon"),
                    {QStringLiteral("--foreground"), QStringLiteral("--components=secrets"),
                     QStringLiteral("--unlock")});
    if (!m_keyring.waitForStarted()) {
        return false;
    }
    m_keyring.write("password of the test\n");
    m_keyring.closeWriteChannel();
    return QTest::qWaitFor(
        [this] {
            const QDBusReply<bool> there =
                bus().call(QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.DBus"),
                                                          QStringLiteral("/org/freedesktop/DBus"),
                                                          QStringLiteral("org.freedesktop.DBus"),
                                                          QStringLiteral("NameHasOwner"))
                           << QStringLiteral("org.freedesktop.secrets"));
            return there.isValid() && there.value();
        },
        20000);
}

void TestKeychain::initTestCase() {
    for (const char* program : {"dbus-daemon", "gnome-keyring-daemon"}) {
        if (QStandardPaths::findExecutable(QString::fromUtf8(program)).isEmpty()) {
            QSKIP(qPrintable(QStringLiteral("%1 is not installed (section [test] of "
                                            "installer/debian-packages.txt)")
                                 .arg(QString::fromUtf8(program))));
        }
    }
    qputenv("XDG_CURRENT_DESKTOP", "GNOME");
    QVERIFY(startBus());
}

void TestKeychain::cleanupTestCase() {
    for (QProcess* process : {&m_keyring, &m_bus}) {
        if (process->state() != QProcess::NotRunning) {
            process->kill();
            process->waitForFinished();
        }
    }
}

// Said within seconds, and the token is good for this run.
void TestKeychain::withoutAService() {
    KeychainStore store;
    TokenKeeper keeper(store);
    QVERIFY(keeper.set(key, token));
    QTRY_COMPARE_WITH_TIMEOUT(keeper.state(key), TokenState::MemoryOnly, 40000);
    QVERIFY(!keeper.problem(key).isEmpty());
    QVERIFY(!keeper.problem(key).contains(token));
    TokenKeeper reader(store);
    reader.askAgain(key);
    QTRY_COMPARE_WITH_TIMEOUT(reader.state(key), TokenState::Unavailable, 40000);
}

void TestKeychain::keepsAndForgets() {
    QVERIFY(startKeyring());
    KeychainStore store;
    Answer before;
    store.read(key, before.listen());
    QTRY_VERIFY_WITH_TIMEOUT(before.came, 20000);
    QCOMPARE(before.value.outcome, SecretOutcome::NotFound);
    Answer written;
    store.write(key, token, written.listen());
    QTRY_VERIFY_WITH_TIMEOUT(written.came, 20000);
    QVERIFY2(written.value.outcome == SecretOutcome::Done, qPrintable(written.value.detail));
    {
        // Another program, as far as the keychain can tell: nothing is cached by us.
        KeychainStore other;
        Answer answer;
        other.read(key, answer.listen());
        QTRY_VERIFY_WITH_TIMEOUT(answer.came, 20000);
        QCOMPARE(answer.value.secret, token);
        KeychainStore stranger(QStringLiteral("Another program"));
        Answer none;
        stranger.read(key, none.listen());
        QTRY_VERIFY_WITH_TIMEOUT(none.came, 20000);
        QCOMPARE(none.value.outcome, SecretOutcome::NotFound);
    }
    Answer removed;
    store.remove(key, removed.listen());
    QTRY_VERIFY_WITH_TIMEOUT(removed.came, 20000);
    QCOMPARE(removed.value.outcome, SecretOutcome::Done);
    Answer after;
    store.read(key, after.listen());
    QTRY_VERIFY_WITH_TIMEOUT(after.came, 20000);
    QCOMPARE(after.value.outcome, SecretOutcome::NotFound);
}

// No file of this run has the token in it, in whatever folder; the keyring's own is encrypted.
void TestKeychain::onlyTheKeychainHasIt() {
    KeychainStore store;
    TokenKeeper keeper(store);
    QVERIFY(keeper.set(key, token));
    QTRY_COMPARE_WITH_TIMEOUT(keeper.state(key), TokenState::Kept, 20000);
    int files = 0;
    QDirIterator all(m_folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        QFile file(all.next());
        if (file.open(QIODevice::ReadOnly)) {
            const QByteArray bytes = file.readAll();
            QVERIFY2(!bytes.contains(token.toUtf8()), qPrintable(file.fileName()));
            QVERIFY2(!bytes.contains(token.toUtf8().toBase64()), qPrintable(file.fileName()));
            ++files;
        }
    }
    QVERIFY(files > 0); // the keyring's
}

// Nobody can be asked here, as on a machine without a screen: the keychain stays locked, and the
// program says so instead of waiting for ever.
void TestKeychain::locked() {
    QDBusInterface service(QStringLiteral("org.freedesktop.secrets"),
                           QStringLiteral("/org/freedesktop/secrets"),
                           QStringLiteral("org.freedesktop.Secret.Service"), bus());
    const QDBusReply<QDBusObjectPath> collection =
        service.call(QStringLiteral("ReadAlias"), QStringLiteral("default"));
    QVERIFY(collection.isValid());
    const QDBusMessage lock = service.call(
        QStringLiteral("Lock"), QVariant::fromValue(QList<QDBusObjectPath>{collection.value()}));
    QVERIFY2(lock.type() == QDBusMessage::ReplyMessage, qPrintable(lock.errorMessage()));

    KeychainStore store;
    TokenKeeper keeper(store);
    keeper.askAgain(key);
    QCOMPARE(keeper.state(key), TokenState::Asking);
    QTRY_VERIFY_WITH_TIMEOUT(keeper.state(key) != TokenState::Asking, 40000);
    QCOMPARE(keeper.state(key), TokenState::Locked); // and not: none
    // The writer types the token instead: good for this run.
    QVERIFY(keeper.set(key, token));
    QTRY_COMPARE_WITH_TIMEOUT(keeper.state(key), TokenState::MemoryOnly, 40000);
}

QTEST_GUILESS_MAIN(TestKeychain)
#include "test_keychain.moc"
