// Where tokens are, whatever the keychain does.

#include <QSignalSpy>
#include <QTest>

#include "services/token_keeper.h"
#include "support/fake_secret_store.h"

using namespace linnet::services;
using linnet::tests::FakeSecretStore;

namespace {
const QString key = QStringLiteral("https://studio.example:443/1");
const QString token = QStringLiteral("sk-1234");

// What whenKnown() told.
struct Told {
    int times = 0;
    TokenState state = TokenState::Unknown;
    QString token;

    TokenKeeper::Then listen() {
        return [this](TokenState now, const QString& secret) {
            ++times;
            state = now;
            token = secret;
        };
    }
};
} // namespace

class TestTokenKeeper : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsOnceAndRemembers();
    void noTokenIsKnownToo();
    void slowKeychain();
    void lockedAndUnlocked();
    void withoutAKeychain();
    void anOldAnswerDoesNotCount();
    void goneListenersAreNotCalled();
    void forgets();
    void whatIsAToken_data();
    void whatIsAToken();
};

void TestTokenKeeper::readsOnceAndRemembers() {
    FakeSecretStore store;
    store.secrets.insert(key, token);
    TokenKeeper keeper(store);
    QCOMPARE(keeper.state(key), TokenState::Unknown);
    Told told;
    keeper.whenKnown(key, this, told.listen());
    QCOMPARE(keeper.state(key), TokenState::Asking);
    QCOMPARE(told.times, 0);
    QTRY_COMPARE(told.times, 1);
    QCOMPARE(told.state, TokenState::Kept);
    QCOMPARE(told.token, token);
    keeper.whenKnown(key, this, told.listen());
    QCOMPARE(told.times, 2); // at once
    QCOMPARE(store.reads, 1);
}

void TestTokenKeeper::noTokenIsKnownToo() {
    FakeSecretStore store;
    TokenKeeper keeper(store);
    Told told;
    keeper.whenKnown(key, this, told.listen());
    QTRY_COMPARE(told.times, 1);
    QCOMPARE(told.state, TokenState::None);
    QVERIFY(told.token.isEmpty());
}

// A wallet that takes its time is not one without the token.
void TestTokenKeeper::slowKeychain() {
    FakeSecretStore store;
    store.secrets.insert(key, token);
    store.holds = true;
    TokenKeeper keeper(store);
    Told first;
    Told second;
    keeper.whenKnown(key, this, first.listen());
    keeper.whenKnown(key, this, second.listen());
    QCoreApplication::processEvents();
    QCOMPARE(keeper.state(key), TokenState::Asking);
    QCOMPARE(store.reads, 1);
    store.release();
    QCOMPARE(first.token, token);
    QCOMPARE(second.token, token);
}

void TestTokenKeeper::lockedAndUnlocked() {
    FakeSecretStore store;
    store.secrets.insert(key, token);
    store.trouble = SecretOutcome::Refused;
    TokenKeeper keeper(store);
    Told told;
    keeper.whenKnown(key, this, told.listen());
    QTRY_COMPARE(told.times, 1);
    QCOMPARE(told.state, TokenState::Locked);
    QVERIFY(told.token.isEmpty());
    QCOMPARE(keeper.problem(key), store.detail);
    // It is not asked with every request: that would be a dialog with every key.
    keeper.whenKnown(key, this, told.listen());
    QCOMPARE(store.reads, 1);

    store.trouble = SecretOutcome::Done;
    keeper.askAgain(key);
    QTRY_COMPARE(keeper.state(key), TokenState::Kept);
    QVERIFY(keeper.problem(key).isEmpty());
}

void TestTokenKeeper::withoutAKeychain() {
    FakeSecretStore store;
    store.trouble = SecretOutcome::Unavailable;
    TokenKeeper keeper(store);
    QVERIFY(keeper.set(key, token));
    QCOMPARE(keeper.state(key), TokenState::Saving);
    Told told;
    keeper.whenKnown(key, this, told.listen());
    QCOMPARE(told.token, token); // usable although it is not kept yet
    QTRY_COMPARE(keeper.state(key), TokenState::MemoryOnly);
    keeper.whenKnown(key, this, told.listen());
    QCOMPARE(told.token, token);

    store.trouble = SecretOutcome::Done;
    keeper.askAgain(key);
    QTRY_COMPARE(keeper.state(key), TokenState::Kept);
    QCOMPARE(store.secrets.value(key), token);
}

// The writer was quicker than the keychain.
void TestTokenKeeper::anOldAnswerDoesNotCount() {
    FakeSecretStore store;
    store.secrets.insert(key, QStringLiteral("old"));
    store.holds = true;
    TokenKeeper keeper(store);
    Told told;
    keeper.whenKnown(key, this, told.listen());
    QVERIFY(keeper.set(key, token));
    QCOMPARE(told.token, token);
    store.release();
    QCOMPARE(told.times, 1);
    QCOMPARE(keeper.state(key), TokenState::Kept);
    keeper.whenKnown(key, this, told.listen());
    QCOMPARE(told.token, token);
}

void TestTokenKeeper::goneListenersAreNotCalled() {
    FakeSecretStore store;
    store.holds = true;
    TokenKeeper keeper(store);
    Told told;
    auto context = std::make_unique<QObject>();
    keeper.whenKnown(key, context.get(), told.listen());
    context.reset();
    store.release();
    QCOMPARE(told.times, 0);
}

void TestTokenKeeper::forgets() {
    FakeSecretStore store;
    TokenKeeper keeper(store);
    QSignalSpy changed(&keeper, &TokenKeeper::changed);
    QVERIFY(keeper.set(key, token));
    QTRY_COMPARE(keeper.state(key), TokenState::Kept);
    keeper.forget(key);
    QCOMPARE(keeper.state(key), TokenState::None);
    QTRY_VERIFY(store.secrets.isEmpty());
    QVERIFY(changed.count() >= 3);
}

void TestTokenKeeper::whatIsAToken_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("usable");
    QTest::newRow("usual") << token << true;
    QTest::newRow("nothing") << QString() << false;
    QTest::newRow("a line more") << QStringLiteral("sk\r\nX-Evil: 1") << false;
    QTest::newRow("space") << QStringLiteral("sk 1") << false;
    QTest::newRow("not ASCII") << QStringLiteral("sk-密") << false;
    QTest::newRow("too long") << QString(9000, u'a') << false;
}

void TestTokenKeeper::whatIsAToken() {
    QFETCH(QString, text);
    QFETCH(bool, usable);
    FakeSecretStore store;
    TokenKeeper keeper(store);
    QCOMPARE(TokenKeeper::isUsable(text), usable);
    QCOMPARE(keeper.set(key, text), usable);
    QCOMPARE(keeper.state(key), usable ? TokenState::Saving : TokenState::Unknown);
    // Nor is it sent when another program put it into the keychain.
    FakeSecretStore other;
    other.secrets.insert(key, text);
    TokenKeeper reader(other);
    Told told;
    reader.whenKnown(key, this, told.listen());
    QTRY_COMPARE(told.times, 1);
    QCOMPARE(told.token, usable ? text : QString());
}

QTEST_GUILESS_MAIN(TestTokenKeeper)
#include "test_token_keeper.moc"
