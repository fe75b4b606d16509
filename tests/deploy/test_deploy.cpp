// The files of installer/deploy as their programs take them, and nginx before two servers of which
// one is killed in mid-load.

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <memory>
#include <vector>

namespace {

constexpr int enoughMs = 60'000;

const QDir deploy(QStringLiteral(LINNET_SOURCE_DIR "/installer/deploy"));

QString program(const QString& name) {
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? QStandardPaths::findExecutable(name, {QStringLiteral("/usr/sbin")})
                           : found;
}

QByteArray contents(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Empty if the program ends with 0, else what it says.
QByteArray complaint(const QString& executable, const QStringList& arguments) {
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(executable, arguments);
    if (!process.waitForFinished(enoughMs)) {
        return "did not end";
    }
    return process.exitCode() == 0 ? QByteArray() : process.readAll() + " (it failed)";
}

quint16 freePort() {
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : quint16(0);
}

// A linnet-server on a port that is free.
class Server {
public:
    explicit Server(const QString& models) {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(LINNET_SERVER),
                        {QStringLiteral("--models"), models, QStringLiteral("--listen"),
                         QStringLiteral("127.0.0.1:0"), QStringLiteral("--threads"),
                         QStringLiteral("1"), QStringLiteral("--quiet")});
    }
    ~Server() {
        m_process.kill();
        m_process.waitForFinished(enoughMs);
    }
    // False if it does not listen.
    bool begin() {
        QElapsedTimer timer;
        timer.start();
        while (!m_process.canReadLine() && timer.elapsed() < enoughMs) {
            if (!m_process.waitForReadyRead(1000) && m_process.state() == QProcess::NotRunning) {
                return false;
            }
        }
        const QString line = QString::fromUtf8(m_process.readLine()).trimmed();
        m_address = line.section(QStringLiteral("//"), -1);
        return m_address.startsWith(QStringLiteral("127.0.0.1:"));
    }
    QString address() const { return m_address; }
    void kill() { ::kill(static_cast<pid_t>(m_process.processId()), SIGKILL); }

private:
    QProcess m_process;
    QString m_address;
};

// One request and what became of it.
struct Call {
    bool stream = false;
    QByteArray body;
    QByteArray received;
    std::unique_ptr<QNetworkReply> reply;
    bool finished = false;

    int status() const {
        return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    }
    // The server that answered, of those that nginx asked.
    QString server() const {
        return QString::fromLatin1(reply->rawHeader("X-Server")).section(QStringLiteral(", "), -1);
    }
    bool whole() const {
        if (status() != 200 || reply->error() != QNetworkReply::NoError) {
            return false;
        }
        if (stream) {
            return received.trimmed().endsWith("data: [DONE]");
        }
        const QJsonObject object = QJsonDocument::fromJson(received).object();
        return !object.value(QStringLiteral("choices")).toArray().isEmpty();
    }
};

} // namespace

class TestDeploy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void haproxyTakesItsFile() {
        const QString haproxy = program(QStringLiteral("haproxy"));
        if (haproxy.isEmpty()) {
            QSKIP("haproxy is not installed");
        }
        const QString file = deploy.filePath(QStringLiteral("haproxy/haproxy.cfg"));
        QCOMPARE(complaint(haproxy, {QStringLiteral("-c"), QStringLiteral("-f"), file}),
                 QByteArray());
    }

    // All but whether the program is installed where the unit has it.
    void systemdTakesItsUnit() {
        const QString systemd = program(QStringLiteral("systemd-analyze"));
        if (systemd.isEmpty()) {
            QSKIP("systemd is not installed");
        }
        QFile unit(deploy.filePath(QStringLiteral("systemd/linnet-server@.service")));
        QVERIFY(unit.open(QIODevice::ReadOnly));
        const QTemporaryDir folder;
        const QString copy = folder.filePath(QStringLiteral("linnet-server@.service"));
        QFile file(copy);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(unit.readAll().replace("/usr/bin/linnet-server", "/usr/bin/env"));
        file.close();
        QCOMPARE(complaint(systemd, {QStringLiteral("verify"),
                                     QStringLiteral("--recursive-errors=no"), copy}),
                 QByteArray());
    }

    void kubernetesFilesAreYaml_data() {
        QTest::addColumn<QString>("file");
        const QDir folder(deploy.filePath(QStringLiteral("kubernetes")));
        for (const QString& name : folder.entryList({QStringLiteral("*.yaml")})) {
            QTest::addRow("%s", qPrintable(name)) << folder.filePath(name);
        }
    }
    void kubernetesFilesAreYaml() {
        QFETCH(QString, file);
        const QString python = program(QStringLiteral("python3"));
        const QString test = QStringLiteral(
            "import sys, yaml\n"
            "docs = list(yaml.safe_load_all(open(sys.argv[1])))\n"
            "assert docs and all(isinstance(d, dict) for d in docs)\n"
            "assert 'values' in sys.argv[1] or all(d['apiVersion'] and d['kind'] for d in docs)\n");
        // Debian's own, which Debian's packages are for.
        const QString debian = QStringLiteral("/usr/bin/python3");
        const QString used = QFile::exists(debian) ? debian : python;
        if (used.isEmpty() ||
            !complaint(used, {QStringLiteral("-c"), QStringLiteral("import yaml")}).isEmpty()) {
            QSKIP("python3-yaml is not installed");
        }
        QCOMPARE(complaint(used, {QStringLiteral("-c"), test, file}), QByteArray());
    }

    void nginxLosesOnlyTheStreamsOfAServerThatDies() {
        const QString nginx = program(QStringLiteral("nginx"));
        if (nginx.isEmpty()) {
            QSKIP("nginx is not installed");
        }
        const QTemporaryDir folder;
        QVERIFY(folder.isValid());
        const QString models = folder.filePath(QStringLiteral("models"));
        QVERIFY(QDir().mkpath(models));
        QVERIFY(QFile::link(QStringLiteral(LINNET_SOURCE_DIR "/models/en-prose"),
                            models + QStringLiteral("/en-prose")));
        Server first(models);
        Server second(models);
        QVERIFY(first.begin());
        QVERIFY(second.begin());
        const quint16 port = freePort();
        QVERIFY(port != 0);
        QVERIFY(writeNginxFiles(folder, port, first.address(), second.address()));
        QProcess proxy;
        proxy.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        proxy.start(nginx, {QStringLiteral("-p"), folder.path(), QStringLiteral("-c"),
                            folder.filePath(QStringLiteral("nginx.conf"))});
        QVERIFY(proxy.waitForStarted(enoughMs));
        m_base = QStringLiteral("http://127.0.0.1:%1").arg(port);
        for (const Server* server : {&first, &second}) {
            QTRY_VERIFY_WITH_TIMEOUT(isHealthy(QStringLiteral("http://") + server->address()),
                                     enoughMs);
        }
        QTRY_VERIFY_WITH_TIMEOUT(isHealthy(m_base), enoughMs);

        loadAndKill(first);

        proxy.terminate();
        QVERIFY(proxy.waitForFinished(enoughMs));
    }

private:
    // installer/deploy/nginx/linnet.conf with other ports, and what has to be around it.
    static bool writeNginxFiles(const QTemporaryDir& folder, quint16 port, const QString& first,
                                const QString& second) {
        QByteArray site = contents(deploy.filePath(QStringLiteral("nginx/linnet.conf")));
        const auto put = [&site](const char* before, const QByteArray& after) {
            const bool there = site.count(before) == 1;
            site.replace(before, after);
            return there;
        };
        if (!put("127.0.0.1:8642", first.toLatin1()) || !put("127.0.0.1:8643", second.toLatin1()) ||
            !put("listen 8080;", "listen 127.0.0.1:" + QByteArray::number(port) + ";")) {
            return false;
        }
        QByteArray around = "daemon off;\n"
                            "master_process off;\n"
                            "error_log stderr crit;\n"
                            "pid nginx.pid;\n"
                            "events { worker_connections 256; }\n"
                            "http {\n"
                            "    access_log off;\n"
                            "    add_header X-Server $upstream_addr always;\n";
        for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
            around += QByteArray("    ") + kind + "_temp_path temp_" + kind + ";\n";
        }
        around += "    include linnet.conf;\n}\n";
        QFile siteFile(folder.filePath(QStringLiteral("linnet.conf")));
        QFile aroundFile(folder.filePath(QStringLiteral("nginx.conf")));
        return siteFile.open(QIODevice::WriteOnly) && siteFile.write(site) == site.size() &&
               aroundFile.open(QIODevice::WriteOnly) && aroundFile.write(around) == around.size();
    }

    bool isHealthy(const QString& base) {
        const std::unique_ptr<QNetworkReply> reply(
            m_network.get(QNetworkRequest(QUrl(base + QStringLiteral("/health")))));
        QElapsedTimer timer;
        timer.start();
        while (!reply->isFinished() && timer.elapsed() < enoughMs) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 1000);
        }
        return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() == 200;
    }

    static QByteArray requestBody(int number, bool stream) {
        const QJsonObject body{{QStringLiteral("model"), QStringLiteral("en-prose")},
                               {QStringLiteral("prompt"), QStringLiteral("It was raining when")},
                               {QStringLiteral("max_tokens"), stream ? 600 : 60},
                               {QStringLiteral("seed"), number},
                               {QStringLiteral("ignore_eos"), true},
                               {QStringLiteral("stream"), stream}};
        return QJsonDocument(body).toJson(QJsonDocument::Compact);
    }

    void post(QNetworkAccessManager& network, Call& call) const {
        QNetworkRequest request(QUrl(m_base + QStringLiteral("/v1/completions")));
        request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
        call.received.clear();
        call.finished = false;
        call.reply.reset(network.post(request, call.body));
        QNetworkReply* reply = call.reply.get();
        QObject::connect(reply, &QNetworkReply::readyRead, reply,
                         [&call, reply] { call.received += reply->readAll(); });
        QObject::connect(reply, &QNetworkReply::finished, reply, [&call] { call.finished = true; });
    }

    static bool allFinished(const std::vector<Call>& calls) {
        return std::all_of(calls.begin(), calls.end(),
                           [](const Call& call) { return call.finished; });
    }

    void loadAndKill(Server& victim) {
        // Six connections each, and so six requests: when one is cut, Qt lets all fail that wait.
        std::vector<std::unique_ptr<QNetworkAccessManager>> clients;
        for (int i = 0; i < 10; ++i) {
            clients.push_back(std::make_unique<QNetworkAccessManager>());
        }
        std::vector<Call> calls(60);
        bool killed = false;
        for (std::size_t i = 0; i < calls.size(); ++i) {
            calls[i].stream = i % 3 == 0;
            calls[i].body = requestBody(static_cast<int>(i), calls[i].stream);
            post(*clients[i % clients.size()], calls[i]);
            // As soon as a stream comes from that server.
            if (calls[i].stream) {
                QObject::connect(calls[i].reply.get(), &QNetworkReply::readyRead, this, [&, i] {
                    if (!killed && calls[i].server() == victim.address()) {
                        killed = true;
                        victim.kill();
                    }
                });
            }
        }
        QTRY_VERIFY_WITH_TIMEOUT(allFinished(calls), enoughMs);
        QVERIFY(killed);
        std::vector<Call*> lost;
        for (Call& call : calls) {
            if (!call.whole()) {
                lost.push_back(&call);
                // Nothing but a stream that the dead server held.
                QVERIFY2(call.stream && call.server() == victim.address() && call.status() == 200,
                         qPrintable(QStringLiteral("stream %1, server %2, status %3, %5: %4")
                                        .arg(call.stream)
                                        .arg(call.server())
                                        .arg(call.status())
                                        .arg(QString::fromUtf8(call.received.right(300)),
                                             call.reply->errorString())));
            }
        }
        QVERIFY(!lost.empty());
        QVERIFY(lost.size() < calls.size() / 3);
        // The client asks once more.
        for (std::size_t i = 0; i < lost.size(); ++i) {
            post(*clients[i % clients.size()], *lost[i]);
        }
        QTRY_VERIFY_WITH_TIMEOUT(allFinished(calls), enoughMs);
        for (const Call& call : calls) {
            QVERIFY(call.whole());
        }
        qInfo("%zu of %zu requests were streams of the server that died", lost.size(),
              calls.size());
    }

    QNetworkAccessManager m_network;
    QString m_base;
};

QTEST_GUILESS_MAIN(TestDeploy)
#include "test_deploy.moc"
