#include <QJsonArray>
#include <QTest>

#include "cli/verse_model_files.h"
#include "server/server_run.h"
#include "server/small_bitmap.h"

using namespace linnet::tests;

namespace {

constexpr const char* completions = "/v1/completions";

const QString llama = QStringLiteral(LINNET_TEST_DATA "/models/llama-int8");
const QString qwen = QStringLiteral(LINNET_TEST_DATA "/models/qwen2-bfloat16");

QByteArray ask(const QByteArray& fields) {
    return "{\"model\":\"llama\",\"prompt\":\"the cat\",\"temperature\":0," + fields + "}";
}

// Runs until it is stopped, or much longer than any test.
QByteArray endless(bool stream) {
    return "{\"model\":\"llama\",\"prompt\":\"the\",\"temperature\":1,\"max_tokens\":1000000,"
           "\"ignore_eos\":true,\"stream\":" +
           QByteArray(stream ? "true}" : "false}");
}

QJsonObject choice(const HttpReply& reply, int index = 0) {
    return reply.json().value(QStringLiteral("choices")).toArray().at(index).toObject();
}

QString textOf(const HttpReply& reply, int index = 0) {
    return choice(reply, index).value(QStringLiteral("text")).toString();
}

QString errorOf(const HttpReply& reply, const char* field) {
    return reply.json()
        .value(QStringLiteral("error"))
        .toObject()
        .value(QLatin1String(field))
        .toString();
}

} // namespace

class TestServer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_models.isValid());
        QVERIFY(copyModel(llama, m_models.filePath(QStringLiteral("llama"))));
        const auto data = linnet::verse::VerseData::open(LINNET_SOURCE_DIR "/resources");
        QVERIFY(data.ok());
        QVERIFY(
            writeVerseModel(m_models.filePath(QStringLiteral("zh-verse")), chineseTokens(*data)));
        QVERIFY(m_server.startReady(m_models.path(),
                                    {QStringLiteral("--max-tokens"), QStringLiteral("1000000")}));
    }

    void lists() {
        const HttpReply list = m_server.get("/v1/models");
        QCOMPARE(list.status, 200);
        QStringList names;
        for (const QJsonValue& entry : list.json().value(QStringLiteral("data")).toArray()) {
            names << entry.toObject().value(QStringLiteral("id")).toString();
            QCOMPARE(entry.toObject().value(QStringLiteral("version")).toString().size(), 16);
        }
        QVERIFY(names.contains(QStringLiteral("llama")));
        QVERIFY(names.contains(QStringLiteral("zh-verse")));
        QCOMPARE(m_server.get("/v1/models/llama").json().value(QStringLiteral("id")).toString(),
                 QStringLiteral("llama"));
        QCOMPARE(m_server.get("/v1/models/none").status, 404);
    }

    void completes() {
        const HttpReply whole = m_server.post(completions, ask("\"max_tokens\":12"));
        QCOMPARE(whole.status, 200);
        const QString text = textOf(whole);
        QVERIFY(!text.isEmpty());
        const QJsonObject usage = whole.json().value(QStringLiteral("usage")).toObject();
        QCOMPARE(usage.value(QStringLiteral("completion_tokens")).toInt(), 12);
        QCOMPARE(choice(whole).value(QStringLiteral("finish_reason")).toString(),
                 QStringLiteral("length"));

        // The same in pieces, several at once, and with the prompt before it.
        const HttpReply stream =
            m_server.post(completions, ask("\"max_tokens\":12,\"seed\":1,\"stream\":true,\"stream_"
                                           "options\":{\"include_usage\":true}"));
        QCOMPARE(stream.header("Content-Type"), QByteArray("text/event-stream"));
        const QList<QByteArray> events = stream.events();
        QCOMPARE(events.last(), QByteArray("[DONE]"));
        QString pieces;
        for (const QByteArray& event : events.mid(0, events.size() - 2)) {
            pieces += textOf(HttpReply{200, {}, event});
        }
        QCOMPARE(pieces, text);
        const QJsonObject last = HttpReply{200, {}, events.at(events.size() - 2)}.json();
        QCOMPARE(last.value(QStringLiteral("usage")), QJsonValue(usage));
        QVERIFY(last.value(QStringLiteral("choices")).toArray().isEmpty());

        const HttpReply many =
            m_server.post(completions, ask("\"max_tokens\":12,\"n\":3,\"echo\":true"));
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(choice(many, i).value(QStringLiteral("index")).toInt(), i);
            QCOMPARE(textOf(many, i), QStringLiteral("the cat") + text);
        }
    }

    void stops() {
        const QString text = textOf(m_server.post(completions, ask("\"max_tokens\":12")));
        const QString stop = text.mid(text.size() / 2, 2);
        const HttpReply reply = m_server.post(
            completions, ask("\"max_tokens\":12,\"stop\":[\"" + stop.toUtf8() + "\"]"));
        QCOMPARE(textOf(reply), text.left(text.indexOf(stop)));
        QCOMPARE(choice(reply).value(QStringLiteral("finish_reason")).toString(),
                 QStringLiteral("stop"));
    }

    void logProbabilities() {
        const HttpReply reply =
            m_server.post(completions, ask("\"max_tokens\":4,\"logprobs\":2,\"echo\":true"));
        const QJsonObject found = choice(reply).value(QStringLiteral("logprobs")).toObject();
        const QJsonArray tokens = found.value(QStringLiteral("tokens")).toArray();
        const QJsonArray numbers = found.value(QStringLiteral("token_logprobs")).toArray();
        const QJsonArray tops = found.value(QStringLiteral("top_logprobs")).toArray();
        const int prompt = reply.json()
                               .value(QStringLiteral("usage"))
                               .toObject()
                               .value(QStringLiteral("prompt_tokens"))
                               .toInt();
        QVERIFY(prompt > 0);
        QCOMPARE(tokens.size(), numbers.size());
        QCOMPARE(tokens.size(), tops.size());
        QVERIFY(tokens.size() >= 4 + prompt - 1); // a first token may be the beginning of text
        // What greedy decoding took is the most probable.
        QString text;
        for (qsizetype i = tokens.size() - 4; i < tokens.size(); ++i) {
            for (const QJsonValue& other : tops.at(i).toObject()) {
                QVERIFY(numbers.at(i).toDouble() >= other.toDouble() - 1e-9);
            }
            QVERIFY(tops.at(i).toObject().size() <= 2);
        }
        for (const QJsonValue& token : tokens) {
            text += token.toString();
        }
        QVERIFY(text.contains(textOf(reply)) || text.contains(QStringLiteral("bytes:")));
    }

    void chats() {
        const QByteArray body =
            "{\"model\":\"llama\",\"messages\":[{\"role\":\"user\",\"content\":\"the\"}],"
            "\"max_tokens\":6,\"temperature\":0,\"logprobs\":true";
        const HttpReply reply = m_server.post("/v1/chat/completions", body + "}");
        QCOMPARE(reply.status, 200);
        const QJsonObject message = choice(reply).value(QStringLiteral("message")).toObject();
        QCOMPARE(message.value(QStringLiteral("role")).toString(), QStringLiteral("assistant"));
        // No template: the words are continued.
        QCOMPARE(message.value(QStringLiteral("content")).toString(),
                 textOf(m_server.post(completions, "{\"model\":\"llama\",\"prompt\":\"the\","
                                                   "\"max_tokens\":6,\"temperature\":0}")));
        const HttpReply stream = m_server.post("/v1/chat/completions", body + ",\"stream\":true}");
        QCOMPARE(stream.events().last(), QByteArray("[DONE]"));
        QVERIFY(stream.events().first().contains("\"role\":\"assistant\""));
    }

    void composes() {
        const QByteArray body = "{\"form\":\"wujue\",\"seed\":7,\"count\":2}";
        const HttpReply reply = m_server.post("/v1/poems", body);
        QVERIFY2(reply.status == 200, reply.body.constData());
        const QJsonArray poems = reply.json().value(QStringLiteral("poems")).toArray();
        QCOMPARE(poems.size(), 2);
        QVERIFY(poems.at(0).toObject().value(QStringLiteral("ok")).toBool());
        const QJsonArray lines = poems.at(0).toObject().value(QStringLiteral("lines")).toArray();
        QCOMPARE(lines.size(), 4);
        QCOMPARE(lines.at(0).toString().size(), 5);
        QCOMPARE(m_server.post("/v1/poems", body).header("X-Linnet-Cache"), QByteArray("hit"));

        const HttpReply one = m_server.get("/v1/compose?form=wujue&seed=7&fix=1%3D" +
                                           lines.at(0).toString().toUtf8().toPercentEncoding());
        QCOMPARE(one.status, 200);
        QCOMPARE(one.json().value(QStringLiteral("lines")).toArray().at(0), lines.at(0));

        const HttpReply stream =
            m_server.post("/v1/poems", "{\"form\":\"wujue\",\"seed\":9,\"stream\":true}");
        const QList<QByteArray> events = stream.events();
        QCOMPARE(events.size(), 6); // four lines, the poem, the end
        QCOMPARE(HttpReply({200, {}, events.at(0)}).json().value(QStringLiteral("text")),
                 HttpReply({200, {}, events.at(4)})
                     .json()
                     .value(QStringLiteral("poems"))
                     .toArray()
                     .at(0)
                     .toObject()
                     .value(QStringLiteral("lines"))
                     .toArray()
                     .at(0));
        QCOMPARE(m_server.post("/v1/poems", "{\"form\":\"epic\"}").status, 400);
        QCOMPARE(
            m_server.post("/v1/poems", "{\"form\":\"wujue\",\"acrostic\":\"一二三四五六\"}").status,
            422);
        QCOMPARE(m_server.get("/v1/compose?form=haiku").status, 404); // no model of English verse
    }

    void captions() {
#ifndef LINNET_HAVE_CAPTIONS
        QSKIP("needs libtorch and OpenCV");
#else
        const auto part = [](const char* name, const char* file, const QByteArray& bytes) {
            return QByteArray("--xyz\r\nContent-Disposition: form-data; name=\"") + name + "\"" +
                   (*file != '\0' ? QByteArray("; filename=\"") + file + "\"" : QByteArray()) +
                   "\r\n\r\n" + bytes + "\r\n";
        };
        const QByteArray type = "Content-Type: multipart/form-data; boundary=xyz\r\n";
        const QTemporaryDir models;
        QVERIFY(copyModel(QStringLiteral(LINNET_TEST_DATA "/captioners/blip"),
                          models.filePath(QStringLiteral("captions"))));
        ServerRun server;
        QVERIFY(server.startReady(models.path()));
        const HttpReply reply =
            server.post("/v1/captions",
                        part("data", "a.bmp", bitmap()) + part("data", "b.txt", "no picture") +
                            part("count", "", "2") + "--xyz--\r\n",
                        type);
        QVERIFY2(reply.status == 200, reply.body.constData());
        const QJsonArray files = reply.json().value(QStringLiteral("data")).toArray();
        QCOMPARE(files.size(), 2);
        QCOMPARE(files.at(0).toObject().value(QStringLiteral("file")).toString(),
                 QStringLiteral("a.bmp"));
        QVERIFY(files.at(0).toObject().value(QStringLiteral("captions")).toArray().size() <= 2);
        QVERIFY(!files.at(1).toObject().value(QStringLiteral("error")).toString().isEmpty());
        QCOMPARE(server.post("/v1/captions", "{}").status, 415);
        QCOMPARE(
            server
                .post("/v1/captions",
                      part("data", "a.bmp", bitmap()) + part("language", "", "xx") + "--xyz--\r\n",
                      type)
                .status,
            400);

        const QByteArray question = "{\"model\":\"captions\",\"messages\":[{\"role\":\"user\","
                                    "\"content\":[{\"type\":\"image_url\","
                                    "\"image_url\":{\"url\":\"data:image/bmp;base64," +
                                    bitmap().toBase64() + "\"}}]}]}";
        const HttpReply chat = server.post("/v1/chat/completions", question);
        QVERIFY2(chat.status == 200, chat.body.constData());
        QCOMPARE(choice(chat)
                     .value(QStringLiteral("message"))
                     .toObject()
                     .value(QStringLiteral("content")),
                 files.at(0)
                     .toObject()
                     .value(QStringLiteral("captions"))
                     .toArray()
                     .at(0)
                     .toObject()
                     .value(QStringLiteral("text")));
        const auto usage = [](const HttpReply& of, const char* key) {
            const QJsonObject counts = of.json().value(QStringLiteral("usage")).toObject();
            return counts.value(QString::fromLatin1(key)).toInt();
        };
        QVERIFY(usage(chat, "prompt_tokens") > 0); // what says the language
        QVERIFY(usage(chat, "completion_tokens") > 0);
        QCOMPARE(usage(chat, "total_tokens"),
                 usage(chat, "prompt_tokens") + usage(chat, "completion_tokens"));
        const HttpReply two = server.post(
            "/v1/chat/completions", QByteArray(question).replace("{\"model", "{\"n\":2,\"model"));
        QCOMPARE(usage(two, "prompt_tokens"), usage(chat, "prompt_tokens"));
        QVERIFY(usage(two, "completion_tokens") > usage(chat, "completion_tokens"));
        const HttpReply none =
            server.post("/v1/chat/completions", QByteArray(question).replace("captions", "none"));
        QCOMPARE(none.status, 404);
        QVERIFY(none.body.contains("captions here: captions"));
        QCOMPARE(server
                     .post("/v1/chat/completions",
                           "{\"model\":\"captions\",\"messages\":[{\"role\":\"user\",\"content\":["
                           "{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://localhost/"
                           "a.png\"}}]}]}")
                     .status,
                 400);
#endif
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("param");
        const auto row = [](const char* name, const QByteArray& bytes, int status,
                            const char* param = "") {
            QTest::newRow(name) << bytes << status << QString::fromLatin1(param);
        };
        row("bad JSON", postText(completions, "{\"model\":"), 400);
        row("no object", postText(completions, "[1]"), 400);
        row("empty", postText(completions, ""), 400);
        row("wrong type", postText(completions, ask("\"max_tokens\":\"5\"")), 400, "max_tokens");
        row("too many tokens", postText(completions, ask("\"max_tokens\":1000001")), 400,
            "max_tokens");
        row("unknown model", postText(completions, "{\"model\":\"none\",\"prompt\":\"a\"}"), 404,
            "model");
        row("token out of range",
            postText(completions, "{\"model\":\"llama\",\"prompt\":[999999]}"), 400);
        row("verse model", postText(completions, "{\"model\":\"zh-verse\",\"prompt\":\"a\"}"), 400,
            "model");
        row("unknown address", getText("/v2/models"), 404);
        row("wrong method", getText(completions), 405);
        row("other method", "DELETE /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n", 405);
        row("no length", "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n\r\n", 411);
        row("bad length",
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400);
        row("two lengths",
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
            "Content-Length: 3\r\n\r\n{}",
            400);
        row("length and chunks",
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
            "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            400);
        const QByteArray coded =
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: ";
        row("chunks that are none", coded + "chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400);
        row("another coding", coded + "gzip\r\n\r\n{}", 501);
        row("head without end", getText("/health", QByteArray("X: y\r\n").repeated(9000)), 431);
        row("huge",
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Length: 99999999999\r\n\r\n",
            413);
        row("larger than texts are", postText(completions, "\"" + QByteArray(9 << 20, 'x') + "\""),
            413);
        row("other host", "GET /v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403);
        row("no host", "GET /v1/models HTTP/1.1\r\n\r\n", 403);
        row("web page", getText("/v1/models", "Origin: https://evil.example\r\n"), 403);
        row("page of another site", getText("/v1/models", "Sec-Fetch-Site: cross-site\r\n"), 403);
        row("unknown parameter", getText("/v1/compose?fom=wujue"), 400, "fom");
    }

    void refuses() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        QFETCH(QString, param);
        const HttpReply reply = m_server.send(bytes);
        QVERIFY2(reply.status == status, (reply.head + reply.body).constData());
        QVERIFY(!errorOf(reply, "message").isEmpty());
        QVERIFY(!errorOf(reply, "type").isEmpty());
        QCOMPARE(errorOf(reply, "param"), param);
        QVERIFY(reply.header("Access-Control-Allow-Origin").isEmpty());
    }

    void remembers() {
        const QByteArray body = ask("\"max_tokens\":9,\"logprobs\":1,\"stop\":\"qq\"");
        const double hits = m_server.metric("linnet_cache_hits_total");
        const HttpReply first = m_server.post(completions, body);
        const HttpReply second = m_server.post(completions, body);
        QVERIFY(first.header("X-Linnet-Cache").isEmpty());
        QCOMPARE(second.header("X-Linnet-Cache"), QByteArray("hit"));
        QCOMPARE(choice(second), choice(first));
        QCOMPARE(second.json().value(QStringLiteral("usage")),
                 first.json().value(QStringLiteral("usage")));
        QVERIFY(second.json().value(QStringLiteral("id")) !=
                first.json().value(QStringLiteral("id")));
        QCOMPARE(m_server.metric("linnet_cache_hits_total"), hits + 1);
        // Without a seed, chance is wanted.
        const QByteArray random = "{\"model\":\"llama\",\"prompt\":\"a\",\"max_tokens\":9}";
        m_server.post(completions, random);
        QVERIFY(m_server.post(completions, random).header("X-Linnet-Cache").isEmpty());
    }

    // A client that goes away frees its place, streaming or not.
    void forgetsClientsThatLeave() {
        for (const bool stream : {true, false}) {
            auto socket = m_server.open(postText(completions, endless(stream)));
            QVERIFY(ServerRun::eventually(
                [&] { return m_server.metric("linnet_running{model=\"llama\"}") == 1; }));
            socket->abort();
            QVERIFY(ServerRun::eventually(
                [&] { return m_server.metric("linnet_running{model=\"llama\"}") == 0; }));
            QVERIFY(ServerRun::eventually(
                [&] { return m_server.metric("linnet_requests_in_flight") == 1; }));
        }
        QCOMPARE(m_server.metric("linnet_requests_total{route=\"/v1/completions\",status=\"499\"}"),
                 2.0);
    }

    void saysNothingOfTexts() {
        QVERIFY(
            m_server.post(completions, "{\"model\":\"llama\",\"prompt\":\"xyzzySecret\"}").status ==
            200);
        QVERIFY(ServerRun::eventually([&] { return m_server.log().contains("/v1/completions"); }));
        QVERIFY(!m_server.log().contains("xyzzySecret"));
        for (const QByteArray& line : m_server.log().split('\n')) {
            QVERIFY(line.isEmpty() || QJsonDocument::fromJson(line).isObject());
        }
    }

    void keepsConnections() {
        const QByteArray request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        const auto socket = m_server.open(request + request);
        QByteArray bytes;
        while (bytes.count("HTTP/1.1 200") < 2 && socket->waitForReadyRead(10000)) {
            bytes += socket->readAll();
        }
        QCOMPARE(bytes.count("HTTP/1.1 200"), 2);
    }

    void queueFull() {
        ServerRun server;
        QVERIFY(server.startReady(m_models.path(),
                                  {QStringLiteral("--parallel"), QStringLiteral("1"),
                                   QStringLiteral("--queue"), QStringLiteral("1"),
                                   QStringLiteral("--max-tokens"), QStringLiteral("1000000")}));
        auto running = server.open(postText(completions, endless(true)));
        QVERIFY(ServerRun::eventually([&] { return server.metric("linnet_running{") == 1; }));
        auto waiting = server.open(postText(completions, endless(false)));
        QVERIFY(ServerRun::eventually([&] { return server.metric("linnet_queue_depth{") == 1; }));
        const HttpReply full = server.post(completions, ask("\"max_tokens\":1"));
        QCOMPARE(full.status, 503);
        QVERIFY(full.header("Retry-After").toInt() > 0);
        // Texts of one request that do not all fit leave nothing behind.
        QCOMPARE(server.post(completions, ask("\"max_tokens\":1,\"n\":2")).status, 503);
        running->abort();
        waiting->abort();
        QVERIFY(ServerRun::eventually([&] {
            return server.metric("linnet_running{") + server.metric("linnet_queue_depth{") == 0;
        }));
        QCOMPARE(server.post(completions, ask("\"max_tokens\":1")).status, 200);
    }

    void keys() {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("keys"));
        const auto write = [&](const QByteArray& text) {
            QFile keys(file);
            return keys.open(QIODevice::WriteOnly) && keys.write(text) == text.size();
        };
        QVERIFY(write("# ours\nfirst-key-0123456789\n\nsecond-key-0123456789\n"));
        ServerRun server;
        QVERIFY(server.startReady(m_models.path(), {QStringLiteral("--api-keys-file"), file}));
        const auto status = [&](const QByteArray& header) {
            return server.get("/v1/models", header).status;
        };
        QCOMPARE(status(""), 401);
        QCOMPARE(status("Authorization: Bearer first-key-012345678\r\n"), 401);
        QCOMPARE(status("Authorization: Bearer first-key-0123456789x\r\n"), 401);
        QCOMPARE(status("Authorization: first-key-0123456789\r\n"), 401);
        QCOMPARE(status("Authorization: Bearer\r\n"), 401);
        QCOMPARE(status("Authorization: Bearer first-key-0123456789\r\n"), 200);
        QCOMPARE(status("Authorization: bearer second-key-0123456789\r\n"), 200);
        QCOMPARE(server.get("/health").status, 200);
        QCOMPARE(server.get("/metrics").status, 401);
        // A body is not even read.
        QCOMPARE(server
                     .send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n"
                           "Content-Length: 1000000\r\n\r\n")
                     .status,
                 401);
        QVERIFY(write("third-key-01234567890\n"));
        server.signal(SIGHUP);
        QVERIFY(ServerRun::eventually(
            [&] { return status("Authorization: Bearer third-key-01234567890\r\n") == 200; }));
        QCOMPARE(status("Authorization: Bearer first-key-0123456789\r\n"), 401);
        // A file that cannot be right leaves the keys as they were.
        QVERIFY(write("short\n"));
        server.signal(SIGHUP);
        QVERIFY(ServerRun::eventually([&] { return server.log().contains("stay as they were"); }));
        QCOMPARE(status("Authorization: Bearer third-key-01234567890\r\n"), 200);
        QVERIFY(!server.log().contains("third-key"));
    }

    void insistsOnKeys() {
        QProcess process;
        process.start(QStringLiteral(LINNET_SERVER),
                      {QStringLiteral("--listen"), QStringLiteral("0.0.0.0:0")});
        QVERIFY(process.waitForFinished(10000));
        QCOMPARE(process.exitCode(), 2);
        QVERIFY(process.readAllStandardError().contains("--api-keys-file"));
    }

    void drains() {
        ServerRun server;
        QVERIFY(server.startReady(m_models.path(),
                                  {QStringLiteral("--max-tokens"), QStringLiteral("1000000")}));
        const auto stream = server.open(
            postText(completions, "{\"model\":\"llama\",\"prompt\":\"the\",\"max_tokens\":30000,"
                                  "\"ignore_eos\":true,\"stream\":true}"));
        QVERIFY(ServerRun::eventually([&] { return server.metric("linnet_running{") == 1; }));
        server.signal(SIGTERM);
        QVERIFY(ServerRun::eventually([&] { return server.get("/health").status != 200; }));
        const HttpReply refused = server.post(completions, ask("\"max_tokens\":1"));
        QVERIFY(refused.status == 503 || refused.status == 0);
        const HttpReply whole = parseReply(ServerRun::readAll(*stream));
        QCOMPARE(whole.events().last(), QByteArray("[DONE]"));
        QCOMPARE(server.waitForEnd(), 0);
    }

    void swapsModels() {
        const QTemporaryDir models;
        QVERIFY(copyModel(llama, models.filePath(QStringLiteral("llama"))));
        ServerRun server;
        QVERIFY(server.startReady(models.path(),
                                  {QStringLiteral("--max-tokens"), QStringLiteral("1000000")}));
        const auto version = [&] {
            return server.get("/v1/models/llama")
                .json()
                .value(QStringLiteral("version"))
                .toString();
        };
        const QString before = version();
        // What runs goes on with the model it began with.
        const auto stream = server.open(postText(completions, endless(true)));
        QVERIFY(ServerRun::eventually([&] { return server.metric("linnet_running{") == 1; }));
        QVERIFY(QFile::remove(models.filePath(QStringLiteral("llama/model.safetensors"))));
        QVERIFY(copyModel(QStringLiteral(LINNET_TEST_DATA "/models/llama-float32"),
                          models.filePath(QStringLiteral("llama"))));
        server.signal(SIGHUP);
        QVERIFY(ServerRun::eventually([&] { return version() != before; }));
        QCOMPARE(stream->state(), QAbstractSocket::ConnectedState);
        QCOMPARE(server.post(completions, ask("\"max_tokens\":2")).status, 200);
        stream->abort();
        // A model that cannot be loaded leaves the one before.
        const QString good = version();
        QFile weights(models.filePath(QStringLiteral("llama/model.safetensors")));
        QVERIFY(weights.resize(100));
        server.signal(SIGHUP);
        QVERIFY(ServerRun::eventually([&] { return server.log().contains("\"failed\""); }));
        QCOMPARE(version(), good);
        QCOMPARE(server.post(completions, ask("\"max_tokens\":2")).status, 200);
        QVERIFY(QDir(models.filePath(QStringLiteral("llama"))).removeRecursively());
        server.signal(SIGHUP);
        QVERIFY(
            ServerRun::eventually([&] { return server.get("/v1/models/llama").status == 404; }));
    }

private:
    QTemporaryDir m_models;
    ServerRun m_server;
};

QTEST_GUILESS_MAIN(TestServer)
#include "test_server.moc"
