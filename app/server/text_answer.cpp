#include "text_answer.h"

#include <algorithm>
#include <utility>

#include "protocol/completions.h"
#include "protocol/json_reader.h"
#include "protocol/log_probs.h"
#include "protocol/server_sent_events.h"
#include "serving/served_model.h"

namespace linnet::server {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using protocol::TokenInfo;
using protocol::Usage;
using serving::ModelRef;
using serving::TextCall;

namespace {

int characters(const std::string& text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

// The texts of one answer as they come: numbers their tokens, puts the echo before them, and keeps
// the whole for the cache.
class Texts {
public:
    Texts(const TextJob& job, std::unique_ptr<TextCall> call)
        : m_call(std::move(call))
        , m_echo(job.echo)
        , m_scoresPrompt(job.scoresPrompt)
        , m_whole(job.requests.size())
        , m_offsets(job.requests.size(), 0) {
        for (std::size_t i = 0; i < m_whole.size(); ++i) {
            m_whole[i].choice = static_cast<int>(i);
        }
    }

    // Pieces ready to be sent, the echo first. The first come at once, all others after `gather`.
    Result<std::vector<TextPiece>> next(std::chrono::microseconds gather) {
        auto pieces = m_call->next(watchInterval, m_flows ? gather : gather.zero());
        if (!pieces) {
            return pieces.error();
        }
        m_flows = m_flows || !pieces->empty();
        std::vector<TextPiece> ready;
        if (!std::exchange(m_begun, true) && !m_scoresPrompt) {
            for (std::size_t i = 0; i < m_echo.size(); ++i) {
                add({static_cast<int>(i), m_echo[i], {}, {}, {}}, ready);
            }
        }
        for (TextPiece& piece : *pieces) {
            if (m_scoresPrompt) {
                hold(std::move(piece), ready);
            } else {
                add(std::move(piece), ready);
            }
        }
        return ready;
    }

    bool finished() const { return m_call->finished(); }
    int company() const { return m_call->company(); }
    const std::vector<TextPiece>& whole() const { return m_whole; }
    const Usage& usage() const { return m_call->usage(); }

private:
    void add(TextPiece piece, std::vector<TextPiece>& ready) {
        const auto index = static_cast<std::size_t>(piece.choice);
        int& offset = m_offsets[index];
        for (TokenInfo& token : piece.tokens) {
            token.offset = offset;
            offset += characters(token.bytes);
        }
        if (piece.tokens.empty()) {
            offset += characters(piece.text);
        }
        TextPiece& whole = m_whole[index];
        whole.text += piece.text;
        whole.tokens.insert(whole.tokens.end(), piece.tokens.begin(), piece.tokens.end());
        whole.finishReason = piece.finishReason;
        if (!piece.text.empty() || !piece.tokens.empty() || !piece.finishReason.empty()) {
            ready.push_back(std::move(piece));
        }
    }

    // The prompt's tokens come with the last piece and belong before all others.
    void hold(TextPiece piece, std::vector<TextPiece>& ready) {
        TextPiece& held = m_held[piece.choice];
        held.choice = piece.choice;
        held.text += piece.text;
        held.tokens.insert(held.tokens.end(), piece.tokens.begin(), piece.tokens.end());
        if (!piece.finishReason.empty()) {
            held.finishReason = piece.finishReason;
            held.text.insert(0, m_echo[static_cast<std::size_t>(piece.choice)]);
            held.tokens.insert(held.tokens.begin(), piece.prompt.begin(), piece.prompt.end());
            add(std::move(held), ready);
        }
    }

    std::unique_ptr<TextCall> m_call;
    std::vector<std::string> m_echo;
    bool m_scoresPrompt;
    bool m_begun = false;           // the echo has been sent
    bool m_flows = false;           // something has been made
    std::vector<TextPiece> m_whole; // by choice
    std::vector<int> m_offsets;     // by choice
    std::map<int, TextPiece> m_held;
};

// Answers are kept in the form of completions, whatever they answer.
std::string packed(const std::vector<TextPiece>& choices, const Usage& usage) {
    protocol::CompletionResponse kept;
    for (const TextPiece& piece : choices) {
        kept.choices.push_back({piece.choice, piece.text, piece.finishReason, piece.tokens});
    }
    kept.usage = usage;
    return protocol::toJson(kept);
}

std::vector<TextPiece> unpacked(const protocol::CompletionResponse& kept) {
    std::vector<TextPiece> choices;
    for (const protocol::CompletionChoice& choice : kept.choices) {
        choices.push_back({choice.index,
                           choice.text,
                           choice.logProbs.value_or(std::vector<TokenInfo>()),
                           choice.finishReason,
                           {}});
    }
    return choices;
}

void noteUsage(const Usage& usage) {
    HttpServer::exchange().promptTokens = usage.promptTokens;
    HttpServer::exchange().generatedTokens = usage.completionTokens;
}

// The texts are whole: counts them, and keeps them if they would come out the same again.
void noteEnd(ServerState& state, const TextJob& job, const Texts& texts) {
    const Usage& usage = texts.usage();
    noteUsage(usage);
    state.metrics.tokens(usage.promptTokens, usage.completionTokens);
    if (!job.cacheKey.empty()) {
        state.cache.put(job.cacheKey, packed(texts.whole(), usage));
    }
}

// The events of a stream. Most of them are text and nothing else, and differ in nothing but that
// and the choice: what stands around it is worded once.
class Events {
public:
    explicit Events(const TextFormat& format)
        : m_format(format) {}

    std::string of(const TextPiece& piece) {
        if (!piece.tokens.empty() || !piece.finishReason.empty()) {
            return protocol::eventText(m_format.json({piece}, nullptr, true));
        }
        const Frame& frame = frameOf(piece.choice);
        return frame.before + protocol::dump(piece.text) + frame.after;
    }

private:
    struct Frame {
        std::string before;
        std::string after;
    };

    const Frame& frameOf(int choice) {
        const auto [place, isNew] = m_frames.try_emplace(choice);
        if (isNew) {
            // No other string of an answer has a control character in it.
            const std::string mark = "\x01";
            const std::string event =
                protocol::eventText(m_format.json({{choice, mark, {}, {}, {}}}, nullptr, true));
            const std::string shown = protocol::dump(mark);
            const std::size_t at = event.find(shown);
            place->second = {event.substr(0, at), event.substr(at + shown.size())};
        }
        return place->second;
    }

    const TextFormat& m_format;
    std::map<int, Frame> m_frames; // by choice
};

void endStream(const TextJob& job, const Usage& usage, const EventWriter& write) {
    if (job.includeUsage) {
        write(protocol::eventText(job.format.json({}, &usage, true)));
    }
    write(protocol::eventText(protocol::doneMarker));
}

void sendKept(ServerState& state, const TextJob& job, const protocol::CompletionResponse& kept,
              httplib::Response& response) {
    HttpServer::exchange().cached = true;
    const Usage usage = kept.usage.value_or(Usage());
    noteUsage(usage);
    response.set_header("X-Linnet-Cache", "hit");
    if (!job.stream) {
        sendJson(response, job.format.json(unpacked(kept), &usage, false));
        return;
    }
    sendStream(state, response, [job, kept, usage](const EventWriter& write) {
        for (const std::string& chunk : job.format.opening) {
            write(protocol::eventText(chunk));
        }
        for (const TextPiece& piece : unpacked(kept)) {
            write(protocol::eventText(job.format.json({piece}, nullptr, true)));
        }
        endStream(job, usage, write);
        return StreamState::Done;
    });
}

void noteFirst(ServerState& state, bool& seen, const std::vector<TextPiece>& pieces) {
    if (!seen && !pieces.empty()) {
        seen = true;
        state.metrics.firstToken(HttpServer::exchange().seconds());
    }
}

void sendWhole(ServerState& state, const TextJob& job, Texts& texts, httplib::Response& response) {
    const Patience patience(state);
    bool seen = false;
    while (!texts.finished()) {
        const auto pieces = texts.next(watchInterval);
        if (!pieces) {
            state.log.fail("generation", pieces.error().message);
            sendError(response, toApiError(pieces.error()));
            return;
        }
        noteFirst(state, seen, *pieces);
        if (HttpServer::exchange().connection->peerGone()) {
            HttpServer::exchange().close = true;
            response.status = 499;
            return;
        }
        if (patience.over()) {
            sendError(response, {504, "the request took too long", "server_error", "", ""});
            return;
        }
    }
    noteEnd(state, job, texts);
    sendJson(response, job.format.json(texts.whole(), &texts.usage(), false));
}

// How long the tokens of a stream gather before they are sent together. One alone sends each at
// once; many that wake a thread and make a packet for each would keep the cores from the network.
std::chrono::microseconds gatherTime(int company) {
    constexpr std::chrono::microseconds each{500};
    constexpr std::chrono::microseconds most{16'000}; // as long as a screen shows one picture
    return std::min(most, each * std::max(0, company - 1));
}

void sendChunks(ServerState& state, TextJob job, std::unique_ptr<TextCall> call,
                httplib::Response& response) {
    struct Progress {
        Progress(TextJob work, std::unique_ptr<TextCall> call)
            : job(std::move(work))
            , texts(job, std::move(call))
            , events(job.format) {}
        TextJob job;
        Texts texts;
        Events events; // of this job
        bool opened = false;
        bool seen = false;
    };
    const auto progress = std::make_shared<Progress>(std::move(job), std::move(call));
    sendStream(state, response, [&state, progress](const EventWriter& write) {
        const TextJob& work = progress->job;
        if (!std::exchange(progress->opened, true)) {
            for (const std::string& chunk : work.format.opening) {
                write(protocol::eventText(chunk));
            }
        }
        const auto pieces = progress->texts.next(gatherTime(progress->texts.company()));
        if (!pieces) {
            state.log.fail("generation", pieces.error().message);
            write(protocol::eventText(protocol::toJson(toApiError(pieces.error()))));
            return StreamState::Done;
        }
        noteFirst(state, progress->seen, *pieces);
        for (const TextPiece& piece : *pieces) {
            write(progress->events.of(piece));
        }
        if (!progress->texts.finished()) {
            return StreamState::More;
        }
        noteEnd(state, work, progress->texts);
        endStream(work, progress->texts.usage(), write);
        return StreamState::Done;
    });
}

} // namespace

ModelRef findTextModel(const ServerState& state, const std::string& name,
                       httplib::Response& response) {
    const ModelRef model = state.shelf.find(name);
    if (model && model->text) {
        return model;
    }
    if (!model && !state.shelf.ready()) {
        sendBusy(response, "the models are still loading; try again");
        return nullptr;
    }
    std::string names;
    for (const ModelRef& other : state.shelf.all()) {
        names += other->text ? (names.empty() ? "" : ", ") + other->name : "";
    }
    const std::string have =
        names.empty() ? "; no model here continues texts" : "; those of texts here: " + names;
    if (model) {
        const char* what = model->captions
                               ? "model: this one writes captions of pictures (image_url)"
                               : "model: this one does not continue texts";
        sendError(response, {400, what + have, "", "model", ""});
    } else {
        sendError(response, {404, "model: there is no such model" + have, "invalid_request_error",
                             "model", "model_not_found"});
    }
    return nullptr;
}

void answerWithText(ServerState& state, ModelRef model, TextJob job, httplib::Response& response) {
    HttpServer::exchange().model = model->name;
    if (!job.cacheKey.empty()) {
        job.cacheKey = model->name + "\n" + model->version + "\n" + job.cacheKey;
        if (const auto kept = state.cache.find(job.cacheKey)) {
            if (const auto read = protocol::parseCompletionResponse(*kept)) {
                sendKept(state, job, *read, response);
                return;
            }
        }
    }
    auto call = TextCall::start(std::move(model), job.requests, job.samples);
    if (!call) {
        sendError(response, toApiError(call.error()));
        return;
    }
    if (*call == nullptr) {
        sendBusy(response, "too many requests wait for this model; try again");
        return;
    }
    if (job.stream) {
        sendChunks(state, std::move(job), std::move(call).value(), response);
        return;
    }
    Texts texts(job, std::move(call).value());
    sendWhole(state, job, texts, response);
}

} // namespace linnet::server
