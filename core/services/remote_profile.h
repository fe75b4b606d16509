#pragma once

#include <optional>

#include <QFlags>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QUrl>
#include <QVector>

namespace linnet::services {

enum class RemoteUse { Suggestions = 1, Poems = 2, Captions = 4 };
Q_DECLARE_FLAGS(RemoteUses, RemoteUse)
Q_DECLARE_OPERATORS_FOR_FLAGS(RemoteUses)

// A server that the writer has told us of. Its token is not here but in the keychain.
struct RemoteProfile {
    QString id;            // never changes
    QString name;          // as shown
    QString address;       // as written: "https://studio.example/openai", with or without /v1
    QString model;         // empty: whatever the server serves
    RemoteUses uses;       // what it is asked for
    bool logProbs = false; // it may be asked for probabilities of its tokens
    QJsonObject extras;    // further fields of every request: {"top_k": 40}
    QString caFile;        // PEM: certificates to trust beside the system's; empty: none

    bool operator==(const RemoteProfile&) const = default;
};

enum class AddressProblem {
    None,
    Empty,
    NotAnAddress,
    Scheme, // neither http nor https
    Secret, // a name or password in it
    Query,  // ?a=b or #c
};

// What is wrong with an address.
AddressProblem checkAddress(const QString& address);
// The URL below which /completions is: "https://studio.example/openai/v1". Nothing if
// checkAddress() finds fault. A host without a scheme is meant as https, a local one as http.
std::optional<QUrl> apiUrl(const QString& address);
// What is sent there can be read by others on the way.
bool isUnencrypted(const QUrl& url);
// The text never leaves this machine.
bool isLoopback(const QString& host);

// Under this name the keychain keeps the token: for this profile at this server only, so that
// another address does not get it. Empty without a valid address.
QString tokenKey(const RemoteProfile& profile);

// Fields that every request sets itself, so that no profile may.
bool isReservedField(const QString& name);
// A JSON object without reserved fields; nothing with the reason in `problem` (English).
std::optional<QJsonObject> parseExtras(const QString& text, QString* problem = nullptr);

RemoteProfile newProfile(); // with an id
// Its name, else its host; empty: it has neither.
QString shownName(const RemoteProfile& profile);

// As the settings keep them, a JSON object each. Entries that cannot be read are left out.
QStringList toSetting(const QVector<RemoteProfile>& profiles);
QVector<RemoteProfile> profilesFrom(const QStringList& setting);

} // namespace linnet::services
