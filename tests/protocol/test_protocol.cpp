#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "protocol/api_error.h"
#include "protocol/base64.h"
#include "protocol/captions.h"
#include "protocol/chat.h"
#include "protocol/completions.h"
#include "protocol/models.h"
#include "protocol/poems.h"

using namespace linnet::protocol;

namespace {

// Qt's own JSON, as the other implementation.
QJsonObject objectOf(const std::string& text) {
    return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
}

QJsonValue at(const QJsonObject& object, const char* path) {
    QJsonValue value = object;
    for (const QString& part : QString::fromLatin1(path).split(QLatin1Char('.'))) {
        bool number = false;
        const int index = part.toInt(&number);
        value = number ? value.toArray().at(index) : value.toObject().value(part);
    }
    return value;
}

} // namespace

class TestProtocol : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void completionRequests() {
        const auto request = parseCompletionRequest(
            R"({"model":"m","prompt":["a","山"],"max_tokens":5,"temperature":0.5,"top_p":0.9,
                "seed":-3,"stop":"\n","n":2,"stream":true,"stream_options":{"include_usage":true},
                "top_k":-1,"min_p":0.1,"repetition_penalty":1.1,"logprobs":3,"echo":true,
                "user":"u","presence_penalty":0,"frequency_penalty":0.0,"logit_bias":null,
                "suffix":null,"best_of":2,"unheard_of":{"a":[1]}})",
            {});
        QVERIFY2(request.ok(), request.ok() ? "" : request.error().message.c_str());
        QCOMPARE(request->model, std::string("m"));
        QCOMPARE(request->prompts.size(), std::size_t{2});
        QCOMPARE(std::get<std::string>(request->prompts[1]), std::string("山"));
        const GenerationOptions& options = request->options;
        QCOMPARE(options.maxTokens, std::optional(5));
        QCOMPARE(options.temperature, 0.5);
        QCOMPARE(options.topP, 0.9);
        QCOMPARE(options.seed, std::optional<std::int64_t>(-3));
        QCOMPARE(options.stop, std::vector<std::string>{"\n"});
        QCOMPARE(options.n, 2);
        QVERIFY(options.stream && options.includeUsage);
        QCOMPARE(options.topK, 0);
        QCOMPARE(request->logProbs, std::optional(3));
        QVERIFY(request->echo);

        const auto again = parseCompletionRequest(toJson(*request), {});
        QVERIFY(again.ok());
        QCOMPARE(toJson(*again), toJson(*request));
    }

    void promptsOfTokens() {
        const auto one = parseCompletionRequest(R"({"model":"m","prompt":[1,2,3]})", {});
        QVERIFY(one.ok());
        QCOMPARE(one->prompts.size(), std::size_t{1});
        QCOMPARE(std::get<1>(one->prompts[0]), (std::vector<std::int32_t>{1, 2, 3}));
        const auto two = parseCompletionRequest(R"({"model":"m","prompt":[[1],[2,3]]})", {});
        QVERIFY(two.ok());
        QCOMPARE(std::get<1>(two->prompts[1]), (std::vector<std::int32_t>{2, 3}));
        // The least that a client sends: everything else has a default.
        QVERIFY(!one->options.maxTokens && !one->options.seed && !one->options.stream);
        QCOMPARE(one->options.temperature, 1.0);
    }

    void badCompletions_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("param");
        const auto field = [](const char* name, const char* fields, const char* message,
                              const char* param) {
            QTest::newRow(name) << R"({"model":"m","prompt":"p",)" + QByteArray(fields) + "}"
                                << QByteArray(message) << QByteArray(param);
        };
        QTest::newRow("empty") << QByteArray() << QByteArray("not valid JSON") << QByteArray();
        QTest::newRow("cut") << QByteArray("{\"model\":") << QByteArray("byte") << QByteArray();
        QTest::newRow("list") << QByteArray("[]") << QByteArray("object") << QByteArray();
        QTest::newRow("bad utf-8")
            << QByteArray("{\"model\":\"\xFF\"}") << QByteArray("not valid") << QByteArray();
        QTest::newRow("deep") << QByteArray(100, '[') << QByteArray("deeply") << QByteArray();
        QTest::newRow("huge number")
            << QByteArray("{\"n\":1e999}") << QByteArray("range") << QByteArray();
        QTest::newRow("no model") << QByteArray(R"({"prompt":"p"})") << QByteArray("is missing")
                                  << QByteArray("model");
        QTest::newRow("no prompt")
            << QByteArray(R"({"model":"m"})") << QByteArray("is missing") << QByteArray("prompt");
        for (const char* prompt : {"5", "{}", "[]", "[\"a\",1]", "[1,\"a\"]", "[1.5]", "[-1]",
                                   "[3000000000]", "[[1],\"a\",true]", "true"}) {
            QTest::newRow(prompt) << R"({"model":"m","prompt":)" + QByteArray(prompt) + "}"
                                  << QByteArray("prompt: must be a text, a list of texts")
                                  << QByteArray("prompt");
        }
        const char* tokens = "max_tokens: must be a whole number from ";
        field("tokens 0", R"("max_tokens":0)", tokens, "max_tokens");
        field("tokens -1", R"("max_tokens":-1)", tokens, "max_tokens");
        field("tokens 4097", R"("max_tokens":4097)", "to 4096", "max_tokens");
        field("tokens 1.5", R"("max_tokens":1.5)", tokens, "max_tokens");
        field("tokens text", R"("max_tokens":"5")", tokens, "max_tokens");
        field("tokens huge", R"("max_tokens":99999999999999999999)", tokens, "max_tokens");
        field("temperature", R"("temperature":2.5)", "a number from 0 to 2", "temperature");
        field("temperature text", R"("temperature":"hot")", "a number", "temperature");
        field("top_p", R"("top_p":1.01)", "from 0 to 1", "top_p");
        field("seed", R"("seed":1.5)", "64 bits", "seed");
        field("n", R"("n":0)", "from 1 to 32", "n");
        field("stop", R"("stop":[""])", "none empty", "stop");
        field("stop number", R"("stop":[1])", "list of at most 16 texts", "stop");
        field("stream", R"("stream":1)", "true or false", "stream");
        field("stream_options", R"("stream_options":{"include_usage":true})", "stream is true",
              "stream_options");
        field("include_usage", R"("stream":true,"stream_options":{"include_usage":1})",
              "true or false", "stream_options.include_usage");
        field("logprobs", R"("logprobs":21)", "from 0 to 20", "logprobs");
        field("logprobs bool", R"("logprobs":true)", "whole number", "logprobs");
        field("suffix", R"("suffix":"s")", "not supported", "suffix");
        field("best_of", R"("best_of":3)", "same as n", "best_of");
        field("penalty", R"("frequency_penalty":1)", "only 0", "frequency_penalty");
        field("bias", R"("logit_bias":{"5":1})", "not supported", "logit_bias");
        field("model", R"("model":5)", "must be a text", "model");
    }

    void badCompletions() {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, param);
        const auto request = parseCompletionRequest(body.toStdString(), {});
        QVERIFY(!request.ok());
        const ApiError error = badRequest(request.error());
        QVERIFY2(error.message.find(message.toStdString()) != std::string::npos,
                 error.message.c_str());
        QCOMPARE(error.param, param.toStdString());
        QCOMPARE(error.status, 400);
        const QJsonObject object = objectOf(toJson(error));
        QCOMPARE(at(object, "error.type").toString(), QStringLiteral("invalid_request_error"));
        QCOMPARE(at(object, "error.message").toString().toStdString(), error.message);
    }

    void requestLimits() {
        RequestLimits limits;
        limits.promptBytes = 10;
        QVERIFY(parseCompletionRequest(R"({"model":"m","prompt":"0123456789"})", limits).ok());
        QVERIFY(!parseCompletionRequest(R"({"model":"m","prompt":["01234","567890"]})", limits));
        limits.choices = 4;
        QVERIFY(parseCompletionRequest(R"({"model":"m","prompt":["a","b"],"n":2})", limits).ok());
        QVERIFY(!parseCompletionRequest(R"({"model":"m","prompt":["a","b"],"n":3})", limits));
        QVERIFY(parseCompletionRequest(
                    R"({"model":"m","prompt":"a","max_tokens":0,"echo":true,"logprobs":1})", limits)
                    .ok());
    }

    void completionResponses() {
        CompletionResponse response;
        response.id = "cmpl-1";
        response.created = 1700000000;
        response.model = "m";
        CompletionChoice choice;
        choice.text = "山 a";
        choice.finishReason = "stop";
        choice.logProbs = {{"\xE5\xB1", -0.5, {{"\xE5\xB1", -0.5}, {"b", -2.0}}, 0},
                           {"a", std::nullopt, {}, 2}};
        response.choices.push_back(choice);
        response.usage = Usage{3, 4, 2};
        const QJsonObject object = objectOf(toJson(response));
        QCOMPARE(at(object, "object").toString(), QStringLiteral("text_completion"));
        QCOMPARE(at(object, "choices.0.text").toString(), QStringLiteral("山 a"));
        QCOMPARE(at(object, "choices.0.logprobs.tokens.0").toString(),
                 QStringLiteral("bytes:\\xe5\\xb1"));
        QCOMPARE(at(object, "choices.0.logprobs.text_offset.1").toInt(), 2);
        QVERIFY(at(object, "choices.0.logprobs.token_logprobs.1").isNull());
        QCOMPARE(at(object, "choices.0.logprobs.top_logprobs.0.b").toDouble(), -2.0);
        QCOMPARE(at(object, "usage.total_tokens").toInt(), 7);

        const auto read = parseCompletionResponse(toJson(response));
        QVERIFY(read.ok());
        QCOMPARE(toJson(*read), toJson(response));
        QCOMPARE(read->choices[0].logProbs->at(0).bytes, std::string("\xE5\xB1"));
    }

    void tolerantAnswers_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("good");
        QTest::addColumn<int>("choices");
        const auto row = [](const char* body, bool good, int choices) {
            QTest::newRow(body) << QByteArray(body) << good << choices;
        };
        row(R"({"choices":[]})", true, 0);
        row(R"({"choices":[],"usage":{"prompt_tokens":1}})", true, 0);
        row(R"({"usage":{}})", true, 0);
        row(R"({"choices":[{}]})", true, 1);
        row(R"({"choices":[5,null,"x"]})", true, 3);
        row(R"({"choices":[{"text":5,"index":"x","delta":7,"logprobs":[1],"finish_reason":{}}]})",
            true, 1);
        row(R"({"choices":[{"logprobs":{"tokens":[1,"a"],"token_logprobs":{},"top_logprobs":[5]},
                "index":-7}],"usage":[]})",
            true, 1);
        row(R"({"choices":[{"delta":{},"index":99999999999}],"created":"now"})", true, 1);
        row(R"({"choices":{}})", false, 0);
        row(R"({})", false, 0);
        row(R"([])", false, 0);
        row("", false, 0);
    }

    void tolerantAnswers() {
        QFETCH(QByteArray, body);
        QFETCH(bool, good);
        QFETCH(int, choices);
        const auto completion = parseCompletionResponse(body.toStdString());
        const auto chat = parseChatResponse(body.toStdString());
        QCOMPARE(completion.ok(), good);
        QCOMPARE(chat.ok(), good);
        if (good) {
            QCOMPARE(static_cast<int>(completion->choices.size()), choices);
            QCOMPARE(static_cast<int>(chat->choices.size()), choices);
            for (const CompletionChoice& choice : completion->choices) {
                QVERIFY(choice.index >= 0);
            }
        }
    }

    void chats() {
        const std::string body =
            R"({"model":"m","messages":[{"role":"system","content":"Be short."},
                {"role":"assistant","content":null},
                {"role":"user","content":[{"type":"text","text":"What is "},
                    {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA",
                     "detail":"low"}},{"type":"text","text":"this?"}]}],
                "max_completion_tokens":7,"logprobs":true,"top_logprobs":2,"tools":[],
                "response_format":{"type":"text"},"store":false})";
        const auto request = parseChatRequest(body, {});
        QVERIFY2(request.ok(), request.ok() ? "" : request.error().message.c_str());
        QCOMPARE(request->messages.size(), std::size_t{3});
        QCOMPARE(request->messages[2].text(), std::string("What is this?"));
        QVERIFY(request->messages[2].hasImage() && !request->messages[0].hasImage());
        QCOMPARE(request->messages[2].content[1].value, std::string("data:image/png;base64,AAAA"));
        QCOMPARE(request->options.maxTokens, std::optional(7));
        QCOMPARE(request->alternatives, 2);
        QCOMPARE(toJson(*parseChatRequest(toJson(*request), {})), toJson(*request));

        ChatResponse response;
        response.model = "m";
        response.choices.push_back({0, "assistant", "An owl.", "stop", {}});
        QCOMPARE(at(objectOf(toJson(response)), "choices.0.message.content").toString(),
                 QStringLiteral("An owl."));
        response.chunk = true;
        response.choices[0].logProbs = {{"A", -1.0, {{"A", -1.0}}, 0}};
        const QJsonObject chunk = objectOf(toJson(response));
        QCOMPARE(at(chunk, "object").toString(), QStringLiteral("chat.completion.chunk"));
        QCOMPARE(at(chunk, "choices.0.delta.role").toString(), QStringLiteral("assistant"));
        QCOMPARE(at(chunk, "choices.0.logprobs.content.0.bytes.0").toInt(), 65);
        QCOMPARE(toJson(*parseChatResponse(toJson(response))), toJson(response));
    }

    void badChats_data() {
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* fields, const char* message) {
            QTest::newRow(fields) << QByteArray(fields) << QByteArray(message);
        };
        row(R"("messages":[])", "messages: must be a list of 1 to 1000 messages");
        row(R"("messages":"hi")", "messages: must be a list");
        row(R"("messages":["hi"])", "messages[0]: must be an object");
        row(R"("messages":[{"content":"a"}])", "messages[0].role: is missing");
        row(R"("messages":[{"role":"user","content":"a"},{"role":"king","content":"a"}])",
            "messages[1].role: must be system, developer, user or assistant");
        row(R"("messages":[{"role":"user"}])", "messages[0].content: is missing");
        row(R"("messages":[{"role":"user","content":5}])", "messages[0].content: must be a text");
        row(R"("messages":[{"role":"user","content":[{"type":"audio"}]}])",
            "messages[0].content: each part");
        row(R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}])",
            "messages[0].content: each part");
        row(R"("messages":[{"role":"user","content":"a"}],"max_tokens":0)", "from 1 to 4096");
        row(R"("messages":[{"role":"user","content":"a"}],"top_logprobs":2)", "logprobs is true");
        row(R"("messages":[{"role":"user","content":"a"}],"tools":[{"type":"function"}])",
            "tools: is not supported");
        row(R"("messages":[{"role":"user","content":"a"}],"response_format":{"type":"json"})",
            "response_format");
    }

    void badChats() {
        QFETCH(QByteArray, fields);
        QFETCH(QByteArray, message);
        const auto request = parseChatRequest(R"({"model":"m",)" + fields.toStdString() + "}", {});
        QVERIFY(!request.ok());
        QVERIFY2(request.error().message.find(message.toStdString()) != std::string::npos,
                 request.error().message.c_str());
    }

    void models() {
        ModelEntry entry;
        entry.id = "en-prose";
        entry.version = "1a2b";
        entry.capabilities = {"completions", "chat"};
        entry.contextLength = 512;
        entry.state = "ready";
        const auto read = parseModelList(toJson(std::vector{entry}));
        QVERIFY(read.ok());
        QCOMPARE(read->size(), std::size_t{1});
        QCOMPARE(toJson(*read), toJson(std::vector{entry}));
        // llama.cpp's and Ollama's lists
        const auto other = parseModelList(
            R"({"models":[{"name":"a.gguf"}],"object":"list","data":[{"id":"a.gguf","meta":{}}]})");
        QCOMPARE(other->at(0).id, std::string("a.gguf"));
        QCOMPARE(parseModelList(R"({"models":[{"name":"x"},7,{}]})")->size(), std::size_t{1});
        QVERIFY(!parseModelList("{}"));
    }

    void poems() {
        const auto request = parsePoemRequest(
            R"({"form":"qijue","theme":"春","keywords":["花","鸟"],"fix":{"2":"白日依山尽"},
                "count":2,"seed":7,"temperature":0.8,"traditional":true})");
        QVERIFY(request.ok());
        QCOMPARE(request->fixed.at(1), std::string("白日依山尽"));
        QCOMPARE(toJson(*parsePoemRequest(toJson(*request))), toJson(*request));
        const auto query = parsePoemQuery({{"form", "qijue"},
                                           {"theme", "春"},
                                           {"keywords", "花"},
                                           {"keywords", "鸟"},
                                           {"fix", "2=白日依山尽"},
                                           {"count", "2"},
                                           {"seed", "7"},
                                           {"temperature", "0.8"},
                                           {"traditional", "true"}});
        QVERIFY2(query.ok(), query.ok() ? "" : query.error().message.c_str());
        QCOMPARE(toJson(*query), toJson(*request));
        const auto message = [](const auto& result) {
            return result ? std::string() : result.error().message;
        };
        QCOMPARE(message(parsePoemRequest("{}")), std::string("form: is missing"));
        QVERIFY(message(parsePoemRequest(R"({"form":"a","fix":{"0":"x"}})")).starts_with("fix: "));
        QVERIFY(message(parsePoemRequest(R"({"form":"a","count":17})")).starts_with("count: "));
        QVERIFY(message(parsePoemQuery({{"form", "a"}, {"fom", "a"}})).starts_with("fom: "));
        QVERIFY(message(parsePoemQuery({{"form", "a"}, {"form", "b"}})).starts_with("form: "));
        QVERIFY(message(parsePoemQuery({{"form", "a"}, {"count", "x"}})).starts_with("count: "));
        QVERIFY(message(parsePoemQuery({{"form", "a"}, {"fix", "2"}})).starts_with("fix: "));

        WrittenPoem poem;
        poem.form = "qijue";
        poem.lines = {"a", "b"};
        poem.breaks = {1};
        poem.ok = true;
        poem.fromCorpus = {2};
        poem.seed = 18446744073709551615ULL;
        poem.faults = {{2, 7, "rhyme", "does not rhyme"}};
        const std::string text = toJson(PoemResponse{"zh-verse", {poem}});
        QCOMPARE(toJson(*parsePoemResponse(text)), text);
        const PoemLineEvent line{1, 2, "a", true, false};
        QCOMPARE(toJson(*parsePoemLine(toJson(line))), toJson(line));
        QVERIFY(!parsePoemLine(text));
    }

    void captions() {
        const CaptionResponse response{
            "cap",
            {{"a.jpg", {{"An owl.", "en", 0.25}, {"一只猫头鹰。", "zh", 0.125}}, ""},
             {"b.jpg", {}, "is no picture"}},
            12.5};
        QCOMPARE(toJson(*parseCaptionResponse(toJson(response))), toJson(response));
        QVERIFY(!parseCaptionResponse("{}"));
    }

    void errors_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, int status, const char* body, const char* message) {
            QTest::newRow(name) << status << QByteArray(body) << QByteArray(message);
        };
        row("openai", 401, R"({"error":{"message":"bad key","type":"x","code":null}})", "bad key");
        row("llama.cpp", 503, R"({"error":{"code":503,"message":"Loading model"}})",
            "Loading model");
        row("ollama", 404, R"({"error":"no such model"})", "no such model");
        row("vllm", 400, R"({"object":"error","message":"too long","code":400})", "too long");
        row("fastapi", 422, R"({"detail":[{"loc":["body"]}]})", "[{\"loc\":[\"body\"]}]");
        row("text", 500, "out of\nmemory", "out of memory");
        row("page", 502, "<html><h1>502</h1></html>", "status 502");
        row("nothing", 500, "", "status 500");
        row("wrong types", 500, R"({"error":{"message":5}})", "status 500");
    }

    void errors() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, message);
        const ApiError error = parseApiError(status, body.toStdString());
        QCOMPARE(error.status, status);
        QVERIFY2(error.message.find(message.toStdString()) != std::string::npos,
                 error.message.c_str());
        QVERIFY(!error.type.empty());
        QVERIFY(explain(error).find(std::to_string(status)) != std::string::npos);
    }

    void longErrorsAreCut() {
        const std::string body = "x" + QString(1000, QChar(0x5C71)).toStdString();
        const ApiError error = parseApiError(500, body);
        QVERIFY(error.message.size() < 600);
        QVERIFY(!QString::fromStdString(error.message).contains(QChar(0xFFFD)));
    }

    void streamErrors() {
        QVERIFY(!findStreamError("message", R"({"choices":[]})"));
        QVERIFY(!findStreamError("message", "[DONE]"));
        QCOMPARE(findStreamError("message", R"({"error":{"message":"lost"}})")->message,
                 std::string("lost"));
        QCOMPARE(findStreamError("error", R"({"code":500,"message":"lost"})")->message,
                 std::string("lost"));
        QCOMPARE(findStreamError("error", "lost")->message, std::string("lost"));
    }

    void base64() {
        for (int size = 0; size < 100; ++size) {
            QByteArray bytes;
            for (int i = 0; i < size; ++i) {
                bytes.append(static_cast<char>(i * 37 + size * 11));
            }
            const QByteArray text = bytes.toBase64();
            QCOMPARE(encodeBase64(bytes.toStdString()), text.toStdString());
            const auto decoded = decodeBase64(text.toStdString(), 100);
            QVERIFY(decoded.ok());
            QCOMPARE(*decoded, bytes.toStdString());
            const QByteArray bare = bytes.toBase64(QByteArray::OmitTrailingEquals);
            QCOMPARE(*decodeBase64(bare.toStdString(), 100), bytes.toStdString());
        }
        for (const char* bad : {"A", "AA=", "AAA==", "=", "AA==AA==", "AA=A", "A*AA",
                                "AB==", "AAB=", "AA===", "\xFF\xFF\xFF\xFF"}) {
            QVERIFY2(!decodeBase64(bad, 100), bad);
        }
        QCOMPARE(*decodeBase64("AA\nAA AA=\t=", 100), std::string(4, '\0'));
        QVERIFY(decodeBase64("AAAA", 3).ok());
        QVERIFY(!decodeBase64("AAAAAA", 3));
    }

    void dataUris() {
        const auto uri = parseDataUri("data:image/png;base64,AAEC", 100);
        QVERIFY(uri.ok());
        QCOMPARE(uri->mediaType, std::string("image/png"));
        QCOMPARE(uri->bytes, std::string("\0\1\2", 3));
        QCOMPARE(parseDataUri("DATA:;charset=x;BASE64,AAEC", 100)->bytes.size(), std::size_t{3});
        QCOMPARE(dataUri("image/png", std::string("\0\1\2", 3)),
                 std::string("data:image/png;base64,AAEC"));
        for (const char* bad : {"", "data:", "data:image/png,abc", "http://a/b.png",
                                "file:///etc/passwd", "data:image/png;base64,A", "base64,AAAA"}) {
            QVERIFY2(!parseDataUri(bad, 100), bad);
        }
    }
};

QTEST_APPLESS_MAIN(TestProtocol)
#include "test_protocol.moc"
