#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include <QByteArray>
#include <QElapsedTimer>
#include <QNetworkRequest>
#include <QObject>
#include <QTimer>

#include "protocol/server_sent_events.h"
#include "services/remote_error.h"
#include "services/remote_profile.h"
#include "services/token_keeper.h"

class QNetworkAccessManager;
class QNetworkReply;

namespace linnet::services {

// How long and how much; every exchange ends.
struct RemoteLimits {
    std::chrono::milliseconds connect{10'000}; // until the request is out
    std::chrono::milliseconds firstByte{60'000};
    std::chrono::milliseconds pause{30'000};     // between two pieces of the answer
    std::chrono::milliseconds total{300'000};    // of one attempt
    qint64 answerBytes = qint64{16} << 20;       // also of a stream
    int attempts = 3;                            // as long as nothing was received
    std::chrono::milliseconds backoff{250};      // before the second; doubled for each further one
    std::chrono::milliseconds longestWait{5000}; // that a server may ask for by Retry-After
};

// What is sent where.
struct RemoteRequest {
    QByteArray method; // "GET" or "POST"
    QString path;      // below the API's URL: "models"
    QByteArray body;
    QByteArray contentType;
    bool stream = false; // the answer may come as server-sent events
};

// One exchange with a server: the token, the request, the answer piece by piece, tries again where
// that is safe. After abort() nothing is heard of it. GUI thread.
class RemoteCall : public QObject {
    Q_OBJECT
public:
    // All references outlive the call. It begins by itself when the event loop is back.
    RemoteCall(std::function<QNetworkAccessManager&()> network, TokenKeeper& tokens,
               RemoteProfile profile, RemoteRequest request, const RemoteLimits& limits);
    ~RemoteCall() override;

    void abort();
    bool isOver() const { return m_over; }
    const RemoteProfile& profile() const { return m_profile; }
    // From the request to the first of the answer, of the last attempt; -1: there was none.
    qint64 latency() const { return m_latency; }

Q_SIGNALS:
    void sent(); // the request is about to leave this machine; again with each attempt
    // One of a streamed answer. The marker of its end is not told.
    void event(const QByteArray& data);
    // The answer is complete. `body` is empty if it came as events.
    void finished(const QByteArray& body);
    void failed(const linnet::services::RemoteError& error);

private:
    enum class Phase { Connecting, Waiting, Receiving };

    void begin();
    void send();
    std::optional<QNetworkRequest> makeRequest();
    void connectReply();
    void enter(Phase phase);
    void onRead();
    void takeError(const QByteArray& bytes);
    void takeEvents(const QByteArray& bytes);
    bool handle(const protocol::ServerEvent& event); // false: it is over
    void onReplyFinished();
    void endAttempt(RemoteError error);
    void fail(RemoteErrorKind kind, const QString& detail);
    void succeed(const QByteArray& body);
    void dropReply();
    RemoteError errorOfStatus() const;
    RemoteError errorOfNetwork() const;
    bool mayTryAgain(const RemoteError& error) const;
    QString cleaned(const QString& text) const;

    const std::function<QNetworkAccessManager&()> m_network;
    TokenKeeper& m_tokens;
    const RemoteProfile m_profile;
    const RemoteRequest m_request;
    const RemoteLimits m_limits;
    QString m_token;
    QNetworkReply* m_reply = nullptr;
    QTimer m_step; // of the phase
    QTimer m_total;
    QElapsedTimer m_clock;
    Phase m_phase = Phase::Connecting;
    int m_attempt = 0;
    int m_status = 0;
    bool m_events = false; // the answer is a stream of events
    qint64 m_received = 0;
    qint64 m_latency = -1;
    QString m_tlsProblem;
    QByteArray m_body;
    protocol::EventStreamParser m_parser;
    bool m_over = false;
};

// A call that its owner lets go of is aborted, and is deleted when its signals have been handled.
struct RemoteCallDeleter {
    void operator()(RemoteCall* call) const {
        call->abort();
        call->deleteLater();
    }
};
using RemoteCallPtr = std::unique_ptr<RemoteCall, RemoteCallDeleter>;

} // namespace linnet::services
