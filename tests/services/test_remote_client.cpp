// What the client makes of servers: good ones, strange ones, and those that mean harm.

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkProxy>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "protocol/models.h"
#include "services/remote_client.h"
#include "support/fake_secret_store.h"
#include "support/scripted_server.h"

using namespace linnet;
using namespace linnet::services;
using namespace std::chrono_literals;
using linnet::tests::FakeSecretStore;
using linnet::tests::HttpAnswer;
using linnet::tests::HttpRequest;
using linnet::tests::ScriptedServer;

namespace {

const QString token = QStringLiteral("sk-secret-90210");

QByteArray chunk(const QByteArray& text) {
    return "data: {\"choices\":[{\"index\":0,\"text\":\"" + text + "\"}]}\n\n";
}

// What came of a call.
struct Outcome {
    QVector<QByteArray> events;
    QByteArray body;
    int finished = 0;
    std::optional<RemoteError> error;
    int failed = 0;
    int sent = 0;

    void watch(RemoteCall& call) {
        QObject::connect(&call, &RemoteCall::event, &call,
                         [this](const QByteArray& data) { events.append(data); });
        QObject::connect(&call, &RemoteCall::finished, &call, [this](const QByteArray& answer) {
            ++finished;
            body = answer;
        });
        QObject::connect(&call, &RemoteCall::failed, &call, [this](const RemoteError& why) {
            ++failed;
            error = why;
        });
        QObject::connect(&call, &RemoteCall::sent, &call, [this] { ++sent; });
    }
    bool isOver() const { return finished + failed > 0; }

    QString text() const {
        QString text;
        for (const QByteArray& data : events) {
            const auto answer = protocol::parseCompletionResponse(data.toStdString());
            for (const auto& choice :
                 answer ? answer->choices : std::vector<protocol::CompletionChoice>()) {
                text += QString::fromStdString(choice.text);
            }
        }
        return text;
    }
};

protocol::CompletionRequest prompt(const char* text) {
    protocol::CompletionRequest request;
    request.prompts = {std::string(text)};
    request.options.stream = true;
    request.options.maxTokens = 8;
    request.options.temperature = 0;
    return request;
}

RemoteLimits quick() {
    RemoteLimits limits;
    limits.connect = 20s;
    limits.firstByte = 20s;
    limits.pause = 20s;
    limits.total = 60s;
    limits.backoff = 4ms;
    return limits;
}

} // namespace

class TestRemoteClient : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void listsModels();
    void sendsWhatOthersUnderstand();
    void extrasOnlyIfTheProfileHasThem();
    void streams_data();
    void streams();
    void wholeAnswersInPlaceOfStreams();
    void failures_data();
    void failures();
    void errorsNeverShowTheToken();
    void lockedKeychainSendsNothing();
    void redirectsAreNotFollowed();
    void abortEndsTheConnection();
    void triesAgainWhereThatIsSafe_data();
    void triesAgainWhereThatIsSafe();
    void nobodyListens();
    void timeouts_data();
    void timeouts();
    void hostileStreams_data();
    void hostileStreams();
    void ownCertificates();
    void proxies();
    void picturesAsForms();
    void aRealServer();

private:
    RemoteProfile profileOf(const ScriptedServer& server) const {
        RemoteProfile profile = newProfile();
        profile.address = server.address();
        profile.model = QStringLiteral("prose");
        return profile;
    }
    void giveToken(const RemoteProfile& profile) {
        m_store->secrets.insert(tokenKey(profile), token);
    }

    std::unique_ptr<FakeSecretStore> m_store;
    std::unique_ptr<TokenKeeper> m_tokens;
    std::unique_ptr<RemoteClient> m_client;
};

void TestRemoteClient::init() {
    m_client.reset();
    m_store = std::make_unique<FakeSecretStore>();
    m_tokens = std::make_unique<TokenKeeper>(*m_store);
    m_client = std::make_unique<RemoteClient>(*m_tokens);
}

void TestRemoteClient::listsModels() {
    ScriptedServer server([](const HttpRequest&) {
        return HttpAnswer::json(200,
                                "{\"object\":\"list\",\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}");
    });
    RemoteProfile profile = profileOf(server);
    profile.address += QStringLiteral("/openai/v1/");
    giveToken(profile);
    QVERIFY(!m_client->hasNetwork());
    const RemoteCallPtr call = m_client->listModels(profile, quick());
    QVERIFY(!m_client->hasNetwork()); // not before it is sent
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.finished, 1);
    const auto models = protocol::parseModelList(outcome.body.toStdString());
    QVERIFY(models);
    QCOMPARE(models->size(), std::size_t(2));
    QVERIFY(call->latency() >= 0);
    QCOMPARE(server.requests.size(), 1);
    QCOMPARE(server.requests[0].method, QByteArray("GET"));
    QCOMPARE(server.requests[0].path, QByteArray("/openai/v1/models"));
    QCOMPARE(server.requests[0].headers.value("authorization"), "Bearer " + token.toUtf8());
    QVERIFY(!server.requests[0].headers.contains("cookie"));
}

// Field by field what OpenAI's API has, and no field that llama.cpp or vLLM may not know.
void TestRemoteClient::sendsWhatOthersUnderstand() {
    ScriptedServer server(
        [](const HttpRequest&) { return HttpAnswer::events({"data: [DONE]\n\n"}); });
    const RemoteProfile profile = profileOf(server);
    protocol::CompletionRequest request = prompt("The sea");
    request.options.stop = {"\n"};
    const RemoteCallPtr call = m_client->complete(profile, request, quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.finished, 1);
    const HttpRequest& sent = server.requests[0];
    QCOMPARE(sent.path, QByteArray("/v1/completions"));
    QVERIFY(!sent.headers.contains("authorization")); // there is no token
    const QJsonObject body = QJsonDocument::fromJson(sent.body).object();
    static const QSet<QString> known{QStringLiteral("model"),      QStringLiteral("prompt"),
                                     QStringLiteral("max_tokens"), QStringLiteral("temperature"),
                                     QStringLiteral("stop"),       QStringLiteral("stream")};
    for (const QString& field : body.keys()) {
        QVERIFY2(known.contains(field), qPrintable(field));
    }
    QCOMPARE(body.value(QLatin1String("prompt")).toString(), QStringLiteral("The sea"));
    QCOMPARE(body.value(QLatin1String("model")).toString(), QStringLiteral("prose"));
    QCOMPARE(body.value(QLatin1String("max_tokens")).toInt(), 8);
    QCOMPARE(body.value(QLatin1String("stream")).toBool(), true);
}

void TestRemoteClient::extrasOnlyIfTheProfileHasThem() {
    ScriptedServer server(
        [](const HttpRequest&) { return HttpAnswer::events({"data: [DONE]\n\n"}); });
    RemoteProfile profile = profileOf(server);
    profile.extras = {{QStringLiteral("top_k"), 40},
                      {QStringLiteral("prompt"), QStringLiteral("x")}};
    const RemoteCallPtr call = m_client->complete(profile, prompt("The sea"), quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.finished, 1);
    const QJsonObject body = QJsonDocument::fromJson(server.requests[0].body).object();
    QCOMPARE(body.value(QLatin1String("top_k")).toInt(), 40);
    QCOMPARE(body.value(QLatin1String("prompt")).toString(), QStringLiteral("The sea"));
}

void TestRemoteClient::streams_data() {
    QTest::addColumn<QVector<QByteArray>>("pieces");
    QTest::addColumn<QString>("text");
    const QString both = QStringLiteral("海 blue");
    const QByteArray all = chunk("海") + chunk(" blue");
    QTest::newRow("usual") << QVector<QByteArray>{all, "data: [DONE]\n\n"} << both;
    QVector<QByteArray> bytes;
    for (const char byte : all + "data: [DONE]\n\n") {
        bytes.append(QByteArray(1, byte));
    }
    QTest::newRow("byte by byte") << bytes << both;
    QTest::newRow("CRLF") << QVector<QByteArray>{QByteArray(all).replace("\n", "\r\n"),
                                                 "data: [DONE]\r\n\r\n"}
                          << both;
    QTest::newRow("comments") << QVector<QByteArray>{": ping\n\n", chunk("海"), ":\n",
                                                     chunk(" blue"), "data: [DONE]\n\n"}
                              << both;
    QTest::newRow("without an end mark") << QVector<QByteArray>{all} << both;
    QTest::newRow("without the last empty line")
        << QVector<QByteArray>{all.left(all.size() - 2)} << both;
    QTest::newRow("usage without choices")
        << QVector<QByteArray>{all, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n",
                               "data: [DONE]\n\n"}
        << both;
    QTest::newRow("more after the end")
        << QVector<QByteArray>{all, "data: [DONE]\n\n", chunk("evil")} << both;
}

void TestRemoteClient::streams() {
    QFETCH(QVector<QByteArray>, pieces);
    QFETCH(QString, text);
    ScriptedServer server([&](const HttpRequest&) { return HttpAnswer::events(pieces); });
    const RemoteCallPtr call = m_client->complete(profileOf(server), prompt("The sea"), quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_VERIFY(outcome.isOver());
    QCOMPARE(outcome.finished, 1);
    QCOMPARE(outcome.text(), text);
}

// Some servers do not stream whatever one asks for.
void TestRemoteClient::wholeAnswersInPlaceOfStreams() {
    ScriptedServer server([](const HttpRequest&) {
        return HttpAnswer::json(200, "{\"choices\":[{\"index\":0,\"text\":\" blue\"}]}");
    });
    const RemoteCallPtr call = m_client->complete(profileOf(server), prompt("The sea"), quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.finished, 1);
    QVERIFY(outcome.events.isEmpty());
    const auto answer = protocol::parseCompletionResponse(outcome.body.toStdString());
    QVERIFY(answer);
    QCOMPARE(answer->choices[0].text, std::string(" blue"));
}

void TestRemoteClient::failures_data() {
    QTest::addColumn<HttpAnswer>("answer");
    QTest::addColumn<RemoteErrorKind>("kind");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char* name, const HttpAnswer& answer, RemoteErrorKind kind,
                        const char* detail) {
        QTest::newRow(name) << answer << kind << QString::fromUtf8(detail);
    };
    const QByteArray said = "{\"error\":{\"message\":\"said so\"}}";
    row("401", HttpAnswer::json(401, said), RemoteErrorKind::Unauthorized, "said so");
    row("403", HttpAnswer::json(403, said), RemoteErrorKind::Forbidden, "said so");
    row("404", HttpAnswer::json(404, said), RemoteErrorKind::NotFound, "said so");
    row("429", HttpAnswer::json(429, said, "Retry-After: 60\r\n"), RemoteErrorKind::TooManyRequests,
        "said so");
    row("503", HttpAnswer::json(503, said, "Retry-After: 60\r\n"), RemoteErrorKind::Busy,
        "said so");
    row("400", HttpAnswer::json(400, said), RemoteErrorKind::Rejected, "said so");
    row("500", HttpAnswer::json(500, "<html>oops"), RemoteErrorKind::ServerFailed, "");
    row("error in mid-stream", HttpAnswer::events({chunk("a"), "data: " + said + "\n\n"}),
        RemoteErrorKind::ServerFailed, "said so");
    row("cut in mid-stream",
        HttpAnswer{{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n40\r\n",
                    chunk("a").left(20)},
                   true,
                   {}},
        RemoteErrorKind::Broken, "");
    row("no HTTP", HttpAnswer{{"220 smtp ready\r\n"}, true, {}}, RemoteErrorKind::Broken, "");
    row("closed at once", HttpAnswer{{}, true, {}}, RemoteErrorKind::Broken, "");
}

void TestRemoteClient::failures() {
    QFETCH(HttpAnswer, answer);
    QFETCH(RemoteErrorKind, kind);
    QFETCH(QString, detail);
    ScriptedServer server([&](const HttpRequest&) { return answer; });
    const RemoteCallPtr call = m_client->complete(profileOf(server), prompt("The sea"), quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_VERIFY(outcome.isOver());
    QCOMPARE(outcome.failed, 1);
    QCOMPARE(outcome.error->kind, kind);
    if (!detail.isEmpty()) {
        QCOMPARE(outcome.error->detail, detail);
    }
}

void TestRemoteClient::errorsNeverShowTheToken() {
    ScriptedServer server([](const HttpRequest& request) {
        return HttpAnswer::json(401, "{\"error\":{\"message\":\"bad key: " +
                                         request.headers.value("authorization") + "\"}}");
    });
    const RemoteProfile profile = profileOf(server);
    giveToken(profile);
    const RemoteCallPtr call = m_client->listModels(profile, quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.failed, 1);
    QVERIFY(outcome.error->detail.startsWith(QStringLiteral("bad key")));
    QVERIFY(!outcome.error->detail.contains(token));
}

void TestRemoteClient::lockedKeychainSendsNothing() {
    ScriptedServer server([](const HttpRequest&) { return HttpAnswer::json(200, "{}"); });
    m_store->trouble = SecretOutcome::Refused;
    const RemoteCallPtr call = m_client->listModels(profileOf(server), quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.failed, 1);
    QCOMPARE(outcome.error->kind, RemoteErrorKind::TokenLocked);
    QCOMPARE(outcome.sent, 0);
    QVERIFY(!m_client->hasNetwork());
    QCOMPARE(server.connections, 0);
}

void TestRemoteClient::redirectsAreNotFollowed() {
    ScriptedServer thief([](const HttpRequest&) { return HttpAnswer::json(200, "{\"data\":[]}"); });
    for (const int status : {301, 302, 303, 307, 308}) {
        ScriptedServer server([&](const HttpRequest&) {
            return HttpAnswer::json(status, "",
                                    "Location: " + thief.address().toUtf8() + "/v1/models\r\n");
        });
        const RemoteProfile profile = profileOf(server);
        giveToken(profile);
        const RemoteCallPtr call = m_client->listModels(profile, quick());
        Outcome outcome;
        outcome.watch(*call);
        QTRY_COMPARE(outcome.failed, 1);
        QCOMPARE(outcome.error->kind, RemoteErrorKind::Redirected);
        QVERIFY(outcome.error->detail.contains(thief.address()));
    }
    QCOMPARE(thief.connections, 0);
}

void TestRemoteClient::abortEndsTheConnection() {
    ScriptedServer server(
        [](const HttpRequest&) { return HttpAnswer::events({chunk("a")}, false); });
    RemoteCallPtr call = m_client->complete(profileOf(server), prompt("The sea"), quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.events.size(), 1);
    QCOMPARE(server.open, 1);
    call.reset();
    QTRY_COMPARE(server.open, 0);
    QVERIFY(!outcome.isOver());
}

void TestRemoteClient::triesAgainWhereThatIsSafe_data() {
    QTest::addColumn<QVector<HttpAnswer>>("answers"); // one a request; the last for all others
    QTest::addColumn<int>("requests");
    QTest::addColumn<bool>("good");
    const HttpAnswer good = HttpAnswer::events({chunk("a"), "data: [DONE]\n\n"});
    const HttpAnswer busy = HttpAnswer::json(503, "{}");
    QTest::newRow("busy once") << QVector<HttpAnswer>{busy, good} << 2 << true;
    QTest::newRow("busy for good") << QVector<HttpAnswer>{busy} << 3 << false;
    QTest::newRow("busy for a second")
        << QVector<HttpAnswer>{HttpAnswer::json(503, "{}", "Retry-After: 1\r\n"), good} << 2
        << true;
    QTest::newRow("busy for long")
        << QVector<HttpAnswer>{HttpAnswer::json(503, "{}", "Retry-After: 600\r\n"), good} << 1
        << false;
    QTest::newRow("gateway") << QVector<HttpAnswer>{HttpAnswer::json(502, "{}"), good} << 2 << true;
    QTest::newRow("cut off before the answer")
        << QVector<HttpAnswer>{HttpAnswer{{}, true, {}}, HttpAnswer{{}, true, {}}, good} << 3
        << true;
    QTest::newRow("something was received")
        << QVector<HttpAnswer>{HttpAnswer{{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                           "Content-Length: 1000\r\n\r\n",
                                           chunk("a")},
                                          true,
                                          {}},
                               good}
        << 1 << false;
    QTest::newRow("wrong token") << QVector<HttpAnswer>{HttpAnswer::json(401, "{}"), good} << 1
                                 << false;
    QTest::newRow("defect") << QVector<HttpAnswer>{HttpAnswer::json(500, "{}"), good} << 1 << false;
}

void TestRemoteClient::triesAgainWhereThatIsSafe() {
    QFETCH(QVector<HttpAnswer>, answers);
    QFETCH(int, requests);
    QFETCH(bool, good);
    int next = 0;
    ScriptedServer server([&](const HttpRequest&) {
        return answers[std::min<int>(next++, static_cast<int>(answers.size()) - 1)];
    });
    const RemoteCallPtr call = m_client->complete(profileOf(server), prompt("The sea"), quick());
    Outcome outcome;
    outcome.watch(*call);
    QElapsedTimer clock;
    clock.start();
    QTRY_VERIFY(outcome.isOver());
    QCOMPARE(outcome.finished == 1, good);
    // Qt itself sends a request once more when the connection is closed before any answer.
    QCOMPARE(server.requests.size(), requests);
    QVERIFY(outcome.sent <= requests);
    if (qstrcmp(QTest::currentDataTag(), "busy for a second") == 0) {
        QVERIFY(clock.elapsed() >= 1000);
    }
}

void TestRemoteClient::nobodyListens() {
    quint16 port = 0;
    {
        QTcpServer once;
        QVERIFY(once.listen(QHostAddress::LocalHost));
        port = once.serverPort();
    }
    RemoteProfile profile = newProfile();
    profile.address = QStringLiteral("http://127.0.0.1:%1").arg(port);
    const RemoteCallPtr call = m_client->listModels(profile, quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.failed, 1);
    QCOMPARE(outcome.error->kind, RemoteErrorKind::Refused);
    QCOMPARE(outcome.sent, 3);
}

void TestRemoteClient::timeouts_data() {
    QTest::addColumn<HttpAnswer>("answer");
    QTest::addColumn<QString>("detail");
    QTest::newRow("no answer") << HttpAnswer{{}, false, {}} << QStringLiteral("no answer");
    QTest::newRow("stalls") << HttpAnswer::events({chunk("a")}, false)
                            << QStringLiteral("stopped in the middle");
    // One byte after the other, for ever: a comment that never ends.
    HttpAnswer drip = HttpAnswer::events({":"}, false);
    drip.endless = " ";
    QTest::newRow("slow drip") << drip << QStringLiteral("took too long");
}

void TestRemoteClient::timeouts() {
    QFETCH(HttpAnswer, answer);
    QFETCH(QString, detail);
    ScriptedServer server([&](const HttpRequest&) { return answer; });
    RemoteLimits limits = quick();
    limits.firstByte = 150ms;
    limits.pause = 150ms;
    limits.total = 600ms;
    const RemoteCallPtr call = m_client->complete(profileOf(server), prompt("The sea"), limits);
    Outcome outcome;
    outcome.watch(*call);
    QTRY_VERIFY(outcome.isOver());
    QCOMPARE(outcome.failed, 1);
    QCOMPARE(outcome.error->kind, RemoteErrorKind::Timeout);
    QVERIFY2(outcome.error->detail.contains(detail), qPrintable(outcome.error->detail));
    QTRY_COMPARE(server.open, 0);
}

void TestRemoteClient::hostileStreams_data() {
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<QByteArray>("endless");
    const QByteArray much(64 * 1024, 'a');
    QTest::newRow("a line without end") << QByteArray("data: ") << much;
    QTest::newRow("an event without end") << QByteArray() << QByteArray("data: " + much + "\n");
    QTest::newRow("events without end") << QByteArray() << chunk(much);
    QTest::newRow("comments without end") << QByteArray() << QByteArray(":" + much + "\n");
}

// The memory is bounded, and the end comes without waiting for the total time.
void TestRemoteClient::hostileStreams() {
    QFETCH(QByteArray, start);
    QFETCH(QByteArray, endless);
    HttpAnswer answer = HttpAnswer::events({start}, false);
    answer.endless = endless;
    ScriptedServer server([&](const HttpRequest&) { return answer; });
    RemoteLimits limits = quick();
    limits.total = 60s;
    limits.answerBytes = 8 << 20;
    const RemoteCallPtr call = m_client->complete(profileOf(server), prompt("The sea"), limits);
    Outcome outcome;
    outcome.watch(*call);
    QTRY_VERIFY_WITH_TIMEOUT(outcome.isOver(), 30000);
    QCOMPARE(outcome.failed, 1);
    QCOMPARE(outcome.error->kind, RemoteErrorKind::BadAnswer);
    QTRY_COMPARE(server.open, 0);
}

void TestRemoteClient::ownCertificates() {
    if (QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty()) {
        QSKIP("openssl is not installed (section [test] of installer/debian-packages.txt)");
    }
    const QTemporaryDir folder;
    ScriptedServer server(
        [](const HttpRequest&) { return HttpAnswer::json(200, "{\"data\":[]}"); });
    QVERIFY(server.useTls(folder.path()));
    RemoteProfile profile = profileOf(server);
    giveToken(profile);
    const auto ask = [&] {
        const RemoteCallPtr call = m_client->listModels(profile, quick());
        Outcome outcome;
        outcome.watch(*call);
        [&] { QTRY_VERIFY(outcome.isOver()); }();
        return outcome;
    };
    Outcome outcome = ask();
    QVERIFY(outcome.error);
    QCOMPARE(outcome.error->kind, RemoteErrorKind::Tls);
    QVERIFY(outcome.error->detail.contains(QStringLiteral("self-signed"), Qt::CaseInsensitive));
    QVERIFY(server.requests.isEmpty()); // nothing was said to it, the token least of all

    profile.caFile = folder.filePath(QStringLiteral("key.pem")); // the wrong file
    outcome = ask();
    QVERIFY(outcome.error);
    QCOMPARE(outcome.error->kind, RemoteErrorKind::Certificate);

    profile.caFile = server.certificateFile;
    outcome = ask();
    QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->detail : QString()));
    QCOMPARE(outcome.finished, 1);
    QCOMPARE(server.requests.size(), 1);
    QCOMPARE(server.requests[0].headers.value("authorization"), "Bearer " + token.toUtf8());

    // Trusted for its own name only.
    profile.address.replace(QStringLiteral("127.0.0.1"), QStringLiteral("localhost"));
    outcome = ask();
    QVERIFY(outcome.error);
    QCOMPARE(outcome.error->kind, RemoteErrorKind::Tls);
    QCOMPARE(server.requests.size(), 1);

    // And no longer than it is.
    profile.address = server.address();
    profile.caFile.clear();
    outcome = ask();
    QVERIFY(outcome.error);
    QCOMPARE(outcome.error->kind, RemoteErrorKind::Tls);
}

// The system's proxy is asked for other machines, and never for this one.
void TestRemoteClient::proxies() {
    ScriptedServer proxy([](const HttpRequest&) { return HttpAnswer::json(200, "{\"data\":[]}"); });
    qputenv("http_proxy", proxy.address().toUtf8());
    RemoteProfile profile = profileOf(proxy);
    profile.address = QStringLiteral("http://studio.invalid:8642");
    {
        const RemoteCallPtr call = m_client->listModels(profile, quick());
        Outcome outcome;
        outcome.watch(*call);
        QTRY_VERIFY(outcome.isOver());
        QCOMPARE(outcome.finished, 1);
        QCOMPARE(proxy.requests.back().path, QByteArray("http://studio.invalid:8642/v1/models"));
    }
    ScriptedServer local([](const HttpRequest&) { return HttpAnswer::json(200, "{\"data\":[]}"); });
    const RemoteCallPtr call = m_client->listModels(profileOf(local), quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.finished, 1);
    QCOMPARE(local.requests.size(), 1);
    qunsetenv("http_proxy");
}

void TestRemoteClient::picturesAsForms() {
    ScriptedServer server(
        [](const HttpRequest&) { return HttpAnswer::json(200, "{\"files\":[]}"); });
    const RemoteCallPtr call = m_client->captions(
        profileOf(server), {{QStringLiteral("a\"b.png"), "image/png", "\x89PNG"}},
        QStringLiteral("en,zh"), 3, quick());
    Outcome outcome;
    outcome.watch(*call);
    QTRY_COMPARE(outcome.finished, 1);
    const HttpRequest& sent = server.requests[0];
    QCOMPARE(sent.path, QByteArray("/v1/captions"));
    const QByteArray type = sent.headers.value("content-type");
    QVERIFY(type.startsWith("multipart/form-data; boundary="));
    const QByteArray boundary = "--" + type.mid(type.indexOf('=') + 1);
    QCOMPARE(sent.body.count(boundary), 4);
    QVERIFY(sent.body.contains("name=\"data\"; filename=\"a%22b.png\"\r\nContent-Type: image/png"
                               "\r\n\r\n\x89PNG\r\n"));
    QVERIFY(sent.body.endsWith(boundary + "--\r\n"));
}

// Any server of the API, for whoever has one at hand: LINNET_TEST_SERVER is its address,
// LINNET_TEST_TOKEN a token if it wants one.
void TestRemoteClient::aRealServer() {
    RemoteProfile profile = newProfile();
    profile.address = qEnvironmentVariable("LINNET_TEST_SERVER");
    if (profile.address.isEmpty()) {
        QSKIP("LINNET_TEST_SERVER names no server");
    }
    const QString key = qEnvironmentVariable("LINNET_TEST_TOKEN");
    if (!key.isEmpty()) {
        QVERIFY(m_tokens->set(tokenKey(profile), key));
    }
    {
        const RemoteCallPtr call = m_client->listModels(profile);
        Outcome outcome;
        outcome.watch(*call);
        QTRY_VERIFY_WITH_TIMEOUT(outcome.isOver(), 60000);
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->detail : QString()));
        const auto models = protocol::parseModelList(outcome.body.toStdString());
        QVERIFY(models && !models->empty());
        profile.model = QString::fromStdString(models->front().id);
    }
    protocol::CompletionRequest request = prompt("The old man looked at the");
    request.options.stop = {"\n"};
    request.logProbs = 1;
    {
        const RemoteCallPtr call = m_client->complete(profile, request);
        Outcome outcome;
        outcome.watch(*call);
        QTRY_VERIFY_WITH_TIMEOUT(outcome.isOver(), 60000);
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->detail : QString()));
        QVERIFY(!outcome.text().isEmpty());
        QString told;
        for (const QByteArray& data : outcome.events) {
            const auto answer = protocol::parseCompletionResponse(data.toStdString());
            QVERIFY(answer);
            for (const auto& choice : answer->choices) {
                for (const auto& one :
                     choice.logProbs.value_or(std::vector<protocol::TokenInfo>())) {
                    QVERIFY(one.logProb && *one.logProb <= 0);
                    told += QString::fromStdString(one.bytes);
                }
            }
        }
        QVERIFY(told.startsWith(outcome.text()));
    }
    { // cancelled in the middle
        request.options.maxTokens = 400;
        request.options.stop.clear();
        RemoteCallPtr call = m_client->complete(profile, request);
        Outcome outcome;
        outcome.watch(*call);
        QTRY_VERIFY_WITH_TIMEOUT(!outcome.events.isEmpty() || outcome.isOver(), 60000);
        call.reset();
        QCoreApplication::processEvents();
        QVERIFY(!outcome.isOver());
    }
    if (!key.isEmpty()) {
        QVERIFY(m_tokens->set(tokenKey(profile), QStringLiteral("wrong")));
        const RemoteCallPtr call = m_client->complete(profile, prompt("The sea"));
        Outcome outcome;
        outcome.watch(*call);
        QTRY_VERIFY_WITH_TIMEOUT(outcome.isOver(), 60000);
        QCOMPARE(outcome.error->kind, RemoteErrorKind::Unauthorized);
    }
}

QTEST_GUILESS_MAIN(TestRemoteClient)
#include "test_remote_client.moc"
