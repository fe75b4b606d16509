#pragma once

#include <QMetaType>
#include <QString>

namespace linnet::services {

// Why a server did not give what it was asked for; each needs something else of the writer.
enum class RemoteErrorKind {
    TokenLocked,     // the keychain was not unlocked, so nothing was sent
    Unauthorized,    // 401: the token is missing, wrong or has been replaced
    Forbidden,       // 403: the token is not good for this
    NotFound,        // 404: no such model, or not this kind of server
    TooManyRequests, // 429
    Busy,            // 503: overloaded, or still loading
    Rejected,        // another 4xx: it does not accept the request
    ServerFailed,    // another 5xx, or an error in mid-stream
    Redirected,      // 3xx: not followed, since the token would go along
    HostUnknown,     // no such name
    Refused,         // nobody listens there, or nothing gets there
    Broken,          // the connection ended too early
    Timeout,
    Tls,         // its certificate is not to be trusted
    Certificate, // the profile's own certificate file cannot be read
    Proxy,
    BadAnswer, // not what the API promises, or without an end
};

struct RemoteError {
    RemoteErrorKind kind = RemoteErrorKind::BadAnswer;
    int status = 0;      // of HTTP; 0: none
    int retryAfter = -1; // seconds that the server asks for; -1: it does not say
    QString detail;      // English: the server's own words, or a diagnostic; never the token
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::RemoteError)
