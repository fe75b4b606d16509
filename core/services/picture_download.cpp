#include "services/picture_download.h"

#include <utility>

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>

namespace linnet::services {

namespace {
constexpr int longestSilence = 30'000; // ms
constexpr int mostRedirects = 5;
} // namespace

using engine::Error;
using engine::ErrorCode;

PictureDownload::PictureDownload(QObject* parent)
    : QObject(parent) {
}

PictureDownload::~PictureDownload() {
    PictureDownload::cancel();
}

bool PictureDownload::canFetch(const QUrl& url) {
    return url.isValid() && !url.host().isEmpty() && url.userInfo().isEmpty() &&
           (url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("http"));
}

void PictureDownload::start(const QUrl& url, qint64 mostBytes) {
    PictureDownload::cancel();
    if (!m_network) {
        m_network = std::make_unique<QNetworkAccessManager>();
    }
    m_most = mostBytes;
    QNetworkRequest request(url);
    request.setTransferTimeout(longestSilence);
    request.setMaximumRedirectsAllowed(mostRedirects);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::NoLessSafeRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setRawHeader("Accept", "image/*");
    QNetworkReply* reply = m_network->get(request);
    m_reply = reply;
    connect(reply, &QNetworkReply::downloadProgress, this,
            [this, reply](qint64 received, qint64 total) {
                if (received > m_most || total > m_most) {
                    reply->abort();
                }
            });
    connect(reply, &QNetworkReply::finished, this, [this, reply, url] { onFinished(reply, url); });
}

void PictureDownload::cancel() {
    if (QNetworkReply* reply = std::exchange(m_reply, nullptr)) {
        reply->disconnect(this);
        reply->abort();
        reply->deleteLater();
    }
}

void PictureDownload::onFinished(QNetworkReply* reply, const QUrl& url) {
    m_reply = nullptr;
    reply->deleteLater();
    const QNetworkReply::NetworkError error = reply->error();
    const QByteArray bytes = error == QNetworkReply::NoError ? reply->readAll() : QByteArray();
    const qint64 size = reply->header(QNetworkRequest::ContentLengthHeader).toLongLong();
    if (bytes.size() > m_most || size > m_most ||
        (error == QNetworkReply::OperationCanceledError && reply->bytesAvailable() > m_most)) {
        Q_EMIT failed(url, {ErrorCode::InvalidArgument, "the picture is too large"});
    } else if (error == QNetworkReply::NoError) {
        Q_EMIT finished(url, bytes);
    } else {
        const ErrorCode code =
            error == QNetworkReply::OperationCanceledError || error == QNetworkReply::TimeoutError
                ? ErrorCode::Timeout
            : error == QNetworkReply::ContentNotFoundError ? ErrorCode::NotFound
                                                           : ErrorCode::Network;
        Q_EMIT failed(url, {code, reply->errorString().toStdString()});
    }
}

} // namespace linnet::services
