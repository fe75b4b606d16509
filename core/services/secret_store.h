#pragma once

#include <functional>
#include <memory>

#include <QObject>
#include <QString>

namespace linnet::services {

enum class SecretOutcome {
    Done,
    NotFound,    // there is no such secret
    Refused,     // the keychain stayed locked, or the writer said no
    Unavailable, // there is no keychain here, or it does not work
};

struct SecretAnswer {
    SecretOutcome outcome = SecretOutcome::Unavailable;
    QString secret; // of a read that is Done
    QString detail; // an English diagnostic; never the secret
};

// Keeps secrets where the system keeps them, and nowhere else. Every function returns at once; the
// reply comes later on the same thread, once, unless the store is gone by then. The system may be
// asking the writer to unlock something meanwhile, so it may take minutes.
class SecretStore {
public:
    using Reply = std::function<void(const SecretAnswer&)>;

    virtual ~SecretStore() = default;

    virtual void read(const QString& key, Reply reply) = 0;
    virtual void write(const QString& key, const QString& secret, Reply reply) = 0;
    // Of a secret that is not there: Done or NotFound.
    virtual void remove(const QString& key, Reply reply) = 0;
};

// The system's keychain by QtKeychain: Secret Service (GNOME Keyring, KWallet), the keychains of
// macOS and Windows. Nothing is ever written to a file of ours. GUI thread.
class KeychainStore : public SecretStore {
public:
    // `service`: the name under which the keychain lists our secrets.
    explicit KeychainStore(QString service = QStringLiteral("Linnet"));

    void read(const QString& key, Reply reply) override;
    void write(const QString& key, const QString& secret, Reply reply) override;
    void remove(const QString& key, Reply reply) override;

private:
    const QString m_service;
    QObject m_context; // no reply comes after this
};

} // namespace linnet::services
