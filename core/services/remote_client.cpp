#include "services/remote_client.h"

#include <utility>

#include <QHttpMultiPart>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkProxyFactory>
#include <QUuid>

namespace linnet::services {

namespace {

// The system's proxies, but never between us and this machine.
class SystemProxies : public QNetworkProxyFactory {
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery& query) override {
        return isLoopback(query.peerHostName()) ? QList{QNetworkProxy(QNetworkProxy::NoProxy)}
                                                : systemProxyForQuery(query);
    }
};

QByteArray withExtras(const std::string& json, const QJsonObject& extras) {
    const QByteArray bytes = QByteArray::fromStdString(json);
    if (extras.isEmpty()) {
        return bytes;
    }
    QJsonObject object = QJsonDocument::fromJson(bytes).object();
    for (auto field = extras.begin(); field != extras.end(); ++field) {
        if (!isReservedField(field.key())) {
            object.insert(field.key(), field.value());
        }
    }
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

// RFC 7578; a name as browsers write it.
QByteArray formPart(const QByteArray& boundary, const QByteArray& disposition,
                    const QByteArray& type, const QByteArray& content) {
    QByteArray part = "--" + boundary + "\r\nContent-Disposition: form-data; " + disposition;
    if (!type.isEmpty()) {
        part += "\r\nContent-Type: " + type;
    }
    return part + "\r\n\r\n" + content + "\r\n";
}

QByteArray quotedName(const QString& name) {
    QByteArray bytes = name.toUtf8();
    bytes.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    return bytes;
}

} // namespace

RemoteClient::RemoteClient(TokenKeeper& tokens, QObject* parent)
    : QObject(parent)
    , m_tokens(tokens) {
}

RemoteClient::~RemoteClient() = default;

QNetworkAccessManager& RemoteClient::network() {
    if (!m_network) {
        m_network = std::make_unique<QNetworkAccessManager>();
        m_network->setProxyFactory(new SystemProxies); // owned by the manager
    }
    return *m_network;
}

void RemoteClient::closeConnections() {
    if (m_network) {
        m_network->clearConnectionCache();
    }
}

RemoteCallPtr RemoteClient::call(const RemoteProfile& profile, RemoteRequest request,
                                 const RemoteLimits& limits) {
    // Open connections keep the trust that they were made with.
    if (m_lastCertificates != profile.caFile) {
        m_lastCertificates = profile.caFile;
        closeConnections();
    }
    return RemoteCallPtr(new RemoteCall([this]() -> QNetworkAccessManager& { return network(); },
                                        m_tokens, profile, std::move(request), limits));
}

RemoteCallPtr RemoteClient::post(const RemoteProfile& profile, const char* path,
                                 const std::string& json, bool stream, const RemoteLimits& limits) {
    return call(profile,
                {"POST", QString::fromLatin1(path), withExtras(json, profile.extras),
                 "application/json", stream},
                limits);
}

RemoteCallPtr RemoteClient::listModels(const RemoteProfile& profile, const RemoteLimits& limits) {
    return call(profile, {"GET", QStringLiteral("models"), {}, {}, false}, limits);
}

RemoteCallPtr RemoteClient::complete(const RemoteProfile& profile,
                                     protocol::CompletionRequest request,
                                     const RemoteLimits& limits) {
    request.model = profile.model.toStdString();
    return post(profile, "completions", toJson(request), request.options.stream, limits);
}

RemoteCallPtr RemoteClient::chat(const RemoteProfile& profile, protocol::ChatRequest request,
                                 const RemoteLimits& limits) {
    request.model = profile.model.toStdString();
    return post(profile, "chat/completions", toJson(request), request.options.stream, limits);
}

RemoteCallPtr RemoteClient::poems(const RemoteProfile& profile,
                                  const protocol::PoemRequest& request,
                                  const RemoteLimits& limits) {
    return call(profile,
                {"POST", QStringLiteral("poems"), QByteArray::fromStdString(toJson(request)),
                 "application/json", request.stream},
                limits);
}

RemoteCallPtr RemoteClient::captions(const RemoteProfile& profile,
                                     const QVector<RemotePicture>& pictures,
                                     const QString& languages, int count,
                                     const RemoteLimits& limits) {
    const QByteArray boundary = "linnet-" + QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    QByteArray body = formPart(boundary, "name=\"language\"", {}, languages.toUtf8()) +
                      formPart(boundary, "name=\"count\"", {}, QByteArray::number(count));
    for (const RemotePicture& picture : pictures) {
        body += formPart(boundary, "name=\"data\"; filename=\"" + quotedName(picture.name) + '"',
                         picture.mediaType, picture.bytes);
    }
    body += "--" + boundary + "--\r\n";
    return call(profile,
                {"POST", QStringLiteral("captions"), body,
                 "multipart/form-data; boundary=" + boundary, false},
                limits);
}

} // namespace linnet::services
