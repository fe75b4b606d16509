#include "services/secret_store.h"

#include <utility>

#include <qt6keychain/keychain.h>

#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
#define LINNET_SECRET_SERVICE
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#endif

namespace linnet::services {

namespace {

SecretAnswer answerOf(const QKeychain::Job& job) {
    switch (job.error()) {
    case QKeychain::NoError:
        return {SecretOutcome::Done, QString(), QString()};
    case QKeychain::EntryNotFound:
        return {SecretOutcome::NotFound, QString(), job.errorString()};
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return {SecretOutcome::Refused, QString(), job.errorString()};
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
    case QKeychain::OtherError:
        break;
    }
    return {SecretOutcome::Unavailable, QString(), job.errorString()};
}

// A job belongs to nobody: the keychain's library holds on to it until the system has answered,
// and then it deletes itself.
void start(QKeychain::Job& job, const QString& key) {
    job.setAutoDelete(true);
    job.setInsecureFallback(false); // into a plain file
    job.setKey(key);
    job.start();
}

#if defined(LINNET_SECRET_SERVICE)

constexpr int searchTimeout = 5000; // ms; a search asks the writer nothing

// A locked item that nobody unlocks looks to libsecret like none at all. So whenever there seems to
// be none, the Secret Service is asked whether it has one that is locked.
void distinguishLocked(const QString& service, const QString& key, QObject* context,
                       const SecretAnswer& answer, const SecretStore::Reply& reply) {
    using Attributes = QMap<QString, QString>;
    qDBusRegisterMetaType<Attributes>();
    QDBusMessage search = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets"),
        QStringLiteral("org.freedesktop.Secret.Service"), QStringLiteral("SearchItems"));
    search.setAutoStartService(false);
    search << QVariant::fromValue(
        QMap<QString, QString>{{QStringLiteral("user"), key}, {QStringLiteral("server"), service}});
    auto* watcher = new QDBusPendingCallWatcher(
        QDBusConnection::sessionBus().asyncCall(search, searchTimeout), context);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, context,
                     [answer, reply, watcher] {
                         using Paths = QList<QDBusObjectPath>;
                         const QDBusPendingReply<Paths, Paths> found = *watcher;
                         watcher->deleteLater();
                         if (found.isValid() && !found.argumentAt<1>().isEmpty()) {
                             reply({SecretOutcome::Refused, QString(),
                                    QStringLiteral("the keychain is locked and was not unlocked")});
                         } else {
                             reply(answer);
                         }
                     });
}

#else

void distinguishLocked(const QString&, const QString&, QObject*, const SecretAnswer& answer,
                       const SecretStore::Reply& reply) {
    reply(answer);
}

#endif

} // namespace

KeychainStore::KeychainStore(QString service)
    : m_service(std::move(service)) {
}

void KeychainStore::read(const QString& key, Reply reply) {
    auto* job = new QKeychain::ReadPasswordJob(m_service);
    QObject::connect(job, &QKeychain::Job::finished, &m_context,
                     [this, job, key, reply = std::move(reply)](QKeychain::Job*) {
                         SecretAnswer answer = answerOf(*job);
                         if (answer.outcome == SecretOutcome::NotFound) {
                             distinguishLocked(m_service, key, &m_context, answer, reply);
                             return;
                         }
                         if (answer.outcome == SecretOutcome::Done) {
                             answer.secret = job->textData();
                         }
                         reply(answer);
                     });
    start(*job, key);
}

void KeychainStore::write(const QString& key, const QString& secret, Reply reply) {
    auto* job = new QKeychain::WritePasswordJob(m_service);
    job->setTextData(secret);
    QObject::connect(job, &QKeychain::Job::finished, &m_context,
                     [reply = std::move(reply)](QKeychain::Job* done) { reply(answerOf(*done)); });
    start(*job, key);
}

void KeychainStore::remove(const QString& key, Reply reply) {
    auto* job = new QKeychain::DeletePasswordJob(m_service);
    QObject::connect(job, &QKeychain::Job::finished, &m_context,
                     [reply = std::move(reply)](QKeychain::Job* done) { reply(answerOf(*done)); });
    start(*job, key);
}

} // namespace linnet::services
