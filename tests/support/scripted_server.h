#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <QFile>
#include <QHash>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QTimer>
#include <QVector>

namespace linnet::tests {

struct HttpRequest {
    QByteArray method;
    QByteArray path;
    QHash<QByteArray, QByteArray> headers; // names in lower case
    QByteArray body;
};

// What the server does with a request: sends the pieces one by one, each in a packet of its own as
// far as the system allows, and then closes, or falls silent.
struct HttpAnswer {
    QVector<QByteArray> pieces;
    bool close = true;
    QByteArray endless; // sent again and again after the pieces

    static HttpAnswer json(int status, const QByteArray& body, const QByteArray& headers = {}) {
        return {{"HTTP/1.1 " + QByteArray::number(status) + " X\r\nContent-Type: application/json" +
                 "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + headers +
                 "\r\n" + body},
                true,
                {}};
    }
    // Of events, until the connection closes.
    static HttpAnswer events(const QVector<QByteArray>& pieces, bool close = true) {
        HttpAnswer answer{{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                           "Connection: close\r\n\r\n"},
                          close,
                          {}};
        answer.pieces += pieces;
        return answer;
    }
};

// A server that says what the test tells it to, right or wrong. Same thread.
class ScriptedServer : public QTcpServer {
public:
    using Handler = std::function<HttpAnswer(const HttpRequest&)>;

    explicit ScriptedServer(Handler handler)
        : m_handler(std::move(handler)) {
        listen(QHostAddress::LocalHost);
    }

    // Makes a key and a certificate for 127.0.0.1 in `folder`; false: there is no openssl.
    bool useTls(const QString& folder) {
        const QString key = folder + QStringLiteral("/key.pem");
        certificateFile = folder + QStringLiteral("/certificate.pem");
        QProcess openssl;
        openssl.start(QStringLiteral("openssl"),
                      {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
                       QStringLiteral("rsa:2048"), QStringLiteral("-nodes"),
                       QStringLiteral("-keyout"), key, QStringLiteral("-out"), certificateFile,
                       QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"),
                       QStringLiteral("/CN=Linnet test"), QStringLiteral("-addext"),
                       QStringLiteral("subjectAltName=IP:127.0.0.1")});
        if (!openssl.waitForStarted() || !openssl.waitForFinished() || openssl.exitCode() != 0) {
            return false;
        }
        QFile file(key);
        if (!file.open(QIODevice::ReadOnly)) {
            return false;
        }
        m_key = QSslKey(&file, QSsl::Rsa);
        m_certificates = QSslCertificate::fromPath(certificateFile);
        return !m_key.isNull() && !m_certificates.isEmpty();
    }

    QString address() const {
        return QStringLiteral("%1://127.0.0.1:%2")
            .arg(m_key.isNull() ? QStringLiteral("http") : QStringLiteral("https"))
            .arg(serverPort());
    }

    QVector<HttpRequest> requests;
    QString certificateFile;
    int connections = 0;
    int open = 0; // connections

protected:
    void incomingConnection(qintptr descriptor) override {
        auto* socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        ++connections;
        ++open;
        connect(socket, &QSslSocket::disconnected, this, [this, socket] {
            --open;
            socket->deleteLater();
        });
        auto input = std::make_shared<QByteArray>();
        connect(socket, &QSslSocket::readyRead, this, [this, socket, input] {
            *input += socket->readAll();
            take(*socket, *input);
        });
        if (!m_key.isNull()) {
            socket->setLocalCertificateChain(m_certificates);
            socket->setPrivateKey(m_key);
            socket->startServerEncryption();
        }
    }

private:
    void take(QSslSocket& socket, QByteArray& input) {
        const qsizetype end = input.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        HttpRequest request;
        const QList<QByteArray> lines = input.left(end).replace("\r\n", "\n").split('\n');
        const QList<QByteArray> first = lines.front().split(' ');
        request.method = first.value(0);
        request.path = first.value(1);
        for (const QByteArray& line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            request.headers.insert(line.left(colon).toLower(), line.mid(colon + 1).trimmed());
        }
        const qsizetype length = request.headers.value("content-length").toInt();
        if (input.size() < end + 4 + length) {
            return;
        }
        request.body = input.mid(end + 4, length);
        input.remove(0, end + 4 + length);
        requests.append(request);
        send(socket, m_handler(request));
    }

    void send(QSslSocket& socket, HttpAnswer answer) {
        if (socket.state() != QAbstractSocket::ConnectedState) {
            return;
        }
        if (!answer.pieces.isEmpty()) {
            socket.write(answer.pieces.takeFirst());
        } else if (!answer.endless.isEmpty()) {
            if (socket.bytesToWrite() < (1 << 20)) {
                socket.write(answer.endless);
            }
        } else {
            if (answer.close) {
                socket.disconnectFromHost();
            }
            return;
        }
        socket.flush();
        QTimer::singleShot(0, &socket, [this, &socket, answer] { send(socket, answer); });
    }

    Handler m_handler;
    QSslKey m_key;
    QList<QSslCertificate> m_certificates;
};

} // namespace linnet::tests
