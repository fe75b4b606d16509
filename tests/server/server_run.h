#pragma once

// Runs the real linnet-server on a free port of the loopback interface, and speaks to it in bytes,
// so that what is wrong on purpose can be sent too.

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpSocket>
#include <QTemporaryDir>

#include <csignal>

namespace linnet::tests {

struct HttpReply {
    int status = 0; // 0: the connection ended without an answer
    QByteArray head;
    QByteArray body; // chunks put together

    QJsonObject json() const { return QJsonDocument::fromJson(body).object(); }
    QByteArray header(const char* name) const {
        for (const QByteArray& line : head.split('\n')) {
            if (line.toLower().startsWith(QByteArray(name).toLower() + ":")) {
                return line.mid(line.indexOf(':') + 1).trimmed();
            }
        }
        return {};
    }
    // The data of the events of a stream.
    QList<QByteArray> events() const {
        QList<QByteArray> data;
        for (const QByteArray& line : body.split('\n')) {
            if (line.startsWith("data: ")) {
                data << line.mid(6);
            }
        }
        return data;
    }
};

inline QByteArray postText(const QByteArray& path, const QByteArray& body,
                           const QByteArray& headers = {}) {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers +
           "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

inline QByteArray getText(const QByteArray& path, const QByteArray& headers = {}) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers +
           "\r\n";
}

// What came, taken apart; incomplete chunks are left out.
inline HttpReply parseReply(const QByteArray& bytes) {
    HttpReply reply;
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0 || !bytes.startsWith("HTTP/1.1 ")) {
        return reply;
    }
    reply.head = bytes.left(end);
    reply.status = bytes.mid(9, 3).toInt();
    QByteArray rest = bytes.mid(end + 4);
    if (reply.header("Transfer-Encoding") != "chunked") {
        reply.body = rest;
        return reply;
    }
    while (true) {
        const qsizetype line = rest.indexOf("\r\n");
        bool number = false;
        const qsizetype size = rest.left(line).toLongLong(&number, 16);
        if (line < 0 || !number || size == 0 || rest.size() < line + 2 + size) {
            return reply;
        }
        reply.body += rest.mid(line + 2, size);
        rest = rest.mid(line + 2 + size + 2);
    }
}

class ServerRun {
public:
    ~ServerRun() { stop(); }

    // `arguments` come after --listen and --models. Waits until it listens, not until it is ready.
    bool start(const QString& models, const QStringList& arguments = {}) {
        m_process.setStandardErrorFile(m_folder.filePath(QStringLiteral("log")));
        m_process.start(QStringLiteral(LINNET_SERVER),
                        QStringList{QStringLiteral("--listen"), QStringLiteral("127.0.0.1:0"),
                                    QStringLiteral("--threads"), QStringLiteral("1"),
                                    QStringLiteral("--models"), models} +
                            arguments);
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(30000)) {
                return false;
            }
        }
        const QByteArray line = m_process.readLine().trimmed();
        m_port = line.mid(line.lastIndexOf(':') + 1).toUShort();
        return m_port != 0;
    }
    bool startReady(const QString& models, const QStringList& arguments = {}) {
        return start(models, arguments) &&
               eventually([this] { return get("/health").status == 200; });
    }

    quint16 port() const { return m_port; }
    QByteArray log() const {
        QFile file(m_folder.filePath(QStringLiteral("log")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    bool running() { return m_process.state() == QProcess::Running; }
    void signal(int number) { ::kill(static_cast<pid_t>(m_process.processId()), number); }
    // The exit code once it has ended; -1: it crashed or goes on.
    int waitForEnd(int milliseconds = 30000) {
        const bool ended =
            m_process.state() == QProcess::NotRunning || m_process.waitForFinished(milliseconds);
        return ended && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }
    void stop() {
        if (running()) {
            signal(SIGTERM);
            if (!m_process.waitForFinished(30000)) {
                m_process.kill();
                m_process.waitForFinished();
            }
        }
    }

    // A connection with `bytes` on their way.
    std::unique_ptr<QTcpSocket> open(const QByteArray& bytes) const {
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(QStringLiteral("127.0.0.1"), m_port);
        if (socket->waitForConnected(10000)) {
            socket->write(bytes);
            while (socket->bytesToWrite() > 0 && socket->waitForBytesWritten(10000)) {
            }
        }
        return socket;
    }
    // All that comes until the server closes.
    static QByteArray readAll(QTcpSocket& socket, int milliseconds = 60000) {
        QByteArray bytes = socket.readAll();
        const QDeadlineTimer end(milliseconds);
        while (socket.state() == QAbstractSocket::ConnectedState && !end.hasExpired()) {
            socket.waitForReadyRead(static_cast<int>(end.remainingTime()));
            bytes += socket.readAll();
        }
        return bytes + socket.readAll();
    }
    // An answer of known length ends there, also if the connection goes on.
    HttpReply send(const QByteArray& bytes) const {
        const auto socket = open(bytes);
        QByteArray got = socket->readAll();
        const QDeadlineTimer end(60000);
        while (socket->state() == QAbstractSocket::ConnectedState && !end.hasExpired()) {
            const HttpReply reply = parseReply(got);
            const QByteArray length = reply.header("Content-Length");
            if (!length.isEmpty() && reply.body.size() >= length.toLongLong()) {
                break;
            }
            socket->waitForReadyRead(static_cast<int>(end.remainingTime()));
            got += socket->readAll();
        }
        return parseReply(got + socket->readAll());
    }
    HttpReply get(const QByteArray& path, const QByteArray& headers = {}) const {
        return send(getText(path, headers));
    }
    HttpReply post(const QByteArray& path, const QByteArray& body,
                   const QByteArray& headers = {}) const {
        return send(postText(path, body, headers));
    }
    // The sum of the samples whose line begins with `name`.
    double metric(const QByteArray& name, const QByteArray& headers = {}) const {
        double sum = 0;
        for (const QByteArray& line : get("/metrics", headers).body.split('\n')) {
            if (line.startsWith(name)) {
                sum += line.mid(line.lastIndexOf(' ') + 1).toDouble();
            }
        }
        return sum;
    }

    // Asks again and again, for a while.
    template <typename Condition>
    static bool eventually(const Condition& condition, int milliseconds = 30000) {
        const QDeadlineTimer end(milliseconds);
        while (!condition()) {
            if (end.hasExpired()) {
                return false;
            }
        }
        return true;
    }

private:
    QTemporaryDir m_folder;
    QProcess m_process;
    quint16 m_port = 0;
};

// Copies a model of tests/data, so that it can be changed.
inline bool copyModel(const QString& from, const QString& to) {
    bool good = QDir().mkpath(to);
    for (const QString& file : QDir(from).entryList(QDir::Files)) {
        const QString target = QDir(to).filePath(file);
        QFile::remove(target);
        good = good && QFile::copy(QDir(from).filePath(file), target);
    }
    return good;
}

} // namespace linnet::tests
