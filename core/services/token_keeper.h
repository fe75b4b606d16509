#pragma once

#include <functional>
#include <vector>

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QString>

#include "services/secret_store.h"

namespace linnet::services {

// Where a server's token is, as far as we know.
enum class TokenState {
    Unknown,     // the keychain has not been asked yet
    Asking,      // it has been asked, and may be asking the writer to unlock it
    None,        // the keychain has no token for this server
    Saving,      // we have it; the keychain has been asked to keep it
    Kept,        // in the keychain
    MemoryOnly,  // we have it until the program ends; the keychain would not keep it
    Locked,      // the keychain was not unlocked, so we do not know it
    Unavailable, // there is no keychain that works, so we do not know it
};

// The tokens of servers: read from the keychain when first needed, held in memory for this run,
// written to the keychain and nowhere else. GUI thread.
class TokenKeeper : public QObject {
    Q_OBJECT
public:
    // `store` outlives the keeper.
    explicit TokenKeeper(SecretStore& store, QObject* parent = nullptr);

    TokenState state(const QString& key) const;
    // What the keychain said, in English; empty: nothing went wrong.
    QString problem(const QString& key) const;

    // Calls `then(state, token)` when the token is known, or known not to be had: at once or when
    // the keychain has answered, unless `context` is gone by then. `token` may be empty.
    using Then = std::function<void(TokenState state, const QString& token)>;
    void whenKnown(const QString& key, QObject* context, Then then);

    // Asks the keychain again after it was locked or did not work: for a token that we have, to
    // keep it; else for the token.
    void askAgain(const QString& key);

    // What can be sent in a header: printable ASCII without spaces.
    static bool isUsable(const QString& token);
    // Usable from now on, whatever the keychain says. False: not a token; nothing is changed.
    bool set(const QString& key, const QString& token);
    void forget(const QString& key);

Q_SIGNALS:
    void changed(const QString& key);

private:
    struct Waiting {
        QPointer<QObject> context;
        Then then;
    };
    struct Entry {
        TokenState state = TokenState::Unknown;
        QString token;
        QString problem;
        quint64 version = 0; // an answer to an older question does not count
        std::vector<Waiting> waiting;
    };

    void ask(const QString& key);
    void keep(const QString& key);
    void settle(const QString& key, TokenState state, const QString& problem);

    SecretStore& m_store;
    QHash<QString, Entry> m_entries;
};

} // namespace linnet::services
