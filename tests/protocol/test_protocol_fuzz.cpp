#include <QTest>

#include <random>

#include "engine/api/utf8.h"
#include "protocol/api_error.h"
#include "protocol/base64.h"
#include "protocol/captions.h"
#include "protocol/chat.h"
#include "protocol/completions.h"
#include "protocol/models.h"
#include "protocol/poems.h"
#include "protocol/server_sent_events.h"

using namespace linnet::protocol;

namespace {

constexpr int rounds = 120'000; // mutated inputs in all

const std::vector<std::string> seeds = {
    R"({"model":"m","prompt":["a","\u5c71"],"max_tokens":5,"temperature":0.5,"top_p":0.9,"seed":-3,
        "stop":["\n"],"n":2,"stream":true,"stream_options":{"include_usage":true},"logprobs":3})",
    R"({"model":"m","prompt":[[1,2],[3]],"echo":true,"logit_bias":{"1":2},"best_of":1})",
    R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"logprobs":true})",
    R"({"id":"c","object":"text_completion","created":1,"model":"m","choices":[{"index":0,
        "text":"a","finish_reason":null,"logprobs":{"tokens":["a","bytes:\\xe5"],
        "token_logprobs":[-1.5,null],"top_logprobs":[{"a":-1.5},null],"text_offset":[0,1]}}],
        "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})",
    R"({"choices":[{"index":0,"delta":{"role":"assistant","content":"a"},"finish_reason":"stop",
        "logprobs":{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]}]}}]})",
    R"({"object":"list","data":[{"id":"m","created":5,"capabilities":["chat"],"languages":[]}]})",
    R"({"form":"qijue","fix":{"1":"a"},"keywords":["a"],"count":2,"seed":18446744073709551615})",
    R"({"model":"m","poems":[{"form":"f","lines":["a"],"breaks":[1],"ok":true,"faults":[{"line":1,
        "position":2,"kind":"rhyme","message":"m"}],"from_corpus":[1],"seed":7,"ms":1.5}]})",
    R"({"model":"m","data":[{"file":"a","captions":[{"text":"t","language":"en","p":0.5}]}]})",
    R"({"error":{"message":"m","type":"t","param":null,"code":5}})",
    "data: {\"choices\":[]}\r\n\r\n: ping\n\nevent: x\rdata: a\rdata: \xE5\xB1\xB1\r\rdata: "
    "[DONE]\n\n",
    "data:image/png;base64,AAECAwQFBgcICQ==",
};

const std::vector<std::string> splices = {"\"",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          ",",
                                          ":",
                                          "null",
                                          "true",
                                          "-1",
                                          "1e400",
                                          "1e308",
                                          "0.5",
                                          "\\ud800",
                                          "\xFF",
                                          "\xE5\xB1",
                                          "\n",
                                          "\r\n",
                                          "\r",
                                          "data: ",
                                          "=",
                                          "99999999999999999999",
                                          "[[[[[[[[",
                                          "\xEF\xBB\xBF",
                                          "{\"error\":\"x\"}",
                                          "base64,",
                                          std::string(1, '\0'),
                                          "\"\":",
                                          "-0"};

std::string mutated(std::mt19937& random) {
    const auto pick = [&](std::size_t count) { return random() % count; };
    std::string text = seeds[pick(seeds.size())];
    for (std::size_t edits = 1 + pick(6); edits > 0 && !text.empty(); --edits) {
        const std::size_t at = pick(text.size());
        switch (pick(6)) {
        case 0:
            text[at] = static_cast<char>(random());
            break;
        case 1:
            text.erase(at, 1 + pick(12));
            break;
        case 2:
            text.insert(at, splices[pick(splices.size())]);
            break;
        case 3:
            text.insert(at, text.substr(pick(text.size()), pick(40)));
            break;
        case 4:
            text.resize(at);
            break;
        default:
            text.replace(at, std::min<std::size_t>(pick(8), text.size() - at),
                         splices[pick(splices.size())]);
        }
    }
    return text;
}

// What a reader accepts can be written, and what was written reads back as the same.
template <typename Parse>
bool survives(const std::string& text, const Parse& parse) {
    const auto value = parse(text);
    if (!value) {
        return !value.error().message.empty();
    }
    const std::string written = toJson(*value);
    const auto again = parse(written);
    return again.ok() && toJson(*again) == written;
}

bool readsAll(const std::string& text) {
    RequestLimits limits;
    limits.promptBytes = 1000;
    const auto line = parsePoemLine(text);
    if (!line && line.error().message.find("JSON") != std::string::npos) {
        return !parseCompletionRequest(text, limits) && !parseApiError(500, text).message.empty();
    }
    return survives(text, [&](const auto& t) { return parseCompletionRequest(t, limits); }) &&
           survives(text, [&](const auto& t) { return parseChatRequest(t, limits); }) &&
           survives(text, [](const auto& t) { return parseCompletionResponse(t); }) &&
           survives(text, [](const auto& t) { return parseChatResponse(t); }) &&
           survives(text, [](const auto& t) { return parseModelList(t); }) &&
           survives(text, [](const auto& t) { return parsePoemRequest(t); }) &&
           survives(text, [](const auto& t) { return parsePoemResponse(t); }) &&
           survives(text, [](const auto& t) { return parseCaptionResponse(t); }) &&
           !parseApiError(500, text).message.empty();
}

// The events of a stream in pieces of random sizes, "\x1F" between them.
std::string eventsOf(std::string_view stream, std::mt19937& random, std::size_t most) {
    EventStreamParser parser(EventLimits{200, 400});
    std::string all;
    while (!stream.empty()) {
        const std::size_t size = std::min<std::size_t>(1 + random() % most, stream.size());
        const auto events = parser.feed(stream.substr(0, size));
        stream.remove_prefix(size);
        if (events) {
            for (const ServerEvent& event : *events) {
                all += event.type + "|" + event.data + "\x1F";
                (void)findStreamError(event.type, event.data);
            }
        }
        if (parser.failed()) {
            return all + "failed";
        }
    }
    const auto last = parser.finish();
    return all + (last ? last->type + "|" + last->data : "");
}

} // namespace

class TestProtocolFuzz : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void json() {
        std::mt19937 random(20260101);
        for (int i = 0; i < rounds / 2; ++i) {
            const std::string text = mutated(random);
            if (!readsAll(text)) {
                QFAIL(("round " + std::to_string(i) + ": " + text).c_str());
            }
        }
    }

    // However a stream is cut, the events are the same, and they are valid UTF-8.
    void streams() {
        std::mt19937 random(7);
        for (int i = 0; i < rounds / 4; ++i) {
            std::string stream;
            for (std::size_t part = 0; part < 3; ++part) {
                stream += mutated(random);
            }
            const std::string whole = eventsOf(stream, random, 100'000);
            const std::string pieces = eventsOf(stream, random, 9);
            QCOMPARE(pieces, whole);
            QCOMPARE(linnet::engine::utf8ValidPrefix(whole), whole.size());
        }
    }

    void dataUris() {
        std::mt19937 random(11);
        for (int i = 0; i < rounds / 4; ++i) {
            std::string text = mutated(random);
            const auto uri = parseDataUri(text, 30);
            if (uri) {
                QVERIFY(uri->bytes.size() <= 30);
                const auto again = parseDataUri(dataUri(uri->mediaType, uri->bytes), 30);
                QVERIFY(again.ok());
                QCOMPARE(again->bytes, uri->bytes);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestProtocolFuzz)
#include "test_protocol_fuzz.moc"
