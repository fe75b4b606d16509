#include <QTest>

#include <random>

#include "server/server_run.h"

using namespace linnet::tests;

namespace {

// LINNET_ROBUSTNESS=10000 for a long run.
int requestCount() {
    bool given = false;
    const int count = qEnvironmentVariableIntValue("LINNET_ROBUSTNESS", &given);
    return given ? count : 400;
}

const QByteArray good =
    "{\"model\":\"llama\",\"prompt\":\"the cat\",\"max_tokens\":5,\"temperature\":0}";

class Vandal {
public:
    explicit Vandal(unsigned seed)
        : m_random(seed) {}

    std::size_t pick(std::size_t count) { return m_random() % count; }

    QByteArray noise(std::size_t size) {
        QByteArray bytes;
        for (std::size_t i = 0; i < size; ++i) {
            bytes.append(static_cast<char>(m_random()));
        }
        return bytes;
    }

    // JSON that is broken for certain: its first brace is gone, or bytes that are none of UTF-8's.
    QByteArray brokenJson() {
        QByteArray body = good;
        if (pick(2) == 0) {
            body.remove(0, 1);
        } else {
            body.insert(static_cast<qsizetype>(12 + pick(4)), "\xFF\xC0");
        }
        return body;
    }

    QByteArray wrongField() {
        static const QList<QByteArray> fields = {"\"max_tokens\":-1",
                                                 "\"max_tokens\":1e9",
                                                 "\"temperature\":\"x\"",
                                                 "\"n\":1000",
                                                 "\"stop\":[[]]",
                                                 "\"stream\":3",
                                                 "\"logprobs\":-4",
                                                 "\"seed\":{}",
                                                 "\"prompt\":{\"a\":1}",
                                                 "\"model\":[]",
                                                 "\"top_p\":7",
                                                 "\"echo\":\"\"",
                                                 "\"stream_options\":true",
                                                 "\"min_p\":-1",
                                                 "\"best_of\":9",
                                                 "\"suffix\":\"a\""};
        QByteArray body = good;
        body.insert(body.size() - 1, "," + fields[static_cast<qsizetype>(pick(16))]);
        return body;
    }

    // Something no server should like, whole.
    QByteArray malformed() {
        const QByteArray path = "/v1/completions";
        switch (pick(13)) {
        case 0:
            return noise(1 + pick(300)) + "\r\n\r\n";
        case 1:
            return postText(path, brokenJson());
        case 2:
            return postText(path, wrongField());
        case 3:
            return postText(path, noise(pick(2000)));
        case 4:
            return postText(path, QByteArray(static_cast<qsizetype>(pick(50'000)), '['));
        case 5:
            return "GET /" + QByteArray(static_cast<qsizetype>(9000 + pick(9000)), 'a') +
                   " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        case 6:
            return getText("/health", "X: " + QByteArray(40'000, 'x') + "\r\n");
        case 7:
            return "POST " + path +
                   " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                   "Connection: close\r\n\r\nzz\r\n" +
                   good + "\r\n0\r\n\r\n";
        case 8:
            return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                   QByteArray::number(static_cast<qulonglong>(m_random()) << 32U) + "\r\n\r\n" +
                   good;
        case 9:
            return postText("/v1/captions", noise(pick(500)),
                            "Content-Type: multipart/form-data; boundary=b\r\n");
        case 10:
            return postText("/v1/poems", wrongField());
        case 11:
            return "POST " + path + " HTTP/1.1\r\nHost: " + noise(5) + "\r\n\r\n";
        default:
            return postText("/v1/chat/completions",
                            "{\"model\":\"llama\",\"messages\":" + good + "}");
        }
    }

private:
    std::mt19937 m_random;
};

} // namespace

class TestServerRobustness : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(copyModel(QStringLiteral(LINNET_TEST_DATA "/models/llama-int8"),
                          m_models.filePath(QStringLiteral("llama"))));
        QVERIFY(
            m_server.startReady(m_models.path(), {QStringLiteral("--client-timeout"),
                                                  QStringLiteral("1"), QStringLiteral("--quiet")}));
        m_text = m_server.post("/v1/completions", good).body;
        m_text = m_text.left(m_text.indexOf("\"created\""));
        QVERIFY(m_text.contains("\"text\""));
    }

    // Malformed and cut requests, with slow ones beside them all the while, and a good client among
    // them that is served as ever.
    void withstands() {
        Vandal vandal(20260102);
        std::vector<std::unique_ptr<QTcpSocket>> slow;
        for (int i = 0; i < requestCount(); ++i) {
            const QByteArray bytes = vandal.malformed();
            switch (vandal.pick(8)) {
            case 0: // cut
                m_server
                    .open(bytes.left(static_cast<qsizetype>(
                        vandal.pick(static_cast<std::size_t>(bytes.size())))))
                    ->abort();
                break;
            case 1: // cut in mid-answer
                m_server
                    .open(postText("/v1/completions",
                                   QByteArray(good).replace(
                                       "\"max_tokens\":5",
                                       "\"max_tokens\":900,\"seed\":" + QByteArray::number(i) +
                                           ",\"stream\":true")))
                    ->abort();
                break;
            case 2: // slow
                if (slow.size() < 50) {
                    slow.push_back(m_server.open(bytes.left(30)));
                    break;
                }
                [[fallthrough]];
            default: {
                const HttpReply reply = m_server.send(bytes);
                QVERIFY2(reply.status == 0 || (reply.status >= 400 && reply.status < 500),
                         (bytes.left(200) + " -> " + reply.head).constData());
            }
            }
            if (i % 20 == 0) {
                const HttpReply reply = m_server.post("/v1/completions", good);
                QCOMPARE(reply.status, 200);
                QVERIFY(reply.body.startsWith(m_text));
                QVERIFY(m_server.running());
            }
        }
        for (const auto& socket : slow) {
            const QByteArray answer = ServerRun::readAll(*socket, 20'000);
            QVERIFY2(answer.startsWith("HTTP/1.1 4"), answer.left(200).constData());
            QCOMPARE(socket->state(), QAbstractSocket::UnconnectedState);
        }
    }

    void tellsWhoIsTooSlow() {
        const QByteArray request = postText("/v1/completions", good);
        for (const qsizetype part : {qsizetype{20}, request.size() - 5}) { // of the head, the body
            const auto socket = m_server.open(request.left(part));
            const QByteArray answer = ServerRun::readAll(*socket, 20'000);
            QVERIFY2(answer.startsWith("HTTP/1.1 408 "), answer.left(200).constData());
            QVERIFY(answer.contains("too slowly"));
        }
    }

    void leavesNothingBehind() {
        QVERIFY(ServerRun::eventually([&] {
            return m_server.metric("linnet_running{") + m_server.metric("linnet_queue_depth{") ==
                       0 &&
                   m_server.metric("linnet_requests_in_flight") == 1 &&
                   m_server.metric("linnet_body_bytes") == 0;
        }));
        QVERIFY(ServerRun::eventually([&] { return m_server.metric("linnet_connections") <= 2; }));
        m_server.signal(SIGTERM);
        QCOMPARE(m_server.waitForEnd(), 0);
    }

private:
    QTemporaryDir m_models;
    ServerRun m_server;
    QByteArray m_text; // the beginning of the good client's answer, before what differs
};

QTEST_GUILESS_MAIN(TestServerRobustness)
#include "test_server_robustness.moc"
