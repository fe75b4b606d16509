#include "services/remote_call.h"

#include <algorithm>
#include <utility>

#include <QDateTime>
#include <QLocale>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QRandomGenerator>
#include <QSslConfiguration>
#include <QSslError>

#include "protocol/api_error.h"

namespace linnet::services {

using std::chrono::milliseconds;

namespace {

constexpr qint64 readAtOnce = 64 * 1024; // so that no stream fills the memory behind our back
constexpr qint64 errorBytes = 64 * 1024; // of the body of a failure
constexpr qsizetype longestDetail = 300; // characters

RemoteErrorKind kindOfStatus(int status) {
    switch (status) {
    case 401:
        return RemoteErrorKind::Unauthorized;
    case 403:
        return RemoteErrorKind::Forbidden;
    case 404:
        return RemoteErrorKind::NotFound;
    case 407:
        return RemoteErrorKind::Proxy;
    case 429:
        return RemoteErrorKind::TooManyRequests;
    case 503:
        return RemoteErrorKind::Busy;
    default:
        break;
    }
    if (status >= 300 && status < 400) {
        return RemoteErrorKind::Redirected;
    }
    return status >= 400 && status < 500 ? RemoteErrorKind::Rejected
                                         : RemoteErrorKind::ServerFailed;
}

RemoteErrorKind kindOfNetworkError(QNetworkReply::NetworkError error) {
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
    case QNetworkReply::NetworkSessionFailedError:
    case QNetworkReply::UnknownNetworkError: // among others: the network cannot be reached
        return RemoteErrorKind::Refused;
    case QNetworkReply::HostNotFoundError:
        return RemoteErrorKind::HostUnknown;
    case QNetworkReply::TimeoutError:
        return RemoteErrorKind::Timeout;
    case QNetworkReply::SslHandshakeFailedError:
        return RemoteErrorKind::Tls;
    case QNetworkReply::ProxyConnectionRefusedError:
    case QNetworkReply::ProxyConnectionClosedError:
    case QNetworkReply::ProxyNotFoundError:
    case QNetworkReply::ProxyTimeoutError:
    case QNetworkReply::ProxyAuthenticationRequiredError:
    case QNetworkReply::UnknownProxyError:
        return RemoteErrorKind::Proxy;
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
    case QNetworkReply::ProtocolInvalidOperationError:
        return RemoteErrorKind::BadAnswer;
    default:
        return RemoteErrorKind::Broken;
    }
}

// Seconds, or a date (RFC 9110, section 10.2.3).
int secondsOf(const QByteArray& retryAfter) {
    bool isNumber = false;
    const int seconds = retryAfter.trimmed().toInt(&isNumber);
    if (isNumber) {
        return std::max(0, seconds);
    }
    const QDateTime date =
        QLocale::c().toDateTime(QString::fromLatin1(retryAfter.trimmed()),
                                QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    if (!date.isValid()) {
        return -1;
    }
    const QDateTime inUtc(date.date(), date.time(), Qt::UTC);
    return static_cast<int>(
        std::clamp<qint64>(QDateTime::currentDateTimeUtc().secsTo(inUtc), 0, 24 * 3600));
}

bool isWorthAnotherTry(const RemoteError& error) {
    switch (error.kind) {
    case RemoteErrorKind::Refused:
    case RemoteErrorKind::Broken:
    case RemoteErrorKind::Busy:
    case RemoteErrorKind::TooManyRequests:
        return true;
    case RemoteErrorKind::ServerFailed:
        return error.status == 502 || error.status == 504; // of a gateway
    default:
        return false;
    }
}

} // namespace

RemoteCall::RemoteCall(std::function<QNetworkAccessManager&()> network, TokenKeeper& tokens,
                       RemoteProfile profile, RemoteRequest request, const RemoteLimits& limits)
    : m_network(std::move(network))
    , m_tokens(tokens)
    , m_profile(std::move(profile))
    , m_request(std::move(request))
    , m_limits(limits) {
    m_step.setSingleShot(true);
    m_total.setSingleShot(true);
    connect(&m_total, &QTimer::timeout, this,
            [this] { fail(RemoteErrorKind::Timeout, QStringLiteral("the answer took too long")); });
    QTimer::singleShot(0, this, &RemoteCall::begin);
}

RemoteCall::~RemoteCall() {
    dropReply();
}

void RemoteCall::abort() {
    m_over = true;
    m_step.stop();
    m_total.stop();
    dropReply();
}

void RemoteCall::dropReply() {
    if (m_reply != nullptr) {
        QNetworkReply* reply = std::exchange(m_reply, nullptr);
        reply->disconnect(this);
        reply->abort();
        reply->deleteLater();
    }
}

void RemoteCall::begin() {
    if (m_over) {
        return;
    }
    const QString key = tokenKey(m_profile);
    if (key.isEmpty()) {
        fail(RemoteErrorKind::HostUnknown, QStringLiteral("the address is not valid"));
        return;
    }
    m_tokens.whenKnown(key, this, [this](TokenState state, const QString& token) {
        if (m_over) {
            return;
        }
        if (state == TokenState::Locked) {
            fail(RemoteErrorKind::TokenLocked, QStringLiteral("the keychain is locked"));
            return;
        }
        m_token = token;
        send();
    });
}

// ---- one attempt

std::optional<QNetworkRequest> RemoteCall::makeRequest() {
    QUrl url = *apiUrl(m_profile.address); // begin() has looked
    url.setPath(url.path() + u'/' + m_request.path);
    QNetworkRequest request(url);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setRawHeader("User-Agent", "Linnet");
    // Nothing compressed: it would be held back in a stream, and could be a bomb.
    request.setRawHeader("Accept-Encoding", "identity");
    request.setRawHeader("Accept", m_request.stream ? "text/event-stream, application/json"
                                                    : "application/json");
    if (!m_request.contentType.isEmpty()) {
        request.setHeader(QNetworkRequest::ContentTypeHeader, m_request.contentType);
    }
    if (!m_token.isEmpty()) {
        request.setRawHeader("Authorization", "Bearer " + m_token.toLatin1());
    }
    if (!m_profile.caFile.isEmpty() && url.scheme() == QLatin1String("https")) {
        const QList<QSslCertificate> own = QSslCertificate::fromPath(m_profile.caFile, QSsl::Pem);
        if (own.isEmpty()) {
            return std::nullopt;
        }
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.addCaCertificates(own);
        request.setSslConfiguration(tls);
    }
    return request;
}

void RemoteCall::send() {
    const auto request = makeRequest();
    if (!request) {
        fail(RemoteErrorKind::Certificate,
             QStringLiteral("%1 holds no certificate").arg(m_profile.caFile));
        return;
    }
    ++m_attempt;
    m_status = 0;
    m_received = 0;
    m_latency = -1;
    m_events = false;
    m_body.clear();
    m_tlsProblem.clear();
    m_parser = protocol::EventStreamParser();
    Q_EMIT sent();
    if (m_over) {
        return;
    }
    m_clock.start();
    m_reply = m_request.method == "GET" ? m_network().get(*request)
                                        : m_network().post(*request, m_request.body);
    m_reply->setReadBufferSize(readAtOnce);
    connectReply();
    m_total.start(m_limits.total);
    enter(Phase::Connecting);
}

void RemoteCall::connectReply() {
    connect(m_reply, &QNetworkReply::requestSent, this, [this] {
        if (m_phase == Phase::Connecting) {
            enter(Phase::Waiting);
        }
    });
    connect(m_reply, &QNetworkReply::uploadProgress, this, [this] {
        if (m_phase != Phase::Receiving) {
            enter(m_phase); // a large body takes its time
        }
    });
    connect(m_reply, &QNetworkReply::sslErrors, this, [this](const QList<QSslError>& errors) {
        QStringList texts;
        for (const QSslError& error : errors) {
            texts.append(error.errorString());
        }
        texts.removeDuplicates();
        m_tlsProblem = texts.join(QStringLiteral("; "));
    });
    connect(m_reply, &QNetworkReply::readyRead, this, &RemoteCall::onRead);
    connect(m_reply, &QNetworkReply::finished, this, &RemoteCall::onReplyFinished);
}

void RemoteCall::enter(Phase phase) {
    m_phase = phase;
    m_step.disconnect();
    const char* what = nullptr;
    milliseconds limit{0};
    switch (phase) {
    case Phase::Connecting:
        what = "no connection";
        limit = m_limits.connect;
        break;
    case Phase::Waiting:
        what = "no answer";
        limit = m_limits.firstByte;
        break;
    case Phase::Receiving:
        what = "the answer stopped in the middle";
        limit = m_limits.pause;
        break;
    }
    connect(&m_step, &QTimer::timeout, this, [this, what, limit] {
        fail(RemoteErrorKind::Timeout,
             QStringLiteral("%1 within %2 ms")
                 .arg(QString::fromLatin1(what), QString::number(limit.count())));
    });
    m_step.start(limit);
}

// ---- the answer

void RemoteCall::onRead() {
    if (m_status == 0) {
        m_latency = m_clock.elapsed();
        m_status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const QString type = m_reply->header(QNetworkRequest::ContentTypeHeader).toString();
        m_events = m_request.stream && !type.contains(QLatin1String("json"), Qt::CaseInsensitive);
    }
    enter(Phase::Receiving);
    while (!m_over && m_reply != nullptr && m_reply->bytesAvailable() > 0) {
        const QByteArray bytes = m_reply->read(readAtOnce);
        m_received += bytes.size();
        if (m_status / 100 != 2) {
            takeError(bytes);
        } else if (m_received > m_limits.answerBytes) {
            fail(RemoteErrorKind::BadAnswer, QStringLiteral("the answer has no end"));
        } else if (m_events) {
            takeEvents(bytes);
        } else {
            m_body += bytes;
        }
    }
}

void RemoteCall::takeError(const QByteArray& bytes) {
    m_body += bytes.left(errorBytes - m_body.size());
    if (m_body.size() >= errorBytes) {
        endAttempt(errorOfStatus());
    }
}

void RemoteCall::takeEvents(const QByteArray& bytes) {
    const auto events = m_parser.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!events) {
        fail(RemoteErrorKind::BadAnswer, QString::fromStdString(events.error().message));
        return;
    }
    for (const protocol::ServerEvent& event : *events) {
        if (!handle(event)) {
            return;
        }
    }
}

bool RemoteCall::handle(const protocol::ServerEvent& event) {
    if (event.data == protocol::doneMarker) {
        succeed(QByteArray());
        return false;
    }
    if (const auto error = protocol::findStreamError(event.type, event.data)) {
        fail(error->status >= 400 ? kindOfStatus(error->status) : RemoteErrorKind::ServerFailed,
             QString::fromStdString(error->message));
        return false;
    }
    Q_EMIT this->event(QByteArray::fromStdString(event.data));
    return !m_over;
}

void RemoteCall::onReplyFinished() {
    onRead(); // what is left
    if (m_over || m_reply == nullptr) {
        return;
    }
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    m_status = status;
    if (status == 0) {
        endAttempt(errorOfNetwork());
    } else if (status / 100 != 2) {
        endAttempt(errorOfStatus());
    } else if (m_reply->error() != QNetworkReply::NoError) {
        endAttempt(errorOfNetwork());
    } else if (m_events) {
        const auto last = m_parser.finish();
        if (!last || handle(*last)) {
            succeed(QByteArray());
        }
    } else {
        succeed(m_body);
    }
}

RemoteError RemoteCall::errorOfStatus() const {
    RemoteError error;
    error.status = m_status;
    error.kind = kindOfStatus(m_status);
    error.retryAfter = secondsOf(m_reply->rawHeader("Retry-After"));
    if (error.kind == RemoteErrorKind::Redirected) {
        error.detail =
            cleaned(m_reply->header(QNetworkRequest::LocationHeader).toUrl().toDisplayString());
        return error;
    }
    const protocol::ApiError said = protocol::parseApiError(
        m_status, {m_body.constData(), static_cast<std::size_t>(m_body.size())});
    error.detail = cleaned(QString::fromStdString(said.message));
    return error;
}

RemoteError RemoteCall::errorOfNetwork() const {
    RemoteError error;
    error.status = m_status;
    error.kind = kindOfNetworkError(m_reply->error());
    error.detail = cleaned(m_tlsProblem.isEmpty() ? m_reply->errorString() : m_tlsProblem);
    return error;
}

// Servers like to repeat what they were sent.
QString RemoteCall::cleaned(const QString& text) const {
    QString clean = text.simplified();
    if (!m_token.isEmpty()) {
        clean.replace(m_token, QStringLiteral("…"));
    }
    if (clean.size() > longestDetail) {
        clean = clean.left(longestDetail) + u'…';
    }
    return clean;
}

// ---- the end

bool RemoteCall::mayTryAgain(const RemoteError& error) const {
    const bool received = m_status / 100 == 2 && m_received > 0;
    return m_attempt < m_limits.attempts && !received && isWorthAnotherTry(error) &&
           std::chrono::seconds(error.retryAfter) <= m_limits.longestWait;
}

void RemoteCall::endAttempt(RemoteError error) {
    if (!mayTryAgain(error)) {
        m_body.clear();
        abort();
        Q_EMIT failed(error);
        return;
    }
    m_step.stop();
    m_total.stop();
    dropReply();
    // Not all clients at once: the wait is drawn.
    const milliseconds most = m_limits.backoff * (1 << (m_attempt - 1));
    milliseconds wait(QRandomGenerator::global()->bounded(static_cast<int>(most.count()) + 1));
    if (error.retryAfter >= 0) {
        wait += std::chrono::seconds(error.retryAfter);
    } else {
        wait = (most + wait) / 2;
    }
    QTimer::singleShot(wait, this, [this] {
        if (!m_over) {
            send();
        }
    });
}

void RemoteCall::fail(RemoteErrorKind kind, const QString& detail) {
    RemoteError error;
    error.kind = kind;
    error.status = m_status;
    error.detail = cleaned(detail);
    abort();
    Q_EMIT failed(error);
}

void RemoteCall::succeed(const QByteArray& body) {
    const QByteArray answer = body;
    abort();
    Q_EMIT finished(answer);
}

} // namespace linnet::services
