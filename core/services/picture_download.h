#pragma once

#include <memory>

#include <QByteArray>
#include <QObject>
#include <QUrl>

#include "engine/api/result.h"

class QNetworkAccessManager;
class QNetworkReply;

namespace linnet::services {

// Fetches a picture from the web, which happens only after the writer has agreed to it. No socket
// is opened before the first download. GUI thread.
class PictureDownload : public QObject {
    Q_OBJECT
public:
    explicit PictureDownload(QObject* parent = nullptr);
    ~PictureDownload() override;

    // Whether a picture at `url` can be fetched: over http or https, without a password in it.
    static bool canFetch(const QUrl& url);

    // One at a time; a new download ends the one before it. No cookies, no referrer, at most five
    // redirects and never from https to http.
    virtual void start(const QUrl& url, qint64 mostBytes);
    virtual void cancel();

Q_SIGNALS:
    void finished(const QUrl& url, const QByteArray& bytes);
    // Network, Timeout, NotFound (the server has no such picture) or InvalidArgument (too large).
    void failed(const QUrl& url, const linnet::engine::Error& error);

private:
    void onFinished(QNetworkReply* reply, const QUrl& url);

    std::unique_ptr<QNetworkAccessManager> m_network;
    QNetworkReply* m_reply = nullptr;
    qint64 m_most = 0;
};

} // namespace linnet::services
