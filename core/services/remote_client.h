#pragma once

#include <memory>

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QVector>

#include "protocol/chat.h"
#include "protocol/completions.h"
#include "protocol/poems.h"
#include "services/remote_call.h"
#include "services/remote_profile.h"

class QNetworkAccessManager;

namespace linnet::services {

// A picture as it is sent.
struct RemotePicture {
    QString name;
    QByteArray mediaType; // "image/png"
    QByteArray bytes;
};

// Speaks the API of OpenAI as vLLM, llama.cpp, Ollama, KServe and Triton serve it, and that of
// linnet-server. Nothing that could open a socket exists before the first call is sent. Requests
// carry no fields but OpenAI's, and those that the profile adds. GUI thread.
class RemoteClient : public QObject {
    Q_OBJECT
public:
    // `tokens` outlives the client; the client outlives its calls.
    explicit RemoteClient(TokenKeeper& tokens, QObject* parent = nullptr);
    ~RemoteClient() override;

    RemoteCallPtr listModels(const RemoteProfile& profile, const RemoteLimits& limits = {});
    // The model is the profile's; protocol::parseCompletionResponse() reads events and body.
    RemoteCallPtr complete(const RemoteProfile& profile, protocol::CompletionRequest request,
                           const RemoteLimits& limits = {});
    RemoteCallPtr chat(const RemoteProfile& profile, protocol::ChatRequest request,
                       const RemoteLimits& limits = {});
    // Of linnet-server alone. The model is left to the server.
    RemoteCallPtr poems(const RemoteProfile& profile, const protocol::PoemRequest& request,
                        const RemoteLimits& limits = {});
    RemoteCallPtr captions(const RemoteProfile& profile, const QVector<RemotePicture>& pictures,
                           const QString& languages, int count, const RemoteLimits& limits = {});

    // A profile was changed: what was agreed on by open connections may not hold any more.
    void closeConnections();
    bool hasNetwork() const { return m_network != nullptr; }

private:
    RemoteCallPtr call(const RemoteProfile& profile, RemoteRequest request,
                       const RemoteLimits& limits);
    RemoteCallPtr post(const RemoteProfile& profile, const char* path, const std::string& json,
                       bool stream, const RemoteLimits& limits);
    QNetworkAccessManager& network();

    TokenKeeper& m_tokens;
    std::unique_ptr<QNetworkAccessManager> m_network;
    QString m_lastCertificates; // the profile's own, of the call before
};

} // namespace linnet::services
